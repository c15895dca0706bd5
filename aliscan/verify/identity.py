"""Who a key is, by the vendor's answers to GetCallerIdentity.

The error code decides, never the HTTP status: sources differ about the latter
(credential-shapes.md section 8.1). What is not known for sure is *unknown*, never *dead*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from aliscan.finding import Severity
from aliscan.i18n import N_, _
from aliscan.masking import mask
from aliscan.verify.client import Client, Identity
from aliscan.verify.endpoint import check
from aliscan.verify.wire import Answer

STS = "https://sts.aliyuncs.com"
# Keys belong to one region; these addresses take every workspace's key of theirs (Beijing, Singapore,
# Virginia, Hong Kong). Tokyo and Frankfurt have only addresses of single workspaces.
# https://help.aliyun.com/model-studio/base-url
MODEL_STUDIO = (
    "https://dashscope.aliyuncs.com/compatible-mode/v1/models",
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/models",
    "https://dashscope-us.aliyuncs.com/compatible-mode/v1/models",
    "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1/models",
)
CODING_PLAN = (
    "https://coding.dashscope.aliyuncs.com/v1/models",
    "https://coding-intl.dashscope.aliyuncs.com/v1/models",
)
MINUTES = 15  # older or newer signatures are refused


class Status(Enum):
    """What is known about a credential."""

    LIVE = "live"
    FLAGGED = "flagged"  # live, and the vendor knows that it leaked: some calls are barred
    DISABLED = "disabled"
    DEAD = "dead"
    WRONG_PAIR = "wrong-pair"  # the id exists, the secret is another's
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer about one credential. ``kind``, ``account`` and ``arn`` only when it is live.

    ``reason`` is a msgid, or already in the user's language where it holds a number or a name.
    """

    status: Status
    reason: str = ""
    kind: str = ""  # Account, RAMUser, AssumedRoleUser
    account: str = ""
    arn: str = ""

    @property
    def severity(self) -> Severity | None:
        """What a live identity makes of a finding; None where nothing is known that changes it."""
        if self.status is Status.FLAGGED:  # whose it is is not told
            return Severity.CRITICAL
        if self.status is not Status.LIVE:
            return None
        return Severity.CRITICAL if self.kind in ("Account", "RAMUser") else Severity.HIGH


_CODES = {
    "InvalidAccessKeyId.NotFound": (Status.DEAD, N_("the AccessKey does not exist")),
    "InvalidAccessKeyId.Inactive": (Status.DISABLED, N_("the AccessKey is disabled")),
    "SignatureDoesNotMatch": (Status.WRONG_PAIR, N_("the id exists, the secret is not its own")),
    "InvalidSecurityToken.Expired": (Status.EXPIRED, N_("the security token has expired")),
    # what was found may be cut off or joined wrongly: that says nothing about the real token
    "InvalidSecurityToken.Malformed": (
        Status.UNKNOWN,
        N_("the security token as it was found is not a whole one; the real one may work"),
    ),
    "InvalidSecurityToken.MismatchWithAccessKey": (Status.WRONG_PAIR, N_("the token belongs to another id")),
    "MissingSecurityToken": (
        Status.UNKNOWN,
        N_("a temporary id needs its security token, which is not here"),
    ),
    "Forbidden.AccessKeyDisabled": (Status.DISABLED, N_("the AccessKey is disabled")),
    "Forbidden.AccessKey": (Status.DISABLED, N_("the AccessKey is disabled")),
    "NoEnabledAccessKey": (Status.DISABLED, N_("the AccessKey is disabled")),
    "InternalError": (Status.UNKNOWN, N_("the vendor has an error of its own; ask again later")),
    "ServiceUnavailable": (Status.UNKNOWN, N_("the vendor has an error of its own; ask again later")),
    "IncompleteSignature": (
        Status.UNKNOWN,
        N_("the vendor did not take the request; is aliscan up to date?"),
    ),
    "SignatureNonceUsed": (Status.UNKNOWN, N_("the vendor did not take the request; is aliscan up to date?")),
}


def ask(client: Client, identity: Identity, endpoint: str = STS) -> Verification:
    """Ask STS who a pair or a triple is; read-only, needs no permission.

    A temporary id without its token is not asked about: the vendor would say that there is no such id.
    """
    if not can_be_asked(identity):
        return Verification(*_CODES["MissingSecurityToken"])
    return judge(client.call(endpoint, "GetCallerIdentity", "2015-04-01", identity))


def can_be_asked(identity: Identity) -> bool:
    """Whether an answer would say anything: a temporary id needs its token."""
    return bool(identity.token) or not identity.key_id.startswith(("STS.", "TMP."))


def judge(answer: Answer) -> Verification:
    """What an answer of GetCallerIdentity says."""
    if answer.failure:
        return Verification(Status.UNKNOWN, answer.failure)
    code, body = answer.code, answer.body
    kind = body.get("IdentityType")
    if not code and answer.status == 200 and isinstance(kind, str) and kind:
        return Verification(
            Status.LIVE,
            kind=_word(kind),
            account=_word(body.get("AccountId", "")),
            arn=_word(body.get("Arn", "")),
        )
    off = abs(answer.skew) > MINUTES * 60
    if code.startswith(("InvalidTimeStamp", "IllegalTimestamp")) or (code == "SignatureDoesNotMatch" and off):
        return Verification(Status.UNKNOWN, _clock(answer.skew))
    if code.startswith("Throttling"):
        return Verification(Status.UNKNOWN, N_("the vendor asks to come back later (throttling)"))
    if code == "Forbidden" and "leakage" in str(body.get("Message", "")):
        return Verification(Status.FLAGGED, N_("the vendor has marked it as leaked and bars some calls"))
    if code in _CODES:
        return Verification(*_CODES[code])
    if code:
        text = _("the vendor answers with a code that is not known here: {code}")
        return Verification(Status.UNKNOWN, text.format(code=_word(code)[:60]))
    return Verification(Status.UNKNOWN, _("HTTP {status} without an error code").format(status=answer.status))


def _clock(skew: float) -> str:
    minutes = round(abs(skew) / 60)
    if not minutes:
        return N_("the vendor refuses signatures more than 15 minutes off; set the clock of this machine")
    text = (
        _("this machine's clock is {n} minutes ahead of the vendor's, who refuses more than {most}; set it")
        if skew > 0
        else _(
            "this machine's clock is {n} minutes behind the vendor's, who refuses more than {most}; set it"
        )
    )
    return text.format(n=minutes, most=MINUTES)


def model_studio_endpoints(key: str) -> tuple[str, ...]:
    """Where a key of Model Studio can be asked about, by its shape; none for a Token Plan key."""
    if key.startswith("sk-sp-"):
        return () if "." in key else CODING_PLAN
    return MODEL_STUDIO


def ask_model_studio(client: Client, key: str, endpoints: tuple[str, ...]) -> Verification:
    """List the models that a Model Studio key may use, region by region: authenticated, free of charge.

    A key is of one region and plan, and everywhere else it is refused as a wrong one. So one refusal
    says nothing; a single endpoint, which the user named, is believed.
    """
    if not endpoints:
        return Verification(
            Status.UNKNOWN,
            N_("a Token Plan key works only at the address of its own region; give --model-studio-endpoint"),
        )
    unclear = ""
    for endpoint in endpoints:
        answer = client.bearer(endpoint, key)
        if answer.status == 200 and not answer.failure and isinstance(answer.body.get("data"), list):
            return Verification(Status.LIVE, kind="ModelStudio")
        if not _invalid(answer):
            unclear = unclear or _unclear(answer)
    hosts = [urlsplit(check(e, path=True)).netloc for e in endpoints]
    if unclear:
        return Verification(Status.UNKNOWN, unclear)
    if len(hosts) == 1:
        return Verification(Status.DEAD, _("{host} does not know the key").format(host=hosts[0]))
    text = _(
        "{hosts} do not know the key: deleted, or of a region or workspace with an address of its own "
        "(--model-studio-endpoint)"
    )
    return Verification(Status.UNKNOWN, text.format(hosts=", ".join(hosts)))


def _model_code(answer: Answer) -> str:
    error = answer.body.get("error")
    code = error.get("code") if isinstance(error, dict) else answer.body.get("code", answer.code)
    return code if isinstance(code, str) else ""


def _invalid(answer: Answer) -> bool:
    return (
        not answer.failure
        and answer.status == 401
        and _model_code(answer).lower() in ("invalid_api_key", "invalidapikey")
    )


def _unclear(answer: Answer) -> str:
    if answer.failure:
        return answer.failure
    code = _word(_model_code(answer))[:60]
    if answer.status == 429 or code.startswith("Throttling"):
        return N_("the vendor asks to come back later (throttling)")
    if not code:
        return _("HTTP {status} without an error code").format(status=answer.status)
    return _("the vendor answers with a code that is not known here: {code}").format(code=code)


def _word(value: object) -> str:
    """A word of the answer, for people: plain characters, no key-shaped ones, not long."""
    return mask(re.sub(r"[^A-Za-z0-9:/._@+=,-]", "?", value if isinstance(value, str) else ""))[:200]

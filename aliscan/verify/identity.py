"""Who a key is, by the vendor's answers to GetCallerIdentity.

The error code decides, never the HTTP status: sources differ about the latter
(credential-shapes.md section 8.1). What is not known for sure is *unknown*, never *dead*.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aliscan.finding import Severity
from aliscan.verify.client import Answer, Client, Identity

STS = "https://sts.aliyuncs.com"
MODEL_STUDIO = "https://dashscope.aliyuncs.com/compatible-mode/v1/models"
CODING_PLAN = "https://coding.dashscope.aliyuncs.com/v1/models"
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
    """The answer about one credential. ``arn`` and ``account`` only when it is live."""

    status: Status
    reason: str = ""
    kind: str = ""  # Account, RAMUser, AssumedRoleUser
    account: str = ""
    arn: str = ""

    @property
    def severity(self) -> Severity | None:
        """What a live identity makes of a finding; None where nothing is known that changes it."""
        if self.status not in (Status.LIVE, Status.FLAGGED):
            return None
        return Severity.CRITICAL if self.kind in ("Account", "RAMUser") else Severity.HIGH


_CODES = {
    "InvalidAccessKeyId.NotFound": (Status.DEAD, "the AccessKey does not exist"),
    "InvalidAccessKeyId.Inactive": (Status.DISABLED, "the AccessKey is disabled"),
    "InvalidAccessKeyId": (Status.DEAD, "the AccessKey does not exist"),
    "SignatureDoesNotMatch": (Status.WRONG_PAIR, "the id exists, the secret is not its own"),
    "InvalidSecurityToken.Expired": (Status.EXPIRED, "the security token has expired"),
    "InvalidSecurityToken.Malformed": (Status.DEAD, "the security token is broken"),
    "InvalidSecurityToken.MismatchWithAccessKey": (Status.WRONG_PAIR, "the token belongs to another id"),
    "MissingSecurityToken": (Status.UNKNOWN, "a temporary id needs its security token, which is not here"),
    "Forbidden.AccessKeyDisabled": (Status.DISABLED, "the AccessKey is disabled"),
    "Forbidden.AccessKey": (Status.DISABLED, "the AccessKey is disabled"),
    "NoEnabledAccessKey": (Status.DISABLED, "the AccessKey is disabled"),
}


def ask(client: Client, identity: Identity, endpoint: str = STS) -> Verification:
    """Ask STS who a pair or a triple is; read-only, needs no permission."""
    return judge(client.call(endpoint, "GetCallerIdentity", "2015-04-01", identity))


def judge(answer: Answer) -> Verification:
    """What an answer of GetCallerIdentity says."""
    if answer.failure:
        return Verification(Status.UNKNOWN, answer.failure)
    code = answer.code
    if not code and answer.status == 200 and answer.body.get("IdentityType"):
        return Verification(
            Status.LIVE,
            kind=str(answer.body["IdentityType"]),
            account=str(answer.body.get("AccountId", "")),
            arn=str(answer.body.get("Arn", "")),
        )
    if code == "Forbidden" and "leakage" in str(answer.body.get("Message", "")):
        return Verification(Status.FLAGGED, "the vendor has marked it as leaked and bars some calls")
    if code.startswith("InvalidTimeStamp") or code == "IllegalTimestamp":
        return Verification(Status.UNKNOWN, _clock(answer.skew))
    if code.startswith("Throttling"):
        return Verification(Status.UNKNOWN, "the vendor asks to come back later (throttling)")
    if code in _CODES:
        return Verification(*_CODES[code])
    return Verification(
        Status.UNKNOWN, f"unknown answer {code[:60]!r}" if code else f"HTTP {answer.status} without a code"
    )


def _clock(skew: float) -> str:
    minutes = round(abs(skew) / 60)
    way = "ahead of" if skew > 0 else "behind"
    told = f": this clock is {minutes} minutes {way} the vendor's" if minutes else ""
    return f"the vendor refuses signatures more than {MINUTES} minutes off{told}; set the clock"


def ask_model_studio(client: Client, key: str, endpoint: str = "") -> Verification:
    """List the models that a Model Studio key may use: authenticated, free of charge."""
    if not endpoint:
        if key.startswith("sk-sp-") and "." in key:
            return Verification(Status.UNKNOWN, "a Token Plan key works only at its own region's endpoint")
        endpoint = CODING_PLAN if key.startswith("sk-sp-") else MODEL_STUDIO
    answer = client.bearer(endpoint, key)
    if answer.failure:
        return Verification(Status.UNKNOWN, answer.failure)
    if answer.status == 200:
        return Verification(Status.LIVE, kind="ModelStudio")
    error = answer.body.get("error")
    code = str(error.get("code", "")) if isinstance(error, dict) else answer.code
    if answer.status == 401 and code.lower() in ("invalid_api_key", "invalidapikey"):
        return Verification(Status.DEAD, "the key does not exist")
    return Verification(Status.UNKNOWN, f"HTTP {answer.status} {code[:60]}".strip())

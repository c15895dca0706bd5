"""What to do about a finding, in the order of urgency: the same words in every report."""

from __future__ import annotations

from aliscan.finding import Finding
from aliscan.i18n import N_, _

CONSOLE = "https://ram.console.aliyun.com/profile/access-keys"

# By the kind of the part that does the harm: how to make the value worthless, and where to keep the next.
_ACCESS_KEY = (
    N_(
        "Rotate the key if it ever left this machine: create a new AccessKey, switch over, then disable and "
        "delete this one at {console} ."
    ),
    N_(
        "Keep it instead in the environment (ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET) "
        "or in ~/.alibabacloud/credentials; better, use a RAM role or STS and have no long-lived key."
    ),
)
_TOKEN = (
    N_(
        "If it ever left this machine, end it before it expires: revoke the sessions of its RAM role, "
        "or take the role's permissions away."
    ),
    N_(
        "Ask STS for a new token when the program starts (the SDK's default credential chain does), "
        "and keep none."
    ),
)
_API_KEY = (
    N_(
        "Rotate the key if it ever left this machine: create a new API key, switch over, "
        "then delete this one."
    ),
    N_(
        "Keep it instead in the environment (DASHSCOPE_API_KEY for Model Studio) or in KMS Secrets Manager, "
        "and read it when the program starts."
    ),
)
_OTHER = (
    N_("Change it if it ever left this machine, and look through the access log for use by strangers."),
    N_(
        "Keep it instead in the environment or in KMS Secrets Manager, and read it when the program starts; "
        "where the service takes them, use a RAM role or STS."
    ),
)
_BY_KIND = {
    "access-key-id": _ACCESS_KEY,
    "access-key-secret": _ACCESS_KEY,
    "security-token": _TOKEN,
    "api-key": _API_KEY,
}


def rotate(finding: Finding) -> str:
    """How to make the leaked value worthless."""
    return _(_BY_KIND.get(finding.match.key.kind, _OTHER)[0]).format(console=CONSOLE)


def keep(finding: Finding) -> str:
    """Where to keep such a value instead."""
    return _(_BY_KIND.get(finding.match.key.kind, _OTHER)[1])


def allow(finding: Finding) -> str:
    """The comment that marks a false positive; ``reason`` is for the user to write."""
    return f"aliscan: allow[{finding.rule}] " + _("reason")


def links(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Official pages about the credential, as (title, address)."""
    if _BY_KIND.get(finding.match.key.kind) is _ACCESS_KEY:
        return (
            (
                _("What happens when an AccessKey leaks"),
                "https://help.aliyun.com/knowledge_detail/54059.html",
            ),
            (_("Manage the AccessKeys of a RAM user"), "https://help.aliyun.com/document_detail/116401.html"),
            (_("Temporary credentials with STS"), "https://help.aliyun.com/document_detail/28756.html"),
        )
    return ((_("Security best practice of RAM"), "https://help.aliyun.com/document_detail/102600.html"),)

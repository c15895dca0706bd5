"""The identity that disables a key: from the environment, or the vendor's standard chain (an extra)."""

from __future__ import annotations

import os

from aliscan.finding import AliscanError
from aliscan.i18n import _
from aliscan.verify.client import Identity


def acting_identity(key_id: str) -> Identity:
    """The identity that acts: the standard credential chain, never the leaked key itself.

    Environment first; then, with the extra ``disable``, what alibabacloud-credentials finds
    (``~/.aliyun/config.json``, ``~/.alibabacloud/credentials``, OIDC, an instance's role).
    Raises AliscanError (exit 2) when there is none, or only the leaked key.
    """
    found = _environment() or _chain()
    if found.key_id == key_id:
        raise AliscanError(
            _("the identity to act with is the leaked key itself, which may be barred: use another one.")
        )
    return found


def _environment() -> Identity | None:
    key_id = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_ID", "").strip()
    secret = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "").strip()
    if not key_id or not secret:
        return None
    return Identity(key_id, secret.encode(), os.environ.get("ALIBABA_CLOUD_SECURITY_TOKEN", "").strip())


def _chain() -> Identity:
    _name_the_file()
    try:
        from alibabacloud_credentials.client import Client as Chain
    except ImportError:
        raise AliscanError(
            _(
                "no identity to act with: set ALIBABA_CLOUD_ACCESS_KEY_ID and "
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET to those of another key, or pip install "
                "'aliscan[disable]' to use ~/.aliyun/config.json, ~/.alibabacloud/credentials or a role."
            )
        ) from None
    try:
        credential = Chain().get_credential()
        key_id, secret = credential.access_key_id, credential.access_key_secret
        token = credential.security_token
    except Exception:  # its own words name files and hold parts of answers
        key_id = secret = token = None
    if not key_id or not secret:
        raise AliscanError(
            _(
                "the vendor's credential chain found no identity to act with: set "
                "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or write "
                "~/.aliyun/config.json (aliyun configure) or ~/.alibabacloud/credentials."
            )
        ) from None
    return Identity(str(key_id), str(secret).encode(), str(token or ""))


def _name_the_file() -> None:
    """The package for Python reads ``credentials.ini``, other tools ``credentials``, which looks the same."""
    folder = os.path.join(os.path.expanduser("~"), ".alibabacloud")
    plain = os.path.join(folder, "credentials")
    if not os.path.exists(os.path.join(folder, "credentials.ini")) and os.path.isfile(plain):
        os.environ.setdefault("ALIBABA_CLOUD_CREDENTIALS_FILE", plain)  # read when the package is imported

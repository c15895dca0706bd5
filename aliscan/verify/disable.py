"""Set a leaked AccessKey inactive, with another identity: the key itself usually may not.

A key that the vendor has flagged is barred from every RAM and IMS call, and most keys lack the right
anyway (credential-shapes.md section 8.3). Nothing here deletes anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from aliscan.finding import AliscanError, IncompleteError
from aliscan.verify.client import Answer, Client, Identity

RAM, RAM_VERSION = "https://ram.aliyuncs.com", "2015-05-01"
IMS, IMS_VERSION = "https://ims.aliyuncs.com", "2019-08-15"
PAGES = 100  # of users: more is a directory that should be asked by name


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the key is: a RAM user's name, or the main account (empty)."""

    user: str = ""

    @property
    def is_account(self) -> bool:
        """Whether it is a key of the main account."""
        return not self.user


@dataclass(frozen=True, slots=True)
class Directory:
    """The RAM and IMS of one account, seen with one identity. Endpoints can be replaced for tests."""

    client: Client
    identity: Identity
    ram: str = RAM
    ims: str = IMS

    def find(self, key_id: str) -> Owner | None:
        """The owner of a key, by asking every user's list of keys; None when nobody here has it."""
        for user in self._users():
            answer = self._ram("ListAccessKeys", UserName=user)
            if _has_key(answer, key_id):
                return Owner(user)
        answer = self._ims("ListAccessKeys")
        return Owner() if _has_key(answer, key_id) else None

    def _users(self) -> Iterator[str]:
        marker = ""
        for _ in range(PAGES):
            answer = self._ram("ListUsers", MaxItems="100", **({"Marker": marker} if marker else {}))
            for user in answer.body.get("Users", {}).get("User", []):
                yield str(user.get("UserName", ""))
            if not answer.body.get("IsTruncated"):
                return
            marker = str(answer.body.get("Marker", ""))
        raise IncompleteError("the account has more than 10,000 RAM users: name the key's with --user.")

    def last_used(self, key_id: str, owner: Owner) -> str:
        """When and for what the key was used last, in words; empty when the vendor does not say."""
        if owner.is_account:
            answer = self._ims("GetAccessKeyLastUsed", UserAccessKeyId=key_id)
        else:
            answer = self._ram("GetAccessKeyLastUsed", UserAccessKeyId=key_id, UserName=owner.user)
        used = answer.body.get("AccessKeyLastUsed", {})
        return " ".join(str(used[k]) for k in ("LastUsedDate", "ServiceName") if used.get(k))

    def deactivate(self, key_id: str, owner: Owner) -> None:
        """Set the key's status to Inactive. Raises IncompleteError when the vendor refuses."""
        if owner.is_account:
            self._ims("UpdateAccessKey", UserAccessKeyId=key_id, Status="Inactive")
        else:
            self._ram("UpdateAccessKey", UserAccessKeyId=key_id, Status="Inactive", UserName=owner.user)

    def _ram(self, action: str, **parameters: str) -> Answer:
        return _good(action, self.client.call(self.ram, action, RAM_VERSION, self.identity, parameters))

    def _ims(self, action: str, **parameters: str) -> Answer:
        return _good(action, self.client.call(self.ims, action, IMS_VERSION, self.identity, parameters))


def _has_key(answer: Answer, key_id: str) -> bool:
    keys = answer.body.get("AccessKeys", {}).get("AccessKey", [])
    return any(key.get("AccessKeyId") == key_id for key in keys)


def _good(action: str, answer: Answer) -> Answer:
    if answer.failure:
        raise IncompleteError(f"{action} was not answered: {answer.failure}. Nothing was changed by it.")
    if answer.code or answer.status != 200:
        raise IncompleteError(
            f"{action} was refused: {answer.code or answer.status}. Use an identity that may manage "
            "AccessKeys (AliyunRAMFullAccess), or the console."
        )
    return answer


def acting_identity(key_id: str) -> Identity:
    """The identity that acts: the standard credential chain, never the leaked key itself.

    Environment first; then, with the extra ``disable``, what alibabacloud-credentials finds
    (``~/.alibabacloud/credentials``, ``~/.aliyun/config.json``, OIDC, an instance's role).
    """
    found = _environment() or _chain()
    if found is None:
        raise AliscanError(
            "no identity to act with: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, "
            "or pip install 'aliscan[disable]' to use ~/.alibabacloud/credentials or a role."
        )
    if found.key_id == key_id:
        raise AliscanError("the identity to act with is the leaked key itself: use another one.")
    return found


def _environment() -> Identity | None:
    key_id = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
    secret = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")
    if not key_id or not secret:
        return None
    return Identity(key_id, secret.encode(), os.environ.get("ALIBABA_CLOUD_SECURITY_TOKEN", ""))


def _chain() -> Identity | None:
    try:
        from alibabacloud_credentials.client import Client as Chain
    except ImportError:
        return None
    try:
        credential = Chain().get_credential()
    except Exception as error:
        raise AliscanError(f"the standard credential chain found nothing ({type(error).__name__}).") from None
    secret = str(credential.access_key_secret).encode()
    return Identity(str(credential.access_key_id), secret, str(credential.security_token or ""))

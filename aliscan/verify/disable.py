"""Set a leaked AccessKey inactive, with another identity: the key itself usually may not.

A key that the vendor has flagged is barred from every RAM and IMS call, and most keys lack the right
anyway (credential-shapes.md section 8.3). Nothing here deletes anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aliscan.finding import IncompleteError
from aliscan.i18n import _
from aliscan.masking import mask
from aliscan.verify.client import Client, Identity
from aliscan.verify.wire import Answer

RAM, RAM_VERSION = "https://ram.aliyuncs.com", "2015-05-01"
IMS, IMS_VERSION = "https://ims.aliyuncs.com", "2019-08-15"
PAGES = 100  # of users: more is a directory that should be asked by name


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the key is: a RAM user's name, or the main account (empty). ``status`` as the vendor has it."""

    user: str = ""
    status: str = ""

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
        """The owner of a key, by asking every user's list of keys; None when nobody here has it.

        IMS without a name lists the keys of who asks: so the main account's only for the main account.
        """
        for user in self._users():
            status = _status_of(self._ram("ListAccessKeys", UserName=user), key_id)
            if status is not None:
                return Owner(user, status)
        try:
            status = _status_of(self._ims("ListAccessKeys"), key_id)
        except IncompleteError:  # a role, say, has no keys of its own
            return None
        return None if status is None else Owner("", status)

    def _users(self) -> Iterator[str]:
        marker = ""
        for _page in range(PAGES):
            answer = self._ram("ListUsers", MaxItems="100", **({"Marker": marker} if marker else {}))
            for user in _objects(answer.body, "Users", "User"):
                if name := _text(user, "UserName"):
                    yield name
            marker = _text(answer.body, "Marker")
            if answer.body.get("IsTruncated") is not True or not marker:
                return
        raise IncompleteError(
            _("the account has more than 10,000 RAM users: name the key's own with --user.")
        )

    def last_used(self, key_id: str, owner: Owner) -> str:
        """When and for what the key was used last, in words. Not to be told it is no reason to stop."""
        try:
            if owner.is_account:
                answer = self._ims("GetAccessKeyLastUsed", UserAccessKeyId=key_id)
            else:
                answer = self._ram("GetAccessKeyLastUsed", UserAccessKeyId=key_id, UserName=owner.user)
        except IncompleteError as error:
            return _("not to be told ({reason})").format(reason=str(error).rstrip("."))
        used = answer.body.get("AccessKeyLastUsed")
        used = used if isinstance(used, dict) else {}
        words = [_text(used, k) for k in ("LastUsedDate", "ServiceName")]
        if not words[0] or words[0].startswith("1970-"):
            return _("never, as far as the vendor knows")
        return " ".join(filter(None, words))

    def deactivate(self, key_id: str, owner: Owner) -> None:
        """Set the key's status to Inactive, and look whether it is.

        Raises IncompleteError when the vendor refuses, or when the key is active all the same.
        """
        if owner.is_account:
            self._ims("UpdateAccessKey", UserAccessKeyId=key_id, Status="Inactive")
        else:
            self._ram("UpdateAccessKey", UserAccessKeyId=key_id, Status="Inactive", UserName=owner.user)
        if self._status(key_id, owner) == "Active":
            raise IncompleteError(
                _("the vendor took the request, and the key is still active: look at it in the console.")
            )

    def _status(self, key_id: str, owner: Owner) -> str:
        """What the vendor says of the key now; empty where it may not be asked."""
        try:
            named = {} if owner.is_account else {"UserName": owner.user}
            answer = (self._ims if owner.is_account else self._ram)("ListAccessKeys", **named)
        except IncompleteError:
            return ""
        return _status_of(answer, key_id) or ""

    def _ram(self, action: str, **parameters: str) -> Answer:
        return _good(action, self.client.call(self.ram, action, RAM_VERSION, self.identity, parameters))

    def _ims(self, action: str, **parameters: str) -> Answer:
        return _good(action, self.client.call(self.ims, action, IMS_VERSION, self.identity, parameters))


def _objects(body: Any, *names: str) -> list[dict[str, Any]]:
    """The objects in a list inside an answer, whatever else the answer holds there."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return [entry for entry in body if isinstance(entry, dict)] if isinstance(body, list) else []


def _text(body: Any, name: str) -> str:
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def _status_of(answer: Answer, key_id: str) -> str | None:
    for key in _objects(answer.body, "AccessKeys", "AccessKey"):
        if key.get("AccessKeyId") == key_id:
            return _text(key, "Status")
    return None


def _good(action: str, answer: Answer) -> Answer:
    """The answer, if it is one. Raises IncompleteError (exit 3) with what to do otherwise."""
    code = mask(answer.code)[:60]
    if answer.failure:
        text = _("{action} was not answered: {reason}.").format(action=action, reason=answer.failure)
    elif code.startswith("Throttling"):
        text = _("{action}: the vendor asks to come back later; --user NAME needs fewer questions.").format(
            action=action
        )
    elif code.startswith("EntityNotExist"):
        text = _("{action}: the vendor knows no such key of that owner ({code}).").format(
            action=action, code=code
        )
    elif code.startswith(("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurityToken")):
        text = _("{action}: the identity to act with does not work itself ({code}); use another one.").format(
            action=action, code=code
        )
    elif code.startswith("NoPermission") or code == "Forbidden.RAM":
        text = _(
            "{action} is not allowed for the identity to act with ({code}): it needs the right to manage "
            "AccessKeys (AliyunRAMFullAccess). Use another identity or the console; with --user NAME the "
            "users need not be listed."
        ).format(action=action, code=code)
    elif code or answer.status != 200:
        text = _("{action} was refused ({code}); use the console.").format(
            action=action, code=code or f"HTTP {answer.status}"
        )
    else:
        return answer
    raise IncompleteError(text)

"""Ids that are public by nature: inside signed URLs, Authorization headers, upload forms.

The id is there to be read by strangers; the secret was used to sign and is not in the text.
Facts: credential-shapes.md sections 1.2 and 4.
"""

from __future__ import annotations

import re

AROUND = 1500  # bytes on each side: an upload form's policy is some hundred characters of base64

_QUERY = re.compile(rb"(?i)(?:access-?key-?id|credential)(?:=|%3d|%253d)\Z")
_HEADER = re.compile(
    rb"(?i)(?:authorization[\"']?[^\r\n]{0,20}|\A|[\"'\s])(?:OSS4?|FC|LOG|MNS|ODPS|acs)[ ]{1,2}\Z"
)
_AFTER_HEADER = re.compile(rb":(?![A-Za-z0-9]{30}(?![A-Za-z0-9+/=%]))[A-Za-z0-9+/]")  # no secret
# After the name in a form sent as multipart: perhaps further headers of the part, and an empty line.
_PART = rb"\r?\n(?:content-[^\r\n]{1,80}\r?\n){0,3}\r?\n"
_SIGNATURE = re.compile(
    rb"(?i)signature(?!method|version|nonce)[\"']?(?:[^A-Za-z0-9\r\n]{1,16}|" + _PART + rb")[A-Za-z0-9+/]"
)
_POLICY = re.compile(
    rb"(?i)policy[\"']?(?:[^A-Za-z0-9]{1,12}|[^A-Za-z0-9]{1,4}value=[\"']?|" + _PART + rb")eyJ"
)
# The form's field in a program that fills in policy and signature, which stand beside it as names.
_FIELD = re.compile(rb"(?i)OSSAccessKeyId[\"'`\]]{0,2}[^A-Za-z0-9\r\n]{1,12}\Z")
_OTHER_FIELDS = tuple(
    re.compile(rb"(?i)(?<![a-z])%b[\"'`\]]{0,2}[ \t]{0,3}[,:=]" % name) for name in (b"policy", b"signature")
)
_FORM = 400
_EXPIRES = re.compile(rb"(?i)expires(?:=|%3d|%253d)(\d{10})(?!\d)")


def is_signed(data: bytes, start: int, end: int) -> bool:
    """Whether the id between the offsets stands in something that was signed with its secret."""
    if _HEADER.search(data, start - 60, start) and _AFTER_HEADER.match(data, end):
        return True
    low, high = start - AROUND, end + AROUND
    if _QUERY.search(data, start - 40, start):
        return _SIGNATURE.search(data, low, high) is not None or _EXPIRES.search(data, low, high) is not None
    if b"policy" not in data[max(0, low) : high].lower():
        return False  # most texts; an expression that folds case needs ten times as long
    if _FIELD.search(data, start - 40, start) and all(
        name.search(data, max(0, start - _FORM), end + _FORM) for name in _OTHER_FIELDS
    ):
        return True
    return _POLICY.search(data, low, high) is not None and _SIGNATURE.search(data, low, high) is not None


def notes(data: bytes, start: int, end: int) -> tuple[tuple[str, str], ...]:
    """What a report says of it: the context, and until when the link works where it says so."""
    found = [("context", "signed URL, header or upload form")]
    expires = _EXPIRES.search(data, start - 300, end + 300)
    if expires:
        from datetime import datetime, timezone

        moment = datetime.fromtimestamp(int(expires[1]), timezone.utc)
        found.append(("expiration", moment.strftime("%Y-%m-%dT%H:%M:%SZ")))
    return tuple(found)

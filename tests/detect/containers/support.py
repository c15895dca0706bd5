"""What the tests of all containers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from aliscan.detect import Limits
from aliscan.detect.budget import Budget
from aliscan.detect.containers.unpacked import Content

Opener = Callable[[bytes, bytes, Budget], Iterator["tuple[bytes, Content] | str"]]


def opened(opener: Opener, data: bytes, path: bytes = b"", limits: Limits | None = None) -> list[Any]:
    """All that an opener yields, large members read to their end."""
    items = opener(data, path, Budget(limits or Limits(), len(data)))
    return [item if isinstance(item, str) else (item[0], whole(item[1])) for item in items]


def whole(content: Content) -> bytes:
    """The bytes of a member."""
    if isinstance(content, bytes):
        return content
    parts = []
    while part := content(100_000):
        parts.append(part)
    return b"".join(parts)

"""What the tests of all containers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from aliscan.detect import Limits
from aliscan.detect.budget import Budget

Opener = Callable[[bytes, bytes, Budget], Iterator["tuple[bytes, bytes] | str"]]


def opened(opener: Opener, data: bytes, path: bytes = b"", limits: Limits | None = None) -> list[Any]:
    """All that an opener yields."""
    return list(opener(data, path, Budget(limits or Limits(), len(data))))

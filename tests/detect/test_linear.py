"""Twice the text, at most twice the work: counted in calls, not in seconds."""

from __future__ import annotations

import base64
import random
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from aliscan.detect import detect
from tests.support import keys


def calls(data: bytes) -> int:
    """How many functions, those in C included, one detect calls."""
    count = 0

    def event(frame: FrameType, kind: str, argument: object) -> None:
        nonlocal count
        count += kind in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(event)
    try:
        detect(data)
    finally:
        sys.setprofile(before)
    return count


def _words(size: int) -> bytes:
    rng = random.Random(11)
    return b" ".join(keys.draw(keys.BASE62, 30, rng).encode() for _ in range(size // 31))


TEXTS: dict[str, Callable[[int], bytes]] = {
    "secret's name on one line": lambda n: b"accessKeySecret" * (n // 15),
    "secret's name and equal signs": lambda n: b"accessKeySecret=" * (n // 16),
    "LTAI": lambda n: b"LTAI" * (n // 4),
    "words of 30 characters": lambda n: b"aliyun " + _words(n),
    "nested quotes": lambda n: b"aliyun " + b"\"'`[{(" * (n // 6),
    "brackets": lambda n: b"aliyun " + b"[" * (n // 2) + b"]" * (n // 2),
    "escaped quotes": lambda n: b"aliyun " + b'\\"\\\\\\"' * (n // 7),
    "escapes": lambda n: b"aliyun " + b"\\u004c\\n" * (n // 8),
    "base64 of base64": lambda n: (
        b"aliyun " + base64.b64encode(base64.b64encode(b"accessKeySecret" * (n // 30)))
    ),
    "empty lines": lambda n: b"aliyun" + b"\n" * n,
    "blanks after quotes": lambda n: b"aliyun" + (b'a"' + b" " * 79) * (n // 81),
    "references": lambda n: b"aliyun " + b"&amp;#76;" * (n // 9),
    "percent": lambda n: b"aliyun " + b"%25" * (n // 3),
    "tags": lambda n: b"aliyun <w:t>" + b"<a>" * (n // 3),
    "hexadecimal": lambda n: b"aliyun " + b"4c544149" * (n // 8),
    "pairs on one line": lambda n: b" ".join(
        f"{keys.key_id(r)} {keys.secret(r)}".encode() for r in [random.Random(2)] for _ in range(n // 56)
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    detect(TEXTS[name](2_000))  # imports, caches
    once, twice = calls(TEXTS[name](30_000)), calls(TEXTS[name](60_000))
    assert twice <= 2.3 * once + 2_000

"""UTF-16 strings inside other bytes: .NET user strings, Windows resources, ``>>`` of PowerShell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "utf-16"

# A length byte before a string is no pair with the zero that follows it, so that it never belongs to the
# string (a string of 24 is preceded by "1").
_LITTLE = re.compile(rb"(?:[\t\n\r -~]\x00)+")
_BIG = re.compile(rb"(?:\x00[\t\n\r -~])+")
_LEAST = 4  # characters
# An expression would try every byte of a program; what it may match at is found ten times as fast
_SHAPE = bytes(48 if c == 0 else 97 if 32 <= c < 127 or c in b"\t\n\r" else 32 for c in range(256))


def edits(data: bytes) -> Iterator[Edit]:
    """Each string in ASCII, with an end of line on both sides."""
    if b"\0" not in data:
        return
    shape = data.translate(_SHAPE)
    little = sum(1 for _ in zip(_runs(data, shape, _LITTLE, b"a0"), range(64), strict=False))
    big = sum(1 for _ in zip(_runs(data, shape, _BIG, b"0a"), range(64), strict=False))
    found = _runs(data, shape, _BIG, b"0a") if big > little else _runs(data, shape, _LITTLE, b"a0")
    first = 1 if big > little else 0
    for m in found:
        yield Edit(m.start(), m.start(), b"\n")
        yield Edit(m.start(), m.end(), m[0][first::2], 2)
        yield Edit(m.end(), m.end(), b"\n")


def _runs(
    data: bytes, shape: bytes, pattern: re.Pattern[bytes], character: bytes
) -> Iterator[re.Match[bytes]]:
    run, end = character * _LEAST, 0
    while (start := shape.find(run, end)) >= 0:
        m = pattern.match(data, start)
        if m is None:
            return  # not to be: the shape is that of the expression
        yield m
        end = m.end()

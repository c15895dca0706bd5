"""UTF-16 strings inside other bytes: .NET user strings, Windows resources, ``>>`` of PowerShell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "utf-16"

# Twelve characters or more: the shortest value has 16. A length byte before it is no pair with the
# zero that follows it, so that it never belongs to the string (a string of 24 is preceded by "1").
_LITTLE = re.compile(rb"(?:[\t\n\r -~]\x00){4,}")
_BIG = re.compile(rb"(?:\x00[\t\n\r -~]){4,}")


def edits(data: bytes) -> Iterator[Edit]:
    """Each string in ASCII, with an end of line on both sides."""
    if b"\0" not in data:
        return
    little = sum(1 for _ in zip(_LITTLE.finditer(data), range(64), strict=False))
    big = sum(1 for _ in zip(_BIG.finditer(data), range(64), strict=False))
    pattern, first = (_BIG, 1) if big > little else (_LITTLE, 0)
    for m in pattern.finditer(data):
        yield Edit(m.start(), m.start(), b"\n")
        yield Edit(m.start(), m.end(), m[0][first::2], 2)
        yield Edit(m.end(), m.end(), b"\n")

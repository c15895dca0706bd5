"""What a terminal shows of a log with colours: the text without its escape sequences (ECMA-48, 5.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "terminal"

_SEQUENCE = re.compile(rb"\x1b\[[0-9;:?]{0,40}[A-Za-z]")
# Only a sequence that ends right before a word hides something: its last letter joins the word.
_WANTED = re.compile(rb"\x1b\[[0-9;:?]{0,40}[A-Za-z][A-Za-z0-9]")


def edits(data: bytes) -> Iterator[Edit]:
    """Every sequence removed."""
    if b"\x1b[" not in data or not _WANTED.search(data):
        return
    for m in _SEQUENCE.finditer(data):
        yield Edit(m.start(), m.end(), b"")

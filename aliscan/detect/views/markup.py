"""Office documents: the text of one paragraph, whatever runs it is cut into."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "xml"

WANTED = re.compile(rb"<(?:w:t|a:t|si|t|text:p|text:span)[ />]|<(?:si|a:t|w:t)>")
_TAGS = re.compile(rb"<[^<>]{0,4096}>\s{0,99}(?:<[^<>]{0,4096}>\s{0,99}){0,4095}")
# After these a reader sees a new line, a new cell, or white space; after all other tags nothing.
_BREAK = re.compile(
    rb"</(?:w:p|a:p|si|text:p|text:h|row|w:tr|w:tc)>|<(?:w:br|w:tab|a:br|text:tab|text:line-break)\b"
)


def edits(data: bytes) -> Iterator[Edit]:
    """Tags removed; a new line where a paragraph, a cell or a shared string ends."""
    if not WANTED.search(data):
        return
    for m in _TAGS.finditer(data):
        yield Edit(m.start(), m.end(), b"\n" if _BREAK.search(m[0]) else b"")

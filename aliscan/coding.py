"""Texts whose characters take two or four bytes each: told from their first bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
TWO_BYTES = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAMPLE = 4096
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
_HIGH = bytes(range(128, 256))
_CONTROLS_LEFT = bytes(set(range(256)) - set(_CONTROLS))


def guesses(data: bytes) -> Iterator[tuple[int, str]]:
    """What a text may be, the likeliest first: the length of its byte-order mark, and a codec."""
    for mark, codec in MARKS:
        if data.startswith(mark):
            yield len(mark), codec
    sample = data[:SAMPLE]
    for codec in ("utf-16-le", "utf-16-be"):
        if b"\0" in sample and _looks_like(sample, codec):
            yield 0, codec


def _looks_like(sample: bytes, codec: str) -> bool:
    """Whether a text without a mark is UTF-16: no control characters, and mostly ASCII or line ends."""
    text = sample.decode(codec, "ignore").encode()
    if not text or text.translate(None, _CONTROLS_LEFT):
        return False
    return len(text.translate(None, _HIGH)) * 6 > len(sample)

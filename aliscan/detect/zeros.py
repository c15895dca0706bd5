"""Letters with zeros between them: UTF-16 and UTF-32, whole or as strings inside a program."""

from __future__ import annotations

from aliscan.detect.words import WINDOW

_SHAPE = bytes(48 if c == 0 else 97 if 32 <= c < 127 else 32 for c in range(256))
# Twelve characters, whichever half of each is the zero; the shortest value that a rule finds has 16.
_RUNS = (b"0a" * 11 + b"0", b"a000" * 12)


def without_zeros(data: bytes) -> bytes | None:
    """``data`` without its zeros, if a stretch of it is ASCII in 16 or 32 bits; else None.

    Programs, fonts and pictures are full of zeros, and nothing is gained by reading them twice.
    """
    if b"\0" not in data:
        return None
    shape = data.translate(_SHAPE)
    overlap = len(_RUNS[-1])
    for start in range(0, len(shape), WINDOW - overlap):
        if any(shape.find(run, start, start + WINDOW) >= 0 for run in _RUNS):
            return data.translate(None, b"\0")
    return None

"""Letters with zeros between them: UTF-16 and UTF-32, whole or as strings inside a program."""

from __future__ import annotations

from collections.abc import Iterable

from aliscan.detect.words import WINDOW

_SHAPE = bytes(48 if c == 0 else 97 if 32 <= c < 127 else 32 for c in range(256))
# Twelve characters, whichever half of each is the zero; the shortest value that a rule finds has 16.
_RUNS = (b"0a" * 11 + b"0", b"a000" * 12)
_OVERLAP = len(_RUNS[-1])
_STEP = WINDOW - _OVERLAP
# Pictures have such a text in their first kilobyte (a colour profile), and nothing behind it.
_LONG = 64 << 10
_AROUND = 8 << 10  # bytes: far more characters, of four bytes, than any need has


def without_zeros(data: bytes) -> bytes | None:
    """``data`` without its zeros, if a stretch of it is ASCII in 16 or 32 bits; else None.

    Programs, fonts and pictures are full of zeros, and nothing is gained by reading them twice. Of a long
    text what lies far before or behind all such stretches is left out.
    """
    if b"\0" not in data:
        return None
    shape = data.translate(_SHAPE)
    starts = range(0, len(shape), _STEP)
    first = _met(shape, starts)
    if first is None:
        return None
    if len(data) > _LONG:
        last = _met(shape, reversed(starts)) or first
        data = data[max(0, first - _AROUND) : last + WINDOW + _AROUND]
    return data.translate(None, b"\0")


def _met(shape: bytes, starts: Iterable[int]) -> int | None:
    """Where the first of some windows begins that holds a stretch."""
    return next((at for at in starts if any(shape.find(run, at, at + WINDOW) >= 0 for run in _RUNS)), None)

"""Looking around a hit without looking twice: what lies near some offsets, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aliscan.record import NamedTuple


class Window(NamedTuple):
    """Byte offsets of a stretch of text, end exclusive."""

    start: int
    end: int


def windows(hits: Iterable[tuple[int, int]], before: int, after: int, size: int) -> list[Window]:
    """The stretches around ``hits`` (start, end; in growing order), overlapping ones joined.

    No byte is in two windows, so a rule that searches them all reads no byte twice, however many
    anchors stand in one line. ``size`` is the length of the text.
    """
    return joined((max(0, start - before), min(size, end + after)) for start, end in hits)


def joined(stretches: Iterable[tuple[int, int]]) -> list[Window]:
    """Stretches (start, end; in growing order), those joined that overlap or touch."""
    found: list[Window] = []
    for start, end in stretches:
        if found and start <= found[-1].end:
            found[-1] = Window(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Window(start, end))
    return found


def offsets(data: bytes, needle: bytes) -> Iterator[int]:
    """Where ``needle`` stands in ``data``, without overlaps."""
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + len(needle))


def beginning(data: bytes, word: bytes, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """As ``pattern.finditer``, of an expression whose matches all begin with ``word``.

    `re` looks for the beginning of an expression letter by letter where a look-around comes first.
    """
    at = data.find(word)
    while at >= 0:
        m = pattern.match(data, at)
        if m:
            yield m
        at = data.find(word, m.end() if m else at + 1)


def holds(data: bytes, word: bytes, start: int, end: int) -> bool:
    """Whether a word stands between two offsets; nothing is copied."""
    return data.find(word, start, end) >= 0


def line_before(data: bytes, at: int, limit: int) -> bytes:
    """What stands left of an offset on its line, at most ``limit`` bytes of it."""
    return left_of(data, at, limit).rpartition(b"\n")[2]


def left_of(data: bytes, at: int, limit: int) -> bytes:
    """The bytes left of an offset, at most ``limit``."""
    return data[max(0, at - limit) : at]


def lines_around(data: bytes, start: int, end: int, lines: int, limit: int) -> Window:
    """The lines of ``start`` to ``end`` and ``lines`` more on each side, at most ``limit`` bytes each.

    A line ends with LF; CR-only text (9a.5 of the shapes) is one long line, bounded by ``limit``.
    """
    low, floor = start, max(0, start - limit)
    for _ in range(lines + 1):
        found = data.rfind(b"\n", floor, low)
        if found < 0:
            low = floor
            break
        low = found
    high, roof = end, min(len(data), end + limit)
    for _ in range(lines + 1):
        found = data.find(b"\n", high, roof)
        if found < 0:
            high = roof
            break
        high = found + 1
    return Window(low, high)


_HOST_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
_DOMAIN = b".aliyuncs.com"
_LONGEST_HOST = 160


def hosts(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Start, end and text of every host below ``aliyuncs.com``; strips, no search: constant cost a hit."""
    done = 0
    for at in offsets(data, _DOMAIN):
        piece = data[max(done, at - _LONGEST_HOST) : at]
        start = at - len(piece) + len(piece.rstrip(_HOST_BYTES))
        done = at + len(_DOMAIN)
        if data[start : start + 1] == b"-":  # mysql -hHOST
            start += 2 if data[start + 1 : start + 2] == b"h" else 1
        yield start, done, data[start:done]

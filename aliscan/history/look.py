"""What a worker does with one object: is there anything in it that a second, careful look must judge?

The first look knows neither path nor policy and keeps nothing: an object id is all that leaves the
worker, so no value crosses a process border.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aliscan.detect import LIMITS, Detection, Limits, detect
from aliscan.finding import Match, Place
from aliscan.sources.history import Big, names_in_tree

# Two windows of a big object share this much: longer than any credential with its partner.
OVERLAP = 64 << 10


def hit(kind: str, data: bytes | Big, raw: int, limits: Limits = LIMITS) -> bool:
    """Whether an object of a type (``blob``, ``tree``, ...) must be looked at again.

    Of a tree only the names count. True also when detect could not read it all.
    """
    if isinstance(data, Big):
        return any(f.matches or f.unread for f in windows(data.windows, b"", limits))
    if kind == "tree":
        return any(_suspicious(name, limits) for name in suspicious_names(data, raw))
    return _suspicious(data, limits)


def _suspicious(data: bytes, limits: Limits) -> bool:
    found = detect(data, b"", limits)
    return bool(found.matches or found.unread)


def suspicious_names(data: bytes, raw: int) -> Iterator[bytes]:
    """The names of a tree, when any of its bytes could be a credential at all."""
    from aliscan.detect.anchors import families

    # The tree as a whole first: nearly always no, and then no name is taken out of it.
    if families(data):
        yield from names_in_tree(data, raw)


def windows(pieces: Iterable[bytes], path: bytes, limits: Limits = LIMITS) -> Iterator[Detection]:
    """Search something too big to hold, piece by piece; places count from its very beginning.

    Matches may be found twice where two windows overlap: those of the second that end inside the
    overlap are left out.
    """
    tail, offset, line, column = b"", 0, 0, 0
    for piece in pieces:
        window = tail + piece
        found = detect(window, path, limits)
        fresh = [m for m in found.matches if max(p.end for p in m.parts) > len(tail)]
        yield Detection(tuple(_moved(m, offset, line, column) for m in fresh), found.unread)
        keep = min(OVERLAP, len(window))
        gone = window[: len(window) - keep]
        lines = gone.count(b"\n")
        column = len(gone) - gone.rfind(b"\n") - 1 if lines else column + len(gone)
        line, offset, tail = line + lines, offset + len(gone), window[len(gone) :]


def _moved(match: Match, offset: int, line: int, column: int) -> Match:
    def place(p: Place) -> Place:
        return Place(
            p.line + line,
            p.column + column * (p.line == 1),
            p.end_line + line,
            p.end_column + column * (p.end_line == 1),
        )

    parts = tuple(
        replace(p, place=place(p.place), start=p.start + offset, end=p.end + offset) for p in match.parts
    )
    return replace(match, parts=parts)

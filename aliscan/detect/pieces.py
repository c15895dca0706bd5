"""Matches of a piece of something large, moved to where they stand in the whole."""

from __future__ import annotations

from collections.abc import Iterable

from aliscan.detect.anchors import is_container
from aliscan.finding import Blob, Match, Part
from aliscan.record import replace


def settled(blob: Blob, matches: Iterable[Match]) -> tuple[Match, ...]:
    """The matches of a blob that count, where they stand; of a piece those that it owns.

    What stands in a member of a container that the piece begins with has its place there.
    """
    if not blob.partial:
        return tuple(matches)
    opened = is_container(blob.data)
    found = list(matches)
    mine = owned([m for m in found if not (opened and m.member)], blob.owned)
    return (
        *shift(mine, blob.start, blob.line, blob.column),
        *(m for m in found if opened and m.member),
    )


def owned(matches: Iterable[Match], stretch: tuple[int, int]) -> list[Match]:
    """The matches that begin between two offsets: all others another piece shows."""
    low, high = stretch
    return [m for m in matches if low <= min(part.start for part in m.parts) < high]


def shift(matches: Iterable[Match], start: int, line: int, column: int = 0) -> tuple[Match, ...]:
    """The matches of a piece that begins at byte ``start``, on line ``line``, behind ``column`` characters
    of that line."""

    def moved(part: Part) -> Part:
        at = part.place
        place = replace(
            at,
            line=at.line + line - 1,
            end_line=at.end_line + line - 1,
            column=at.column + (column if at.line == 1 else 0),
            end_column=at.end_column + (column if at.end_line == 1 else 0),
        )
        return replace(part, place=place, start=part.start + start, end=part.end + start)

    return tuple(replace(m, parts=tuple(map(moved, m.parts))) for m in matches)

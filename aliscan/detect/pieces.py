"""Matches of a piece of something large, moved to where they stand in the whole."""

from __future__ import annotations

from collections.abc import Iterable

from aliscan.finding import Match, Part
from aliscan.record import replace


def shift(matches: Iterable[Match], start: int, line: int) -> tuple[Match, ...]:
    """The matches of a piece that begins at byte ``start``, on line ``line`` of the whole.

    Columns stay: a piece begins at the beginning of a line wherever there are lines.
    """

    def moved(part: Part) -> Part:
        place = replace(part.place, line=part.place.line + line - 1, end_line=part.place.end_line + line - 1)
        return replace(part, place=place, start=part.start + start, end=part.end + start)

    return tuple(replace(m, parts=tuple(map(moved, m.parts))) for m in matches)

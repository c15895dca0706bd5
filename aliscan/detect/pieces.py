"""Matches of a piece of something large, moved to where they stand in the whole."""

from __future__ import annotations

from collections.abc import Iterable

from aliscan.finding import Match, Part
from aliscan.record import replace


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

"""Matches of a piece, moved into the whole."""

from __future__ import annotations

import pytest

from aliscan.detect.pieces import settled, shift
from aliscan.finding import Blob, Confidence, Match, Origin, Part, Place, Secret, Severity
from aliscan.record import replace


def match(*spans: tuple[int, int], lines: tuple[int, int] = (1, 1), member: tuple[bytes, ...] = ()) -> Match:
    parts = tuple(
        Part("access-key-id", Secret(b"x"), Place(lines[0], 4, lines[1], 9), start, end)
        for start, end in spans
    )
    return Match("rule", Severity.HIGH, Confidence.HIGH, parts, (), member)


@pytest.mark.parametrize(
    ("lines", "place"),
    [((1, 1), (5, 11, 5, 16)), ((1, 2), (5, 11, 6, 9)), ((2, 2), (6, 4, 6, 9)), ((3, 4), (7, 4, 8, 9))],
)
def test_columns_move_on_the_first_line_only(lines: tuple[int, int], place: tuple[int, ...]) -> None:
    (moved,) = shift([match((10, 20), lines=lines)], 100, 5, 7)
    (part,) = moved.parts
    at = part.place
    assert (at.line, at.column, at.end_line, at.end_column) == place
    assert (part.start, part.end) == (110, 120)


def test_without_a_column_only_lines_move() -> None:
    (moved,) = shift([match((10, 20))], 100, 5)
    assert moved.parts[0].place == Place(5, 4, 5, 9)


@pytest.mark.parametrize(("start", "there"), [(49, False), (50, True), (79, True), (80, False)])
def test_a_piece_owns_what_begins_in_it(start: int, there: bool) -> None:
    blob = Blob(Origin("file"), b"." * 100, start=1000, line=3, partial=True, owned=(50, 80))
    found = settled(blob, [match((start + 5, start + 9), (start, start + 3))])
    assert [m.parts[1].start for m in found] == [1000 + start] * there
    inside = match((start, start + 3), member=(b"a",))
    jar = replace(blob, data=b"PK\x03\x04" + b"." * 96)
    assert settled(jar, [inside]) == (inside,), "in a member it has its place there"
    assert len(settled(blob, [inside])) == there, "in base64 it has the place of that"

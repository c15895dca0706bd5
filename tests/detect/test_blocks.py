"""Blocks of YAML: under which keys a value stands, and how far up anybody looks."""

from __future__ import annotations

import pytest

from aliscan.detect.blocks import headings


def keys_above(text: str) -> list[str]:
    return [word for _, word in headings(text.encode(), len(text.encode()))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a:\n  b:\n    c: ", ["b", "a"]),
        ("a:\n  b:\n  c: ", ["a"]),
        ("a:\n  b: 1\n  c:\n    d: ", ["c", "a"]),
        ("a: 1\n  c: ", []),
        ("a: # why\n  c: ", ["a"]),
        ('"a":\n  c: ', ["a"]),
        ("a:\r\n  b:\r\n    c: ", ["b", "a"]),
        ("- a:\n    c: ", ["a"]),
        ("a:\n\n\n  c: ", ["a"]),
        ("a:\nc: ", []),
        ("a:\n c: ", ["a"]),
        ("  a:\n  c: ", []),
        ("x\na:\n  c: ", ["a"]),
        ("c: ", []),
        ("a b:\n  c: ", []),
        ("7a:\n  c: ", []),
        ("a:\n    b:\n  c: ", ["a"]),
    ],
)
def test_headings(text: str, found: list[str]) -> None:
    assert keys_above(text) == found


def test_where_a_heading_stands() -> None:
    assert list(headings(b"x\na:\n  b:\n    c: ", 17)) == [(5, "b"), (2, "a")]


@pytest.mark.parametrize(("size", "there"), [(399, True), (400, True), (401, False), (9000, False)])
def test_no_line_of_yaml_is_longer_than_400(size: int, there: bool) -> None:
    assert bool(keys_above("a:\n  c: " + "x" * (size - 6))) is there
    assert keys_above("  " + "x" * (size - 2)) == [], "the first line has nothing above"


@pytest.mark.parametrize(("between", "there"), [(4000, True), (4080, True), (4200, False)])
def test_headings_stand_within_four_kilobytes(between: int, there: bool) -> None:
    filler = ("    x: " + "y" * 32 + "\n") * (between // 40)
    assert bool(keys_above(f"#\na:\n{filler}  c: ")) is there

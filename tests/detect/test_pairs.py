"""Ids and secrets find each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.pairs import FAR, NEAR, NEAR_LINES, Item, join


def _items(layout: str) -> tuple[bytes, list[Item]]:
    """``I`` is an id, ``S`` a named secret, ``s`` an unnamed one; every other character is itself."""
    data, items = b"", []
    for char in layout:
        if char in "ISs":
            items.append(Item(len(data), len(data) + 30, char == "I", char != "s"))
            data += b"x" * 30
        else:
            data += char.encode()
    return data, items


def _joined(layout: str) -> set[tuple[int, int]]:
    data, items = _items(layout)
    index = {item: n for n, item in enumerate(items)}
    return {(index[i], index[s]) for i, s, _ in join(data, items)}


def test_layouts() -> None:
    assert _joined("I\nS") == {(0, 1)}
    assert _joined("S\nI") == {(1, 0)}
    assert _joined("I,S\nI,S\nI,S") == {(0, 1), (2, 3), (4, 5)}
    assert _joined("S,I\nS,I") == {(1, 0), (3, 2)}
    assert _joined("I\nS\nI\nS") == {(0, 1), (2, 3)}
    assert _joined("S\nI\nS\nI") == {(1, 0), (3, 2)}
    assert _joined("I\nI\nS\nS") == {(0, 2), (1, 3)}
    assert _joined("I s S") == {(0, 2)}, "the named secret beats the nearer word"
    assert _joined("I S S") == {(0, 1)}
    assert _joined("I") == set()
    assert _joined("I" + "\n" * 20 + "S") == {(0, 1)}, "a clear name is worth twenty lines"
    assert _joined("I" + "\n" * 20 + "s") == set()
    assert _joined("I" + "." * 20_000 + "S") == set()


def _firm(layout: str) -> list[bool]:
    return [firm for *_, firm in join(*_items(layout))]


def test_a_pair_is_firm_as_far_as_400_bytes_and_six_lines() -> None:
    assert (NEAR, NEAR_LINES, FAR) == (400, 6, 10_240)
    assert _firm("I" + "." * NEAR + "S") == [True]
    assert _firm("I" + "." * (NEAR + 1) + "S") == [False]
    assert _firm("I" + "\n" * NEAR_LINES + "S") == [True]
    assert _firm("I" + "\n" * (NEAR_LINES + 1) + "S") == [False]
    assert _firm("I" + "." * NEAR + "s") == [True]
    assert _firm("I" + "." * (NEAR + 1) + "s") == []


@pytest.mark.parametrize("order", ["IS", "SI"])
def test_a_named_secret_is_looked_for_as_far_as_ten_kilobytes(order: str) -> None:
    assert _firm(("." * (FAR - 30)).join(order)) == [False]
    assert _firm(("." * (FAR - 29)).join(order)) == []


def test_on_a_line_only_what_is_unambiguous_is_a_pair_at_once() -> None:
    # Both lines hold one id and one named secret; the next line's unnamed word must not come between.
    assert _joined("s I S\nI S") == {(1, 2), (3, 4)}
    assert _joined("I s s S\nI S") == {(0, 3), (4, 5)}
    assert _joined("S I s\nS I") == {(1, 0), (4, 3)}
    # Two named: nobody knows which, and the lines around decide.
    assert _joined("I S S\nI") == {(0, 1), (3, 2)}
    # The ids of another line are not touched by a line without any.
    assert _joined("S S\nI S") == {(2, 3)}
    assert _joined("I I\nI S") == {(2, 3)}
    assert _joined("s s\nI") == {(2, 1)}


def test_columns_are_paired_in_order() -> None:
    assert _joined("I\nI\nI\nS\nS\nS") == {(0, 3), (1, 4), (2, 5)}
    assert _joined("S\nS\nI\nI") == {(2, 0), (3, 1)}
    assert _joined("I\nI\nS") == {(1, 2)}


def test_as_many_named_secrets_as_ids_leave_unnamed_words_out() -> None:
    assert _joined("I\ns\nS\nI\ns\nS") == {(0, 2), (3, 5)}
    assert _joined("I\ns\nI\nS") == {(0, 1), (2, 3)}, "fewer named ones: the others count"


def test_of_two_readings_the_nearer_is_taken() -> None:
    assert _joined("S\nI" + "." * 90 + "\nS\nI" + "." * 90 + "\n") == {(1, 0), (3, 2)}
    assert _joined("I\nS" + "." * 90 + "\nI\nS") == {(0, 1), (2, 3)}


def test_what_is_left_far_away_is_taken_once() -> None:
    gap = "\n" * 20
    assert _joined("I" + gap + "S" + gap + "I") == {(0, 1)}
    assert _joined("S" + gap + "I" + gap + "S") == {(1, 2)}
    assert _joined("S" + gap + "I" + gap + "s") == {(1, 0)}
    assert _joined("I" + gap + "s" + gap + "S") == {(0, 2)}
    assert _joined("I" + gap + "S" + gap + "S" + gap + "I") == {(0, 1), (3, 2)}
    assert _joined("I" + gap + "I" + gap + "S") == {(1, 2)}


@given(st.text("ISs \n,", max_size=60))
def test_each_item_is_in_one_pair_at_most(layout: str) -> None:
    data, items = _items(layout)
    pairs = join(data, items)
    used = [x for i, s, _ in pairs for x in (i, s)]
    assert len(used) == len(set(used))
    assert all(i.is_id and not s.is_id for i, s, _ in pairs)


def test_of_several_secrets_on_a_line_the_named_one_is_its_ids() -> None:
    assert _joined("I s S\ns") == {(0, 2)}
    assert _joined("s S I s\ns") == {(2, 1)}
    assert _joined("I S S s\nI") == {(0, 1), (4, 2)}
    assert _joined("I I S\nS") == {(1, 2), (0, 3)} or _joined("I I S\nS") == {(0, 2), (1, 3)}


def test_pairs_far_from_each_other_are_firm() -> None:
    gap = "." * 500
    assert _firm(f"I\nS{gap}I\nS{gap}I S") == [True] * 3
    assert _firm(f"I s{gap}I s") == [True] * 2

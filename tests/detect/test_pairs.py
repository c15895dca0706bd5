"""Ids and secrets find each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.pairs import Item, join


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


@given(st.text("ISs \n,", max_size=60))
def test_each_item_is_in_one_pair_at_most(layout: str) -> None:
    data, items = _items(layout)
    pairs = join(data, items)
    used = [x for i, s, _ in pairs for x in (i, s)]
    assert len(used) == len(set(used))
    assert all(i.is_id and not s.is_id for i, s, _ in pairs)

"""Lines and columns of byte offsets, as git and editors count them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.places import Places
from aliscan.finding import Place


def test_lines_and_columns_begin_at_one() -> None:
    places = Places(b"ab\ncd\n\nef")
    assert [places.at(n) for n in range(9)] == [
        (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (4, 1), (4, 2),
    ]  # fmt: skip


def test_going_back_counts_anew() -> None:
    places = Places(b"ab\ncd\nef")
    assert places.at(7) == (3, 2)
    assert places.at(1) == (1, 2)
    assert places.at(1) == (1, 2)
    assert places.of(4, 7) == Place(2, 2, 3, 2)


def test_only_lf_ends_a_line() -> None:
    assert Places("a\r\x0b\x85\u2028b".encode()).at(8)[0] == 1


def test_columns_are_characters() -> None:
    text = "密钥=x"
    assert Places(text.encode()).at(7) == (1, 4)
    assert Places(text.encode("gb18030"), "gb18030").at(5) == (1, 4)
    assert Places(b"\xff\xfe=x").at(3) == (1, 4), "a byte that is no character counts as one"


def test_a_mark_and_zeros_have_no_column() -> None:
    marked = Places(b"\xef\xbb\xbfab")
    assert marked.at(3) == (1, 1)
    assert marked.at(4) == (1, 2)
    assert marked.at(3) == (1, 1)
    assert Places(b"a\0b\0c").at(4) == (1, 3)


@given(st.lists(st.sampled_from([b"a", b"\n", b"\0"]), max_size=20).map(b"".join), st.data())
def test_all_spans_are_where_each_alone_is(text: bytes, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(offsets, offsets), max_size=4))
    assert Places(text).all(spans) == {
        (a, b): Place(*Places(text).at(a), *Places(text).at(b)) for a, b in spans
    }


def test_a_byte_that_cannot_be_read_is_one_character() -> None:
    assert Places(b"\xe5\xaf x").at(3) == (1, 4)
    assert Places("\u5bc6 x".encode()).at(4) == (1, 3)
    assert Places("\u5bc6 x".encode("gbk"), "gb18030").at(3) == (1, 3)

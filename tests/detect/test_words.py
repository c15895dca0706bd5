"""Long words: each is met where it stands, whatever its neighbours."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.text import Text
from aliscan.detect.words import (
    LENGTHS,
    SHORTEST,
    WINDOW,
    WITH_DIGITS,
    base64_words,
    could_be_secret,
    families_of,
    family_of,
    has_name,
    parts,
    values,
    word_around,
    word_before,
)
from tests.support import keys


@given(st.lists(st.tuples(st.integers(25, 35), st.sampled_from([b" ", b"+", b"/", b"\n", b"_"])), max_size=9))
def test_words_are_those_of_a_regular_expression(pieces: list[tuple[int, bytes]]) -> None:
    data = b"".join(b"k" * size + between for size, between in pieces)
    words = [m.span() for m in re.finditer(rb"[A-Za-z0-9]{30,}", data)]
    assert values(data) == [(start, end) for start, end in words if end - start in LENGTHS]
    assert list(base64_words(data)) == [m.span() for m in re.finditer(rb"[A-Za-z0-9+/]{30,}", data)]


@pytest.mark.parametrize("size", [SHORTEST, 31, 400])
@pytest.mark.parametrize(
    "at", [*range(WINDOW - 61, WINDOW + 3, 7), WINDOW - 30, WINDOW - 29, 2 * WINDOW - 31]
)
def test_a_word_across_a_window_is_met_once(at: int, size: int) -> None:
    data = b"." * at + b"k" * size + b"." * 100
    assert base64_words(data) == [(at, at + size)]
    assert list(Text(data).words(size)) == [at]
    assert list(Text(data).words(size - 1)) == []
    assert list(Text(data).words(size, at, at + size)) == [at]


def test_a_word_at_the_end() -> None:
    assert values(b"." * 10 + b"k" * 30) == [(10, 40)]
    assert values(b"k" * 29) == []
    assert values(b"k" * 100, 10, 42) == [(10, 42)]
    assert values(b"k" * 100, 10, 41) == [], "no value has 31 characters"
    assert list(Text(b"k" * 30).words(30)) == [0]
    assert list(Text(b"kk kkk").words(3)) == [3]


def test_words_between_two_offsets() -> None:
    text = Text(b"aaa bbb ccc ddd")
    assert list(text.words(3)) == [0, 4, 8, 12]
    assert list(text.words(3, 4, 11)) == [4, 8]
    assert list(text.words(3, 5, 10)) == []
    assert list(text.words(3, 0, 99)) == [0, 4, 8, 12]


def test_a_longer_word() -> None:
    text = Text(b".." + b"k" * 31 + b"..")
    assert text.has_word_over(30, 0, 40)
    assert not text.has_word_over(31, 0, 40)
    assert not text.has_word_over(30, 10, 40)


def test_parts() -> None:
    a, b, short = b"k" * 30, b"q" * 33, b"z" * 29
    assert list(parts(a + b"+" + short + b"/" + b)) == [(0, 30), (61, 94)]
    assert list(parts(short + b"/" + short)) == []
    assert list(parts(b"/" + a)) == [(1, 31)]
    image = b"/".join([a, short, b] * 500)  # longer than a window
    whole = [(m.start(), m.end()) for m in re.finditer(rb"[A-Za-z0-9]{30,}", image)]
    assert list(parts(image)) == whole


def test_a_word_beside_a_word_has_no_name() -> None:
    assert has_name(b"name = ", 7)
    assert has_name(b"n" * 27 + b" = ", 30)
    assert not has_name(b"n" * 28 + b" = ", 31)
    assert has_name(b"-" + b"n" * 27 + b" = ", 31)
    assert has_name(b"", 0)


@pytest.mark.parametrize("length", [30, 40, 67])
@pytest.mark.parametrize("behind", ["\n", "+\n", "/'", '"', ")"])
@pytest.mark.parametrize("before", ["", "a ", "secret='"])
def test_a_word_is_found_from_where_its_match_ends(length: int, behind: str, before: str) -> None:
    word = "5" * length
    data = f"{before}{word}{behind} x".encode()
    ends = [m.end() for m in re.compile(WITH_DIGITS).finditer(data)]
    assert [word_before(data, end) for end in ends] == [(len(before), len(before) + length)]


def test_a_word_that_is_too_long_is_nobodys() -> None:
    data = b"7" * (max(LENGTHS) + 1) + b"\n"
    assert word_before(data, len(data)) == (0, 0)
    assert word_around(data, 40) == (0, 0)
    assert word_before(b"", 0) == (0, 0)
    assert word_around(b"a = " + b"x" * 40 + b"\n", 34) == (4, 44)


def secret() -> str:
    """A random one with a digit that is not near its end."""
    return next(s for s in iter(keys.secret, "") if any(c.isdigit() for c in s[:21]))


def family(before: str, word: str, after: str = "", named: bool = True) -> str:
    """Whose value a word may be between what stands around it."""
    data = f"{before}{word}{after}".encode()
    return family_of(data, len(before), len(before) + len(word), named)


def test_a_secret_is_told_in_every_length_that_it_is_written_in() -> None:
    for _ in range(30):
        s = secret()
        assert family("accessKeySecret: ", s) == "access_key"
        for end, size in (("", 40), ("\n", 42), ("\r\n", 43)):
            word = base64.b64encode((s + end).encode()).decode().rstrip("=")
            assert len(word) == size
            assert family("accessKeySecret: ", word) == "encoded", "in base64"
        assert family("accessKeySecret: ", s.encode().hex()) == "encoded", "in hexadecimal"
    for size in (29, 31, 39, 41, 44, 45, 59, 61):
        assert family("accessKeySecret: ", ("kQ7xWb3mZt" * 7)[:size]) == ""


def test_a_hash_is_no_secret_in_base64() -> None:
    for _ in range(30):
        for size in (40, 60):
            assert family("secret: ", keys.draw(keys.HEX, size)) == ""
    assert family("secret: ", "z" * 60) == ""


@pytest.mark.parametrize("sign", "+/")
def test_a_piece_of_base64_is_no_word_of_its_own(sign: str) -> None:
    s = secret()
    name = "accessKeySecret: "
    assert family(f"{name}q{sign}", s) == ""
    assert family(name, s, f"{sign}q") == ""
    assert family(f"{name}.{sign}", s) == "access_key"
    assert family(name, s, f"{sign}.") == "access_key"
    assert family(name, s, sign) == "access_key"
    assert family("a+", s, named=False) == ""
    assert family("+", s, named=False) == "access_key"


def test_other_words_are_told_by_what_stands_before_them() -> None:
    h = keys.draw(keys.HEX, 64)
    for before, word, name in (
        ("sk-", h[:32], "model_studio"),
        ("APPCODE ", h[:32], "app_code"),
        (f"app_code{'.' * 56}", h[:32], "app_code"),
        (f"app_code{'.' * 57}", h[:32], ""),
        ("appcode%20", h[:32], "app_code"),
        ("", f"SEC{h}", "dingtalk"),
        ("access_token=", h, "dingtalk"),
        ("c2st", "", ""),
        ("", "c2st" + keys.draw(keys.BASE62, 43), "encoded"),
        ("", "c2st" + keys.draw(keys.BASE62, 44), "encoded"),
        ("#sk-", keys.draw(keys.BASE62, 33), "encoded"),
        ("md5 = ", h[:32], ""),
        ("md5 = ", h, ""),
    ):
        assert family(before, word) == name, (before, word)


def test_words_of_a_list_have_no_name() -> None:
    one, two = (secret().encode() for _ in range(2))
    for between in (b" ", b"\t", b"\n", b",", b";", b"|"):
        data = b"accessKeySecret " + b"-" * 30 + between + one + between + two
        assert families_of(data, values(data)) == {"access_key"}, "the first"
        data = b"x" * 30 + between + b"secret=" + two
        assert families_of(data, values(data)) == {"access_key"}
        data = b"secret:" + b"q" * 30 + between + one
        assert families_of(data, values(data)) == set(), between
        assert families_of(data, values(data), named=False) == {"access_key"}


def test_a_secret_has_a_name_where_names_can_be_read() -> None:
    s = secret()
    assert family("sha = ", s) == ""
    assert family("sha = ", s, named=False) == "access_key"
    assert family("new X('kQ7xWb3mZt9rLc2p', '", s) == "access_key", "the oldest form of an id"
    for escape in "\\&%":
        assert family(f"sha{escape}22: ", s) == "access_key", "an escape may hide the name"
        assert family(f"{escape}{'.' * 15}", s) == "access_key"
        assert family(f"{escape}{'.' * 16}", s) == ""


def test_a_secret_without_a_clear_name_has_a_digit_before_its_last_eight() -> None:
    letters = "kQxxWbMmZtRrLcPpVnHsJdFgYw"
    assert family("sha = ", f"{letters[:21]}7{letters[:8]}", named=False) == "access_key"
    assert family("sha = ", f"{letters[:22]}7{letters[:7]}", named=False) == ""
    assert family("accessKeySecret = ", f"{letters[:22]}7{letters[:7]}") == "access_key"


def test_words_in_camel_case_are_secrets_with_three_digits() -> None:
    assert not could_be_secret(b"getLongConnectionHeadDetailB77")
    assert could_be_secret(b"getLongConnectionHeadDetail777")
    assert not could_be_secret(b"getLongConnectionHeadDetailBee")
    assert could_be_secret(secret().encode())
    assert not could_be_secret(b"abcdefgh" + secret().encode()[8:])

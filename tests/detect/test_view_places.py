"""A value in a decoded stretch has its own place in the text, not that of the whole stretch."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from aliscan.detect import Limits
from aliscan.detect.budget import Budget
from aliscan.detect.reading import Edit, Reading
from aliscan.detect.views import (
    VIEWS,
    chinese,
    entities,
    escapes,
    joined,
    numbers,
    percent,
    quoted_printable,
    terminal,
    views,
    wide,
)
from aliscan.detect.views import base64 as base64_view
from tests.support import keys

BEFORE, AFTER = "access key: ", ", and more text."


def each(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form % ord(c) for c in text)


WAYS: list[tuple[Any, Callable[[str], str]]] = [
    (percent, each("%%%02X")),
    (percent, each("%%%02x")),
    (escapes, each("\\u%04x")),
    (escapes, each("\\x%02x")),
    (escapes, each("\\%03o")),
    (escapes, each("\\0%03o")),
    (quoted_printable, each("=%02X")),
    (numbers.Hexadecimal(), each("%02x")),
    (wide, lambda text: text.encode("utf-16-le").decode()),
]


@pytest.mark.parametrize(("view", "way"), WAYS, ids=lambda x: getattr(x, "NAME", "") or x("A").strip("\0"))
@pytest.mark.parametrize("at", [0, 1, 5])
def test_one_for_one(view: Any, way: Callable[[str], str], at: int) -> None:
    value = keys.key_id()
    text = f"x = '{way(BEFORE[at:] + value + AFTER)}'"
    start, end = place(view, text.encode(), value)
    assert text[start:end] == way(value)


def place(view: Any, data: bytes, value: str) -> tuple[int, int]:
    """Where a value stands that a view shows."""
    root = Reading(data)
    reading = root.edited(view.NAME, view.edits(data), Budget(Limits(), len(data)))
    assert reading is not None
    at = reading.data.index(value.encode())
    start, end, via = reading.locate(at, at + len(value))
    assert via == (view.NAME,)
    return start, end


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize(
    ("view", "encode", "decode", "group"),
    [
        (base64_view, base64.b64encode, base64.b64decode, 4),
        (numbers.Base32(), base64.b32encode, base64.b32decode, 8),
    ],
    ids=["base64", "base32"],
)
def test_groups_of_characters(view: Any, encode: Any, decode: Any, group: int, at: int) -> None:
    value = keys.key_id()
    word = encode((BEFORE[at:] + value + AFTER).encode()).decode().rstrip("=")
    start, end = place(view, f"x = {word};".encode(), value)
    assert 4 <= start < end <= 4 + len(word)
    first, last = (start - 4) // group * group, -(-(end - 4) // group) * group
    padded = word[first:last] + "=" * (-len(word[first:last]) % group)
    assert value.encode() in decode(padded)
    assert last - first <= (len(value) + 2 * 5) * 8 / 5 + group


@pytest.mark.parametrize("at", range(3))
def test_wide_text_in_base64_and_hexadecimal(at: int) -> None:
    value = keys.key_id()
    raw = (BEFORE[at:] + value + AFTER).encode("utf-16-le")
    word = base64.b64encode(raw).decode()
    start, end = place(base64_view, f"x = {word};".encode(), value)
    piece = word[(start - 4) // 4 * 4 : -(-(end - 4) // 4) * 4]
    assert value.encode("utf-16-le") in base64.b64decode(piece)
    assert len(piece) <= len(value) * 8 / 3 + 12
    start, end = place(numbers.Hexadecimal(), f"x = {raw.hex()};".encode(), value)
    assert f"x = {raw.hex()};"[start:end] == value.encode("utf-16-le").hex()


@pytest.mark.parametrize("width", [64, 76])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n    "])
def test_lines_of_base64(width: int, end: str) -> None:
    value = keys.key_id()
    word = base64.b64encode((BEFORE * 9 + value + AFTER * 5).encode()).decode()
    lines = [word[n : n + width] for n in range(0, len(word), width)]
    text = "x:\n    " + end.join(lines) + "\n\n"
    start, stop = place(base64_view, text.encode(), value)
    at = len(BEFORE) * 9 // 3 * 4
    assert text[start : start + 8].replace("\r", "").replace("\n", "").strip() in word
    assert start == 7 + at + len(end) * (at // width)
    assert stop - start <= -(-len(value) // 3) * 4 + 4 + len(end)


# Pieces of base64 around an id, where the whole is no text


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("size", [30, 60, 3000])
def test_readable_stretches_of_base64_that_is_no_text(at: int, size: int) -> None:
    value = keys.key_id()
    noise = bytes(range(128, 256)) * 30
    text = f"\nid={value}\nand so on".encode()
    word = base64.b64encode(noise[: size * 3 + at] + text + noise[:size]).decode()
    data = f"k: {word} end".encode()
    (edit,) = base64_view.edits(data)
    assert edit.text == text
    assert (edit.wide, edit.narrow) == (4, 3)
    start, end = place(base64_view, data, value)
    inside = data[3 + (start - 3) // 4 * 4 : 3 + -(-(end - 3) // 4) * 4]
    assert value.encode() in base64.b64decode(inside)
    assert len(inside) <= len(value) / 3 * 4 + 12


def test_two_pieces_and_a_text_between() -> None:
    one, two, three = (keys.key_id() for _ in range(3))
    noise = bytes(range(128, 256))

    def piece(value: str) -> str:
        return base64.b64encode(noise + f"\nid={value}\nand so on".encode() + noise).decode()

    whole = base64.b64encode(f"the id is {two}, said he".encode()).decode()
    for order in (
        (piece(one), whole, piece(three)),
        (whole, piece(one), piece(three)),
        (piece(one), piece(three), whole),
    ):
        edits = list(base64_view.edits(" ; ".join(order).encode()))
        assert [e.start for e in edits] == sorted(e.start for e in edits)
        read = b"".join(e.text for e in edits)
        assert all(value.encode() in read for value in (one, two, three))


@pytest.mark.parametrize("distance", [340, 420])
def test_pieces_reach_400_characters(distance: int) -> None:
    value = keys.key_id()
    noise = bytes(range(128, 256)) * 9
    text = f"{'y' * (distance // 4 * 3)}{value}{'z' * (distance // 4 * 3)}".encode()
    (edit,) = base64_view.edits(base64.b64encode(noise + text + noise))
    assert value.encode() in edit.text
    assert (len(edit.text) == len(text)) is (distance < 400)


# Characters


@pytest.mark.parametrize(
    ("code", "there"),
    [(0x20, 1), (0xD7FF, 1), (0xD800, 0), (0xDFFF, 0), (0xE000, 1), (0x10FFFF, 1), (0x110000, 0)],
)
def test_numbers_that_are_no_characters(code: int, there: int) -> None:
    mark = "&quot;"
    for text in (f"{mark} &#{code};", f"{mark} &#x{code:X};"):
        found = [e.text for e in entities.edits(text.encode())]
        assert found == [b'"'] + [chr(code).encode() if there else b""] * there, text
    for text in (f"\\x41 \\u{{{code:x}}}", f"\\x41 \\U{code:08x}"):
        found = [e.text for e in escapes.edits(text.encode())]
        assert found == [b"A"] + [chr(code).encode() if there else b""] * there, text


def test_letters_of_escapes() -> None:
    text = rb"\x41 \n \r \t \b \f \v \a \" \' \` \/ " + b"\\\\"
    found = [e.text for e in escapes.edits(text)]
    assert found == [b"A", b"\n", b"\r", b"\t", b"\b", b"\f", b"\v", b"\a", b'"', b"'", b"`", b"/", b"\\"]
    assert [e.text for e in escapes.edits(b"\\x41 \\u5bc6\\u94a5")] == [b"A", "密钥".encode()]


def test_colours_of_a_terminal() -> None:
    assert list(terminal.edits(b"a \x1b[31mLTAI \x1b[0m")) == [Edit(2, 7, b""), Edit(12, 16, b"")]
    assert list(terminal.edits(b"a \x1b[31m LTAI")) == [], "no word is touched"
    assert list(terminal.edits(b"a [31mLTAI")) == []


def test_gb18030_and_what_is_not() -> None:
    key = keys.secret().encode()
    text = "密钥".encode("gbk") + key
    assert [e.text for e in chinese.edits(text)] == ["密钥".encode()]
    assert list(chinese.edits("密钥".encode() + key)) == [], "UTF-8"
    assert list(chinese.edits(text + b" \xff\xff ")) == [], "neither"
    assert list(chinese.edits(key)) == []


@pytest.mark.parametrize(
    ("strange", "size", "binary"),
    [(2, 100, False), (2, 99, True), (0, 50, False), (9, 450, False), (9, 449, True)],
)
def test_one_control_character_in_fifty_makes_a_text_binary(strange: int, size: int, binary: bool) -> None:
    data = b"\1" * strange + b"x" * (size - strange)
    assert (views(data) != VIEWS) is binary
    assert views(b"x" * 4096 + b"\1" * 4096) == VIEWS, "the first 4,096 bytes tell"


@pytest.mark.parametrize("control", range(33))
def test_which_characters_are_strange(control: int) -> None:
    fine = control in (8, 9, 10, 11, 12, 13, 27, 32)
    assert (views(bytes([control]) * 10) == VIEWS) is fine


# Joints


def cut(*words: str, joint: str = '" + "') -> bytes:
    return f'x = "{joint.join(words)}";'.encode()


def test_joints_are_removed_where_they_make_a_value() -> None:
    i = keys.key_id()
    assert len(list(joined.edits(cut(i[:4], i[4:])))) == 1
    assert len(list(joined.edits(cut(i[:4], i[4:10], i[10:])))) == 2
    assert list(joined.edits(cut("some", "thing"))) == [], "short"
    assert list(joined.edits(cut("something" * 2, "else" * 4))) == [], "of one case"
    assert list(joined.edits(cut("SOMETHING" * 2, "ELSE" * 4))) == []


def test_each_chain_of_joints_is_judged_alone() -> None:
    i = keys.key_id()
    value, names = cut(i[:4], i[4:]), cut("some", "thing")
    for data in (value + b"\n" + names, names + b"\n" + value, names + value, names + b"\n" + value + names):
        (edit,) = joined.edits(data)
        assert data[edit.start - 4 : edit.end + 20] == f'{i[:4]}" + "{i[4:]}'.encode(), data
    two = value + b"\n" + value
    assert [e.start for e in joined.edits(two)] == [9, 9 + len(value) + 1]


def test_a_joint_near_the_beginning() -> None:
    (edit,) = joined.edits(b'LTAI" + "%b"' % b"r9tZm3bWx7Qk"[::-1])
    assert (edit.start, edit.end) == (4, 9)
    assert list(joined.edits(b'TAI" + "kQ7xWb3mZt9r"')) == [], "15 characters"

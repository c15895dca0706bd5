"""What each view replaces, where exactly, and where it lets a text be."""

from __future__ import annotations

import base64
import marshal
import re
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.reading import Edit
from aliscan.detect.views import base64 as base64_view
from aliscan.detect.views import numbers, plain, strings, wide
from tests.support import keys

TEXT = "key of twelve and more"


def marshalled(*objects: Any) -> bytes:
    """A compiled file of Python 3.11 whose module is a tuple of objects."""
    return struct.pack("<H", 3495) + b"\r\n" + bytes(12) + marshal.dumps(objects)


def words(data: bytes, spans: object) -> list[bytes]:
    """The strings between some offsets."""
    assert hasattr(spans, "__iter__")
    return [data[start:end] for start, end in spans]


@pytest.mark.parametrize(
    "thing",
    [
        None, True, False, ..., StopIteration,
        7, -7, 1 << 31, -(1 << 40), 1 << 200, 1.5, 2j, (), (1, 2), [1, 2],
        {"a"}, frozenset((1, 2)), "", "short", "x" * 255, "x" * 256, "密钥", b"",
        b"bytes", b"x" * 70_000,
        ((("deep",),),), (1,) * 255, (1,) * 256,
    ],
    ids=lambda thing: repr(thing)[:20],
)  # fmt: skip
def test_whatever_stands_before_a_string_of_python(thing: object) -> None:
    data = marshalled("first one", thing, "last one")
    found = words(data, strings.compiled_python(data))
    assert found[0] == b"first one"
    assert found[-1] == b"last one"
    if isinstance(thing, (str, bytes)):
        assert found[1] == (thing.encode() if isinstance(thing, str) else thing)


@pytest.mark.parametrize(
    ("magic", "head", "integers", "after"),
    [
        (62211, 8, 4, 1), (20001, 8, 4, 1), (20000, 16, 5, 2), (3230, 12, 5, 1), (3391, 12, 5, 1),
        (3392, 16, 5, 1), (3399, 16, 5, 1), (3400, 16, 6, 1), (3449, 16, 6, 1), (3450, 16, 5, 2),
        (3571, 16, 5, 2),
    ],
)  # fmt: skip
def test_code_objects_of_every_version(magic: int, head: int, integers: int, after: int) -> None:
    objects = [b"z" + bytes([n + 3]) + b"n" * (n + 3) for n in range(8 + after)]
    code = b"c" + b"\xff" * 4 * integers + b"".join(objects[:8]) + b"\xff" * 4 + b"".join(objects[8:])
    data = (struct.pack("<H", magic) + b"\r\n").ljust(head, b"\xff") + b")\x02" + code + b"z\x03end"
    assert words(data, strings.compiled_python(data)) == [*(o[2:] for o in objects), b"end"]


def test_floats_as_text_and_slices() -> None:
    data = struct.pack("<H", 3571) + b"\r\n" + bytes(12) + b")\x03f\x031.5:NNNz\x03end"
    assert words(data, strings.compiled_python(data)) == [b"end"]


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (b"0", 0), (b"N", 0), (b"F", 0), (b"T", 0), (b"S", 0), (b".", 0), (b"i", 4), (b"I", 8), (b"g", 8),
        (b"y", 16), (b"r", 4), (b"R", 4), (b"l\x02\0\0\0", 4), (b"l\xfe\xff\xff\xff", 4), (b"f\x05", 5),
    ],
)  # fmt: skip
def test_types_of_a_fixed_size(kind: bytes, size: int) -> None:
    head = struct.pack("<H", 62211) + b"\r\n" + bytes(4)
    data = head + b"(\x02\0\0\0" + kind + b"\x7f" * size + b"t\x03\0\0\0end"
    assert words(data, strings.compiled_python(data)) == [b"end"]


def test_what_makes_no_sense_ends_it() -> None:
    data = struct.pack("<H", 3495) + b"\r\n" + bytes(12)
    for body, found in (
        (b")\x02z\x03onez\x03two", [b"one", b"two"]),
        (b")\x02?z\x03two", []),
        (b"(\xff\xff\xff\x7fz\x03two", []),
        (b"z\x03onez\x03two", [b"one"]),
    ):
        assert words(data + body, strings.compiled_python(data + body)) == found, body


def test_constants_of_a_class() -> None:
    sizes = {
        3: 4,
        4: 4,
        5: 8,
        6: 8,
        7: 2,
        8: 2,
        9: 4,
        10: 4,
        11: 4,
        12: 4,
        15: 3,
        16: 2,
        17: 4,
        18: 4,
        19: 2,
        20: 2,
    }
    for tag, size in sizes.items():
        twice = 2 if tag in (5, 6) else 1
        pool = b"\x01\x00\x03one" + bytes([tag]) + b"\x01" * size + b"\x01\x00\x03two" + b"\x01\x00\x04none"
        data = b"\xca\xfe\xba\xbe\0\0\0\x34" + struct.pack(">H", 3 + twice) + pool
        assert words(data, strings.java_class(data)) == [b"one", b"two"], tag
    pool = b"\x01\x01\x04" + b"x" * 260 + b"\x02\x00\x01\x00\x03two"
    data = b"\xca\xfe\xba\xbe\0\0\0\x34\x01\x09" + pool
    assert words(data, strings.java_class(data)) == [b"x" * 260], "2 is no tag"


@pytest.mark.parametrize(
    ("length", "more"), [(16, ""), (24, ""), (29, "STS."), (30, ""), (35, "sk-")]
)  # fmt: skip
def test_a_length_before_a_value(length: int, more: str) -> None:
    value = (more + keys.draw(keys.BASE62, length - len(more))).encode()
    data = b".." + bytes([length]) + value + b"t,"
    assert list(strings.edits(data)) == [Edit(3, 3, b"\n"), Edit(3 + length, 3 + length, b"\n")]
    assert list(strings.edits(b".." + bytes([length]) + value + b",")) == [], "a word of its own"


def test_strings_do_not_overlap_and_end_in_the_text() -> None:
    inner = b"\x10" + b"k" * 17
    data = b"\x1e" + b"q" * 31 + inner
    assert [e.start for e in strings.edits(data)] == [1, 31, 33, 49]


@pytest.mark.parametrize(("size", "there"), [(11, False), (12, True), (40, True)])
@pytest.mark.parametrize("form", ["%02x", "%02X", "0x%02x"])
def test_hexadecimal(form: str, size: int, there: bool) -> None:
    plain_text = (TEXT * 3)[:size].encode()
    for between in ("", " ") if form != "0x%02x" else (", ", ",\n"):
        word = between.join(form % c for c in plain_text)
        found = list(numbers.Hexadecimal.edits(f". {word} .".encode()))
        assert [e.text for e in found] == ([plain_text] if there else [])
        if there:
            assert (found[0].start, found[0].end) == (2, 2 + len(word))


def test_hexadecimal_behind_one_prefix_and_odd_digits() -> None:
    digits = TEXT.encode().hex()
    (found,) = numbers.Hexadecimal.edits(f"=0x{digits};".encode())
    assert found == Edit(3, 3 + len(digits), TEXT.encode(), 2, 1)
    assert list(numbers.Hexadecimal.edits(f"={digits}7;".encode())) == []
    assert list(numbers.Hexadecimal.edits(f"={digits}g;".encode())) == []
    wide = TEXT.encode("utf-16-le").hex()
    (found,) = numbers.Hexadecimal.edits(f"={wide};".encode())
    assert found == Edit(1, 1 + len(wide), TEXT.encode(), 4, 1)


@pytest.mark.parametrize(("size", "there"), [(11, False), (12, True), (40, True)])
def test_decimal(size: int, there: bool) -> None:
    plain_text = (TEXT * 3)[:size].encode()
    word = ", ".join(map(str, plain_text))
    found = list(numbers.Decimal.edits(f"[{word}]".encode()))
    assert found == ([Edit(1, 1 + len(word), plain_text)] if there else [])


@pytest.mark.parametrize(("number", "there"), [(8, 0), (9, 1), (10, 1), (126, 1), (127, 0), (5, 0)])
def test_decimal_numbers_of_text(number: int, there: int) -> None:
    word = ", ".join([str(number), *map(str, TEXT.encode())])
    assert [e.text[0] for e in numbers.Decimal.edits(f"[{word}]".encode())] == [number] * there


@pytest.mark.parametrize("size", [12, 13, *range(20, 28)])
def test_base32(size: int) -> None:
    text = (TEXT * 2)[:size].encode()
    word = base64.b32encode(text)
    assert list(numbers.Base32.edits(b"x=" + word + b".")) == [Edit(2, 2 + len(word), text, 8, 5)]
    bare = word.rstrip(b"=")
    assert list(numbers.Base32.edits(b"x=" + bare + b".")) == [Edit(2, 2 + len(bare), text, 8, 5)]
    assert list(numbers.Base32.edits(b"x=" + base64.b32encode(bytes(range(128, 160))))) == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x" * 12, b"x" * 12),
        (b"x" * 11, None),
        (b"x" * 12 + b"\0\0", b"x" * 12 + b"\0\0"),
        (b"x" * 12 + b"\1", None),
        (b"x" * 70 + b"\1", None),
        (b"x" * 70 + b"\1\xff", None),
        ("密钥是 abc 和其它的".encode(), "密钥是 abc 和其它的".encode()),
        ("密钥是 abc 和其它的".encode()[:-1], "密钥是 abc 和其它的".encode()[:-1]),
        ("密钥是 abc 和其它的".encode()[:-2], "密钥是 abc 和其它的".encode()[:-2]),
        ("密钥 is abcdef, and".encode("gbk"), "密钥 is abcdef, and".encode()),
        ("密钥密钥密钥密钥ab".encode("gbk"), None),
        (b"abcdef ghijkl \xff mnopq", None),
        (TEXT.encode("utf-16-le"), TEXT.encode()),
        (TEXT.encode("utf-16-be"), TEXT.encode()),
        (TEXT.encode("utf-16-le") + b"x", TEXT.encode()),
        ("\1".join(TEXT).encode("utf-16-le"), None),
        ("密钥密钥密钥密钥".encode("utf-16-le"), None),
        (("k" * 13 + "密" * 12).encode("utf-16-le"), ("k" * 13 + "密" * 12).encode()),
        (("k" * 12 + "密" * 12).encode("utf-16-le"), None),
        (("k" * 10 + "密" * 15).encode("utf-16-be"), None),
        (b"\x01\x02" * 9, None),
    ],
)
def test_what_is_believed_to_be_text(data: bytes, text: bytes | None) -> None:
    assert plain.text(data) == text


@pytest.mark.parametrize(
    ("word", "taken"),
    [
        ("aaaa\nbbbb\ncccc", 3),
        ("aaaa\nbbbb\ncc", 3),
        ("aaaa\nbb\ncccc", 2),
        ("aaaa\nbb\ncc", 2),
        ("aaaa\nbbbbb", 1),
        ("aaaa\nbbbb\nccccc", 2),
        ("aaaa\nbbb=\ncccc", 2),
        ("aaa=\nbbbb", 1),
        ("aaaa", 1),
    ],
)
def test_lines_of_one_base64_text_are_equally_long_but_the_last(word: str, taken: int) -> None:
    lines, at = [], 0
    for line in word.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    assert base64_view._one_text(word.encode()) == lines[:taken]


def test_what_is_no_text_does_not_hide_what_follows() -> None:
    text = TEXT.encode()
    hashed = "8f14e45fceea167a5a36dedd4bea2543"
    found = [e.text for e in numbers.Hexadecimal.edits(f"{hashed} {hashed}7 {text.hex()}".encode())]
    assert found == [text]
    noise = base64.b32encode(bytes(range(128, 160)) * 5).decode()
    for other in (noise, noise[:40], "ABCDEFGHIJKLMNOPQRSTU"):
        found = [
            e.text for e in numbers.Base32.edits(f"{other}. {base64.b32encode(text).decode()}.".encode())
        ]
        assert found == [text]
    decimal = ", ".join(map(str, text))
    assert [e.text for e in numbers.Decimal.edits(f"[200, {decimal}] [{decimal}]".encode())] == [text]


def test_a_character_of_four_bytes_may_be_cut() -> None:
    whole = "this is a text \U0001f600".encode()
    for cut in (1, 2, 3):
        assert plain.text(whole[:-cut]) == whole[:-cut]
    late = whole[:-1] + b"ab"
    assert plain.text(late) != late


@pytest.mark.parametrize("size", [63, 64, 65])
def test_the_first_64_bytes_tell_text_from_noise(size: int) -> None:
    wide = ("k" * 40).encode("utf-16-le")
    assert plain.text(wide) == b"k" * 40
    data = b"k" * (size - 1) + b"\1" + b"k" * 20
    assert plain.text(data) is None


@pytest.mark.parametrize(("tabs", "there"), [(3, 1), (4, 1), (5, 0)])
def test_decimal_numbers_have_twenty_digits_together(tabs: int, there: int) -> None:
    text = "\t" * tabs + "A" * (12 - tabs)
    word = ",".join(str(ord(c)) for c in text)
    assert [e.text for e in numbers.Decimal.edits(f"[{word}]".encode())] == [text.encode()] * there


@pytest.mark.parametrize("size", [79, 80, 81, 100, 500])
def test_long_words_of_base32(size: int) -> None:
    text = (TEXT * 30)[:size].encode()
    word = base64.b32encode(text)
    assert [e.text for e in numbers.Base32.edits(b"x=" + word + b".")] == [text]
    noise = base64.b32encode(bytes(range(128, 256)))
    assert [e.text for e in numbers.Base32.edits(noise + b". " + word + b".")] == [text]


@given(st.binary(max_size=40), st.integers(0, 2))
def test_words_of_base64_in_any_length(raw: bytes, cut: int) -> None:
    for word in (base64.b64encode(raw), base64.urlsafe_b64encode(raw)):
        assert base64_view.decode(word) == raw
        bare = word.rstrip(b"=")
        assert base64_view.decode(bare) == raw
        part = bare[: len(bare) - cut]
        assert raw.startswith(base64_view.decode(part))


def test_wide_text_with_half_a_character_is_none() -> None:
    wide = ("k" * 40).encode("utf-16-le")
    assert plain.text(wide + b"\x00\xdc" + wide) is None


def near_text(alphabet: bytes, pieces: tuple[bytes, ...] = ()) -> st.SearchStrategy[bytes]:
    """Texts of few characters and of some pieces: they meet an expression's borders often."""
    one = st.sampled_from([bytes((c,)) for c in alphabet])
    return st.lists(st.one_of(one, st.sampled_from(pieces or (b"",))), max_size=80).map(b"".join)


@given(
    near_text(
        b'a1-_=+/ \n"\\TG',
        (b"TFRBSTV0", b"aGVsbG8gd29ybGQgYW5k", b"bGV0dGVycyBhbmQgbW9y" * 4, b"=\n", b"name: "),
    )
)
def test_words_of_base64_are_those_of_their_expression(data: bytes) -> None:
    expected = [m.span() for m in base64_view._WORD.finditer(data)]
    assert [m.span() for m in base64_view._words(data)] == expected


@given(near_text(b"\0a~\n\x18\x80", (b"a\0b\0c\0d\0", b"\0a\0b\0c\0d", b"\0\0")))
def test_strings_in_two_bytes_are_those_of_their_expression(data: bytes) -> None:
    little = [m.span() for m in re.finditer(rb"(?:[\t\n\r -~]\x00){4,}", data)]
    big = [m.span() for m in re.finditer(rb"(?:\x00[\t\n\r -~]){4,}", data)]
    expected = big if len(big) > len(little) else little
    assert [(e.start, e.end) for e in wide.edits(data) if e.text != b"\n"] == expected


@pytest.mark.parametrize("magic", [b"H4sI", b"UEsDB", b"QlpoO", b"/Td6WFo", b"eJw", b"eJz", b"eNo", b"eAE"])
def test_where_compressed_files_begin(magic: bytes) -> None:
    word = magic + b"A" * (44 - len(magic))
    text = b"x" + word + b" '" + word + b"' " + magic + b"short " + word + b"=="
    found = [text[start:end] for start, end, _ in base64_view.containers(text)]
    assert found == [word, word + b"=="]


@pytest.mark.parametrize("word", [b"eJA" + b"A" * 41, b"eJ_" + b"A" * 41])
def test_other_words_are_no_compressed_files(word: bytes) -> None:
    assert not list(base64_view.containers(word))


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("edge", [b"\n", b"=", b'"', b"a\n", b"ab=", b"", b"\n\n", b"   ", b"\0\xff\xfe"])
def test_a_form_of_an_id_that_is_cut_off_before_its_quad(before: int, edge: bytes) -> None:
    """What stands left of it belongs to no word: it can be decoded at no alignment, and fails nothing."""
    form, first = base64_view._FORMS[before]
    for after in (b"", b"=", b"AAAAA", b"A" * 30):
        found = list(base64_view._pieces(b"text " + edge + form + after))
        assert not found or not first

"""What every encoding of a word has in common, and that it is all that they have in common."""

from __future__ import annotations

import base64
import gzip
import itertools
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from aliscan.detect.engines import python
from aliscan.detect.evidence import evidence
from aliscan.detect.needles import base32_forms, base64_forms, encoded, escaped

WORDS = [b"LTAI", b"aliyun", b"L\0T\0A\0I\0", b"abcde", b"abcdefg"]


def in_common(encode: Callable[[bytes], bytes], group: int, before: int, word: bytes) -> bytes:
    """The characters that are the same whatever bytes stand beside a word that begins at ``before``."""
    after = group + -(before + len(word)) % group
    coded = [
        encode(left * before + word + right * after)
        for left, right in itertools.product((b"\0", b"\xff"), repeat=2)
    ]
    same = [len(set(column)) == 1 for column in zip(*coded, strict=True)]
    if not before:
        assert same[0]
    return bytes(c for c, equal in zip(coded[0], same, strict=True) if equal)


@pytest.mark.parametrize("word", WORDS)
def test_forms_of_base64(word: bytes) -> None:
    expected = [in_common(base64.b64encode, 3, before, word) for before in range(3)]
    assert list(base64_forms(word)) == expected


@pytest.mark.parametrize("word", WORDS)
def test_forms_of_base32(word: bytes) -> None:
    expected = [in_common(base64.b32encode, 5, before, word) for before in range(5)]
    assert list(base32_forms(word)) == expected


def literals() -> set[bytes]:
    return {needle.literal for needle in encoded() if needle.literal}


def test_every_word_has_a_form_at_every_alignment() -> None:
    known = literals()
    for word in (b"L\0T\0A\0I\0", b"ALIYUN", b"alibaba", b"sk-ws-", b"unxiao", b'"auths"', b"LTAI"):
        assert set(base64_forms(word)) <= known
    assert set(base32_forms(b"LTAI")) <= known
    for once in base64_forms(b"LTAI"):
        assert set(base64_forms(once)) <= known, "twice"


def compressed() -> list[bytes]:
    files = [gzip.compress(b"one"), gzip.compress(b"another one", mtime=7)]
    for name in ("a", "some.txt"):
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(name, "x" * len(name))
        files.append(file.getvalue())
    return files


def test_containers_in_base64_and_once_more() -> None:
    once = [base64.b64encode(file) for file in compressed()]
    twice = [base64.b64encode(word) for word in once]
    assert {word[:4] for word in once[:2]} | {word[:5] for word in once[2:]} <= literals()
    assert {word[:5] for word in twice[:2]} | {word[:6] for word in twice[2:]} <= literals()


WAYS: list[Callable[[str], str]] = [
    lambda c: f"\\u{ord(c):04x}",
    lambda c: f"\\u{ord(c):04X}",
    lambda c: f"\\u{{{ord(c):x}}}",
    lambda c: f"\\x{ord(c):02x}",
    lambda c: f"\\x{ord(c):02X}",
    lambda c: f"%{ord(c):02x}",
    lambda c: f"%{ord(c):02X}",
    lambda c: f"%25{ord(c):02X}",
    lambda c: f"={ord(c):02X}",
    lambda c: f"&#x{ord(c):x};",
    lambda c: f"&amp;#x{ord(c):X};",
    lambda c: f"&#{ord(c)};",
    lambda c: f"\\{ord(c):o}",
    lambda c: f"\\0{ord(c):o}",
    lambda c: f"{ord(c):02x}",
    lambda c: f"{ord(c):02x}00",
    lambda c: f"0x{ord(c):02x}, ",
    lambda c: f"{ord(c):02x} ",
    lambda c: f"{ord(c)}, ",
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way("L"))
def test_an_id_in_escapes(way: Callable[[str], str]) -> None:
    scan = python(escaped())
    whole = "".join(map(way, "LTAI"))
    assert scan(f"key: {whole};".encode()) == {"encoded"}
    assert scan(b"key: " + "".join(map(way, "LTAX")).encode()) == set()
    first = way("L")
    if not first[0].isdigit():
        assert scan(f"key: {first}TAI5t".encode()) == {"encoded"}


@pytest.mark.parametrize(
    "joint",
    [
        '" + "',
        "' . '",
        '" \\\n  "',
        "=\n",
        "\\\n    ",
        '", "',
        "' || '",
        "<b>",
        "</b><b>"[:4],
        '" & _\r\n "',
        '"\n"',
    ],
)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_id_that_is_cut(joint: str, at: int) -> None:
    scan = python(escaped())
    assert scan(f'x = "{"LTAI"[:at]}{joint}{"LTAI"[at:]}5t"'.encode()) == {"encoded"}
    assert scan(f'x = "{"LTXI"[:at]}{joint}{"LTXI"[at:]}5t"'.encode()) == set()


@pytest.mark.parametrize("at", range(1, 6))
def test_base64_that_is_wrapped_inside_an_id(at: int) -> None:
    """A form that stands in a word as it is may be chance, and must decode to text: test_chance.py."""
    scan = evidence
    for before in range(3):
        form = base64_forms(b"LTAI")[before].decode()
        for end in ("\n", "\r\n", "\n  > ", "\n" + " " * 40):
            whole = f"x{form[:at]}{end}{form[at:]}y".encode()
            assert scan(whole) == ({"encoded"} if at < len(form) else set()), (before, end)
        if at < len(form):
            assert scan(f"x{form[:at]} {form[at:]}y".encode()) == set()

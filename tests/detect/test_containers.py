"""Every container: opened, bounded, and said when it cannot be looked into."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import random
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect import Detection, Limits, detect
from aliscan.detect.anchors import is_container
from fixtures import builders
from tests.support import keys

PAIR = "alibaba-access-key-pair"


def leak() -> tuple[str, bytes]:
    """A secret, and a text that leaks it with its id."""
    secret = keys.secret()
    return secret, f"endpoint: x\naccessKeyId: {keys.key_id()}\naccessKeySecret: {secret}\n".encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def assert_finds(found: Detection, secret: str, *member: bytes) -> None:
    assert found.unread == ()
    (match,) = found.matches
    assert match.rule == PAIR
    assert match.key.secret.reveal().decode() == secret
    assert match.member == member


WRAPS: dict[str, tuple[Callable[[bytes], bytes], tuple[bytes, ...]]] = {
    "a.zip": (lambda d: zipped({"x.yml": d}), (b"x.yml",)),
    "stored.zip": (lambda d: zipped({"x.yml": d}, zipfile.ZIP_STORED), (b"x.yml",)),
    "bzip2.zip": (lambda d: zipped({"x.yml": d}, zipfile.ZIP_BZIP2), (b"x.yml",)),
    "lzma.zip": (lambda d: zipped({"x.yml": d}, zipfile.ZIP_LZMA), (b"x.yml",)),
    "a.tar": (lambda d: tarred({"dir/x.yml": d}), (b"dir/x.yml",)),
    "a.tar.gz": (lambda d: tarred({"x.yml": d}, "w:gz"), (b"x.yml",)),
    "a.tbz2": (lambda d: tarred({"x.yml": d}, "w:bz2"), (b"x.yml",)),
    "a.tar.xz": (lambda d: tarred({"x.yml": d}, "w:xz"), (b"x.yml",)),
    "x.yml.gz": (gzip.compress, (b"x.yml",)),
    "x.yml.bz2": (bz2.compress, (b"x.yml",)),
    "x.yml.xz": (lzma.compress, (b"x.yml",)),
    "x.yml.lzma": (lambda d: lzma.compress(d, format=lzma.FORMAT_ALONE), (b"x.yml",)),
    "object": (zlib.compress, (b"object",)),
    "two.gz": (lambda d: gzip.compress(b"first\n") + gzip.compress(d), (b"two",)),
    "installer.exe": (lambda d: b"MZ" + bytes(5000) + zipped({"x.yml": d}), (b"x.yml",)),
    "app.pyz": (lambda d: b"#!/usr/bin/env python3\n" + zipped({"x.py": d}), (b"x.py",)),
    "nested.zip": (
        lambda d: zipped({"lib/a.jar": zipped({"x": gzip.compress(d)})}),
        (b"lib/a.jar", b"x", b"x"),
    ),
}


@pytest.mark.parametrize("name", WRAPS)
def test_container(name: str) -> None:
    wrap, member = WRAPS[name]
    secret, text = leak()
    assert_finds(detect(wrap(text), name.encode()), secret, *member)


@pytest.mark.parametrize(
    "form", ["docx", "docx-split", "xlsx", "pptx", "class", "pyc", "dotnet", "elf", "pdf", "pdf-plain"]
)
@pytest.mark.parametrize("ident", [keys.key_id, keys.old_key_id])
def test_binary_document(form: str, ident: Callable[[], str]) -> None:
    secret = keys.secret()
    lines = f'ACCESS_KEY_ID = "{ident()}"\nACCESS_KEY_SECRET = "{secret}"'
    found = detect(builders.document(form, lines))
    assert found.unread == ()
    assert {m.key.secret.reveal().decode() for m in found.matches} == {secret}
    assert [m.rule for m in found.matches] == [PAIR]


@pytest.mark.parametrize("length", range(20, 130, 7))
def test_constants_of_a_class_have_a_length_before_them_that_may_be_a_letter(length: int) -> None:
    secret, ident = keys.secret(), keys.key_id()
    line = (ident + ":" + secret + ":").ljust(length, "-")
    assert PAIR in {m.rule for m in detect(builders.document("class", line)).matches}


def test_sqlite_rows_on_overflow_pages(tmp_path: Path) -> None:
    secret, text = leak()
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT, blob BLOB)")
        for size in range(300, 520, 3):  # somewhere the value lies across the end of a page
            connection.execute("INSERT INTO t (note) VALUES (?)", ("x " * (size // 2) + text.decode(),))
    connection.close()
    found = detect(path.read_bytes(), b"a.db")
    assert found.unread == ()
    inside = [m for m in found.matches if m.member == (b"t",)]
    assert len(inside) == len(range(300, 520, 3))
    assert {m.key.secret.reveal().decode() for m in found.matches} == {secret}


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_sqlite_columns_give_context(tmp_path: Path, encoding: str) -> None:
    secret, ident = keys.secret(), keys.key_id()
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        connection.execute('CREATE TABLE "cfg" (name TEXT, "access_key_id" TEXT, access_key_secret TEXT)')
        connection.executemany(
            "INSERT INTO cfg VALUES (?,?,?)", [("prod", ident, secret)] + [("x", "", "")] * 9
        )
    connection.close()
    assert_finds(detect(path.read_bytes(), b"a.db"), secret, b"cfg")


def test_java_serialization_goes_on_with_a_letter() -> None:
    secret, ident = keys.secret(), keys.key_id()
    data = b"\xac\xed\x00\x05"
    for value in (ident, secret, "x"):
        data += b"t" + struct.pack(">H", len(value)) + value.encode()
    (match,) = detect(data).matches
    assert match.rule == PAIR


def test_pdf_text_with_kerning() -> None:
    secret, ident = keys.secret(), keys.key_id()
    shown = f"BT [({ident[:5]}) -20 ({ident[5:]})] TJ T* <{secret.encode().hex()}> Tj ET".encode()
    data = b"%PDF-1.4\n1 0 obj << /Filter /FlateDecode >> stream\n" + zlib.compress(shown) + b"\nendstream"
    (match,) = detect(data).matches
    assert match.key.secret.reveal().decode() == secret


@pytest.mark.parametrize("escape", [rb"\8", rb"\9", rb"\12345", rb"\78", rb"\("])
def test_pdf_escapes_that_are_no_octal_numbers(escape: bytes) -> None:
    secret, text = leak()
    shown = b"BT (" + escape + b") Tj T* (" + text.replace(b"\n", b") Tj T* (") + b") Tj ET"
    data = b"%PDF-1.4\n1 0 obj << >> stream\n" + shown + b"\nendstream"
    found = detect(data)
    assert found.unread == ()
    assert secret in [m.key.secret.reveal().decode() for m in found.matches]


@pytest.mark.parametrize("part", ["aliscan.detect.containers.pdf.members", "aliscan.detect.views.views"])
def test_what_nobody_foresaw_is_a_gap_and_the_rest_is_scanned(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("no number: LTAI")

    monkeypatch.setattr(part, fails)
    secret, text = leak()
    found = detect(b"%PDF-1.4\n" + text)
    assert [m.key.secret.reveal().decode() for m in found.matches] == [secret]
    assert len(found.unread) == 1
    assert "ValueError" in found.unread[0]
    assert "LTAI" not in found.unread[0]


def test_encrypted_member_is_said_and_the_rest_is_scanned() -> None:
    secret, text = leak()
    data = bytearray(zipped({"locked.txt": b"x" * 40, "open.yml": text}))
    data[6] |= 1  # local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # directory
    found = detect(bytes(data), b"a.zip")
    assert found.unread == ("locked.txt is encrypted",)
    assert [m.key.secret.reveal().decode() for m in found.matches] == [secret]


def test_broken_member_and_cut_archive() -> None:
    secret, text = leak()
    noise = random.Random(3).randbytes(4000)
    data = zipped({"open.yml": text, "broken.bin": noise})
    at = data.index(noise[:50]) if noise[:50] in data else data.index(b"broken.bin") + 200
    spoilt = data[:at] + b"\xff" * 9 + data[at + 9 :]
    found = detect(spoilt, b"a.zip")
    assert found.unread == ("broken.bin is broken; what could be unpacked was looked at",)
    assert [m.key.secret.reveal().decode() for m in found.matches] == [secret]
    cut = detect(data[: len(data) - 300], b"a.zip")
    assert "broken or cut off" in cut.unread[-1]
    assert [m.key.secret.reveal().decode() for m in cut.matches] == [secret]


@pytest.mark.parametrize("name", ["x.yml.gz", "x.yml.bz2", "x.yml.xz", "a.tar", "a.tar.gz"])
def test_cut_stream_is_said(name: str) -> None:
    wrap, _ = WRAPS[name]
    text = leak()[1] + random.Random(4).randbytes(3_000_000)
    data = wrap(text)
    found = detect(data[: len(data) - len(data) // 10], name.encode())
    assert found.unread
    assert all("broken or cut off" in reason for reason in found.unread)
    assert [m.rule for m in found.matches] == [PAIR]


@pytest.mark.parametrize("bomb", ["gz", "zip", "nested", "bz2", "xz", "pdf", "base64"])
def test_bombs_end_as_unread_and_the_rest_is_scanned(bomb: str) -> None:
    secret, text = leak()
    limits = Limits(inflated=4 << 20)
    big = bytes(20 << 20)
    data = {
        "gz": lambda: zipped({"a.yml": text, "b.gz": gzip.compress(big)}),
        "zip": lambda: zipped({"a.yml": text, "b": big}),
        "nested": lambda: zipped({"a.yml": text, "b.zip": zipped({"c.zip": zipped({"d": big})})}),
        "bz2": lambda: zipped({"a.yml": text, "b.bz2": bz2.compress(big)}),
        "xz": lambda: zipped({"a.yml": text, "b.xz": lzma.compress(big)}),
        "pdf": lambda: text + b"",
        "base64": lambda: text + base64.b64encode(gzip.compress(big)),
    }[bomb]()
    if bomb == "pdf":
        data = b"%PDF-1.4\n" + text + b"1 0 obj << /Filter /FlateDecode >> stream\n" + zlib.compress(big)
    found = detect(data, b"a", limits)
    assert any("unpacks to more than 4 MiB" in reason for reason in found.unread)
    assert secret in {m.key.secret.reveal().decode() for m in found.matches}


def test_members_and_depth_are_bounded() -> None:
    many = zipped({f"{n}": b"x" for n in range(60)})
    assert "more than 50 members" in detect(many, b"", Limits(members=50)).unread[0]
    deep = leak()[1]
    for _ in range(6):
        deep = zipped({"x": deep})
    assert "too deep" in detect(deep).unread[0]
    assert detect(deep, b"", Limits(depth=8)).matches


@pytest.mark.parametrize("head", [b"7z\xbc\xaf\x27\x1c" + bytes(30), b"Rar!\x1a\x07\x01\x00" + bytes(30)])
def test_what_cannot_be_opened_is_said(head: bytes) -> None:
    assert "cannot be opened here" in detect(head).unread[0]


@pytest.mark.parametrize("head", [
    b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"BZh9", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x5d\0\0", b"\x78\x9c",
    b"%PDF-1", b"SQLite format 3\0", b"MZ PK\x05\x06",
])  # fmt: skip
def test_a_magic_number_by_chance_makes_nothing_incomplete(head: bytes) -> None:
    rng = random.Random(7)
    for _ in range(30):
        assert detect(head + rng.randbytes(200)) == Detection()
    assert detect(head + b" some text that begins strangely\n" * 5) == Detection()


def test_a_dictionary_word_is_no_container() -> None:
    assert not is_container(b"x" * 300)
    assert not is_container(b"P" * 300)


@given(
    data=st.binary(max_size=200),
    head=st.sampled_from([b"PK\x03\x04", b"\x1f\x8b\x08\0", b"%PDF-", b"\xca\xfe\xba\xbe"]),
)
def test_no_broken_container_raises(data: bytes, head: bytes) -> None:
    found = detect(head + data)
    assert not any("failed" in reason for reason in found.unread)


@given(
    cut=st.integers(0, 3000),
    at=st.integers(0, 3000),
    byte=st.integers(0, 255),
    form=st.sampled_from(["docx", "class", "pyc", "sqlite", "pdf", "dotnet"]),
)
def test_no_damaged_document_raises(cut: int, at: int, byte: int, form: str) -> None:
    lines = f'a = "{keys.key_id()}"\nb = "{keys.secret()}"'
    if form == "sqlite":
        lines = lines.replace(" = ", "\t")
    data = bytearray(builders.document(form, lines))
    if at < len(data):
        data[at] = byte
    found = detect(bytes(data[: max(1, len(data) - cut)]))
    assert not any("failed" in reason for reason in found.unread)


def test_a_member_without_a_name_is_read() -> None:
    out = io.BytesIO()
    leak = f"id = {keys.key_id()}\nsecret = {keys.secret()}\n".encode()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("N", leak)  # zipfile cannot write one without: its name is cut off below
        file.writestr("b", leak)
    data = bytearray(out.getvalue())
    for head, length, name in ((b"PK\x03\x04", 26, 30), (b"PK\x01\x02", 28, 46)):
        at = data.find(head)
        data[at + length] -= 1
        del data[at + name]
        end = data.rfind(b"PK\x05\x06")
        if head == b"PK\x03\x04":  # what lies behind moves: the second member, the directory
            second = data.rfind(b"PK\x01\x02")
            moved = int.from_bytes(data[second + 42 : second + 46], "little") - 1
            data[second + 42 : second + 46] = moved.to_bytes(4, "little")
            start = int.from_bytes(data[end + 16 : end + 20], "little") - 1
            data[end + 16 : end + 20] = start.to_bytes(4, "little")
        else:
            size = int.from_bytes(data[end + 12 : end + 16], "little") - 1
            data[end + 12 : end + 16] = size.to_bytes(4, "little")
    found = detect(bytes(data))
    assert (len(found.matches), found.unread) == (2, ())

"""tar and zip, member by member."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile

import pytest

from aliscan.detect import Limits
from aliscan.detect.budget import Exhausted
from aliscan.detect.containers import tar
from aliscan.detect.containers import zip as zip_
from tests.detect.containers.support import opened

TAR_BROKEN = "a tar archive that is broken or cut off; what could be unpacked was looked at"
ZIP_BROKEN = "a zip archive that is broken or cut off; what could be unpacked was looked at"


def tarred(*members: tuple[str, bytes, bytes]) -> bytes:
    """Name, type and content (or target) of each member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = content.decode()
            elif kind == tarfile.REGTYPE:
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def test_tar_members_of_every_kind() -> None:
    data = tarred(
        ("dir", tarfile.DIRTYPE, b""),
        ("link", tarfile.SYMTYPE, b"target"),
        ("hard", tarfile.LNKTYPE, b"other"),
        ("pipe", tarfile.FIFOTYPE, b""),
        ("empty", tarfile.REGTYPE, b""),
        ("密", tarfile.REGTYPE, b"text"),
        ("last", tarfile.REGTYPE, b"x" * 600),
    )
    assert opened(tar.members, data) == [
        (b"link", b"target"), (b"hard", b"other"), ("密".encode(), b"text"), (b"last", b"x" * 600),
    ]  # fmt: skip


def test_a_cut_tar_is_said() -> None:
    data = tarred(("one", tarfile.REGTYPE, b"1" * 600), ("two", tarfile.REGTYPE, b"2" * 600))
    assert opened(tar.members, data[:2148]) == [(b"one", b"1" * 600), (b"two", b"2" * 100), TAR_BROKEN]
    assert opened(tar.members, b"x" * 1000) == []


def test_tar_is_charged() -> None:
    data = tarred(("one", tarfile.REGTYPE, b"1" * 600), ("two", tarfile.REGTYPE, b"2" * 600))
    assert len(opened(tar.members, data, limits=Limits(inflated=1200, members=2))) == 2
    for limits in (Limits(inflated=1199), Limits(members=1)):
        with pytest.raises(Exhausted):
            opened(tar.members, data, limits=limits)


def test_zip_members() -> None:
    data = zipped(("a/", b""), ("a/b.txt", b"text"), ("empty", b""), ("密", b"x" * 3_000_000))
    assert opened(zip_.members, data) == [(b"a/b.txt", b"text"), ("密".encode(), b"x" * 3_000_000)]


@pytest.mark.parametrize(("size", "there"), [(16, False), (17, True)])
def test_a_comment_is_read_if_a_value_fits_in(size: int, there: bool) -> None:
    found = opened(zip_.members, zipped(("a", b"text"), comment=b"c" * size))
    assert found == [*([(b"comment", b"c" * size)] if there else []), (b"a", b"text")]


@pytest.mark.parametrize("coding", ["utf-8", "gbk"])
def test_names_without_the_flag_are_the_bytes_that_were_stored(coding: str) -> None:
    raw = "密".encode(coding)
    data = zipped(("X" * len(raw), b"text")).replace(b"X" * len(raw), raw)
    assert opened(zip_.members, data) == [(raw, b"text")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_without_its_directory(method: int) -> None:
    data = zipped(("one", b"1" * 600), ("q", b"2" * 90), ("three", b"345" * 900), method=method)
    cut = data[: data.index(b"PK\x01\x02")]
    found = [(b"one", b"1" * 600), (b"q", b"2" * 90), (b"three", b"345" * 900), ZIP_BROKEN]
    assert opened(zip_.members, cut) == found
    assert opened(zip_.members, cut + b"PK\x03\x04") == found
    with pytest.raises(Exhausted):
        opened(zip_.members, cut, limits=Limits(members=2))
    with pytest.raises(Exhausted):
        opened(zip_.members, cut, limits=Limits(inflated=3389))
    assert opened(zip_.members, cut, limits=Limits(inflated=3390)) == found
    assert opened(zip_.members, b"#!" + cut) == [], "no archive at the start, and none at the end"


def test_encrypted_members_without_a_directory_are_said() -> None:
    data = zipped(("one", b"1" * 600), ("two", b"2" * 600))
    cut = bytearray(data[: data.index(b"PK\x01\x02")])
    cut[6] |= 1
    assert opened(zip_.members, bytes(cut)) == ["one is encrypted", (b"two", b"2" * 600), ZIP_BROKEN]
    assert opened(zip_.members, b"PK\x03\x04" + bytes(40)) == []


def test_names_with_the_flag_are_utf_8() -> None:
    assert opened(zip_.members, zipped(("\u00e9.txt", b"text"))) == [("\u00e9.txt".encode(), b"text")]


@pytest.mark.parametrize("inflater", ["zlib", "isal"])
def test_whatever_is_odd_about_a_member_zipfile_says_it(
    inflater: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if inflater == "isal":
        pytest.importorskip("isal")
        monkeypatch.setattr(zip_, "_PAYS", 0)
    chance = random.Random(3)
    text = ("b/密.txt", b"some text, and some more text" * 9)
    members = (("a", b"1" * 60), text, ("empty", b""), ("c", bytes(90)), ("d", chance.randbytes(50)))
    packed = zipped(*members)
    assert opened(zip_.members, packed) == [(n.encode(), content) for n, content in members if content]
    archives = [packed, zipped(*members, method=zipfile.ZIP_STORED), b"#!" + packed]
    archives.append(zipped(("a", b"1" * 200), ("b", b"2"), method=zipfile.ZIP_BZIP2))
    for _ in range(1_000):
        data = bytearray(chance.choice(archives))
        for _ in range(chance.choice((1, 1, 2))):
            at = chance.randrange(len(data))
            data[at] = chance.choice((0, 1, 8, 255, data[at] ^ 1 << chance.randrange(8)))
        found = opened(zip_.members, bytes(data))
        with monkeypatch.context() as patched:
            patched.setattr(zip_._Quick, "content", lambda *_: None)
            assert found == opened(zip_.members, bytes(data)), bytes(data)


def test_a_member_that_claims_to_be_small_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_, "_PAYS", 0)
    data = zipped(("one", b"1" * 50_000_000))
    claimed = data.replace((50_000_000).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    limits = Limits(inflated=500)
    said = "one is broken; what could be unpacked was looked at"
    assert opened(zip_.members, claimed, limits=limits) == [said]


def test_an_archive_without_its_directory_behind_extra_fields() -> None:
    data = zipped(("one", b"1" * 60), method=zipfile.ZIP_STORED)
    data = data[: data.index(b"PK\x01\x02")]
    extra = data[:28] + (5).to_bytes(2, "little") + data[30:33] + b"extra" + data[33:]
    assert opened(zip_.members, extra) == [(b"one", b"1" * 60), ZIP_BROKEN]
    cut = zipped(("one", b"1" * 60), method=zipfile.ZIP_STORED)[:60]
    said = "one is broken; what could be unpacked was looked at"
    assert opened(zip_.members, cut) == [(b"one", b"1" * 27), said, ZIP_BROKEN]
    other = bytearray(zipped(("one", b"1" * 60)))
    other[8] = 9
    del other[other.index(b"PK\x01\x02") :]
    said = "one is compressed in a way that cannot be undone here"
    assert opened(zip_.members, bytes(other)) == [said, ZIP_BROKEN]
    other[8] = 17
    assert opened(zip_.members, bytes(other)) == [], "no such way: it looks like a zip by chance"


def test_what_repeats_32_kilobytes_apart() -> None:
    content = random.Random(7).randbytes(31_000) * 2
    data = zipped(("one", content), ("two", b"2" * 60))
    cut = data[: data.index(b"PK\x01\x02")]
    assert opened(zip_.members, cut) == [(b"one", content), (b"two", b"2" * 60), ZIP_BROKEN]


def test_what_an_archive_without_its_directory_holds_is_not_told_twice() -> None:
    inner = zipped(("inner", b"1" * 60), method=zipfile.ZIP_STORED)
    inner = inner[: inner.index(b"PK\x01\x02")]
    for level, method in ((0, zipfile.ZIP_DEFLATED), (None, zipfile.ZIP_STORED)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method, compresslevel=level) as archive:
            archive.writestr("outer", inner)
            archive.writestr("next", b"2" * 60)
        data = out.getvalue()
        cut = data[: data.index(b"PK\x01\x02")]
        assert opened(zip_.members, cut) == [(b"outer", inner), (b"next", b"2" * 60), ZIP_BROKEN]


def test_extra_fields_may_be_long() -> None:
    data = zipped(("one", b"1" * 60), method=zipfile.ZIP_STORED)
    data = data[: data.index(b"PK\x01\x02")]
    extra = data[:28] + (300).to_bytes(2, "little") + data[30:33] + b"e" * 300 + data[33:]
    assert opened(zip_.members, extra) == [(b"one", b"1" * 60), ZIP_BROKEN]


def test_a_large_directory_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """zipfile makes a kilobyte of each of its entries, before anybody counts them."""
    members = [(f"{n}.txt", b"%d" % n) for n in range(60)]
    data, found = zipped(*members), [(name.encode(), content) for name, content in members]
    assert opened(zip_.members, data) == found
    monkeypatch.setattr(zip_, "_DIRECTORY", 2000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    for before in (b"", b"#!/bin/sh\n"):
        assert opened(zip_.members, before + data) == found
    with pytest.raises(Exhausted):
        opened(zip_.members, data, limits=Limits(members=59))


@pytest.mark.parametrize("comment", [b"", b"c" * 65_535, b"PK\5\6" + b"\xff" * 40])
def test_where_a_directory_says_how_large_it_is(comment: bytes) -> None:
    data = zipped(("one", b"1"), comment=comment)
    assert zip_._directory(data) == 49  # what claims more than stands before it is none
    assert zip_._directory(b"PK\5\6") == zip_._directory(b"") == 0
    locator = data.rindex(b"PK\5\6" + bytes(4))
    assert zip_._directory(data[:locator] + b"PK\6\7" + bytes(16) + data[locator:]) > zip_._DIRECTORY

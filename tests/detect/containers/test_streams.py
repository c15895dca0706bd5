"""Compressed streams: one, several, padded, cut."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zlib
from collections.abc import Callable

import pytest

from aliscan.detect import Limits
from aliscan.detect.budget import Exhausted
from aliscan.detect.containers import streams
from aliscan.detect.containers.streams import members
from tests.detect.containers.support import opened

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
}


@pytest.mark.parametrize("kind", PACKERS)
def test_one_stream(kind: str) -> None:
    for content in (b"x", b"text" * 1_000_000):
        assert opened(members, PACKERS[kind](content), b"a/b.txt") == [(b"b.txt", content)]


@pytest.mark.parametrize("kind", PACKERS)
def test_joined_streams_are_one_text(kind: str) -> None:
    pack = PACKERS[kind]
    assert opened(members, pack(b"one ") + pack(b"two ") + pack(b"three")) == [(b"content", b"one two three")]
    assert opened(members, pack(b"one") + b"\0" * 40) == [(b"content", b"one")], "padding"


@pytest.mark.parametrize("kind", PACKERS)
def test_a_cut_stream_is_said(kind: str) -> None:
    content = bytes(range(256)) * 400
    packed = PACKERS[kind](content)
    whole, broken = opened(members, packed[:-5])
    assert content.startswith(whole[1])
    assert kind in str(broken)
    assert "broken or cut off" in str(broken)


@pytest.mark.parametrize("kind", PACKERS)
def test_what_comes_out_is_charged(kind: str) -> None:
    packed = PACKERS[kind](bytes(2 << 20))
    assert len(opened(members, packed, limits=Limits(inflated=2 << 20))) == 1
    with pytest.raises(Exhausted):
        opened(members, packed, limits=Limits(inflated=(2 << 20) - 1))


def test_empty_streams_hold_nothing() -> None:
    for pack in PACKERS.values():
        assert opened(members, pack(b"")) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"d/a.txt.gz", b"a.txt"), (b"a.TGZ", b"a.tar"), (b"a.tbz2", b"a.tar"), (b"a.txz", b"a.tar"),
        (b"a.svgz", b"a.svg"), (b"a.bz2", b"a"), (b"a.zst", b"a"), (b"a.dat", b"a.dat"), (b"", b"content"),
        (b".gz", b".gz"), (b"a.Z", b"a"),
    ],
)  # fmt: skip
def test_names(path: bytes, name: bytes) -> None:
    assert opened(members, gzip.compress(b"x"), path) == [(name, b"x")]


def test_headers_by_chance() -> None:
    packed = gzip.compress(b"x" * 100)
    for flags in (0x20, 0x40, 0x80):
        assert opened(members, packed[:3] + bytes([flags]) + packed[4:]) == []
    assert opened(members, b"\x1f\x8b\x08" + bytes(7)) == []
    assert opened(members, b"BZh9 is a word") == []
    assert opened(members, b"\x5d\0\0" + b"\1" * 40) == []


def test_zstandard_needs_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    (said,) = opened(members, b"\x28\xb5\x2f\xfd" + bytes(20))
    assert "install aliscan[zstd]" in str(said)
    assert not issubclass(ValueError, streams._zstd_error())


def test_what_only_begins_like_another_stream_ends_it() -> None:
    assert opened(members, bz2.compress(b"one") + b"BZhello world, no stream") == [(b"content", b"one")]
    empty = bz2.compress(b"")
    assert opened(members, bz2.compress(b"one") + empty) == [(b"content", b"one")]
    joined = opened(members, gzip.compress(b"one") + gzip.compress(b"two")[:11])
    assert joined[0] == (b"content", b"one")
    assert len(joined) == 2
    assert opened(members, zlib.compress(b"one") + gzip.compress(b"two")) == [(b"content", b"one")]


def test_a_gzip_file_that_has_its_name() -> None:
    file = io.BytesIO()
    with gzip.GzipFile("secret.txt", "wb", fileobj=file) as packed:
        packed.write(b"text")
    assert opened(members, file.getvalue(), b"a.gz") == [(b"a", b"text")]


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_zlib_of_every_level(level: int) -> None:
    assert opened(members, zlib.compress(b"text", level)) == [(b"content", b"text")]


def test_a_tar_inside_is_the_same_level() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"text"))
    assert opened(members, gzip.compress(file.getvalue()), b"x.tgz") == [(b"a.txt", b"text")]

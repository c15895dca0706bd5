"""Members of containers that are larger than a piece are searched as they come out."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from aliscan import cuts
from aliscan.detect import Limits, detect
from aliscan.finding import Match
from aliscan.stored import Stored
from tests.support import keys
from tests.support.large import LARGE
from tests.support.memory import used_by

ID = "alibaba-access-key-id"


def log(size: int, step: int) -> tuple[bytes, list[int]]:
    """Lines with an id every few bytes, and their numbers."""
    rng = random.Random(size)
    data = bytearray(b"2024-01-01 12:00:00 INFO the request of a user was answered with 200\n" * (size // 69))
    for at in range(step, len(data) - 100, step):
        line = f"\nk = {keys.key_id(rng)}\n".encode()
        data[at : at + len(line)] = line
    return bytes(data), [n for n, line in enumerate(data.split(b"\n"), 1) if line.startswith(b"k = ")]


def zipped(name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr("first.txt", b"text")
        archive.writestr(name, content)
        archive.writestr("last.txt", f"k = {keys.key_id()}\n")
    return out.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member, data in ((name, content), ("last.txt", f"k = {keys.key_id()}\n".encode())):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zip": lambda data: zipped("a.log", data),
    "zip, stored": lambda data: zipped("a.log", data, zipfile.ZIP_STORED),
    "tar": lambda data: tarred("a.log", data),
    "tar.gz": lambda data: gzip.compress(tarred("a.log", data)),
    "tar.xz": lambda data: lzma.compress(tarred("a.log", data), preset=0),
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
}


def places(matches: tuple[Match, ...], member: bytes) -> list[tuple[int, int]]:
    return [(m.parts[0].place.line, m.parts[0].place.column) for m in matches if m.member == (member,)]


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("on_disk", [False, True])
def test_a_member_in_pieces_shows_all_lines(
    kind: str, on_disk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuts, "PIECE", 1 << 20)
    monkeypatch.setattr("aliscan.detect.search.PIECE", 1 << 20)
    data, lines = log(3_300_000, 10_007)
    packed = PACKERS[kind](data)
    if on_disk:
        path = tmp_path / "a"
        path.write_bytes(packed)
        file = os.open(path, os.O_RDONLY)
        found = detect(Stored(file, len(packed)), b"a.log.gz" if kind == "gzip" else b"a.log.bz2")
        os.close(file)
    else:
        found = detect(packed, b"a.log.gz" if kind == "gzip" else b"a.log.bz2")
    assert not found.unread
    assert places(found.matches, b"a.log") == [(line, 5) for line in lines]
    if kind not in ("gzip", "bzip2"):
        assert places(found.matches, b"last.txt") == [(1, 5)], "what stands behind it is read too"


def test_a_program_in_a_zip_may_carry_a_zip() -> None:
    jar = zipped("a.properties", f"id={keys.key_id()}\nsecret={keys.secret()}\n".encode())
    found = detect(zipped("setup.exe", b"MZ" + b"\1" * 5_000_000 + jar))
    assert (b"setup.exe", b"a.properties") in [m.member for m in found.matches]


def test_a_large_jar_in_a_zip_is_opened() -> None:
    jar = zipped("a.bin", random.Random(1).randbytes(5_000_000))
    found = detect(zipped("a.jar", jar))
    assert [m.member for m in found.matches] == [(b"a.jar", b"last.txt"), (b"last.txt",)]


def test_what_a_large_member_unpacks_to_is_charged() -> None:
    found = detect(zipped("a.log", bytes(9_000_000)), limits=Limits(inflated=5_000_000))
    assert found.unread == ("a zip archive unpacks to more than 4 MiB",)


@pytest.mark.parametrize("name", ["jar, deflated", "zip of one text", "tar.gz", "SQLite"])
def test_a_container_on_disk_is_not_held(name: str, tmp_path: Path) -> None:
    file, make = LARGE[name]
    found = used_by("file", make(20_000_000), tmp_path, file)
    assert found.status == 1
    assert found.mib < 60

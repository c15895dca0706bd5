"""A large container that can be read once only, because it comes out of git, a pipe or another one."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from aliscan import cuts
from aliscan.cuts import reading
from aliscan.detect import Detection, Limits, containers, detect, search
from aliscan.stored import Passing
from tests.detect.test_large_members import ID, PACKERS, log, places, tarred, zipped
from tests.support import keys
from tests.support.large import LARGE
from tests.support.memory import used_by

MIB = 1 << 20


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Pieces of one MiB, nothing held but two."""
    monkeypatch.setattr(cuts, "PIECE", MIB)
    monkeypatch.setattr(search, "PIECE", MIB)
    monkeypatch.setattr(search, "ROOM", 2 * MIB)
    monkeypatch.setattr(containers, "HELD", 0)


def passed(data: bytes, path: bytes = b"a", limits: Limits | None = None) -> Detection:
    return detect(Passing(reading(data), len(data), 1 << 30), path, limits or Limits())


def pair(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    return f"id={keys.key_id(rng)}\nsecret={keys.secret(rng)}\n".encode()


@pytest.mark.parametrize("kind", PACKERS)
def test_the_same_is_found_as_in_one_that_is_held(kind: str) -> None:
    data, lines = log(3_300_000, 10_007)
    packed = PACKERS[kind](data + random.Random(1).randbytes(2 * MIB))
    path = b"a.log.gz" if kind == "gzip" else b"a.log.bz2"
    found = passed(packed, path)
    assert not found.unread
    assert places(found.matches, b"a.log") == [(line, 5) for line in lines]
    assert found.matches == detect(packed, path).matches


def test_what_is_not_packed_is_searched_from_outside_too() -> None:
    line = f"k = {keys.key_id()}\n".encode()
    zipped_with_more = zipped("a.bin", random.Random(1).randbytes(3 * MIB)) + b"-" * 3 * MIB + b"\n" + line
    found = passed(zipped_with_more)
    assert [(m.rule, m.member) for m in found.matches] == [(ID, ()), (ID, (b"last.txt",))]
    assert found.matches[0].parts[0].start == len(zipped_with_more) - len(line) + 4


@pytest.mark.parametrize("outer", ["zip", "zip, stored", "tar", "tar.xz"])
@pytest.mark.parametrize("inner", ["zip", "tar.gz"])
def test_containers_in_containers(outer: str, inner: str) -> None:
    packed = PACKERS[inner](random.Random(1).randbytes(3 * MIB) + b"\n" + pair())
    found = passed(PACKERS[outer](packed))
    assert not found.unread
    pairs = [m.member for m in found.matches if len(m.parts) == 2]
    assert pairs == [(b"a.log", b"a.log")]
    assert (b"a.log", b"last.txt") in [m.member for m in found.matches], "and what stands behind it"
    assert (b"last.txt",) in [m.member for m in found.matches]


def test_too_deep() -> None:
    packed = zipped("a.bin", random.Random(1).randbytes(3 * MIB))
    found = passed(zipped("b.zip", packed), limits=Limits(depth=1))
    assert [m.member for m in found.matches] == [(b"last.txt",)]
    assert found.unread == ("b.zip lies too deep in other containers to be opened",)


@pytest.mark.parametrize("head", [b"SQLite format 3\0", b"\x7fELF"])
def test_what_must_be_held_is_said_if_it_is_too_large(head: bytes) -> None:
    line = b"\n" + pair()
    body = head + random.Random(1).randbytes(3 * MIB) + line
    body += zipped("x", b"y") if head == b"\x7fELF" else b""
    for found, where in ((passed(body), ""), (passed(zipped("a.db", body)), "a.db: ")):
        assert [len(m.parts) for m in found.matches if len(m.parts) > 1] == [2], "searched from outside"
        assert found.unread == (
            f"{where}a program or a database of more than 2 MiB that is no file on disk was not "
            "opened: unpack or check it out, and scan the file",
        )
    program = b"\x7fELF" + random.Random(1).randbytes(3 * MIB)
    assert passed(zipped("a.so", program)).unread == (), "no container"


def test_what_may_be_held_may_be_held_once_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ROOM", 4 * MIB)
    body = random.Random(1).randbytes(3 * MIB // 2)
    inner = zipped("inner.exe", b"MZ" + body + zipped("deep.txt", b"text"))
    assert passed(b"\x7fELF" + inner).unread == ()
    monkeypatch.setattr(search, "ROOM", 3 * MIB)
    (said,) = passed(b"\x7fELF" + inner).unread
    assert said.startswith("inner.exe: a program")


def test_the_budget_ends_it() -> None:
    packed = tarred("a.log", bytes(9 * MIB))
    found = passed(packed + pair(), limits=Limits(inflated=5 * MIB))
    assert found.unread == ("a tar archive unpacks to more than 5 MiB",)
    assert len(found.matches) == 2, "last.txt and what follows, seen from outside: searched to its end"


def test_what_cannot_be_read_on_ends_and_is_remembered() -> None:
    data = zipped("a.bin", random.Random(1).randbytes(3 * MIB))
    given = reading(data)
    count = 0

    def read(length: int) -> bytes:
        nonlocal count
        count += length
        if count > 2 * MIB:
            raise OSError(5, "broken")
        return given(length)

    passing = Passing(read, 0, 1 << 30)
    found = detect(passing, b"a.zip")
    assert isinstance(passing.error, OSError)
    assert len(found.unread) == 2, "the member, and the archive"
    assert passing.size <= 2 * MIB


def test_no_more_is_read_than_wanted() -> None:
    passing = Passing(reading(bytes(100)), 0, 50)
    assert (passing.read(40), passing.is_cut) == (bytes(40), False)
    assert (passing.read(40), passing.is_cut) == (bytes(10), True)
    assert passing.read(40) == b""
    exact = Passing(reading(bytes(100)), 0, 100)
    assert (len(exact.read(200)), exact.read(200), exact.is_cut) == (100, b"", False)


@pytest.mark.skipif(sys.platform == "win32", reason="no rusage")
@pytest.mark.parametrize(
    ("name", "way"),
    [("jar, deflated", "git"), ("zip of a jar", "staged"), ("zip of a jar", "stdin"), ("tar.gz", "staged")],
)
def test_it_is_not_held(name: str, way: str, tmp_path: Path) -> None:
    file, make = LARGE[name]
    found = used_by(way, make(40_000_000), tmp_path, file)
    assert found.status == 1
    assert found.mib < 75, "less than the container and 40"

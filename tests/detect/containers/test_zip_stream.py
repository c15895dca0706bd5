"""A zip that goes by once: the same members as by its directory, and no contradiction unsaid."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aliscan.cuts import reading
from aliscan.detect import Limits
from aliscan.detect.budget import Budget, Exhausted
from aliscan.detect.containers import zip as zip_
from aliscan.detect.containers import zip_stream
from tests.detect.containers.support import opened
from tests.detect.containers.test_archives import ZIP_BROKEN, zipped

OTHER = "a zip archive whose directory contradicts its members; unpack it and scan the folder"
Members = list[tuple[str, bytes]]


def passed(data: bytes, limits: Limits | None = None) -> list[object]:
    """All that is told of a zip that goes by."""
    return opened(
        lambda data, path, budget: zip_stream.streamed(reading(data), path, budget), data, b"", limits
    )


def behind(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive that was written into a pipe: sizes stand behind the members."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.parts.append(bytes(data))
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return b"".join(pipe.parts)


def forced(members: Members) -> bytes:
    """An archive whose sizes stand in extra fields (zip64)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    return out.getvalue()


WRITERS: dict[str, Callable[[Members], bytes]] = {
    "deflated": lambda members: zipped(*members),
    "stored": lambda members: zipped(*members, method=zipfile.ZIP_STORED),
    "bzip2": lambda members: zipped(*members, method=zipfile.ZIP_BZIP2),
    "sizes behind": behind,
    "zip64": forced,
    "with a comment": lambda members: zipped(*members, comment=b"no longer"),
    "with something before the directory": lambda members: _signed(zipped(*members)),
    "with something behind": lambda members: zipped(*members) + b"a" * 5000,
    "behind something": lambda members: b"PK\7\x08" + b"-" * 5000 + zipped(*members),
    "twice": lambda members: zipped(("first", b"one")) + zipped(*members),
}


def _signed(data: bytes) -> bytes:
    """As an APK is signed: a block before the directory, to which the end record points."""
    at, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    offset = int.from_bytes(data[end + 16 : end + 20], "little") + 300
    return data[:at] + b"B" * 300 + data[at : end + 16] + offset.to_bytes(4, "little") + data[end + 20 :]


MEMBERS: Members = [
    ("a/", b""), ("a/b.txt", b"text"), ("empty", b""), ("密", b"x" * 3_000_000),
    ("noise", random.Random(1).randbytes(2_500_000)), ("last", b"1"),
]  # fmt: skip
FOUND = [(name.encode(), content) for name, content in MEMBERS if content]


@pytest.mark.parametrize("writer", WRITERS)
def test_members_are_those_of_the_directory(writer: str) -> None:
    data = WRITERS[writer](MEMBERS)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert passed(data) == [*([(b"first", b"one")] if writer == "twice" else []), *FOUND]
    if writer != "twice":
        assert passed(data) == opened(zip_.members, data)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(st.text("abc/", min_size=1, max_size=5), st.binary(max_size=300)), max_size=6),
    st.sampled_from(["deflated", "stored", "bzip2", "sizes behind", "zip64"]),
)
def test_any_members(members: Members, writer: str) -> None:
    members = list(dict(members).items())
    data = WRITERS[writer](members)
    assert passed(data) == [(name.encode(), content) for name, content in members if content]


def test_a_member_that_nobody_reads_is_passed_over() -> None:
    items = zip_stream.streamed(reading(zipped(*MEMBERS)), b"", Budget(Limits(), 0))
    assert [item[0] for item in items] == [name for name, _ in FOUND]


def test_it_is_charged() -> None:
    data = zipped(("one", b"1" * 600), ("two", b"2" * 600))
    assert len(passed(data, Limits(inflated=1200, members=2))) == 2
    for limits in (Limits(inflated=1199), Limits(members=1)):
        with pytest.raises(Exhausted):
            passed(data, limits)


@pytest.mark.parametrize("at", [40, 700, -60, -10])
def test_what_is_cut_off_is_said(at: int) -> None:
    data = zipped(("one", random.Random(3).randbytes(600)), ("two", b"2" * 600), method=zipfile.ZIP_STORED)
    assert passed(data[:at])[-1] in (ZIP_BROKEN, OTHER)


def test_a_broken_member_is_said() -> None:
    data = bytearray(zipped(("one", random.Random(3).randbytes(9000)), ("two", b"2" * 600)))
    data[33] = 0xFF  # no such block
    found = passed(bytes(data))
    assert found == ["one is broken; what could be unpacked was looked at", (b"two", b"2" * 600)]


def test_a_changed_byte_is_said() -> None:
    data = bytearray(zipped(("one", b"1" * 600), method=zipfile.ZIP_STORED))
    data[100] = 0
    assert passed(bytes(data))[1:] == [OTHER]


def test_what_cannot_be_undone_is_said() -> None:
    undone = "two is compressed in a way that cannot be undone here"
    members: Members = [("one", b"1" * 600), ("two", b"2" * 600), ("three", b"3" * 600)]
    data = zipped(*members, method=zipfile.ZIP_LZMA)
    assert passed(data) == [undone.replace("two", name) for name, _ in members]
    found = passed(behind(members, zipfile.ZIP_STORED))
    assert found == [undone.replace("two", name) for name, _ in members], "nobody knows where they end"


def test_encrypted_members_are_said() -> None:
    data = bytearray(zipped(("one", b"1" * 600), ("two", b"2" * 600)))
    data[6] |= 1
    assert passed(bytes(data)) == ["one is encrypted", (b"two", b"2" * 600), OTHER], "only one place says so"
    data[data.index(b"PK\1\2") + 8] |= 1
    assert passed(bytes(data)) == ["one is encrypted", (b"two", b"2" * 600)]


def _hidden() -> bytes:
    """The directory lists a member within another one, which hides it from who reads on and on."""
    inner = zipped(("hidden", b"text"))
    data = zipped(("outer", inner[: inner.index(b"PK\1\2")]), method=zipfile.ZIP_STORED)
    start = data.index(b"PK\3\4", 4)
    entry = bytearray(inner[inner.index(b"PK\1\2") : inner.index(b"PK\5\6")])
    entry[42:46] = start.to_bytes(4, "little")
    at, end = data.index(b"PK\1\2"), bytearray(data[data.index(b"PK\5\6") :])
    end[12:16] = len(entry).to_bytes(4, "little")
    return data[:at] + bytes(entry) + bytes(end)


def test_a_member_within_another_is_said() -> None:
    data = _hidden()
    assert opened(zip_.members, data) == [(b"hidden", b"text")]
    assert passed(data)[-1] == OTHER


def test_a_directory_within_a_member_is_said() -> None:
    inner = zipped(("hidden", b"text"))
    data = zipped(("outer", inner + b"-" * 9000), method=zipfile.ZIP_STORED)
    outside = data[: data.index(b"PK\1\2", len(inner) + 9000)]
    end = outside.rindex(b"PK\5\6")
    size = len(outside) - end
    fake = bytearray(outside[end : end + 22])
    fake[12:16] = (size + int.from_bytes(fake[12:16], "little")).to_bytes(4, "little")
    assert passed(outside + bytes(fake))[-1] == OTHER


@pytest.mark.parametrize("field", [16, 20, 24, 42])
def test_a_directory_that_says_something_else_is_said(field: int) -> None:
    data = bytearray(zipped(("one", b"1" * 600), ("two", b"2" * 600)))
    data[data.index(b"PK\1\2") + field] ^= 1
    assert passed(bytes(data))[-1] == OTHER


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4", b"PK\3\4" + bytes(40), b"PK\5\6", b"PK" * 9000, b"PK\6\6", b"PK\1\2"]
)
def test_scraps(data: bytes) -> None:
    assert all(isinstance(item, str) for item in passed(data))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.integers(0, 2**32))
def test_any_damage(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(zipped(("one", rng.randbytes(90)), ("two", b"2" * 600)))
    for _ in range(rng.randrange(1, 6)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    passed(bytes(data), Limits(seconds=0))

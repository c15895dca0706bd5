"""Rows of SQLite, as sqlite3 wrote them."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest

from aliscan.detect import Limits
from aliscan.detect.budget import Exhausted
from aliscan.detect.containers.sqlite import members, varint
from tests.detect.containers.support import opened

BROKEN = "a SQLite file that is broken or cut off; what could be read was looked at"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def database(
    path: Path, *statements: str | tuple[str, Sequence[tuple[object, ...]]], page: int = 512
) -> bytes:
    """The bytes of a database after some statements."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size = {page}")
    for statement in statements:
        if isinstance(statement, str):
            connection.execute(statement)
        else:
            connection.executemany(*statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_values_have_the_names_of_their_columns(path: Path) -> None:
    data = database(
        path,
        'CREATE TABLE t (a TEXT, "b c" TEXT, `d` BLOB, [e f] TEXT, g INT)',
        ("INSERT INTO t VALUES (?,?,?,?,?)", [("1", "2", b"3", "4", 5), ("", None, b"", "x", 1.5)]),
    )
    assert opened(members, data) == [(b"t", b"a: 1\nb c: 2\nd: 3\ne f: 4\n\ne f: x\n")]


def test_numbers_of_every_size_keep_what_follows_in_place(path: Path) -> None:
    numbers = [None, 0, 1, -1, 127, 128, 1 << 15, 1 << 23, 1 << 31, 1 << 40, 1 << 47, 1 << 62, 2.5]
    data = database(
        path,
        "CREATE TABLE t (n, v TEXT)",
        ("INSERT INTO t VALUES (?,?)", [(n, f"v{i}") for i, n in enumerate(numbers)]),
    )
    ((_, content),) = opened(members, data)
    assert content == b"\n\n".join(b"v: v%d" % i for i in range(len(numbers))) + b"\n"


@pytest.mark.parametrize("page", [512, 1024, 65536])
@pytest.mark.parametrize("size", [100, 470, 477, 478, 479, 480, 900, 985, 989, 990, 1500, 5000, 70_000])
def test_long_values_are_joined(path: Path, page: int, size: int) -> None:
    text = "".join(f"{n:06d}." for n in range(size // 7 + 1))[:size]
    data = database(
        path, "CREATE TABLE t (v)", ("INSERT INTO t VALUES (?)", [(text,), (text[::-1],)]), page=page
    )
    assert opened(members, data) == [(b"t", f"v: {text}\n\nv: {text[::-1]}\n".encode())]


def test_a_tree_of_pages_is_read_in_order(path: Path) -> None:
    rows = [(f"value {n} " + "x" * (n % 90),) for n in range(3000)]
    data = database(path, "CREATE TABLE t (v)", ("INSERT INTO t VALUES (?)", rows))
    ((_, content),) = opened(members, data)
    lines = [line for line in content.split(b"\n") if line]
    assert sorted(lines) == sorted(f"v: {v}".encode() for (v,) in rows)
    cut = opened(members, data[: len(data) // 2])
    assert cut[-1] == BROKEN
    assert cut[0][1].count(b"value") > 500


def test_many_tables_and_what_is_none(path: Path) -> None:
    data = database(
        path,
        *(f"CREATE TABLE t{n} (v TEXT)" for n in range(40)),
        "CREATE INDEX i ON t3 (v)",
        "CREATE VIEW w AS SELECT v FROM t3",
        *(f"INSERT INTO t{n} VALUES ('a{n}')" for n in range(0, 40, 3)),
    )
    assert sorted(opened(members, data)) == sorted((b"t%d" % n, b"v: a%d\n" % n) for n in range(0, 40, 3))
    with pytest.raises(Exhausted, match="holds more than 39 members"):
        opened(members, data, limits=Limits(members=39))
    assert opened(members, data, limits=Limits(members=40))


def test_pages_that_point_at_themselves_end(path: Path) -> None:
    rows = [("x" * 90,) for _ in range(200)]
    data = bytearray(database(path, "CREATE TABLE t (v)", ("INSERT INTO t VALUES (?)", rows)))
    assert data[512] == 5, "an inner page"
    data[512 + 8 : 512 + 12] = (2).to_bytes(4, "big")
    found = opened(members, bytes(data))
    assert found[-1] == BROKEN
    assert found[0][1].count(b"x" * 90) > 100


@pytest.mark.parametrize("size", [0, 2, 256, 511, 513, 768, 1000])
def test_a_page_size_that_is_none_is_no_database(path: Path, size: int) -> None:
    data = bytearray(database(path, "CREATE TABLE t (v)", "INSERT INTO t VALUES ('abc')"))
    assert opened(members, bytes(data))
    data[16:18] = size.to_bytes(2, "big")
    assert opened(members, bytes(data)) == []


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_encoding_of_a_database_that_shrinks(path: Path, encoding: str) -> None:
    data = database(
        path,
        "PRAGMA auto_vacuum = FULL",
        f"PRAGMA encoding = '{encoding}'",
        *(f"CREATE TABLE t{n} (v TEXT)" for n in range(3)),
        "INSERT INTO t2 VALUES ('abc')",
    )
    ((_, content),) = opened(members, data)
    assert content == b"v: abc\n"


@pytest.mark.parametrize("pointer", [0, 2, 9999, 2**32 - 1])
@pytest.mark.parametrize("where", ["first", "last"])
def test_one_bad_pointer_hides_one_page(path: Path, pointer: int, where: str) -> None:
    rows = [(f"{n:03d}" + "x" * 87,) for n in range(100)]
    data = bytearray(database(path, "CREATE TABLE t (v)", ("INSERT INTO t VALUES (?)", rows)))
    assert data[512] == 5, "an inner page"
    at = 512 + 8
    if where == "first":
        at = 512 + int.from_bytes(data[512 + 12 : 512 + 14], "big")
    data[at : at + 4] = pointer.to_bytes(4, "big")
    content, broken = opened(members, bytes(data))
    assert broken == BROKEN
    assert 90 <= content[1].count(b"x" * 87) < 100


def test_a_chain_of_pages_that_breaks_off_is_said(path: Path) -> None:
    text = "".join(f"{n:06d}." for n in range(400))
    data = bytearray(database(path, "CREATE TABLE t (v)", ("INSERT INTO t VALUES (?)", [(text,), ("end",)])))
    at = data.index(text[-900:-800].encode()) // 512 * 512
    for pointer in (0, at // 512 + 1, 9999):
        data[at : at + 4] = pointer.to_bytes(4, "big")
        content, broken = opened(members, bytes(data))
        assert broken == BROKEN
        assert text[:1000].encode() in content[1]
        assert content[1].endswith(b"v: end\n")


def test_a_page_that_is_no_table_is_said(path: Path) -> None:
    data = bytearray(database(path, "CREATE TABLE t (v)", "INSERT INTO t VALUES ('abc')"))
    assert data[512] == 13
    for change in ((512, 10), (512 + 3, 0xFF)):
        spoilt = bytearray(data)
        spoilt[change[0]] = change[1]
        assert opened(members, bytes(spoilt)) == [BROKEN]


@pytest.mark.parametrize(
    ("number", "size"),
    [(0, 1), (1, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (2**21 - 1, 3), (2**21, 4), (2**56 - 1, 8),
     (2**56, 9), (2**63 + 129, 9), (2**64 - 1, 9)],
)  # fmt: skip
def test_numbers_of_varying_length(number: int, size: int) -> None:
    if size == 9:
        sevens = [number >> 8 + 7 * n & 0x7F | 0x80 for n in reversed(range(8))]
        raw = bytes([*sevens, number & 0xFF])
    else:
        raw = bytes([number >> 7 * n & 0x7F | (0x80 if n else 0) for n in reversed(range(size))])
    assert varint(b"\xff" + raw + b"\xff\x7f", 1) == (number, 1 + size)
    assert varint(raw, 0) == (number, size)


def test_a_number_that_is_cut_off_ends() -> None:
    assert varint(b"", 0)[0] == 0
    assert varint(b"\xff" * 8, 0) == ((2**56 - 1) << 8, 9)


def test_tables_without_pages_of_their_own_are_no_damage(path: Path) -> None:
    data = database(path, "CREATE VIRTUAL TABLE f USING fts4(v)", "INSERT INTO f VALUES ('abc')")
    found = opened(members, data)
    assert BROKEN not in found
    assert any(b"abc" in content for _, content in found)


@pytest.mark.parametrize(("count", "whole"), [(252, True), (253, False)])
def test_cells_stand_on_their_page(path: Path, count: int, whole: bool) -> None:
    data = bytearray(database(path, "CREATE TABLE t (v)", "INSERT INTO t VALUES ('abc')"))
    data[512 + 3 : 512 + 5] = count.to_bytes(2, "big")
    found = opened(members, bytes(data))
    assert (found == [BROKEN]) is not whole
    assert (b"abc" in str(found).encode()) is whole


def test_bytes_in_a_database_of_wide_text_are_bytes(path: Path) -> None:
    data = database(
        path,
        "PRAGMA encoding = 'UTF-16le'",
        "CREATE TABLE t (a, b)",
        ("INSERT INTO t VALUES (?,?)", [(b"bytes", "text")]),
    )
    assert opened(members, data) == [(b"t", b"a: bytes\nb: text\n")]


def test_more_values_than_columns(path: Path) -> None:
    data = bytearray(database(path, "CREATE TABLE t (aa, bb)", "INSERT INTO t VALUES ('abc', 'def')"))
    at = data.index(b"aa, bb)")
    data[at : at + 7] = b"aa    )"
    assert opened(members, bytes(data)) == [(b"t", b"aa: abc\ndef\n")]


def test_a_long_row_is_read_at_its_beginning(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aliscan.detect.containers.sqlite._LONGEST", 3000)
    for size, long in ((3000, False), (9000, True)):
        path.unlink(missing_ok=True)
        rows = [("x" * size, "y"), ("short", "z")]
        data = database(path, "CREATE TABLE t (v, w)", ("INSERT INTO t VALUES (?, ?)", rows))
        (_, content), *told = opened(members, data)
        assert content.endswith(b"v: short\nw: z\n")
        assert (content.count(b"x") < size, b"w: y" in content) == (long, not long)
        said = "a SQLite file with values of more than 8 MiB, of which the beginning was looked at"
        assert told == ([said] if long else [])


def test_pages_that_point_everywhere_do_not_fill_memory(path: Path) -> None:
    """Each inner page names all pages: what is left to do would grow with their product."""
    page, count = 4096, 2000
    inner = bytearray(page)
    inner[0] = 5
    inner[3:5] = (500).to_bytes(2, "big")
    inner[8:12] = (3).to_bytes(4, "big")
    for n in range(500):
        inner[12 + 2 * n : 14 + 2 * n] = (1012 + 4 * n).to_bytes(2, "big")
        inner[1012 + 4 * n : 1016 + 4 * n] = (n + 2).to_bytes(4, "big")
    head = database(path, "CREATE TABLE t (v)", page=page)[:page]
    data = head + bytes(inner) * count
    tracemalloc.start()
    assert opened(members, data) == [BROKEN]
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()

"""What comes in pieces is found as if it came whole, wherever a border falls."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aliscan import cuts, engine
from aliscan.detect import Limits, detect
from aliscan.detect.anchors import is_container
from aliscan.finding import Blob, Finding, Gap, Match, Origin
from aliscan.sources import files, pieces
from aliscan.sources import text as given_text
from tests.conftest import aliscan
from tests.support import keys
from tests.support.gates import way
from tests.support.repo import Repo

LARGE = 32 << 20
Seen = tuple[str, tuple[tuple[str, int, int, int, int], ...]]


def seen(matches: list[Match]) -> list[Seen]:
    """Rule, values and places."""
    return sorted(
        (m.rule, tuple((p.fingerprint, p.place.line, p.place.column, p.start, p.end) for p in m.parts))
        for m in matches
    )


def judge(blob: Blob, match: Match) -> Finding:
    return Finding(match, blob.origin, match.severity)


@settings(max_examples=25, derandomize=True)
@given(seed=st.integers(0, 2**32), ends=st.sampled_from(["\n", "\r\n", "", " "]), chinese=st.booleans())
def test_pieces_show_what_the_whole_shows(seed: int, ends: str, chinese: bool) -> None:
    rng = Random(seed)
    text = []
    for number in range(rng.randrange(200, 500)):
        kind = rng.randrange(6)
        if kind == 0:
            text.append(f"accessKeyId: {keys.key_id(rng)}{ends}accessKeySecret: {keys.secret(rng)}\n")
        elif kind == 1:
            text.append(f"k{number} = '{keys.key_id(rng)}'{ends}")
        else:
            word = "中文 " if chinese else "some words "
            text.append(word * rng.randrange(1, 60) + ends)
    data = "".join(text).encode()
    patch = pytest.MonkeyPatch()
    patch.setattr(cuts, "PIECE", rng.randrange(27_000, 30_000))
    patch.setattr(cuts, "OVERLAP", 24_000)
    with patch.context():
        stream = io.BytesIO(data)
        blobs = list(pieces.pieces(stream.read, Origin("file", b"x")))
    patch.undo()
    assert sum(blob.size for blob in blobs) == len(data)
    report = engine.run(iter(blobs), judge)
    assert (report.blobs, report.bytes) == (1, len(data))
    assert seen([f.match for f in report.findings]) == seen(list(detect(data, b"x").matches))


@pytest.mark.parametrize("shift", range(0, 24, 3))
def test_a_key_on_every_border(tmp_path: Path, shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WHOLE", 1 << 16)
    monkeypatch.setattr(cuts, "PIECE", 1 << 17)
    data = bytearray(b"x" * 99 + b"\n") * 10_000
    expected = []
    for border in range(cuts.PIECE, len(data), cuts.PIECE // 8):
        line = f"\nk = {keys.key_id()}\n".encode()
        data[border - shift : border - shift + len(line)] = line
        expected.append((data.count(b"\n", 0, border - shift) + 2, 5))
    path = tmp_path / "big.txt"
    path.write_bytes(data)
    report = engine.run(files.read(os.fsencode(path)), judge)
    assert [(f.place.line, f.place.column) for f in report.findings] == expected
    assert report.bytes == len(data)


def test_of_what_is_full_of_findings_further_pieces_are_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WHOLE", 1 << 16)
    monkeypatch.setattr(cuts, "PIECE", 1 << 17)
    path = tmp_path / "big.txt"
    data = "".join(f"{keys.key_id()}\n" for _ in range(40_000)).encode()
    path.write_bytes(data)
    report = engine.run(files.read(os.fsencode(path)), judge, Limits(findings=6000))
    reasons = [gap.reason for gap in report.gaps]
    assert reasons == ["too many findings (the limit is 6000): not searched to the end"]
    assert len(report.findings) == 6000
    assert report.bytes == len(data)
    sifted = engine.Sifted()
    engine.sift(files.read(os.fsencode(path)), sifted, Limits(findings=6000))
    assert [gap.reason for gap in sifted.gaps] == reasons
    assert sum(len(hit.matches) for hit in sifted.hits) == len(report.findings)


def test_a_comment_allows_in_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        for _ in range(40):
            file.write((b"y" * 1023 + b"\n") * 1024)
        file.write(f"a = {keys.key_id()}  # aliscan: allow[alibaba-access-key-id] known\n".encode())
        file.write(f"b = {keys.key_id()}\n".encode())
    done = aliscan("scan", "--no-config", "--format", "jsonl", str(path))
    assert done.returncode == 1
    assert done.stdout.count(b'"pragma"') == 1
    assert b'"line":40962' in done.stdout.replace(b": ", b":")


def test_a_container_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.jar"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as jar:
        jar.writestr("filler.bin", os.urandom(LARGE + 1))
        jar.writestr("a.properties", f"id={keys.key_id()}\n", zipfile.ZIP_DEFLATED)
    items = list(files.read(os.fsencode(path), is_container))
    assert [isinstance(i, Blob) and i.partial for i in items] == [False, False]
    (match,) = detect(path.read_bytes(), b"big.jar").matches
    assert match.member == (b"a.properties",)


def test_a_container_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WHOLE", 1 << 16)
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 18)
    path = tmp_path / "program"
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as jar:
        jar.writestr("x", "y")
    path.write_bytes(b"\x7fELF" + b"\1" * (1 << 18) + tail.getvalue())
    gap, _name = files.read(os.fsencode(path), is_container)
    assert isinstance(gap, Gap)
    assert "container" in gap.reason


def jar(text: str, filler: int = 0) -> bytes:
    """A zip with a key in a member; compressed, so that only who opens it finds it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.properties", text)
        if filler:
            archive.writestr("filler.bin", os.urandom(filler), zipfile.ZIP_STORED)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["scan", "scan-stdin", "pre-commit", "pre-push", "pre-receive", "ci", "history"]
)
def test_a_large_container_is_opened_whichever_way_it_comes(repo: Repo, name: str) -> None:
    text = f"id={keys.key_id()}\nsecret={keys.secret()}\n"
    done = way(repo, name, jar(text, LARGE)).ask()
    assert done.returncode == 1, done
    assert b"a.properties" in done.stdout + done.stderr
    assert b"a.properties!a.properties" not in done.stdout + done.stderr
    assert b"could not be" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "name", ["scan", "scan-stdin", "pre-commit", "pre-push", "pre-receive", "ci", "history"]
)
def test_a_zip_behind_a_large_program_is_opened_or_named(repo: Repo, name: str) -> None:
    program = b"\x7fELF" + b"\1" * (LARGE + cuts.PIECE)
    done = way(repo, name, program + jar(f"id={keys.key_id()}\nsecret={keys.secret()}\n")).ask()
    assert done.returncode == (1 if name == "scan" else 3), done
    assert name == "scan" or b"behind a large program" in done.stdout + done.stderr
    repo.git("update-ref", "-d", "refs/heads/change")
    assert name == "history" or way(repo, name, program).ask().returncode == 0


def test_standard_input_is_not_read_without_a_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MAX_BYTES", pieces.WHOLE + (8 << 20))
    stream = io.BytesIO(jar("", pieces.WHOLE + (12 << 20)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    sifted = engine.Sifted()
    engine.sift(given_text.stdin(is_container), sifted)
    # What is cut off there is opened as far as it goes, and its end is missed in other words first
    assert [gap.reason for gap in sifted.gaps][-1] == "a container larger than 12 MiB"
    assert stream.tell() <= pieces.WHOLE + (9 << 20)


MEASURE = (
    "import resource, subprocess, sys\n"
    "done = subprocess.run(sys.argv[2:], stdin=open(sys.argv[1], 'rb'), capture_output=True)\n"
    "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    "print(done.stdout.decode())\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="no rusage")
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_f27_scan_of_a_huge_file_in_bounded_memory(tmp_path: Path, way: str) -> None:
    big = tmp_path / "big.log"
    with big.open("wb") as file:
        for _ in range(300):
            file.write((b"2024-01-01 aliyun oss ok" * 40 + b"\n") * 1091)
        file.write(f"id = {keys.key_id()}\n".encode())
    tool = str(Path(sys.executable).with_name("aliscan"))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(big), tool, "scan", "--no-config", "--format", "jsonl",
         str(big) if way == "file" else "-"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    head, _, rest = done.stdout.partition("\n")
    status, memory = map(int, head.split())
    assert status == 1
    assert '"line":327301' in rest.replace(": ", ":")
    assert memory < 100_000  # kB

"""A worker's line about a batch of files is the same whichever way they are read."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from aliscan import sweep
from aliscan.detect import LIMITS, bulk
from aliscan.glance import Files, at_blobs
from aliscan.sources import pieces
from tests.support import keys

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")


def pair() -> str:
    return f'access_key_id = "{keys.key_id()}"\naccess_key_secret = "{keys.secret()}"\n'


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Files of every kind that the quick way must tell apart."""
    contents = {
        "empty": b"",
        "small": b"nothing here\n",
        "no-newline": b"nothing here",
        "pair": pair().encode(),
        "wide": ("\ufeff" + pair()).encode("utf-16-le"),
        "large": b"nothing here\n" * 20_000,
        "large-pair": b"nothing here\n" * 20_000 + pair().encode(),
        "exactly-small": b"x" * (32 << 10),
        "one-less": b"x" * ((32 << 10) - 1),
        "zip": zipped(pair()),
        "clean.zip": zipped("nothing"),
        "script": b"#!/bin/sh\nexit\n" + zipped(pair()),
        "name-" + keys.key_id(): b"",
        "zeros": bytes(1000),
    }
    for number in range(60):
        contents[f"fill-{number}"] = b"plain text of a file, which says nothing\n" * 60
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("pair")
    (tmp_path / ("link-to-" + "key")).symlink_to("/" + keys.key_id())
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    return sorted([os.fsencode(name) for name in os.listdir(".")] + [b"gone"])


@pytest.mark.parametrize("engine", ["", "python", "hyperscan"])
@pytest.mark.parametrize("length", [1, 7, 100])
def test_the_line_is_that_of_the_slow_way(folder: list[bytes], engine: str, length: int) -> None:
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    first = bulk.gate(engine) if engine else None
    quick = Files(LIMITS, first)
    for start in range(0, len(folder), length):
        batch = folder[start : start + length]
        assert quick.look(batch) == at_blobs(batch, sweep._files, LIMITS, first), batch


def test_what_is_worth_a_second_look(folder: list[bytes]) -> None:
    suspects = [folder[int(word)] for word in Files(LIMITS).look(folder).split()[2:]]
    assert {b"pair", b"wide", b"large-pair", b"zip", b"script", b"link-to-key"} < set(suspects)
    assert not {b"empty", b"small", b"large", b"clean.zip", b"link", b"pipe", b"folder", b"gone"} & set(
        suspects
    )
    assert sum(name.startswith(b"name-") for name in suspects) == 1


def test_what_cannot_be_read_is_worth_a_second_look(folder: list[bytes]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    os.chmod("small", 0)
    assert folder.index(b"small") in [int(word) for word in Files(LIMITS).look(folder).split()[2:]]


def test_a_file_that_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("aliscan.glance.WHOLE", 1 << 20)
    monkeypatch.setattr(pieces, "WHOLE", 1 << 20)
    (tmp_path / "a").write_bytes(b"nothing\n" * 200_000 + pair().encode())
    assert Files(LIMITS).look([b"a"]).split()[2:] == [b"0"]


def test_a_file_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not as long as it was said to be is read as a scan reads it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("nothing\n" * 10_000 + pair())
    real = os.fstat

    def shorter(file: int) -> os.stat_result:
        info = list(real(file))
        info[6] = 40_000
        return os.stat_result(info)

    monkeypatch.setattr(os, "fstat", shorter)
    assert Files(LIMITS).look([b"a"]).split()[2:] == [b"0"]

"""Compiled patterns between runs: faster, never another answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from aliscan.detect import bulk
from aliscan.kept import Folder
from tests.support import keys
from tests.support.faults import FAULTS, damage

TEXTS = [
    f"a = {keys.key_id()}".encode(),
    b"nothing at all",
    f"accessKeySecret = {keys.secret()}".encode(),
    keys.sts_id().encode(),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("hyperscan")
    return tmp_path / "cache" / "compiled"


def looks(gate: bulk.Gate) -> list[tuple[bool, tuple[str, ...]]]:
    return [(gate.scan(text, True), gate.families(text)) for text in TEXTS]


def kept(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_the_second_gate_is_read_and_says_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hyperscan

    first = looks(bulk.gate("hyperscan", Folder(str(folder))))
    assert first == looks(bulk.gate("hyperscan")) == looks(bulk.gate("python"))
    assert [seen for seen, _ in first] == [True, False, True, True]
    if sys.platform != "win32":
        assert kept(folder).stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
    monkeypatch.delattr(hyperscan, "dumpb")  # nothing is compiled and kept again
    assert looks(bulk.gate("hyperscan", Folder(str(folder)))) == first


@pytest.mark.parametrize("fault", [*FAULTS, "a link"])
def test_a_damaged_file_is_compiled_again(folder: Path, fault: str) -> None:
    expected = looks(bulk.gate("hyperscan", Folder(str(folder))))
    file = kept(folder)
    if fault == "a link":
        file.rename(folder.parent / "elsewhere")
        file.symlink_to(folder.parent / "elsewhere")
        assert Folder(str(folder)).load("anything") is None
    else:
        damage(file, fault)
    assert looks(bulk.gate("hyperscan", Folder(str(folder)))) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_others_can_write_is_not_read(folder: Path, what: str) -> None:
    shelf = Folder(str(folder))
    shelf.save("key", b"data")
    assert shelf.load("key") == b"data"
    os.chmod(kept(folder) if what == "file" else folder, 0o722)
    assert shelf.load("key") is None


def test_a_link_is_not_read(folder: Path) -> None:
    shelf = Folder(str(folder))
    shelf.save("key", b"data")
    file = kept(folder)
    file.rename(folder.parent / "elsewhere")
    file.symlink_to(folder.parent / "elsewhere")
    assert shelf.load("key") is None
    file.unlink()
    (folder.parent / "elsewhere").rename(file)
    assert shelf.load("key") == b"data"


def test_one_file_is_kept_and_a_folder_that_cannot_be_is_none(folder: Path, tmp_path: Path) -> None:
    shelf = Folder(str(folder))
    shelf.save("old", b"1")
    shelf.save("new", b"2")
    assert shelf.load("old") is None
    assert shelf.load("new") == b"2"
    (tmp_path / "a file").write_bytes(b"")
    nowhere = Folder(str(tmp_path / "a file" / "compiled"))
    nowhere.save("key", b"data")
    assert nowhere.load("key") is None


def test_a_folder_is_usable_if_it_can_be_made(tmp_path: Path) -> None:
    assert Folder(str(tmp_path / "a" / "b")).is_usable()
    (tmp_path / "file").write_text("")
    assert not Folder(str(tmp_path / "file" / "b")).is_usable()

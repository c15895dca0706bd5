"""The cache folder, and homes that are not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aliscan import folders
from aliscan.history.cache import Cache
from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own folder for this")


@posix
def test_the_cache_is_where_the_standard_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert folders.cache("a", "b") == str(tmp_path / "xdg" / "aliscan" / "a" / "b")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folders.cache() == str(tmp_path / ".cache" / "aliscan")


@posix
def test_folders_are_private_and_a_home_is_never_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(FileNotFoundError):
        folders.make(folders.cache("compiled"))
    assert not (tmp_path / "home").exists()
    (tmp_path / "home").mkdir()
    folders.make(folders.cache("compiled"))
    folders.make(folders.cache("compiled"))
    assert Path(folders.cache("compiled")).stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    folders.make(str(tmp_path / "gone too"))  # not in the home


@posix
def test_a_scan_leaves_a_home_that_is_not_there_alone(repo: Repo, tmp_path: Path) -> None:
    """As CI's root with HOME=/nonexistent: what is kept there made it, and other programs' tests failed."""
    repo.commit("one", **{"a.py": f"a = '{keys.key_id()}'\n"})
    home = tmp_path / "nobody"
    for number in range(1030):  # from 1,024 files on what is compiled is kept
        (repo.path / f"{number}.txt").touch()
    for args in (["scan", "."], ["history", "."], ["history", ".", "--cache"]):
        done = aliscan(*args, cwd=repo.path, HOME=str(home), XDG_CACHE_HOME="")
        assert done.returncode == 1, done.stderr
        assert not home.exists()
    assert b"cannot be written" in done.stderr


def test_the_history_says_where_its_cache_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Cache(str(tmp_path / "file" / "x"), str(tmp_path), 20)
    assert "cannot be written" in (store.save([bytes(20)]) or "")

"""Where policy is read from: only plain files, and nothing outside of the repository."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from aliscan.finding import AliscanError
from aliscan.git import Git
from aliscan.triage.shelf import Commit, Disk, Index, Shelf
from tests.support.repo import Repo

NAME = b".aliscan.toml"


def test_a_file_that_is_not_there(in_repo: Repo) -> None:
    in_repo.commit()
    shelves: list[Shelf] = [
        Disk(bytes(in_repo.path)),
        Index(Git()),
        Commit(Git(), in_repo.git("rev-parse", "HEAD")),
    ]
    assert [s.read(NAME) for s in shelves] == [None, None, None]


def test_names_that_git_could_misread(in_repo: Repo) -> None:
    names = [b":(top)x", b"*", b"-x", "设置".encode(), b"caf\xe9"]
    for name in names:
        in_repo.write(name, name)
    in_repo.git("add", "-A")
    head = in_repo.commit()
    for name in names:
        for shelf in (Disk(bytes(in_repo.path)), Index(Git()), Commit(Git(), head)):
            assert shelf.read(name) == name


@pytest.mark.skipif(sys.platform == "win32", reason="no such files")
def test_what_is_no_plain_file_is_refused(in_repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("threshold = 'critical'")
    at = in_repo.path / ".aliscan.toml"
    top = bytes(in_repo.path)

    def refused(words: str, folder: bytes = top) -> None:
        with pytest.raises(AliscanError, match=words):
            Disk(folder).read(os.path.relpath(bytes(at), folder))

    at.mkdir()
    refused("directory")
    at.rmdir()
    os.mkfifo(at)
    refused("a pipe or a device")
    at.unlink()
    for target, words in {
        str(outside): "link out of the repository",
        "nothing": "link to nothing",
        "/dev/zero": "link out of the repository",
        ".aliscan.toml": "link to nothing|Too many levels",
    }.items():
        at.symlink_to(target)
        refused(words)
        at.unlink()
    at.symlink_to("/dev/zero")
    refused("a pipe or a device", b"/")


@pytest.mark.skipif(sys.platform == "win32", reason="no links")
def test_link_inside_is_followed_on_disk(in_repo: Repo) -> None:
    in_repo.write("conf/a.toml", "x")
    (in_repo.path / ".aliscan.toml").symlink_to("conf/a.toml")
    assert Disk(bytes(in_repo.path)).read(NAME) == b"x"


def test_staged_and_committed_links_and_folders_are_refused(in_repo: Repo) -> None:
    (in_repo.path / ".aliscan.toml").symlink_to("/etc/passwd")
    in_repo.git("add", ".aliscan.toml")
    head = in_repo.commit()
    for shelf in (Index(Git()), Commit(Git(), head)):
        with pytest.raises(AliscanError, match="symbolic link"):
            shelf.read(NAME)
    in_repo.git("rm", "-q", ".aliscan.toml")
    head = in_repo.commit(**{".aliscan.toml/x": "y"})
    for shelf in (Index(Git()), Commit(Git(), head)):
        with pytest.raises(AliscanError, match="directory"):
            shelf.read(NAME)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_unreadable(in_repo: Repo) -> None:
    in_repo.write(".aliscan.toml", "").chmod(0)
    with pytest.raises(AliscanError, match="cannot read"):
        Disk(bytes(in_repo.path)).read(NAME)

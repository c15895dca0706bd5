"""Which repository a file lies in, without asking the disk for every file."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from aliscan.triage.policy import NO_CHOICES
from aliscan.triage.tops import Folders, Tops


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folders three deep, two repositories in one another, links of all kinds."""
    top = Path(os.path.realpath(tmp_path))
    for name in ("a/b/c", "a/.git", "a/b/inner/.git", "a/b/inner/d", "plain/e"):
        (top / name).mkdir(parents=True)
    (top / "plain" / "file.git").write_text("")
    (top / "linked").symlink_to("a/b")
    (top / "a" / "up").symlink_to("..")
    (top / "a" / "loop").symlink_to("loop")
    (top / "a" / "b" / "away").symlink_to(top / "plain")
    (top / "plain" / "sub").mkdir()
    (top / "plain" / "sub" / ".git").write_text("gitdir: elsewhere\n")  # a linked worktree
    return top


def naive(folder: bytes) -> bytes | None:
    at = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(at, b".git")):
        if os.path.dirname(at) == at:
            return None
        at = os.path.dirname(at)
    return at


def test_as_the_system_tells(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    rng = random.Random(7)
    names = [
        "a",
        "b",
        "c",
        "inner",
        "d",
        "plain",
        "e",
        "sub",
        "linked",
        "up",
        "loop",
        "away",
        "gone",
        "..",
        ".",
        "",
    ]
    folders = Folders()
    for _ in range(2000):
        relative = "/".join(rng.choices(names, k=rng.randrange(6)))
        folder = os.fsencode(rng.choice([relative, f"{tree}/{relative}", "/" + relative]))
        real = folders.real(folder)
        assert real == os.path.realpath(folder or b"."), folder
        assert folders.top(real) == naive(folder), folder


def test_the_disk_is_asked_by_folder_not_by_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    (tree / "a/b/.secrets.baseline").touch()
    asked: list[bytes] = []
    lstat = os.lstat

    def counted(path: bytes) -> os.stat_result:
        asked.append(path)
        return lstat(path)

    monkeypatch.setattr(os, "lstat", counted)
    tops = Tops(["a"], NO_CHOICES)
    policy = tops._of_folder(b"a/b/c")
    before = len(asked)
    for number in range(1000):
        assert tops._of_folder(b"a/b/c") is policy
        assert policy.locate(b"a/b/c/%d.txt" % number) == b"b/c/%d.txt" % number
    assert len(asked) == before
    assert before < 100
    inner = tops._of_folder(b"a/b/inner/d")
    assert inner is not policy
    assert inner.locate(b"a/b/inner/d/x") == b"d/x"


def test_very_deep_paths(tmp_path: Path) -> None:
    deep = os.fsencode(tmp_path) + b"/x" * 1500
    folders = Folders()
    assert folders.real(deep) == os.path.realpath(deep)
    assert folders.top(folders.real(deep)) == naive(os.fsencode(tmp_path))

"""What the next commit would hold, through real commits and every index git may use (F01 to F08, F35)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def pair() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


@pytest.fixture(params=["sha1", "sha256"])
def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> Repo:
    repo = Repo.init(tmp_path / "repo", f"--object-format={request.param}")
    assert aliscan("install", cwd=repo.path).returncode == 0
    return repo


def commit(repo: Repo, *args: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "commit", "-q", "-m", "c", *args]
    return subprocess.run(command, cwd=cwd or repo.path, capture_output=True, env={**os.environ, **env})


def test_the_index_counts_and_not_the_disk(guarded: Repo) -> None:
    """F01, F02, F05"""
    guarded.stage("a.py", "# one line\n" + pair())
    guarded.write("a.py", "clean\n")
    done = commit(guarded)
    assert done.returncode == 1
    assert b"a.py:2" in done.stderr
    guarded.stage("a.py", "clean\n")
    guarded.write("a.py", pair())
    assert commit(guarded).returncode == 0


def test_every_index_that_git_commits_from(guarded: Repo) -> None:
    """F03"""
    guarded.stage("a.py", "a\n")
    guarded.stage("b.py", "b\n")
    assert commit(guarded).returncode == 0
    guarded.write("a.py", pair())
    guarded.write("b.py", "changed\n")
    assert commit(guarded, "-a").returncode == 1
    assert commit(guarded, "--only", "a.py").returncode == 1
    assert commit(guarded, "a.py").returncode == 1
    assert commit(guarded, "--only", "b.py").returncode == 0
    patch = subprocess.run(
        ["git", "commit", "-p", "-m", "c"], cwd=guarded.path, input=b"y\n", capture_output=True
    )
    assert patch.returncode == 1
    guarded.git("add", "a.py")
    for index in (".git/index", str(guarded.path / ".git/index")):
        assert aliscan("hook", "pre-commit", cwd=guarded.path, GIT_INDEX_FILE=index).returncode == 1
    guarded.git("read-tree", "--index-output=.git/other", "HEAD")
    assert aliscan("hook", "pre-commit", cwd=guarded.path, GIT_INDEX_FILE=".git/other").returncode == 0


def test_worktrees_submodules_and_folders(guarded: Repo, tmp_path: Path) -> None:
    """F04"""
    guarded.stage("sub/x.py", "x\n")
    assert commit(guarded).returncode == 0
    guarded.stage("sub/x.py", pair())
    done = commit(guarded, cwd=guarded.path / "sub")
    assert done.returncode == 1
    assert b"sub/x.py:1" in done.stderr
    guarded.git("reset", "-q", "--hard")
    guarded.git("worktree", "add", "-q", str(tmp_path / "wt"))
    tree = Repo(tmp_path / "wt")
    tree.stage("d/y.py", pair())
    done = commit(tree, cwd=tree.path / "d")
    assert done.returncode == 1
    assert b"d/y.py:1" in done.stderr


def test_submodule(tmp_path: Path) -> None:
    """F04, 1.17: the link to a submodule is no missing object; the submodule's own commits are looked at."""
    inner = Repo.init(tmp_path / "inner")
    inner.commit("one", a="a")
    outer = Repo.init(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", str(inner.path), "sm")
    assert aliscan("hook", "pre-commit", cwd=outer.path).returncode == 0
    aliscan("install", cwd=outer.path / "sm")
    module = Repo(outer.path / "sm")
    module.stage("k.py", pair())
    assert commit(module).returncode == 1


def test_renames_links_and_modes(guarded: Repo) -> None:
    """F06"""
    guarded.stage("old.py", "".join(f"line {n}\n" for n in range(50)))
    guarded.stage("target", "t\n")
    assert commit(guarded).returncode == 0
    guarded.git("mv", "old.py", "new.py")
    guarded.stage("new.py", "".join(f"line {n}\n" for n in range(50)) + pair())
    assert commit(guarded).returncode == 1
    guarded.git("reset", "-q", "--hard")
    (guarded.path / "target").unlink()
    (guarded.path / "target").symlink_to(keys.key_id())
    guarded.git("add", "target")
    assert commit(guarded).returncode == 1
    guarded.git("reset", "-q", "--hard")
    guarded.git("update-index", "--chmod=+x", "target")
    assert commit(guarded).returncode == 0


NAMES = [
    b"--help",
    b"-rf",
    b":(top)x",
    b"*",
    b"a\nb",
    b"caf\xe9",
    "中文".encode(),
    b"e\x1b]0;x\x07",
    b"trailing ",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name(repo: Repo, name: bytes) -> None:
    """F07"""
    repo.write(name, pair())
    repo.git("add", "-A")
    done = aliscan("hook", "pre-commit", cwd=repo.path)
    assert done.returncode == 1
    assert b"usage" not in done.stderr
    assert b"\x1b" not in done.stderr
    assert b"a\nb" not in done.stderr


def test_key_in_a_file_name(repo: Repo) -> None:
    """F08"""
    repo.stage(f"dir/{keys.key_id()}.txt", "nothing\n")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 1


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs to give a directory away")
def test_repository_of_somebody_else(repo: Repo) -> None:
    """F35: never clean, and the sentence names the cure."""
    repo.stage("a.py", pair())
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 12345, 12345)
    for command in (("hook", "pre-commit"), ("ci", "--base", "HEAD")):
        done = aliscan(*command, cwd=repo.path)
        assert done.returncode in (2, 3), done
        assert b"dubious ownership" in done.stderr or b"belongs to another user" in done.stderr


def test_repository_of_an_unknown_kind(repo: Repo) -> None:
    """F35"""
    repo.commit("c", a="a")
    config = (repo.path / ".git/config").read_text().replace("formatversion = 0", "formatversion = 1")
    (repo.path / ".git/config").write_text(config + "[extensions]\n\tnobodyKnowsThis = true\n")
    for command in (("hook", "pre-commit"), ("ci", "--base", "HEAD")):
        assert aliscan(*command, cwd=repo.path).returncode in (2, 3), command


def test_broken_index_and_missing_object(repo: Repo) -> None:
    repo.stage("a.py", "a\n")
    oid = repo.git("rev-parse", ":a.py")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 3
    (repo.path / ".git/index").write_bytes(b"DIRC broken")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode in (2, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="no rusage")
def test_f27_a_huge_staged_file_in_bounded_memory(repo: Repo) -> None:
    with (repo.path / "dump.sql").open("wb") as file:
        for _ in range(150):
            file.write(b"INSERT INTO t VALUES (1, 'some text of a row');\n" * 22_000)
        file.write(f"id = {keys.key_id()}  # aliscan: allow[alibaba-access-key-id] known\n".encode())
        file.write(f"id = {keys.key_id()}\n".encode())
    repo.git("add", "dump.sql")
    (repo.path / "dump.sql").unlink()
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.stderr.buffer.write(done.stdout + done.stderr)\n"
    )
    tool = str(Path(sys.executable).with_name("aliscan"))
    done = subprocess.run(
        [sys.executable, "-c", code, tool, "hook", "pre-commit"],
        cwd=repo.path,
        capture_output=True,
        check=True,
    )
    status, memory = map(int, done.stdout.split())
    assert status == 1
    assert b"dump.sql:3300002" in done.stderr
    assert b"dump.sql:3300001" not in done.stderr
    assert memory < 100_000  # kB

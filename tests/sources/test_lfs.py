"""What git holds only a pointer to is looked at where it lies: before the commit, not after."""

from __future__ import annotations

import hashlib
import os
import shutil

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def leak() -> bytes:
    return f"id = '{keys.key_id()}'\nsecret = '{keys.secret()}'\n".encode()


def pointed(repo: Repo, name: str, data: bytes, folder: str = ".git/lfs") -> None:
    """Stage a file as git-lfs does."""
    oid = hashlib.sha256(data).hexdigest()
    repo.write(f"{folder}/objects/{oid[:2]}/{oid[2:4]}/{oid}", data)
    repo.stage(
        name, f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n".encode()
    )


@pytest.mark.parametrize("folder", [".git/lfs", ".git/elsewhere"])
def test_a_staged_pointer_is_followed(repo: Repo, folder: str) -> None:
    if folder != ".git/lfs":
        repo.git("config", "lfs.storage", "elsewhere")
    pointed(repo, "model.bin", b"x" * 5000, folder)
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0
    pointed(repo, "data.csv", leak(), folder)
    done = aliscan("hook", "pre-commit", cwd=repo.path)
    assert done.returncode == 1
    assert b"alibaba-access-key-pair  data.csv:1:7" in done.stderr


def test_a_large_one_comes_in_pieces_among_many(repo: Repo) -> None:
    for number in range(300):  # enough for several processes
        repo.write(f"many/{number}", str(number))
    pointed(repo, "data.log", b"aliyun oss ok\n" * 2_500_000 + leak())
    repo.git("add", "many")
    done = aliscan("hook", "pre-commit", cwd=repo.path)
    assert done.returncode == 1
    assert b"data.log:2500001:7" in done.stderr


def test_what_is_not_here_or_no_pointer_is_let_in(repo: Repo) -> None:
    pointed(repo, "data.csv", leak())
    shutil.rmtree(repo.path / ".git/lfs")
    repo.stage("odd", b"version https://git-lfs.github.com/spec/v1\noid sha256:../../../etc/passwd\n")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0


def test_one_that_cannot_be_read_is_said(repo: Repo) -> None:
    pointed(repo, "data.csv", leak())
    (path,) = repo.path.glob(".git/lfs/objects/*/*/*")
    path.chmod(0)
    done = aliscan("hook", "pre-commit", cwd=repo.path)
    assert done.returncode == (1 if os.geteuid() == 0 else 3)


@pytest.mark.skipif(not shutil.which("git-lfs"), reason="needs git-lfs")
def test_with_git_lfs_itself(repo: Repo) -> None:
    repo.git("lfs", "install", "--local")
    repo.git("lfs", "track", "*.csv")
    repo.stage("data.csv", leak())
    assert repo.git("show", ":data.csv").startswith("version https://git-lfs")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 1
    assert aliscan("scan", cwd=repo.path).returncode == 1

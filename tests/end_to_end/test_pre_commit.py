"""The real pre-commit framework, with hooks installed from this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import keys
from tests.support.checkout import published
from tests.support.repo import Repo


def pre_commit(repo: Repo, *args: str) -> subprocess.CompletedProcess[bytes]:
    """Run the framework in ``repo``."""
    program = str(Path(sys.executable).with_name("pre-commit"))
    return subprocess.run([program, *args], cwd=repo.path, capture_output=True, check=False)


def pair() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


@pytest.fixture
def source(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository to install from; the framework's cache is one for all tests and workers."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.getbasetemp().parent / "pre-commit"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    return published(tmp_path_factory)


@pytest.fixture
def configured(repo: Repo, source: Repo) -> Repo:
    """A repository with the five lines of the README, hooks installed."""
    repo.commit("config", **{".pre-commit-config.yaml": f"""\
repos:
  - repo: {source.path}
    rev: {source.git("rev-parse", "HEAD")}
    hooks:
      - id: aliscan
"""})  # fmt: skip
    done = pre_commit(repo, "install", "--hook-type", "pre-commit", "--hook-type", "pre-merge-commit")
    assert done.returncode == 0, done
    return repo


def test_try_repo(repo: Repo, source: Repo) -> None:
    repo.stage("leak.py", pair())
    done = pre_commit(repo, "try-repo", str(source.path), "aliscan")
    assert done.returncode == 1, done.stdout.decode()
    assert b"alibaba-access-key-pair" in done.stdout


def test_a_commit_is_refused_and_goes_through_without_the_key(configured: Repo) -> None:
    configured.stage("leak.py", pair())
    done = configured.run("commit", "-m", "leak")
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stdout + done.stderr
    configured.stage("leak.py", "id = environ['ID']\n")
    done = configured.run("commit", "-m", "clean")
    assert done.returncode == 0, done


def test_all_files_in_a_clean_clone_is_not_vacuous(configured: Repo, tmp_path: Path) -> None:
    configured.commit("leak", **{"leak.py": pair()})
    configured.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    done = pre_commit(clone, "run", "--all-files", "aliscan")
    assert done.returncode == 1, done.stdout.decode()
    assert b"leak.py" in done.stdout
    # an empty commit has nothing to look at, and says so at once
    assert configured.run("commit", "--allow-empty", "-m", "empty").returncode == 0
    configured.git("rm", "-q", "leak.py")
    configured.commit("removed")
    assert pre_commit(configured, "run", "--all-files", "aliscan").returncode == 0


def test_a_clean_merge_that_brings_a_key_is_refused(configured: Repo) -> None:
    configured.git("checkout", "-q", "-b", "side")
    configured.commit("leak", **{"leak.py": pair()})
    configured.git("checkout", "-q", "-")
    configured.commit("other", **{"other.py": "x\n"})
    done = configured.run("merge", "--no-edit", "side")
    assert done.returncode != 0
    assert b"alibaba-access-key-pair" in done.stdout + done.stderr


def test_three_thousand_staged_names_are_one_result(configured: Repo) -> None:
    """F10: the framework would split the names over several processes; we take none from it."""
    for number in range(3000):
        configured.write(f"{'long' * 20}/{number}.txt", f"{number}\n")
    for number in (0, 1500, 2999):
        configured.write(f"{'long' * 20}/{number}.txt", pair())
    configured.git("add", "-A")
    done = pre_commit(configured, "run", "aliscan")
    assert done.returncode == 1
    # 25 lines hold two of them; the third is counted
    assert done.stdout.count(b"critical  alibaba-access-key-pair") == 2, done.stdout.decode()
    assert b"and 1 more: run aliscan scan" in done.stdout
    assert done.stdout.count(b"hook id: aliscan") == 1


def test_a_file_named_like_an_option_changes_nothing(configured: Repo) -> None:
    configured.stage("--help", "")
    configured.stage("leak.py", pair())
    assert configured.run("commit", "-m", "leak").returncode == 1

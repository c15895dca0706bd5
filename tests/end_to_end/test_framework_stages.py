"""The other stages under the real pre-commit framework: push, message, merge (F12, F13, F15, F18)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.end_to_end.test_pre_commit import pair, pre_commit
from tests.support.repo import Repo

LOCAL = """\
repos:
  - repo: local
    hooks:
"""
HOOK = """\
      - id: {id}
        name: {id}
        entry: {program} hook {id}
        language: system
        always_run: true
        pass_filenames: {names}
        require_serial: true
        stages: [{id}]
"""
STAGES = ("pre-push", "commit-msg", "pre-merge-commit")


@pytest.fixture
def framed(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository whose hooks of three stages run through the framework; main is on origin."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    program = Path(sys.executable).with_name("aliscan")
    hooks = [HOOK.format(id=s, program=program, names=str(s == "commit-msg").lower()) for s in STAGES]
    repo.commit("config", **{".pre-commit-config.yaml": LOCAL + "".join(hooks), "readme.txt": "hello\n"})
    remote = Repo.init(tmp_path / "remote.git", "--bare")
    repo.git("remote", "add", "origin", str(remote.path))
    repo.git("push", "-q", "origin", "main")
    done = pre_commit(repo, "install", *(o for s in STAGES for o in ("--hook-type", s)))
    assert done.returncode == 0, done
    return repo


def test_hooks_of_the_manifest_are_these() -> None:
    """The manifest offers each stage as an id of its own, with the entries tested here."""
    text = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    for stage in STAGES:
        block = text.split(f"- id: aliscan-{stage}\n")[1].split("\n- id:")[0]
        assert f"entry: aliscan hook {stage}\n" in block
        assert f"pass_filenames: {str(stage == 'commit-msg').lower()}\n" in block
        assert "always_run: true\n" in block
        assert f"stages: [{stage}]\n" in block


def pushed(repo: Repo, *args: str) -> tuple[int, str]:
    done = repo.run("push", "-q", *args)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_push_of_an_existing_branch(framed: Repo) -> None:
    framed.commit("clean", a="a")
    assert pushed(framed, "origin", "main")[0] == 0
    bad = framed.commit("adds", **{"a.py": pair()})
    framed.commit("removes", **{"a.py": "clean\n"})
    status, said = pushed(framed, "origin", "main")
    assert status != 0
    assert bad[:12] in said


def test_what_the_framework_swallows_is_scanned_all_the_same(framed: Repo) -> None:
    """1.10: of several refs it tells of the first only; notes and tags of known commits start no hook."""
    framed.git("checkout", "-q", "-b", "x1")
    framed.commit("clean", a="a")
    framed.git("checkout", "-q", "-b", "x2", "main")
    framed.commit("leak", **{"b.py": pair()})
    framed.git("checkout", "-q", "main")
    status, said = pushed(framed, "origin", "x1", "x2")
    assert status != 0
    assert "b.py:1" in said
    status, said = pushed(framed, "origin", "x1")  # also refused: nobody can tell the two apart
    assert status != 0
    assert "every local branch and tag was searched" in said
    framed.git("branch", "-D", "x2")
    assert pushed(framed, "origin", "x1")[0] == 0


def test_first_push_of_an_orphan_branch(framed: Repo) -> None:
    """F18: the framework gives no FROM and no TO then, only --all-files of whatever is checked out."""
    framed.git("checkout", "-q", "--orphan", "orphan")
    framed.git("rm", "-rqf", "--cached", ".")
    framed.commit("root", **{"secret.py": pair()})
    framed.commit("later", **{"secret.py": "clean\n"})
    framed.git("checkout", "-qf", "main")
    status, said = pushed(framed, "origin", "orphan")
    assert status != 0
    assert "secret.py:1" in said


def test_branch_that_is_not_checked_out(framed: Repo) -> None:
    framed.git("checkout", "-q", "-b", "leak")
    framed.commit("leak", shared=pair())
    framed.git("checkout", "-q", "main")
    framed.commit("clean", shared="clean\n")
    assert pushed(framed, "origin", "leak")[0] != 0


def test_push_to_a_url(framed: Repo) -> None:
    url = framed.git("remote", "get-url", "origin")
    framed.commit("clean", a="a")
    assert pushed(framed, url, "main")[0] == 0
    framed.commit("leak", **{"a.py": pair()})
    assert pushed(framed, url, "main")[0] != 0


def test_message(framed: Repo) -> None:
    done = framed.run("commit", "-q", "--allow-empty", "-m", pair())
    assert done.returncode != 0
    assert b"alibaba-access-key-pair" in done.stdout + done.stderr
    assert framed.run("commit", "-q", "--allow-empty", "-m", "clean").returncode == 0


def test_evil_merge(framed: Repo) -> None:
    framed.git("checkout", "-q", "-b", "side")
    framed.commit("side", s="s")
    framed.git("checkout", "-q", "main")
    framed.commit("main", m="m")
    assert framed.run("merge", "-q", "-m", "clean", "side").returncode == 0
    framed.git("checkout", "-q", "side")
    framed.commit("leak", **{"leak.py": pair()})
    framed.git("checkout", "-q", "main")
    assert framed.run("merge", "-q", "-m", "brings", "side").returncode != 0


def test_usage_without_git_or_framework(framed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.conftest import aliscan

    done = aliscan("hook", "pre-push", cwd=framed.path, PRE_COMMIT="1", PRE_COMMIT_REMOTE_URL="u")
    assert done.returncode == 2  # an empty remote name would exclude everything (2.1)

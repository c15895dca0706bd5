"""`aliscan doctor`: live or not, and the repair that makes it live."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import aliscan
from tests.end_to_end.test_install import hook, try_commit
from tests.support.repo import Repo


def doctor(repo: Repo, status: int, **env: Any) -> dict[str, Any]:
    done = aliscan("doctor", "--format", "json", cwd=repo.path, **env)
    assert done.returncode == status, done
    assert b"Traceback" not in done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["live"] is (status == 0)
    return told


def event(told: dict[str, Any], name: str = "pre-commit") -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in told["events"] if e["event"] == name)
    return found


def problem(repo: Repo, name: str = "pre-commit", **env: Any) -> dict[str, Any]:
    """The one problem of an event that is not live."""
    (found,) = event(doctor(repo, 1, **env), name)["problems"]
    return dict(found)


def repair(repo: Repo, command: str) -> None:
    """Do what the doctor says, as a user would: in a shell."""
    bin_ = os.fsdecode(Path(sys.executable).parent)
    env = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", command], cwd=repo.path, check=True, env=env)


def test_missing_then_live_and_proven(repo: Repo) -> None:
    found = problem(repo)
    assert found["id"] == "missing"
    repair(repo, found["repair"])
    for told in doctor(repo, 0)["events"]:
        assert (told["live"], told["proven"], told["runner"]) == (True, True, "aliscan"), told


def test_the_proof_leaves_nothing_behind(repo: Repo) -> None:
    repo.commit("first", **{"a.txt": "x\n"})
    repo.stage("b.txt", "staged\n")
    hook(repo, "pre-commit", "touch ran")
    aliscan("install", cwd=repo.path)
    before = (repo.git("count-objects", "-v"), repo.git("status", "--porcelain"), repo.git("for-each-ref"))
    doctor(repo, 0)
    after = (repo.git("count-objects", "-v"), repo.git("status", "--porcelain"), repo.git("for-each-ref"))
    assert after == before
    assert not (repo.path / "ran").exists()


@pytest.mark.parametrize("scope", ["local", "global"])
def test_shadowed_by_hooks_path(repo: Repo, tmp_path: Path, scope: str) -> None:
    aliscan("install", cwd=repo.path)
    repo.git("config", f"--{scope}", "core.hooksPath", str(tmp_path / "other"))
    assert try_commit(repo) == 0  # git says nothing
    found = problem(repo)
    assert found["id"] == "shadowed"
    repair(repo, found["repair"])
    doctor(repo, 0)
    assert try_commit(repo, "second.py") == 1


def test_missing_run_bit(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    (repo.path / ".git/hooks/pre-commit").chmod(0o644)
    found = problem(repo)
    assert found["id"] == "not-executable"
    repair(repo, found["repair"])
    doctor(repo, 0)


def test_stale_interpreter(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    path = repo.path / ".git/hooks/pre-commit"
    text = path.read_text().splitlines(keepends=True)
    text = ["python='/gone/python'\n" if line.startswith("python=") else line for line in text]
    path.write_text("".join(text))
    told = event(doctor(repo, 1))
    assert [p["id"] for p in told["problems"]] == ["stale-interpreter", "altered"]
    repair(repo, told["problems"][0]["repair"])
    doctor(repo, 0)


def test_altered_script(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    path = repo.path / ".git/hooks/pre-commit"
    path.write_text(path.read_text().replace("case ${1-}", "exit 0\ncase ${1-}"))
    found = problem(repo)
    assert found["id"] == "altered"
    repair(repo, found["repair"])
    doctor(repo, 0)


def test_another_hook(repo: Repo) -> None:
    hook(repo, "pre-commit", "exit 0")
    found = problem(repo)
    assert found["id"] == "not-ours"
    repair(repo, found["repair"])
    doctor(repo, 0)


def test_another_hook_that_runs_aliscan(repo: Repo) -> None:
    hook(repo, "pre-commit", "# not aliscan\nexec aliscan hook pre-commit")
    told = event(doctor(repo, 0))
    assert (told["runner"], told["proven"]) == ("other", False)


def test_husky(repo: Repo) -> None:
    repo.git("config", "core.hooksPath", ".husky/_")
    hook(repo, "pre-commit", '. "$(dirname "$0")/h"', ".husky/_")
    repo.write(".husky/pre-commit", "npm test\n")
    assert problem(repo)["id"] == "not-ours"
    repo.write(".husky/pre-commit", "npm test\naliscan hook pre-commit\n")
    assert event(doctor(repo, 0))["runner"] == "husky"


def test_lefthook(repo: Repo) -> None:
    hook(repo, "pre-commit", 'call_lefthook() { lefthook "$@"; }\ncall_lefthook run "pre-commit" "$@"')
    assert problem(repo)["id"] == "not-ours"
    repo.write("lefthook.yml", "pre-commit:\n  commands:\n    keys:\n      run: aliscan hook pre-commit\n")
    assert event(doctor(repo, 0))["runner"] == "lefthook"


@pytest.fixture
def with_framework(repo: Repo) -> Repo:
    """A repository in which the pre-commit framework is installed."""

    repo.write(".pre-commit-config.yaml", "repos: []\n")
    program = str(Path(sys.executable).with_name("pre-commit"))
    subprocess.run([program, "install"], cwd=repo.path, check=True, capture_output=True)
    return repo


def test_framework_without_and_with_our_id(with_framework: Repo) -> None:
    repo = with_framework
    assert problem(repo)["id"] == "not-configured"
    entry = "repos:\n- repo: https://example.invalid/aliscan\n  rev: v1\n  hooks:\n  - id: aliscan\n"
    repo.write(".pre-commit-config.yaml", entry)
    assert event(doctor(repo, 0))["runner"] == "pre-commit"
    told = doctor(repo, 0, SKIP="ruff, aliscan")
    assert [p["id"] for p in told["problems"]] == ["skip"]
    repo.write(".pre-commit-config.yaml", entry + "    stages: [pre-push]\n")
    assert problem(repo)["id"] == "not-configured"
    repo.write(".pre-commit-config.yaml", "{[")
    assert problem(repo)["id"] == "not-configured"


def test_framework_over_our_hook(repo: Repo) -> None:
    """`pre-commit install` moves ours to pre-commit.legacy and runs it from there."""

    aliscan("install", cwd=repo.path)
    repo.write(".pre-commit-config.yaml", "repos: []\n")
    program = str(Path(sys.executable).with_name("pre-commit"))
    subprocess.run([program, "install"], cwd=repo.path, check=True, capture_output=True)
    assert (repo.path / ".git/hooks/pre-commit.legacy").exists()
    assert event(doctor(repo, 0))["runner"] == "aliscan"
    repo.git("add", "-A")
    assert try_commit(repo) == 1


def test_global_hooks(repo: Repo, tmp_path: Path) -> None:
    aliscan("install", "--global", cwd=tmp_path)
    told = doctor(repo, 0)
    assert told["hooks_path_scope"] == "global"
    assert event(told)["proven"]
    repo.git("config", "core.hooksPath", "hooks")
    assert event(doctor(repo, 1))["problems"][0]["id"] == "missing"


def test_bare_repository(tmp_path: Path) -> None:
    bare = Repo.init(tmp_path / "bare", "--bare")
    repair(bare, problem(bare, "pre-receive")["repair"])
    assert event(doctor(bare, 0), "pre-receive")["proven"]


def test_linked_worktree_with_odd_name(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    repo.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "w t:'x\n"))
    tree = Repo(tmp_path / "w t:'x\n")
    aliscan("install", cwd=tree.path)
    assert event(doctor(tree, 0))["proven"]


def test_locale_trap(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    trap = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert doctor(repo, 0, **trap)["problems"] == []
    repo.write(".secrets.baseline", "{}")
    assert [p["id"] for p in doctor(repo, 0, **trap)["problems"]] == ["locale"]


def test_switched_off_in_the_configuration(repo: Repo) -> None:
    aliscan("install", cwd=repo.path)
    repo.git("config", "hook.pre-commit.enabled", "false")
    told = aliscan("doctor", "--format", "json", cwd=repo.path)
    assert [p["id"] for p in event(json.loads(told.stdout))["problems"]] == ["switched-off"]


def test_text_names_the_repair(repo: Repo) -> None:
    done = aliscan("doctor", cwd=repo.path)
    assert done.returncode == 1
    assert b"repair: aliscan install" in done.stdout
    assert b"NOT live" in done.stdout


def test_outside_a_repository(tmp_path: Path) -> None:
    done = aliscan("doctor", cwd=tmp_path)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr

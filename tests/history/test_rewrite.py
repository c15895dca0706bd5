"""The plan, carried out by the real git filter-repo: afterwards the history is clean."""

from __future__ import annotations

import base64
import shlex
import subprocess
import sys
from pathlib import Path

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def leaks(repo: Repo) -> list[str]:
    """Keys in text, in a message, in a file name, in a binary and in base64."""
    values = [keys.key_id() for _ in range(5)] + [keys.secret()]
    repo.commit("one", **{"a.ini": f"[aliyun]\naccess_key_id={values[0]}\naccess_key_secret={values[5]}\n"})
    repo.commit(f"use {values[1]}", b="b\n")
    repo.commit("name", **{f"dir/{values[2]}.txt": "n\n"})
    repo.commit("binary", **{"c.bin": b"\0\1\2" + values[3].encode() + b"\n"})
    coded = base64.b64encode(f"key_id: {values[4]} of aliyun\n".encode())
    repo.commit("coded", **{"d.txt": b"data: " + coded + b"\n"})
    repo.git("tag", "-a", "v1", "-m", f"with {values[0]}")
    repo.commit("clean", **{"a.ini": "none\n"})
    return values


def test_after_the_plan_the_history_is_clean(repo: Repo, tmp_path: Path) -> None:
    values = leaks(repo)
    file = tmp_path / "secrets.txt"
    done = aliscan("rewrite-plan", "--quiet", "--write-secrets", str(file), str(repo.path))
    assert done.returncode == 0, done.stderr
    assert b"whole secrets" in done.stderr
    for value in values:
        assert value.encode() not in done.stdout + done.stderr
    assert {f.stat().st_mode & 0o777 for f in tmp_path.glob("secrets.txt*")} == {0o600}
    (command,) = [line.strip() for line in done.stdout.decode().split("\n") if "    git filter-repo" in line]
    copy = Repo(tmp_path / "rewritten.git")
    repo.git("clone", "-q", "--mirror", f"file://{repo.path}", str(copy.path))
    assert aliscan("history", "--quiet", str(copy.path)).returncode == 1
    words = shlex.split(command)
    tool = Path(sys.executable).with_name("git-filter-repo")
    subprocess.run([str(tool), *words[2:]], cwd=copy.path, check=True, capture_output=True)
    after = aliscan("history", "--quiet", str(copy.path))
    assert after.returncode == 0, after.stdout
    assert int(copy.git("rev-list", "--count", "main")) >= 4


def test_without_the_file_nothing_is_written(repo: Repo, tmp_path: Path) -> None:
    values = leaks(repo)
    done = aliscan("rewrite-plan", "--quiet", str(repo.path), cwd=tmp_path)
    assert done.returncode == 0
    assert b"--write-secrets" in done.stdout
    assert not any(v.encode() in done.stdout for v in values)
    assert [p.name for p in tmp_path.iterdir()] == ["repo"]


def test_the_file_is_new_and_not_in_the_work_tree(repo: Repo, tmp_path: Path) -> None:
    leaks(repo)
    inside = aliscan("rewrite-plan", "--quiet", "--write-secrets", str(repo.path / "s"), str(repo.path))
    assert inside.returncode == 2
    assert not (repo.path / "s").exists()
    (tmp_path / "there").write_text("mine")
    there = aliscan("rewrite-plan", "--quiet", "--write-secrets", str(tmp_path / "there"), str(repo.path))
    assert there.returncode == 2
    assert (tmp_path / "there").read_text() == "mine"


def test_nothing_to_do(repo: Repo) -> None:
    repo.commit("c", a="a\n")
    done = aliscan("rewrite-plan", "--quiet", str(repo.path))
    assert (done.returncode, b"Nothing to rewrite" in done.stdout) == (0, True)

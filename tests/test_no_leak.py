"""F38: no command, no format, no error prints a whole secret, wherever one was planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from aliscan.formats import FORMATS
from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


class Planted:
    """A repository with keys in contents, names, messages, refs, authors, configuration."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.values: list[str] = []
        repo.stage("a.py", f"id = '{self.key_id()}'\nsecret = '{self.secret()}'\n")
        repo.stage("comment.py", f"{self.key_id()} # aliscan: allow[alibaba-access-key-id] {self.secret()}\n")
        repo.stage(f"dir/{self.key_id()}/{self.secret()}.txt", f"AccessKeySecret={self.secret()}\n")
        repo.stage("utf16.txt", f"id = {self.key_id()}\nsecret = {self.secret()}\n".encode("utf-16"))
        repo.git("commit", "-q", "--no-verify", "-m", f"subject {self.key_id()}\n\nsecret={self.secret()}")
        repo.git("branch", f"wip/{self.key_id()}")
        repo.git("tag", "-a", "v1", "-m", f"tag {self.key_id()} {self.secret()}")
        repo.stage("next.py", f"id = '{self.key_id()}'\nsecret = '{self.secret()}'\n")

    def key_id(self) -> str:
        self.values.append(keys.key_id())
        return self.values[-1]

    def secret(self) -> str:
        self.values.append(keys.secret())
        return self.values[-1]

    def leaked(self, text: bytes) -> list[int]:
        """Which values (by number, so that a failure does not print them) are in ``text``."""
        return [i for i, value in enumerate(self.values) if value.encode() in text]


@pytest.fixture
def planted(repo: Repo) -> Planted:
    return Planted(repo)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_of_scan_and_history(planted: Planted, name: str, tmp_path: Path) -> None:
    for command in ("scan", "history"):
        out = tmp_path / f"{command}.out"
        done = aliscan(command, "--format", f"{name}={out}", "--format", "text", cwd=planted.repo.path)
        assert done.returncode == 1, (command, done.stderr)
        text = done.stdout + done.stderr + out.read_bytes()
        assert planted.leaked(text) == [], command


def test_hooks_and_baseline(planted: Planted, tmp_path: Path) -> None:
    repo = planted.repo
    message = tmp_path / "message"
    message.write_text(f"a {planted.key_id()}\n\nsecret = {planted.secret()}\n")
    push = f"refs/heads/main {repo.git('rev-parse', 'HEAD')} refs/heads/main {'0' * 40}\n".encode()
    for args, stdin in (
        (["hook", "pre-commit"], b""),
        (["hook", "commit-msg", str(message)], b""),
        (["hook", "pre-push", "origin", f"https://user:{planted.secret()}@example.com/x.git"], push),
        (["baseline", "create"], b""),
        (["baseline", "audit"], b"s\n" * 20),
        (["baseline", "check"], b""),
        (["baseline", "update"], b""),
        (["doctor"], b""),
    ):
        done = aliscan(*args, cwd=repo.path, stdin=stdin, ALISCAN_DEBUG="1", PYTHONDEVMODE="1")
        assert planted.leaked(done.stdout + done.stderr) == [], args


def test_errors(planted: Planted) -> None:
    value, ident = planted.secret(), planted.key_id()
    path = planted.repo.path
    for args in (
        ["scan", f"missing/{value}"],
        ["scan", "--config", ident],
        ["scan", "--baseline", value],
        ["scan", "--threshold", value],
        ["scan", "--format", value],
        ["scan", "--output", f"missing/{value}/x"],
        ["scan", f"--{value}"],
        [value],
        ["hook", ident],
        ["hook", "commit-msg", ident],
        ["history", f"missing-{ident}"],
        ["baseline", value],
        ["baseline", "check", value],
        ["baseline", "check", "--baseline", ident],
    ):
        done = aliscan(*args, cwd=path, ALISCAN_DEBUG="1", PYTHONDEVMODE="1")
        assert done.returncode in (1, 2, 3), (args[0], done.returncode)
        assert planted.leaked(done.stdout + done.stderr) == [], args[:1]
        assert b"Traceback" not in done.stderr
    for text in (f"{ident} = 1", f"threshold = '{value}'", f"x = '{value}", f"placeholders = ['{value}']"):
        planted.repo.write(".aliscan.toml", text)
        done = aliscan("scan", cwd=path)
        assert done.returncode == 2
        assert planted.leaked(done.stdout + done.stderr) == []

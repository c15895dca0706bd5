"""Every way in which aliscan is asked "may this go out?", each as one command for one change."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.repo import Repo

HOOKS = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "pre-receive")
COMMANDS = ("scan", "scan-stdin", "ci", "history")
EVERY = (*HOOKS, *COMMANDS)
ALISCAN = str(Path(sys.executable).with_name("aliscan"))
REMOTE = "https://git.example.com/me/app.git"


@dataclass(frozen=True)
class Way:
    """How to ask: arguments of aliscan, and its standard input."""

    repo: Repo
    args: tuple[str, ...]
    stdin: bytes = b""

    def ask(
        self, *options: str, under: tuple[str, ...] = (), **env: str | None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run it in the repository, as git or a person would. None takes a variable out of the environment.

        ``options`` are put in where options stand; ``under`` is a command that runs it.
        """
        name = 2 if self.args[0] == "hook" else 1
        return subprocess.run(
            [*under, ALISCAN, *self.args[:name], *options, *self.args[name:]],
            cwd=self.repo.path, input=self.stdin, capture_output=True, check=False, env=environment(**env),
        )  # fmt: skip


def environment(**env: str | None) -> dict[str, str]:
    """This process's environment with some variables changed."""
    changed = {**os.environ, **{k: v for k, v in env.items() if v is not None}}
    return {k: v for k, v in changed.items() if k not in env or env[k] is not None}


def way(repo: Repo, name: str, text: str | bytes) -> Way:
    """The way called ``name`` in ``EVERY``, for a change that brings ``text`` in a file (or message).

    May be called again for the same repository: the change before is gone then.
    """
    data = text.encode() if isinstance(text, str) else text
    repo.git("rm", "-q", "-f", "--cached", "--ignore-unmatch", "a.py")
    (repo.path / "a.py").unlink(missing_ok=True)
    base = repo.commit("base", **{"readme.txt": "hello\n"})
    if name in ("pre-commit", "pre-merge-commit"):
        repo.stage("a.py", data)
        return Way(repo, ("hook", name))
    if name == "commit-msg":
        repo.write(".git/COMMIT_EDITMSG", data)
        return Way(repo, ("hook", name, ".git/COMMIT_EDITMSG"))
    if name == "scan-stdin":
        return Way(repo, ("scan", "-"), data)
    if name == "scan":
        repo.write("a.py", data)
        return Way(repo, ("scan",))
    head = _beside(repo, data)
    if name == "pre-push":
        line = f"refs/heads/x {head} refs/heads/x {base}\n"
        return Way(repo, ("hook", name, "origin", REMOTE), line.encode())
    if name == "pre-receive":
        return Way(repo, ("hook", name), f"{base} {head} refs/heads/x\n".encode())
    if name == "ci":
        return Way(repo, ("ci", "--base", base, "--head", head))
    assert name == "history", name
    repo.git("update-ref", "refs/heads/change", head)
    return Way(repo, ("history", "--quiet", "."))


def _beside(repo: Repo, data: bytes) -> str:
    """A commit on top of HEAD that no ref names: HEAD is what the server had before a push."""
    branch = repo.git("symbolic-ref", "--short", "HEAD")
    repo.git("update-ref", "-d", "refs/heads/change")
    repo.git("checkout", "-q", "-f", "--detach")
    head = repo.commit("change", **{"a.py": data})
    repo.git("checkout", "-q", "-f", branch)
    return head

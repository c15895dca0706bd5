"""Real git repositories for tests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Repo:
    """A git repository in a temporary directory, driven by the real git."""

    path: Path

    @classmethod
    def init(cls, path: Path, *options: str) -> Repo:
        """``git init`` with options (``--bare``, ``--object-format=sha256``)."""
        path.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", *options, "."], cwd=path, check=True)
        return cls(path)

    def git(self, *args: str | bytes, stdin: bytes = b"", check: bool = True, **env: str) -> str:
        """Run git here and return its stdout without the last newline."""
        return (
            self.run(*args, stdin=stdin, check=check, **env)
            .stdout.decode(errors="surrogateescape")
            .removesuffix("\n")
        )

    def run(
        self, *args: str | bytes, stdin: bytes = b"", check: bool = False, **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git here; the whole result."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, **env},
        )
        assert not check or done.returncode == 0, (args, done)
        return done

    def write(self, name: str | bytes, content: str | bytes) -> Path:
        """Write a file of the work tree."""
        path = Path(os.fsdecode(os.path.join(os.fsencode(self.path), os.fsencode(name))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def stage(self, name: str | bytes, content: str | bytes) -> None:
        """Write a file and add it to the index."""
        self.write(name, content)
        self.git("add", "-f", "--", name)

    def commit(self, message: str = "c", **files: str | bytes) -> str:
        """Stage ``files`` (names with dots: pass ``**{"a.txt": ...}``), commit, return the commit id."""
        for name, content in files.items():
            self.stage(name, content)
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.git("rev-parse", "HEAD")

"""This checkout, as a git repository that the pre-commit framework can install from."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.repo import Repo

ROOT = Path(__file__).parents[2]


def published(factory: pytest.TempPathFactory) -> Repo:
    """The work tree as it is now, committed to a repository of its own; made once for all workers."""
    shared = factory.getbasetemp().parent / "published"
    with open(factory.getbasetemp().parent / "published.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
                cwd=ROOT, capture_output=True, check=True,
            ).stdout.decode().split("\0")[:-1]  # fmt: skip
            repo = Repo.init(shared.with_suffix(".new"))
            for name in listed:
                if (ROOT / name).is_file():
                    (repo.path / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, repo.path / name)
            repo.git("add", "-A")
            repo.git("commit", "-q", "-m", "as it is")
            repo.path.rename(shared)
    return Repo(shared)

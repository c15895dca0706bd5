"""How much memory a command needs at most: the real command, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.support.gates import ALISCAN
from tests.support.repo import Repo

WAYS = ("file", "stdin", "staged", "git", "packs")

# In between a process that is small itself: a child's figure begins with what its parent held.
_MEASURE = (
    "import resource, subprocess, sys\n"
    "done = subprocess.run(sys.argv[2:], stdin=open(sys.argv[1], 'rb'), stdout=subprocess.DEVNULL,"
    " stderr=subprocess.DEVNULL)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(done.returncode, used.ru_maxrss, used.ru_utime + used.ru_stime)\n"
)


class Used(NamedTuple):
    """What a command used: its exit code, MiB of memory at most, seconds of the processor."""

    status: int
    mib: float
    seconds: float


def used(command: list[str], stdin: Path | None = None, folder: Path | None = None) -> Used:
    """Run a command to its end; of several processes of it the largest counts."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", _MEASURE, str(stdin or "/dev/null"), *command],
        capture_output=True, check=True, text=True, cwd=folder,
    )  # fmt: skip
    status, kib, seconds = done.stdout.split()
    return Used(int(status), int(kib) / 1024, float(seconds))


def used_by(way: str, data: bytes, folder: Path, name: str = "big.txt") -> Used:
    """The same of aliscan for one file, which comes to it in one of the ``WAYS``; ``folder`` is empty."""
    if way in ("file", "stdin"):
        path = folder / name
        path.write_bytes(data)
        options = ["--no-config", "--format", "jsonl"]
        if way == "file":
            return used([ALISCAN, "scan", *options, str(path)], folder=folder)
        return used([ALISCAN, "scan", *options, "-"], path, folder)
    repo = Repo.init(folder / "repo")
    repo.git("config", "core.bigFileThreshold", "512m")  # a delta as of any other file
    repo.git("config", "core.compression", "1")
    repo.stage(name, data)
    if way == "staged":
        return used([ALISCAN, "hook", "pre-commit"], folder=repo.path)
    repo.git("commit", "-q", "--no-verify", "-m", "c")
    if way == "packs":
        repo.git("repack", "-q", "-a", "-d")
    options = ["--engine", way, "--format", "jsonl", "--quiet"]
    return used([ALISCAN, "history", *options, "."], folder=repo.path)

"""The gates' own time: ``python bench/gates.py [--rounds N] [--kingfisher PROGRAM]``.

Makes two repositories with `git fast-import`: a push of 100 commits with 500 changed blobs, and a
repository of 20,000 commits with a pull request of 50. Prints medians of interleaved runs, and ratios:
of pre-push and `aliscan ci` to git's own `rev-list --objects | cat-file --batch` of the same objects, of
commit-msg to `python -I -c pass`, of a push into a bare repository with our pre-receive to one without.
With --kingfisher also against that scanner, only its Alibaba rules, without validation, on the same
ranges. Nothing in the made repositories holds a credential.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RULES = "betterleaks.alibaba"  # kingfisher's name for its rules about Alibaba Cloud
START = "import sys\nfrom aliscan.cli import run\nsys.exit(run())"  # what an installed hook runs


def library() -> list[bytes]:
    """The lines of Python's own library: real code, the same wherever this Python is."""
    folder = Path(sysconfig.get_path("stdlib"))
    return [
        line for file in sorted(folder.glob("*.py")) for line in file.read_bytes().splitlines(keepends=True)
    ]


class Stream:
    """Input for `git fast-import`."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.code = library()
        self.parts: list[bytes] = []
        self.clock = 1_600_000_000

    def body(self, lines: int) -> bytes:
        """So many lines of real code."""
        start = self.rng.randrange(len(self.code) - lines)
        return b"".join(self.code[start : start + lines])

    def commit(self, ref: str, files: dict[str, bytes]) -> None:
        """One commit on ``ref``."""
        self.clock += 60
        head = f"commit {ref}\ncommitter T <t@example.invalid> {self.clock} +0000\ndata 8\na commit\n"
        self.parts.append(head.encode())
        for name, data in files.items():
            self.parts += [f"M 100644 inline {name}\ndata {len(data)}\n".encode(), data, b"\n"]

    def reset(self, ref: str, source: str) -> None:
        """Point ``ref`` at another one."""
        self.parts.append(f"reset {ref}\nfrom {source}\n\n".encode())

    def load(self, path: Path) -> Path:
        """Make the repository."""
        subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
        subprocess.run(
            ["git", "-C", str(path), "fast-import", "--quiet"], input=b"".join(self.parts), check=True
        )
        subprocess.run(
            ["git", "-C", str(path), "remote", "add", "origin", "https://host.invalid/r"], check=True
        )
        return path


def push_repository(path: Path) -> Path:
    """100 commits of five changed files each that origin lacks, on 300 files that it has."""
    s = Stream(1)
    names = [f"src/d{n % 10}/f{n}.py" for n in range(300)]
    s.commit("refs/heads/main", {n: s.body(s.rng.randrange(20, 200)) for n in names})
    s.reset("refs/remotes/origin/main", "refs/heads/main")
    for _ in range(100):
        chosen = s.rng.sample(names, 5)
        s.commit("refs/heads/main", {n: s.body(s.rng.randrange(20, 200)) for n in chosen})
    return s.load(path)


def pull_repository(path: Path) -> Path:
    """20,000 commits on main and a branch of 50 commits, three files each."""
    s = Stream(2)
    names = [f"pkg{n % 40}/sub{n % 7}/m{n}.py" for n in range(2000)]
    s.commit("refs/heads/main", {n: s.body(10) for n in names})
    for _ in range(19_999):
        s.commit("refs/heads/main", {s.rng.choice(names): s.body(8)})
    s.reset("refs/remotes/origin/main", "refs/heads/main")
    s.reset("refs/heads/topic", "refs/heads/main")
    for _ in range(50):
        s.commit("refs/heads/topic", {n: s.body(60) for n in s.rng.sample(names, 3)})
    return s.load(path)


def run(*command: str, cwd: Path, stdin: bytes = b"", **env: str) -> None:
    """Run one command, which must succeed."""
    subprocess.run(command, cwd=cwd, input=stdin, check=True, capture_output=True, env={**os.environ, **env})


def rev(path: Path, name: str) -> str:
    """A commit's id."""
    return subprocess.run(
        ["git", "rev-parse", name], cwd=path, check=True, capture_output=True, text=True
    ).stdout.strip()


def pipeline(path: Path, tip: str) -> Callable[[], None]:
    """git's own reading of the same objects, into nothing."""
    command = (f"git rev-list --objects --no-object-names {tip} --not --remotes=origin"
               " | git cat-file --batch --buffer >/dev/null")  # fmt: skip
    return lambda: run("sh", "-c", command, cwd=path)


def aliscan(path: Path, *args: str, stdin: bytes = b"", **env: str) -> Callable[[], None]:
    """aliscan as an installed hook starts it."""
    return lambda: run(sys.executable, "-I", "-c", START, *args, cwd=path, stdin=stdin, **env)


def receiver(path: Path, push: Path, hook: bool) -> Callable[[], None]:
    """A push of `push_repository` into a bare repository, with our hook or without, again and again."""
    base, tip = rev(push, "origin/main"), rev(push, "main")
    run("git", "init", "-q", "--bare", str(path), cwd=push)
    run("git", "push", "-q", str(path), f"{base}:refs/heads/main", cwd=push)
    if hook:
        script = path / "hooks/pre-receive"
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -I -c "{START}" hook pre-receive\n')
        script.chmod(0o755)

    def job() -> None:
        run("git", "push", "-q", str(path), f"{tip}:refs/heads/main", cwd=push)
        run("git", "update-ref", "refs/heads/main", base, cwd=path)

    return job


def medians(rounds: int, jobs: dict[str, Callable[[], None]]) -> dict[str, tuple[float, float]]:
    """Of each job the median milliseconds that passed, and those of processors' time, git's included.

    Run in turns, so that the machine's moods hit all alike; they change processors' time little.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    work: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            begin, before = time.perf_counter(), processors()
            job()
            if turn:  # the first warms the caches
                times[name].append((time.perf_counter() - begin) * 1000)
                work[name].append((processors() - before) * 1000)
    return {name: (statistics.median(times[name]), statistics.median(work[name])) for name in jobs}


def processors() -> float:
    """Seconds of processors' time of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--kingfisher", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        push, pull = push_repository(Path(folder, "push")), pull_repository(Path(folder, "pull"))
        message = Path(folder, "message")
        message.write_text("Say what and why\n\n" + "A line of an ordinary message.\n" * 20)
        old, new = rev(push, "origin/main"), rev(push, "main")
        line = f"refs/heads/main {new} refs/heads/main {old}\n".encode()
        jobs = {
            "python -I -c pass": lambda: run(sys.executable, "-I", "-c", "pass", cwd=push),
            "commit-msg": aliscan(push, "hook", "commit-msg", str(message)),
            "git, push": pipeline(push, "main"),
            "pre-push": aliscan(push, "hook", "pre-push", "origin", "https://host.invalid/r", stdin=line),
            "git push": receiver(Path(folder, "plain.git"), push, hook=False),
            "git push, pre-receive": receiver(Path(folder, "guarded.git"), push, hook=True),
            "git, pull request": pipeline(pull, "topic"),
            "aliscan ci": aliscan(pull, "ci", "--base", "origin/main", "--head", "topic"),
        }
        if options.kingfisher:
            scan = (options.kingfisher, "scan", "--rule", RULES, "--no-validate", "--turbo",
                    "--no-update-check", "--quiet", "--since-commit", "origin/main")  # fmt: skip
            jobs["kingfisher, push"] = lambda: run(*scan, "--branch", "main", str(push), cwd=push)
            jobs["kingfisher, pull request"] = lambda: run(*scan, "--branch", "topic", str(pull), cwd=pull)
        found = medians(options.rounds, jobs)
    pairs = [("commit-msg", "python -I -c pass"), ("pre-push", "git, push"),
             ("aliscan ci", "git, pull request"), ("git push, pre-receive", "git push"),
             ("kingfisher, push", "pre-push"),
             ("kingfisher, pull request", "aliscan ci")]  # fmt: skip
    print("| what | ms | beside | ms | ratio | processors' time |\n|---|---|---|---|---|---|")
    for one, other in pairs:
        if one in found:
            (a, x), (b, y) = found[one], found[other]
            print(f"| {one} | {a:.0f} | {other} | {b:.0f} | {a / b:.2f} | {x:.0f} / {y:.0f} = {x / y:.2f} |")


if __name__ == "__main__":
    main()

"""How fast the history scan is, beside git's own stream of the same blobs, and in how much memory.

    python bench/history.py [--runs 5] [--kingfisher PATH] REPOSITORY...

For every repository (best bare and packed): git printing all blobs into nothing, aliscan with both
engines, a first and a second run with the cache. Times are medians of interleaved runs, as ratios to
git's in the same run; memory is the largest sum of PSS over all processes of a run, sampled, without
what is mapped from packs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kingfisher", default="", help="the binary of kingfisher-bin")
    parser.add_argument("repositories", nargs="+")
    options = parser.parse_args()
    print("| repository | what | wall, s | of git's | user+sys, s | memory, MB |\n|---|---|---|---|---|---|")
    for repository in options.repositories:
        measure(repository, options.runs, options.kingfisher)


def measure(repository: str, runs: int, kingfisher: str) -> None:
    """One repository: a row for each way."""
    listed = subprocess.run(
        ["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch-check", "--unordered"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    blobs = [line.split(b" ")[0] for line in listed.split(b"\n") if b" blob " in line]
    aliscan = [
        str(Path(sys.executable).with_name("aliscan")),
        "history",
        "--quiet",
        "--no-config",
        repository,
    ]
    with tempfile.TemporaryDirectory() as folder:
        ids = Path(folder, "ids")
        ids.write_bytes(b"\n".join(blobs) + b"\n")
        cache = str(Path(folder, "cache"))
        stream = ["git", "-C", repository, "cat-file", "--batch", "--buffer"]
        ways: dict[str, list[str]] = {
            "git cat-file --batch": stream,
            "aliscan, packs": [*aliscan, "--engine", "packs"],
            "aliscan, git": [*aliscan, "--engine", "git"],
            "aliscan, first with cache": [*aliscan, "--cache", cache],
            "aliscan, again with cache": [*aliscan, "--cache", cache],
        }
        if kingfisher:
            ways["kingfisher, all rules"] = [kingfisher, "scan", "--no-validate", "--turbo", repository]
        found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ways}
        for _ in range(runs):
            subprocess.run(["rm", "-rf", cache], check=True)
            for name, command in ways.items():
                found[name].append(run(command, ids if command is stream else None))
    base = statistics.median(wall for wall, _, _ in found["git cat-file --batch"])
    for name, rows in found.items():
        wall, cpu, memory = (statistics.median(row[i] for row in rows) for i in range(3))
        label = f"{Path(repository).parent.name or repository} ({len(blobs):,} blobs)"
        print(
            f"| {label} | {name} | {wall:.2f} | {wall / base:.2f} | {cpu:.2f} | {memory / 1e3:.0f} |",
            flush=True,
        )


def run(command: list[str], stdin: Path | None) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds with children, and kB of memory of one command."""
    before = os.times()
    start = time.perf_counter()
    with (stdin or Path(os.devnull)).open("rb") as given:
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        memory = 0
        while process.poll() is None:
            memory = max(memory, together(process.pid))
            time.sleep(0.05)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, cpu, memory


def together(top: int) -> int:
    """The memory of a process and all below it, in kB: PSS without the pages of packs."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parent = int(Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            children.setdefault(parent, []).append(int(entry))
    total, waiting = 0, [top]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, ())
        try:
            total += _pss(pid)
        except OSError:
            continue
    return total


def _pss(pid: int) -> int:
    total, packed = 0, False
    for line in Path("/proc", str(pid), "smaps").read_text(errors="replace").splitlines():
        if "-" in line.split(" ", 1)[0]:
            packed = line.endswith((".pack", ".idx"))
        elif line.startswith("Pss:") and not packed:
            total += int(line.split()[1])
    return total


if __name__ == "__main__":
    main()

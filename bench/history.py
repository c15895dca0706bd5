"""How fast the history scan is, beside git's own stream of the same blobs, and in how much memory.

    python bench/history.py [--runs 5] [--kingfisher PATH] REPOSITORY...
    python bench/history.py --growth [--runs 5] REPOSITORY...
    python bench/history.py --start [--runs 20]

``--growth``: time and memory for a quarter, a half and all of a repository's commits, packed anew, with
each engine and for a second run with the cache. ``--start``: a repository of 100 commits, as a ratio to
`python -I -c pass`. Otherwise, for every repository (best bare and packed): git printing all blobs into
nothing, aliscan with both engines, a first and a second run with the cache. Times are medians of
interleaved runs, as ratios to git's in the same run; memory is the largest sum of PSS over all processes
of one more run, sampled, without what is mapped from packs: reading it takes a processor that the
workers need, so that run is not timed. "without the extra" hides its libraries from the interpreter.
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
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--start", action="store_true")
    parser.add_argument("repositories", nargs="*")
    options = parser.parse_args()
    if options.start:
        return start(options.runs)
    if options.growth:
        for repository in options.repositories:
            growth(repository, options.runs)
        return None
    print("| repository | what | wall, s | of git's | user+sys, s | memory, MB |\n|---|---|---|---|---|---|")
    for repository in options.repositories:
        measure(repository, options.runs, options.kingfisher)
    return None


OPTIONS = ["history", "--quiet", "--no-config"]
ALISCAN = [str(Path(sys.executable).with_name("aliscan")), *OPTIONS]
# As where the extra was never installed: importing any of its libraries fails
BARE = """
import sys
sys.modules.update(dict.fromkeys(("hyperscan", "numpy", "isal", "dulwich")))
from importlib import util
util.find_spec = lambda name, package=None: None
from aliscan.cli import main
sys.exit(main())
"""


def start(runs: int) -> None:
    """A repository of 100 commits: what it costs that there is a scan at all."""
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for n in range(100):
            text, said = f"line {n}\n" * 30, f"commit {n}"
            lines.append(f"commit refs/heads/main\ncommitter T <t@example.invalid> {1700000000 + n} +0000")
            lines.append(f"data {len(said)}\n{said}\nM 644 inline f{n % 20}.txt\ndata {len(text)}\n{text}")
        subprocess.run(["git", "init", "-q", folder], check=True)
        script = ("\n".join(lines) + "\n").encode()
        subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=script, check=True)
        ways = {
            "python -I -c pass": [sys.executable, "-I", "-c", "pass"],
            "aliscan --version": [ALISCAN[0], "--version"],
            "git cat-file --batch-all-objects": [
                "git", "-C", folder, "cat-file", "--batch-all-objects", "--batch", "--buffer",
            ],
            "aliscan history, loose": [*ALISCAN, folder],
        }  # fmt: skip
        table(ways, runs, "python -I -c pass")
        subprocess.run(["git", "-C", folder, "repack", "-adq"], check=True)
        ways["aliscan history, packed"] = ways.pop("aliscan history, loose")
        ways["aliscan history, packed, --engine packs"] = [*ALISCAN, "--engine", "packs", folder]
        table(ways, runs, "python -I -c pass")


def table(ways: dict[str, list[str]], runs: int, base: str) -> None:
    """Rows of medians of interleaved runs, as ratios to one of them."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, command in ways.items():
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            found[name].append(time.perf_counter() - began)
    print(f"| what | wall, ms | of {base} |\n|---|---:|---:|")
    for name, times in found.items():
        ratio = statistics.median(a / b for a, b in zip(times, found[base], strict=True))
        print(f"| {name} | {statistics.median(times) * 1e3:.0f} | {ratio:.1f} |", flush=True)


def growth(repository: str, runs: int) -> None:
    """A quarter, a half and all of a history: wall seconds and memory, also per object."""
    with tempfile.TemporaryDirectory() as folder:
        listed = subprocess.run(
            ["git", "-C", repository, "rev-list", "--first-parent", "--reverse", "HEAD"],
            capture_output=True, check=True,
        ).stdout.split()  # fmt: skip
        sizes = {}
        for part in (4, 2, 1):
            copy = str(Path(folder, f"part{part}.git"))
            subprocess.run(["git", "init", "-q", "--bare", copy], check=True)
            tip = listed[len(listed) // part - 1]
            packing = [
                "git",
                "-C",
                repository,
                "pack-objects",
                "--revs",
                "--missing=allow-any",
                "--stdout",
                "-q",
            ]
            packed = subprocess.run(packing, input=tip + b"\n", capture_output=True, check=True).stdout
            subprocess.run(
                ["git", "-C", copy, "index-pack", "--stdin"], input=packed, capture_output=True, check=True
            )
            subprocess.run(["git", "-C", copy, "update-ref", "refs/heads/main", tip.decode()], check=True)
            counted = subprocess.run(
                ["git", "-C", copy, "count-objects", "-v"], capture_output=True, check=True
            )
            sizes[copy] = int(counted.stdout.split(b"in-pack: ")[1].split()[0])
        print("| what | objects | wall, s | user+sys, s | us an object | memory, MB |\n" + "|---" * 6 + "|")
        for name, more in {
            "packs": ["--engine", "packs"],
            "git": ["--engine", "git"],
            "again with cache": ["--cache", "DIR"],
        }.items():  # fmt: skip
            rows: dict[str, list[tuple[float, float]]] = {copy: [] for copy in sizes}
            for copy in sizes:
                options = [f"{copy}.cache" if word == "DIR" else word for word in more]
                if "--cache" in options:
                    run([*ALISCAN, *options, copy], None)
                for _ in range(runs):
                    rows[copy].append(run([*ALISCAN, *options, copy], None))
            for copy, objects in sizes.items():
                wall, cpu = (statistics.median(row[i] for row in rows[copy]) for i in range(2))
                options = [f"{copy}.cache" if word == "DIR" else word for word in more]
                memory = sampled([*ALISCAN, *options, copy], None)
                each = f"{cpu / objects * 1e6:.0f} | {memory / 1e3:.0f}"
                print(f"| {name} | {objects:,} | {wall:.2f} | {cpu:.2f} | {each} |", flush=True)


def measure(repository: str, runs: int, kingfisher: str) -> None:
    """One repository: a row for each way."""
    listed = subprocess.run(
        ["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch-check", "--unordered"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    blobs = [line.split(b" ")[0] for line in listed.split(b"\n") if b" blob " in line]
    aliscan = [*ALISCAN, repository]
    with tempfile.TemporaryDirectory() as folder:
        ids = Path(folder, "ids")
        ids.write_bytes(b"\n".join(blobs) + b"\n")
        cache = str(Path(folder, "cache"))
        stream = ["git", "-C", repository, "cat-file", "--batch", "--buffer"]
        ways: dict[str, list[str]] = {
            "git cat-file --batch": stream,
            "aliscan, packs": [*aliscan, "--engine", "packs"],
            "aliscan, git": [*aliscan, "--engine", "git"],
            "aliscan, without the extra": [sys.executable, "-c", BARE, *OPTIONS, repository],
            "aliscan, first with cache": [*aliscan, "--cache", cache],
            "aliscan, again with cache": [*aliscan, "--cache", cache],
        }
        if kingfisher:
            turbo = [kingfisher, "scan", "--no-validate", "--turbo"]
            ways["kingfisher, Alibaba's rules"] = [*turbo, "--rule", "betterleaks.alibaba", repository]
            ways["kingfisher, all rules"] = [*turbo, repository]
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(runs):
            subprocess.run(["rm", "-rf", cache], check=True)
            for name, command in ways.items():
                found[name].append(run(command, ids if command is stream else None))
        subprocess.run(["rm", "-rf", cache], check=True)
        memory = {
            name: sampled(command, ids if command is stream else None) for name, command in ways.items()
        }
    base = statistics.median(wall for wall, _ in found["git cat-file --batch"])
    for name, rows in found.items():
        wall, cpu = (statistics.median(row[i] for row in rows) for i in range(2))
        label = f"{name_of(repository)} ({len(blobs):,} blobs)"
        print(
            f"| {label} | {name} | {wall:.2f} | {wall / base:.2f} | {cpu:.2f} | {memory[name] / 1e3:.0f} |",
            flush=True,
        )


def name_of(repository: str) -> str:
    """What a repository is called: its folder, or the one around ``.git`` or ``repo``."""
    path = Path(repository).resolve()
    return (path.parent if path.name in (".git", "repo") else path).name.removesuffix(".git")


def run(command: list[str], stdin: Path | None) -> tuple[float, float]:
    """Wall seconds and CPU seconds, children included, of one command."""
    before = os.times()
    start = time.perf_counter()
    with (stdin or Path(os.devnull)).open("rb") as given:
        subprocess.run(
            command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
    wall, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def sampled(command: list[str], stdin: Path | None) -> int:
    """kB of memory of one command."""
    memory = 0
    with (stdin or Path(os.devnull)).open("rb") as given:
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            memory = max(memory, together(process.pid))
            time.sleep(0.05)
    return memory


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

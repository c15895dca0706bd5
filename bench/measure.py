"""Run commands in turns and print their medians as a table. Imported by the measurements beside it."""

from __future__ import annotations

import compileall
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

Command = Sequence["str | os.PathLike[str]"]


def times(commands: Mapping[str, Command], folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of every run of every command, after one run of each that does not count."""
    # As pip installs it: an editable installation where nobody may write bytecode would be compiled each time
    compileall.compile_dir(Path(__file__).parents[1] / "aliscan", quiet=1)
    found: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(
                command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
            if number:
                found[name].append(time.perf_counter() - began)
    return found


def table(title: str, found: Mapping[str, Sequence[float]], base: str) -> None:
    """Print medians, and their ratios to the command called ``base``."""
    unit = statistics.median(found[base])
    width = max(map(len, found)) + 2
    here = f"median of {len(found[base])}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"\n{title} ({here})\n")
    print(f"| {'command':<{width}} | time | ratio |\n|{'-' * (width + 2)}|---:|---:|")
    for name, runs in found.items():
        median = statistics.median(runs)
        shown = f"{median * 1000:.0f} ms" if median < 10 else f"{median:.1f} s"
        print(f"| {f'`{name}`':<{width}} | {shown} | {median / unit:.2g} |")

"""What hostile and dense texts cost: ``python -m bench.adversarial [--mb 10] [--grow] [NAME ...]``.

Prints for each text of tests/support/adversarial.py whose name holds one of the words its size, seconds
of the processor, findings, and what could not be read. ``--grow`` adds the time for twice the text in
units of the time for one: 2 is linear. ``--memory`` runs the real command instead, in a process of its
own for each text, and prints the most memory that it held; ``--way`` is how the text comes to it.
``--large`` is the same for the containers of tests/support/large.py.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from aliscan.detect import Detection, Limits, detect
from tests.support.adversarial import TEXTS, Maker
from tests.support.large import LARGE
from tests.support.memory import WAYS, used_by


def seconds(data: bytes) -> tuple[float, Detection]:
    """CPU time of one call, without a limit of time."""
    start = time.process_time()
    found = detect(data, limits=Limits(seconds=0))
    return time.process_time() - start, found


def times(names: list[str], size: int, grow: bool) -> None:
    """Print the table of seconds."""
    print("| text | MB | s | findings |" + (" growth |" if grow else ""))
    print("|---|---:|---:|---:|" + ("---:|" if grow else ""))
    for name in names:
        make = TEXTS[name]
        detect(make(2000))  # imports, caches
        data = make(size)
        took, found = seconds(data)
        row = f"| {name} | {len(data) / 1e6:.1f} | {took:.2f} | {len(found.matches)} |"
        if grow:
            row += f" {seconds(make(2 * size))[0] / max(took, 0.001):.1f} |"
        print(row + "".join(f" {reason}" for reason in found.unread), flush=True)


def memory(texts: dict[str, tuple[str, Maker]], size: int, way: str) -> None:
    """Print the table of memory, for a name of the text its name as a file and what makes it."""
    print("| text | way | MB | exit | s | MiB |")
    print("|---|---|---:|---:|---:|---:|")
    for name, (file, make) in texts.items():
        data = make(size)
        with tempfile.TemporaryDirectory() as folder:
            found = used_by(way, data, Path(folder), file)
        row = f"| {name} | {way} | {len(data) / 1e6:.1f} | {found.status} | {found.seconds:.1f} |"
        print(f"{row} {found.mib:.0f} |", flush=True)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=10)
    parser.add_argument("--grow", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--way", choices=WAYS, default="file")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    texts = LARGE if options.large else {name: ("big.txt", make) for name, make in TEXTS.items()}
    names = [name for name in texts if not options.names or any(word in name for word in options.names)]
    size = int(options.mb * 1e6)
    if options.memory or options.large:
        memory({name: texts[name] for name in names}, size, options.way)
    else:
        times(names, size, options.grow)


if __name__ == "__main__":
    main()

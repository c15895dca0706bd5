"""What hostile and dense texts cost: ``python -m bench.adversarial [--mb 10] [--grow] [NAME ...]``.

Prints for each text of tests/support/adversarial.py whose name holds one of the words its size, seconds
of the processor, findings, and what could not be read. ``--grow`` adds the time for twice the text in
units of the time for one: 2 is linear.
"""

from __future__ import annotations

import argparse
import time

from aliscan.detect import Detection, Limits, detect
from tests.support.adversarial import TEXTS


def seconds(data: bytes) -> tuple[float, Detection]:
    """CPU time of one call, without a limit of time."""
    start = time.process_time()
    found = detect(data, limits=Limits(seconds=0))
    return time.process_time() - start, found


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=10)
    parser.add_argument("--grow", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    print("| text | MB | s | findings |" + (" growth |" if options.grow else ""))
    print("|---|---:|---:|---:|" + ("---:|" if options.grow else ""))
    for name, make in TEXTS.items():
        if options.names and not any(word in name for word in options.names):
            continue
        detect(make(2000))  # imports, caches
        data = make(int(options.mb * 1e6))
        took, found = seconds(data)
        row = f"| {name} | {len(data) / 1e6:.1f} | {took:.2f} | {len(found.matches)} |"
        if options.grow:
            row += f" {seconds(make(int(2e6 * options.mb)))[0] / max(took, 0.001):.1f} |"
        print(row + "".join(f" {reason}" for reason in found.unread), flush=True)


if __name__ == "__main__":
    main()

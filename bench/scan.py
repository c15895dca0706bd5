"""What a scan of a checkout costs: ``python bench/scan.py CHECKOUT [rounds]``.

Beside ``git grep`` for one word, which is about the least that looking at every file can cost, and
``detect-secrets scan``, once. Without a checkout: the one that this file is in.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import table, times

BIN = Path(sys.executable).parent


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    commands = {
        "git grep -a -c LTAI": ["git", "grep", "-a", "-c", "LTAI"],
        "aliscan scan": [BIN / "aliscan", "scan"],
    }
    found = times(commands, folder, rounds)
    slow = times({"detect-secrets scan": [BIN / "detect-secrets", "scan"]}, folder, 1)
    listed = subprocess.run(["git", "ls-files"], cwd=folder, check=True, capture_output=True).stdout
    title = f"{folder.name}, {listed.count(bytes([10])):,} files"
    table(title, {**found, **slow}, "git grep -a -c LTAI")
    ratio = slow["detect-secrets scan"][0] / statistics.median(found["aliscan scan"])
    print(f"\naliscan scan is {ratio:.0f} times as fast as detect-secrets scan.")


if __name__ == "__main__":
    main()

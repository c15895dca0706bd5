"""How fast bytes pass in which nothing is: ``python bench/anchors.py [file or directory ...]``.

Prints, for each engine that is installed, the median of seven runs in CPU time, and its ratio to one
`bytes.find` over the same bytes in the same run. Without arguments it reads Python's own library.
"""

from __future__ import annotations

import base64
import contextlib
import os
import random
import statistics
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from aliscan.detect import anchors, bulk
from aliscan.detect.evidence import evidence

LIMIT = 32 << 20


def text(paths: Iterable[str]) -> bytes:
    """The bytes of all files below the paths, 32 MiB at most, that hold no anchor."""
    parts: list[bytes] = []
    for path in paths:
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if name != "site-packages")
            for name in sorted(files):
                file = Path(folder, name)
                if file.is_file() and name.endswith((".py", ".go", ".java", ".md", ".js", ".ts")):
                    data = file.read_bytes()
                    if not anchors.families(data):
                        parts.append(data)
                if sum(map(len, parts)) > LIMIT:
                    return b"".join(parts)
    return b"".join(parts)


def seconds(work: Callable[[], object]) -> float:
    """The median CPU time of seven runs."""
    times = []
    for _ in range(7):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    """Print one table."""
    source = text(sys.argv[1:] or [sysconfig.get_paths()["stdlib"]])
    samples = {
        "source code": source,
        "random bytes": random.Random(1).randbytes(8 << 20),
        "base64": base64.b64encode(random.Random(2).randbytes(6 << 20)),
        "digits": b"".join(b"%d," % i for i in range(1_000_000)),
    }
    print(f"{'text':14}{'engine':12}{'MB/s':>8}{'finds':>8}")
    for name, data in samples.items():
        one = seconds(lambda data=data: data.find(b"liyunZ"))  # type: ignore[misc]
        print(f"{name:14}{'one find':12}{len(data) / one / 1e6:8.0f}{1:8.1f}")
        searches: dict[str, Callable[[bytes], object]] = {"python": evidence}
        with contextlib.suppress(ImportError):
            gate = bulk.gate("hyperscan")
            searches["hyperscan"] = lambda data, gate=gate: gate.scan(data, True)  # type: ignore[misc]
        for engine, search in searches.items():
            took = seconds(lambda data=data, search=search: search(data))  # type: ignore[misc]
            print(f"{name:14}{engine:12}{len(data) / took / 1e6:8.0f}{took / one:8.1f}")


if __name__ == "__main__":
    main()

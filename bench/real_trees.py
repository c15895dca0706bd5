"""``python -m bench.real_trees GIT_DIR...``: findings by rule in the newest trees of repositories.

Prints counts, and with ``--show`` each place with its masked value: read them one by one.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from aliscan.detect import detect
from aliscan.git import show

LARGEST = 2 << 20


def blobs(git_dir: str) -> Iterator[tuple[bytes, bytes]]:
    """Path and content of every blob of HEAD up to 2 MiB."""
    git = ["git", "--git-dir", git_dir]
    listing = subprocess.run([*git, "ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True).stdout
    with subprocess.Popen([*git, "cat-file", "--batch"], stdin=-1, stdout=-1) as batch:
        assert batch.stdin is not None
        assert batch.stdout is not None
        for line in filter(None, listing.split(b"\0")):
            head, path = line.split(b"\t", 1)
            if b" blob " not in head:
                continue
            batch.stdin.write(head.split()[2] + b"\n")
            batch.stdin.flush()
            answer = batch.stdout.readline().split()
            if len(answer) == 3:
                content = batch.stdout.read(int(answer[2]))
                batch.stdout.read(1)
                if len(content) <= LARGEST:
                    yield path, content


def main() -> None:
    """Print one line a repository and the sum."""
    total: Counter[str] = Counter()
    files = 0
    for git_dir in (arg for arg in sys.argv[1:] if arg != "--show"):
        counts: Counter[str] = Counter()
        for path, content in blobs(git_dir):
            files += 1
            for match in detect(content, path).matches:
                counts[match.rule] += 1
                if "--show" in sys.argv:
                    print(" ", match.rule, show(path), match.parts[0].place.line, match.key.masked)
        print(git_dir, dict(counts), flush=True)
        total += counts
    print(f"{files} files", dict(total))


if __name__ == "__main__":
    main()

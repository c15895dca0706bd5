"""Files and staged objects, looked at by several processes, in the order of their names.

Almost every file holds nothing. Worker processes read and look; what they say of a batch of files is
a line: how much it was, and which of them are worth a second look. Those this process reads again and
hands on, so that values never travel between processes and the result is the same as without workers.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from aliscan.detect import LIMITS, Limits, detect
from aliscan.detect.anchors import is_container
from aliscan.engine import sieve
from aliscan.finding import Blob, Clean, Gap
from aliscan.process import processors
from aliscan.record import dataclass
from aliscan.sources import files

WORTH = 256  # fewer files are done before the workers have begun
_MANY = 1024  # from here on hyperscan pays, even if it must be prepared
_BATCH = 24
_OBJECTS = range(128, 2048)  # each batch of objects is read by a git of its own: few for each worker

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

    from aliscan.detect.bulk import Gate
    from aliscan.git import Git

    Entry = tuple[bytes, str, bytes]

    # Reads a batch: what is in it, each with the number of the entry that it belongs to.
    Read = Callable[[Sequence[Any]], Iterator[tuple[int, Blob | Gap]]]
    Ceiling = Limits | Callable[[], Limits]


def walk(
    paths: Sequence[str], limits: Callable[[], Limits] = lambda: LIMITS, jobs: int = 0
) -> Iterator[Blob | Gap | Clean]:
    """As `aliscan.sources.files.walk`, with files in which nothing was found summed up as `Clean`.

    ``jobs``: how many processes; 0 is one for each processor, at most 8, where there are enough files.
    """
    count = jobs or processors()
    first: Gate | None = None
    for listing in files.listings(paths):
        if isinstance(listing, Gap):
            yield listing
        elif count > 1 and len(listing) >= WORTH and sys.platform == "linux":
            first = first or (_gate() if len(listing) >= _MANY else None)
            yield from _together(listing, _BATCH, _files, limits(), count, first)
        else:
            for path in listing:
                yield from files.read(path, is_container)


def staged(git: Git, listed: Sequence[Entry], limits: Ceiling, jobs: int = 0) -> Iterator[Blob | Gap | Clean]:
    """As `aliscan.sources.staged.blobs`, in the same way."""
    from aliscan.sources import staged

    def read(batch: Sequence[Entry]) -> Iterator[tuple[int, Blob | Gap]]:
        numbers: dict[bytes, int] = {}
        for number, entry in enumerate(batch):
            numbers.setdefault(entry[2], number)  # the stages of a conflict share a path, and its fate
        for item in staged.blobs(git, list(batch), is_container):
            yield numbers[item.origin.path], item

    count = jobs or processors()
    if count > 1 and len(listed) >= WORTH and sys.platform == "linux":
        length = min(max(len(listed) // (2 * count), _OBJECTS.start), _OBJECTS.stop)
        yield from _together(listed, length, read, limits, count)
    else:
        yield from staged.blobs(git, list(listed), is_container)


def _gate() -> Gate | None:
    """The first look that is worth its preparation for very many files; None without hyperscan."""
    # Some of so many files are read closely; what that takes is loaded once, not by every worker
    from aliscan.detect import search, views  # noqa: F401
    from aliscan.kept import gate

    try:
        return gate("hyperscan")
    except ImportError:
        return None


def _files(batch: Sequence[bytes]) -> Iterator[tuple[int, Blob | Gap]]:
    for number, path in enumerate(batch):
        for item in files.read(path, is_container):
            yield number, item


@dataclass(frozen=True, slots=True)
class _Worker:
    process: int
    pipe: int


def _together(
    listing: Sequence[Any], length: int, read: Read, limits: Ceiling, jobs: int, first: Gate | None = None
) -> Iterator[Blob | Gap | Clean]:
    batches = [listing[i : i + length] for i in range(0, len(listing), length)]
    workers: list[_Worker] = []
    try:
        for number in range(min(jobs, len(batches))):
            inherited = [w.pipe for w in workers]
            workers.append(_start(batches[number::jobs], read, limits, inherited, first))
        lines = [_lines(worker.pipe) for worker in workers]
        for number, batch in enumerate(batches):
            yield from _handed_on(batch, read, next(lines[number % jobs], b""))
    finally:
        for worker in workers:
            os.close(worker.pipe)
            os.kill(worker.process, signal.SIGTERM)
        for worker in workers:
            os.waitpid(worker.process, 0)


def _handed_on(batch: Sequence[Any], read: Read, line: bytes) -> Iterator[Blob | Gap | Clean]:
    """What a worker's line says of a batch. Without one (it was killed: memory?) all is read again."""
    words = [int(word) for word in line.split()]
    if not words:
        words = [0, 0, *range(len(batch))]
    suspects = {_path(batch[number]) for number in words[2:]}
    yield Clean(tuple(p for p in map(_path, batch) if p not in suspects), words[0], words[1])
    if suspects:
        for _number, item in read([entry for entry in batch if _path(entry) in suspects]):
            yield item


def _path(entry: Any) -> bytes:
    """The path of a file, or of an entry of the index."""
    path: bytes = entry if isinstance(entry, bytes) else entry[2]
    return path


def _lines(pipe: int) -> Iterator[bytes]:
    rest = b""
    while True:
        more = os.read(pipe, 1 << 16)
        if not more:
            return
        *whole, rest = (rest + more).split(b"\n")
        yield from whole


def _start(
    batches: Sequence[Sequence[Any]],
    read: Read,
    limits: Ceiling,
    inherited: Sequence[int],
    first: Gate | None,
) -> _Worker:
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return _Worker(process, reader)
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for other in (reader, *inherited):
            os.close(other)
        for batch in batches:
            os.write(writer, _look(batch, read, limits, first))
        status = 0
    except BrokenPipeError:
        pass  # the parent has what it wants, or is gone
    finally:
        os._exit(status)  # not sys.exit: what was set up to run at exit is the parent's


def _look(batch: Sequence[Any], read: Read, limits: Ceiling, first: Gate | None) -> bytes:
    """``count bytes suspect...``: of the clean entries how many and how large, and the others' numbers."""
    numbers: dict[bytes, int] = {}  # of each path its entry: one entry may have several blobs
    suspects: set[int] = set()
    counted: dict[int, list[int]] = {}  # of each entry how many files it is, and of how many bytes

    def readable() -> Iterator[Blob]:
        for number, item in read(batch):
            if isinstance(item, Gap):
                suspects.add(number)
                continue
            if item.origin.kind != "name":
                count = counted.setdefault(number, [0, 0])
                count[0] += item.start == 0
                count[1] += item.size
            numbers[item.origin.path] = number
            yield item

    for blob in sieve(readable(), first):
        number = numbers[blob.origin.path]
        if number not in suspects:
            found = detect(blob.data, blob.origin.path, limits, first)
            if found.matches or found.unread:
                suspects.add(number)
    clean = [count for number, count in counted.items() if number not in suspects]
    words = (sum(count for count, _ in clean), sum(size for _, size in clean), *sorted(suspects))
    return b" ".join(b"%d" % word for word in words) + b"\n"

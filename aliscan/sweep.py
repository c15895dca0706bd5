"""Files, looked at by several processes, in the order of their names.

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
from aliscan.finding import Blob, Clean, Gap
from aliscan.record import dataclass
from aliscan.sources import files

WORTH = 256  # fewer files are done before the workers have begun
_BATCH = 24


def walk(
    paths: Sequence[str], limits: Callable[[], Limits] = lambda: LIMITS, jobs: int = 0
) -> Iterator[Blob | Gap | Clean]:
    """As `aliscan.sources.files.walk`, with files in which nothing was found summed up as `Clean`.

    ``jobs``: how many processes; 0 is one for each processor, at most 8, where there are enough files.
    """
    count = jobs or _processors()
    for listing in files.listings(paths):
        if isinstance(listing, Gap):
            yield listing
        elif count > 1 and len(listing) >= WORTH and sys.platform == "linux":
            yield from _together(listing, limits(), count)
        else:
            for path in listing:
                yield from files.read(path)


def _processors() -> int:
    try:
        return min(8, len(os.sched_getaffinity(0)))
    except AttributeError:
        return 1


@dataclass(frozen=True, slots=True)
class _Worker:
    process: int
    pipe: int


def _together(listing: Sequence[bytes], limits: Limits, jobs: int) -> Iterator[Blob | Gap | Clean]:
    batches = [listing[i : i + _BATCH] for i in range(0, len(listing), _BATCH)]
    from aliscan.detect import search  # noqa: F401 - once, before the workers begin

    workers: list[_Worker] = []
    try:
        for number in range(jobs):
            workers.append(_start(batches[number::jobs], limits, [w.pipe for w in workers]))
        lines = [_lines(worker.pipe) for worker in workers]
        for number, batch in enumerate(batches):
            yield from _handed_on(batch, next(lines[number % jobs], b""))
    finally:
        for worker in workers:
            os.close(worker.pipe)
            os.kill(worker.process, signal.SIGTERM)
        for worker in workers:
            os.waitpid(worker.process, 0)


def _handed_on(batch: Sequence[bytes], line: bytes) -> Iterator[Blob | Gap | Clean]:
    """What a worker's line says of a batch. Without one (it was killed: memory?) all is read again."""
    words = [int(word) for word in line.split()]
    if not words:
        words = [0, 0, *range(len(batch))]
    suspects = words[2:]
    yield Clean(tuple(p for i, p in enumerate(batch) if i not in suspects), words[0], words[1])
    for index in suspects:
        yield from files.read(batch[index])


def _lines(pipe: int) -> Iterator[bytes]:
    rest = b""
    while True:
        more = os.read(pipe, 1 << 16)
        if not more:
            return
        *whole, rest = (rest + more).split(b"\n")
        yield from whole


def _start(batches: Sequence[Sequence[bytes]], limits: Limits, inherited: Sequence[int]) -> _Worker:
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
            os.write(writer, _look(batch, limits))
        status = 0
    except BrokenPipeError:
        pass  # the parent has what it wants, or is gone
    finally:
        os._exit(status)  # not sys.exit: what was set up to run at exit is the parent's


def _look(batch: Sequence[bytes], limits: Limits) -> bytes:
    """``count bytes suspect...``: of the clean files how many and how large, and the others' indices."""
    count = size = 0
    suspects = []
    for index, path in enumerate(batch):
        number, length, clean = 0, 0, True
        for item in files.read(path):
            if isinstance(item, Gap) or item.partial:
                clean = False
                break
            found = detect(item.data, item.origin.path, limits)
            if found.matches or found.unread:
                clean = False
                break
            if item.origin.kind != "name":
                number, length = number + 1, length + len(item.data)
        if clean:
            count, size = count + number, size + length
        else:
            suspects.append(index)
    return b" ".join(b"%d" % word for word in (count, size, *suspects)) + b"\n"

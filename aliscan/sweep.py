"""Files and staged objects, looked at by several processes, in the order of their names.

Almost every file holds nothing. Worker processes read and look; what they say of a batch of files is
a line: how much it was, and which of them are worth a second look. Those this process reads again and
hands on, so that values never travel between processes and the result is the same as without workers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

from aliscan import ahead
from aliscan.detect import LIMITS, Limits
from aliscan.detect.anchors import is_container
from aliscan.finding import Blob, Clean, Gap
from aliscan.process import processors
from aliscan.sources import files

_OBJECTS = range(128, 2048)  # each batch of objects is read by a git of its own: few for each worker

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

    from aliscan.git import Git
    from aliscan.glance import Ceiling, Read

    Entry = tuple[bytes, str, bytes]


def walk(
    paths: Sequence[str],
    limits: Callable[[], Limits] = lambda: LIMITS,
    jobs: int = 0,
    begun: ahead.Ahead = ahead.NOTHING,
) -> Iterator[Blob | Gap | Clean]:
    """As `aliscan.sources.files.walk`, with files in which nothing was found summed up as `Clean`.

    ``jobs``: how many processes; 0 is one for each processor, at most 8, where there are enough files.
    ``begun``: what `aliscan.ahead.begin` began for the same paths and processes.
    """
    count = jobs or processors()
    team = begun.team
    for listing in files.listings(paths, begun.tree):
        if isinstance(listing, Gap):
            yield listing
        elif count > 1 and len(listing) >= ahead.WORTH and sys.platform == "linux":
            if team is not None and team.has_orders and limits() != LIMITS:
                team = None
            team, mine = None, team or ahead.gather(count)
            try:
                if not mine.has_orders:
                    mine.order(ahead.orders(listing, limits()))
                batches = ahead.batches(listing)
                said = mine.lines(len(batches))
                for batch in batches:
                    yield from _handed_on(batch, _files, next(said))
            finally:
                if mine is not begun.team:
                    mine.end()
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
    if count > 1 and len(listed) >= ahead.WORTH and sys.platform == "linux":
        from aliscan import workers
        from aliscan.glance import at_blobs

        length = min(max(len(listed) // (2 * count), _OBJECTS.start), _OBJECTS.stop)
        batches = [listed[i : i + length] for i in range(0, len(listed), length)]
        said = workers.lines(batches, lambda batch: at_blobs(batch, read, limits), count)
        try:
            for batch in batches:
                yield from _handed_on(batch, read, next(said))
        finally:
            said.close()
    else:
        yield from staged.blobs(git, list(listed), is_container)


def _files(batch: Sequence[bytes]) -> Iterator[tuple[int, Blob | Gap]]:
    for number, path in enumerate(batch):
        for item in files.read(path, is_container):
            yield number, item


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

"""What a worker says of a batch: how much of it is clean, and which entries are worth a second look.

A line: ``files bytes suspect...``, of the clean ones how many and how large, and the numbers of the others.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence

from aliscan.detect import Limits, detect
from aliscan.detect.anchors import Loudness, is_container, loudness, may_be_written
from aliscan.engine import searcher, sieve
from aliscan.finding import Blob, Gap, Origin
from aliscan.record import dataclass, field
from aliscan.sources import files
from aliscan.sources.pieces import WHOLE

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

    from aliscan.detect.bulk import Gate

    # Reads a batch: what is in it, each with the number of the entry that it belongs to.
    Read = Callable[[Sequence[Any]], Iterator[tuple[int, Blob | Gap]]]
    Ceiling = Limits | Callable[[], Limits]

_TOGETHER = 48 << 10  # bytes of files that are searched at once
_SMALL = 32 << 10  # a larger file is searched alone


@dataclass(slots=True)
class _Told:
    """What is known of a batch so far. ``clean``: of each entry how many files it is, of how many bytes."""

    suspects: set[int] = field(default_factory=set)
    clean: dict[int, list[int]] = field(default_factory=dict)

    def line(self) -> bytes:
        """The line that is said."""
        clean = [count for number, count in self.clean.items() if number not in self.suspects]
        words = (sum(count for count, _ in clean), sum(size for _, size in clean), *sorted(self.suspects))
        return b" ".join(b"%d" % word for word in words) + b"\n"


def at_blobs(batch: Sequence[Any], read: Read, limits: Ceiling, first: Gate | None = None) -> bytes:
    """The line about what ``read`` reads; ``first`` is a first look for very many."""
    told = _Told()
    _look(read(batch), limits, first, told)
    return told.line()


def _look(items: Iterator[tuple[int, Blob | Gap]], limits: Ceiling, first: Gate | None, told: _Told) -> None:
    numbers: dict[bytes, int] = {}  # of each path its entry: one entry may have several blobs

    def readable() -> Iterator[Blob]:
        for number, item in items:
            if isinstance(item, Gap):
                told.suspects.add(number)
                continue
            if item.origin.kind != "name":
                count = told.clean.setdefault(number, [0, 0])
                count[0] += item.start == 0
                count[1] += item.size
            numbers[item.origin.path] = number
            yield item

    search = searcher(limits, first)
    for blob in sieve(readable(), first):
        number = numbers[blob.origin.path]
        if number not in told.suspects:
            found = search(blob)
            if not found.is_clean:
                told.suspects.add(number)


def _holds(data: bytes, path: bytes, limits: Ceiling, first: Gate | None) -> bool:
    found = detect(data, path, limits, first)
    return not found.is_clean


class Files:
    """Looks at batches of paths. Almost all of a tree is small regular files that hold nothing: those are
    read into one buffer, and nothing is made of them but sums; all else goes the way of `at_blobs`."""

    def __init__(self, limits: Ceiling, first: Gate | None = None) -> None:
        self._limits, self._first = limits, first
        self._buffer = bytearray(_TOGETHER + _SMALL)
        self._room = memoryview(self._buffer)

    def look(self, paths: Sequence[bytes]) -> bytes:
        """The line about a batch."""
        told = _Told()
        odd: list[int] = []  # links, folders, what cannot be read or changes: read as a scan reads them
        held: list[tuple[int, int, int]] = []  # numbers of files, and where they are in the buffer
        end = 0
        room, buffer = self._room, self._buffer
        for number, path in enumerate(paths):
            try:
                file = os.open(path, files.FLAGS)
            except OSError:
                odd.append(number)
                continue
            try:
                # Asked for what a small file may have, and one byte: there is no need to ask for its size
                size = os.readv(file, [room[end : end + _SMALL]])
                if not size:
                    odd.append(number)  # empty; or a pipe, which a scan does not read
                    continue
                if size < _SMALL:
                    held.append((number, end, end + size))
                    end += size
                    buffer[end] = 10
                    end += 1
                else:
                    info = os.fstat(file)
                    size = info.st_size
                    if not stat.S_ISREG(info.st_mode) or size > WHOLE:
                        odd.append(number)
                        continue
                    data = os.pread(file, size + 1, 0)  # one more: has it grown?
                    if len(data) != size:
                        odd.append(number)
                        continue
                    if _holds(data, path, self._limits, self._first):
                        told.suspects.add(number)
            except OSError:
                odd.append(number)
                continue
            finally:
                os.close(file)
            told.clean[number] = [1, size]
            if end >= _TOGETHER:
                self._judge(paths, held, told)
                held, end = [], 0
        self._judge(paths, held, told)
        regular = told.clean.keys()
        if self._loudness(b"\n".join(paths)) != Loudness.SILENT:
            names = ((n, Blob(Origin("name", p), p)) for n, p in enumerate(paths) if n in regular)
            _look(names, self._limits, self._first, told)
        if odd:
            every = ((number, item) for number in odd for item in files.read(paths[number], is_container))
            _look(every, self._limits, self._first, told)
        return told.line()

    def _judge(self, paths: Sequence[bytes], held: Sequence[tuple[int, int, int]], told: _Told) -> None:
        """Look at the files in the buffer."""
        if not held:
            return
        buffer = self._buffer
        opened = any(is_container(buffer, start, end) for _, start, end in held)
        how = Loudness.LOUD if opened else self._loudness(bytes(self._room[: held[-1][2]]))
        if how == Loudness.SILENT:
            return
        for number, start, end in held:
            text = bytes(self._room[start:end])
            if how == Loudness.NAMED and not may_be_written(text):
                continue
            if _holds(text, paths[number], self._limits, self._first):
                told.suspects.add(number)

    def _loudness(self, text: bytes) -> int:
        return loudness(text) if self._first is None else loudness(text, self._first.evidence)

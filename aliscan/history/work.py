"""Many processes look, one counts.

The work is a list of tasks; each worker is given the number of the next one when it asks, so a slow
task delays nobody. What comes back over a worker's own pipe is small: counts, ids of hits, gaps.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from aliscan.finding import Gap, Origin
from aliscan.history.look import Hit, Looker
from aliscan.i18n import N_, said
from aliscan.record import dataclass, field

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_REPORT = 0.2  # seconds between two messages of a worker about a task that it is still in


class Reader(Protocol):
    """An engine: how the objects of a task are read. Picklable, so that any start method will do."""

    @property
    def raw(self) -> int:
        """The length of an object id in bytes."""

    @property
    def search(self) -> str:
        """The engine of `aliscan.detect.bulk.gate` that is worth its preparation."""

    def tasks(self) -> int:
        """How many tasks there are, numbered from 0."""

    def ids(self, task: int) -> Sequence[str]:
        """The object ids of a task."""

    def read(self, task: int, gaps: list[Gap], visit: Looker) -> None:
        """Visit the objects of a task; what cannot be read goes to ``gaps``."""


@dataclass(slots=True)
class Counts:
    """What was done, in a task or in all: what is worth a second look, and the
    families that names in trees speak of."""

    objects: int = 0
    bytes: int = 0
    hits: list[Hit] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)
    done: list[int] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Sum up."""
        self.objects += other.objects
        self.bytes += other.bytes
        self.hits += other.hits
        self.spoken |= other.spoken
        self.gaps += other.gaps
        self.done += other.done


class Worker:
    """Does tasks, one after the other, and tells ``send`` what was done since the last time."""

    def __init__(self, reader: Reader, send: Callable[[Counts], None]) -> None:
        self._reader = reader
        self._send = send
        self._gaps: list[Gap] = []
        self._due = time.monotonic() + _REPORT
        self._looker = Looker(reader.raw, self._now_and_then, reader.search)

    def do(self, task: int) -> None:
        """Look at all objects of a task."""
        self._reader.read(task, self._gaps, self._looker)
        self._looker.flush()
        self._tell([task])

    def _now_and_then(self) -> None:
        if time.monotonic() > self._due:
            self._tell([])
            self._due = time.monotonic() + _REPORT

    def _tell(self, done: list[int]) -> None:
        looker = self._looker
        counts = Counts(looker.objects, looker.bytes, looker.hits, set(looker.spoken), list(self._gaps), done)
        looker.objects = looker.bytes = 0
        looker.hits = []
        self._gaps.clear()
        self._send(counts)


def run(reader: Reader, jobs: int, tick: Callable[[Counts], None]) -> Counts:
    """Do all tasks with ``jobs`` processes (1: in this one); ``tick`` sees the sum as it grows.

    On KeyboardInterrupt the workers are ended and the exception carries on; ``tick`` has seen what
    was found so far.
    """
    total = Counts()

    def take(counts: Counts) -> None:
        total.add(counts)
        tick(total)

    if jobs <= 1 or reader.tasks() <= 1:
        worker = Worker(reader, take)
        for task in range(reader.tasks()):
            worker.do(task)
        return total
    with _Crew(reader, min(jobs, reader.tasks())) as crew:
        for counts in crew.results():
            take(counts)
        left = crew.left()
    if left:
        worker = Worker(reader, take)
        for task in left:
            worker.do(task)
    return total


class _Crew:
    """The worker processes, and what each is busy with."""

    def __init__(self, reader: Reader, jobs: int) -> None:
        import multiprocessing

        # fork shares what the reader has worked out and costs a millisecond; elsewhere it is not safe.
        method = "fork" if sys.platform == "linux" else "spawn"
        context: Any = multiprocessing.get_context(method)
        self._reader = reader
        self._next = 0
        self._workers: dict[Connection, Any] = {}
        self._busy: dict[Connection, int] = {}
        self._why: dict[Connection, str] = {}
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            # A forked child also holds our ends of the earlier pipes: it must close them, or the
            # other workers would not notice that we are gone.
            inherited = [*self._workers, ours] if sys.platform == "linux" else []
            process = context.Process(target=_worker, args=(theirs, reader, inherited), daemon=True)
            process.start()
            theirs.close()
            self._workers[ours] = process

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for pipe, process in self._workers.items():
            pipe.close()
            if kind is not None:
                process.terminate()
            process.join()

    def results(self) -> Iterator[Counts]:
        """What the workers report, until everything is done or everybody is dead."""
        from multiprocessing.connection import wait

        open_pipes = list(self._workers)
        for pipe in open_pipes:
            self._deal(pipe)
        while self._busy:
            ready: Any = wait(list(self._busy))
            for pipe in ready:
                try:
                    counts: Counts | str = pipe.recv()
                except (EOFError, OSError):
                    yield self._died(pipe)
                    continue
                if isinstance(counts, str):
                    self._why[pipe] = counts
                    continue
                yield counts
                if counts.done:
                    self._deal(pipe)

    def left(self) -> range:
        """The tasks that nobody took: none, unless every worker died."""
        return range(self._next, self._reader.tasks())

    def _deal(self, pipe: Connection) -> None:
        self._busy.pop(pipe, None)
        if self._next < self._reader.tasks():
            try:
                pipe.send(self._next)
            except OSError:
                return  # it died between two tasks: the next one to ask gets this, or in the end we
            self._busy[pipe] = self._next
            self._next += 1

    def _died(self, pipe: Connection) -> Counts:
        """A worker was killed (out of memory?): its task is named as not scanned, whatever it had told."""
        ids = self._reader.ids(self._busy.pop(pipe))
        process = self._workers[pipe]
        process.join(1)
        why = self._why.pop(pipe, "") or _death(process.exitcode)
        gap = Gap(
            Origin("object", oid=ids[0] if ids else ""),
            said(
                "a worker process died ({why}); it was to read {count} objects, this one first: try --jobs 1",
                why=why,
                count=len(ids),
            ),
        )
        return Counts(gaps=[gap])


def _death(status: int | None) -> str:
    """How a process ended, in words."""
    if status is not None and status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return said("{signal}: no memory left?", signal=name) if name == "SIGKILL" else name
    return f"exit {status}" if status else N_("it says not why")


def _worker(pipe: Connection, reader: Reader, inherited: list[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    for other in inherited:
        other.close()
    status = 1
    try:
        worker = Worker(reader, pipe.send)
        while True:
            try:
                task = pipe.recv()
            except (EOFError, OSError):
                break  # the parent has what it wants, or is gone
            worker.do(task)
        status = 0
    except Exception as error:
        with suppress(OSError):
            pipe.send(_reason(error))
    finally:
        # Not sys.exit: what the parent set up to run at exit is the parent's.
        os._exit(status)


def _reason(error: Exception) -> str:
    """What kind of error, and what the system says; no message of others, which may quote what it read."""
    words = error.strerror if isinstance(error, OSError) else ""
    return f"{type(error).__name__}: {words}" if words else type(error).__name__

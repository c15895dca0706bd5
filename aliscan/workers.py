"""Processes that look at batches, and say a line of each through a pipe of their own.

Whoever has time takes the next batch: some hold what takes long. The lines are put in order again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress

from aliscan.process import scratch
from aliscan.record import dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    import signal
    from typing import IO, Any

    Look = Callable[[Sequence[Any]], bytes]  # a batch -> what is said of it, a line
else:
    import _signal as signal  # what signal adds are names for people, and half a millisecond


_NUMBER = 4  # bytes of the number of a batch


def lines(batches: Sequence[Sequence[Any]], look: Look, count: int) -> Generator[bytes, None, None]:
    """What ``count`` new processes say of the batches, in order; b"" for what one that died did not say.

    They are ended when the iterator is closed or at its end.
    """
    pipes: list[int] = []
    processes: list[int] = []
    try:
        with _numbers(len(batches)) as tasks:
            for _ in range(min(count, len(batches))):
                reader, writer = os.pipe()
                process = os.fork()
                if not process:
                    _work(batches, look, tasks.fileno(), writer, (reader, *pipes))
                os.close(writer)
                pipes.append(reader)
                processes.append(process)
        yield from _in_order(pipes, len(batches))
    finally:
        for pipe in pipes:
            os.close(pipe)
        for process in processes:
            os.kill(process, signal.SIGTERM)
        for process in processes:
            os.waitpid(process, 0)


@dataclass(slots=True)
class Team:
    """Processes that exist before anybody knows what to look at: one leads, and starts the others.

    ``orders`` is the file in which the leader finds them, ``word`` the pipe by which it is told so, -1
    once it knows.
    """

    leader: int
    orders: IO[bytes]
    word: int
    pipes: tuple[int, ...]

    @property
    def has_orders(self) -> bool:
        """Whether it was told what to do."""
        return self.word < 0

    def order(self, orders: bytes) -> None:
        """Say once what is to be looked at, as `gather` obeys it, and wait for nothing."""
        # Not through the pipe, which takes 64 KiB until the leader is ready to read it
        self.orders.write(orders)
        self.orders.flush()
        with suppress(BrokenPipeError):  # the leader is dead: so are its lines
            os.write(self.word, b"1")
        self._dismiss()

    def lines(self, batches: int) -> Iterator[bytes]:
        """What they say of so many batches, as `lines`. Once, after `order`."""
        return _in_order(self.pipes, batches)

    def end(self) -> None:
        """End all of them, at work or not; to be called in any case."""
        self._dismiss()
        for pipe in self.pipes:
            os.close(pipe)
        try:
            os.killpg(self.leader, signal.SIGTERM)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of what has ended
            os.kill(self.leader, signal.SIGTERM)
        os.waitpid(self.leader, 0)

    def _dismiss(self) -> None:
        """No more orders."""
        if self.word >= 0:
            os.close(self.word)
            self.word = -1
            self.orders.close()


def gather(
    count: int, prepare: Callable[[], None], obey: Callable[[bytes], tuple[Sequence[Sequence[Any]], Look]]
) -> Team:
    """Start a leader. It calls ``prepare``, waits for orders, and has ``obey`` make batches of them and
    what looks at those."""
    orders = scratch()
    told, word = os.pipe()
    pipes = [os.pipe() for _ in range(count)]
    leader = os.fork()
    if not leader:
        _lead(orders.fileno(), told, pipes, (word, *(reader for reader, _ in pipes)), prepare, obey)
    for end in (told, *(writer for _, writer in pipes)):
        os.close(end)
    with suppress(OSError):
        os.setpgid(leader, leader)  # the leader does so too: whoever is first
    return Team(leader, orders, word, tuple(reader for reader, _ in pipes))


def _lead(
    orders: int,
    told: int,
    pipes: Sequence[tuple[int, int]],
    inherited: Sequence[int],
    prepare: Callable[[], None],
    obey: Callable[[bytes], tuple[Sequence[Sequence[Any]], Look]],
) -> None:
    others: list[int] = []
    try:
        os.setpgid(0, 0)  # ended together, with what it starts
        _be_quiet(inherited)
        prepare()
        if os.read(told, 1):
            batches, look = obey(_whole(orders))
            writers = [writer for _, writer in pipes]
            tasks = _numbers(len(batches))
            for number in range(1, min(len(writers), len(batches))):
                process = os.fork()
                if not process:
                    rest = [w for w in writers if w != writers[number]]
                    _work(batches, look, tasks.fileno(), writers[number], rest)
                others.append(process)
            for writer in writers[1:]:
                os.close(writer)
            _say(batches, look, tasks.fileno(), writers[0])
            os.close(writers[0])
            for process in others:
                os.waitpid(process, 0)
    finally:
        os._exit(0)


def _whole(file: int) -> bytes:
    parts, at = [], 0  # the place in the file is shared with who wrote it
    while part := os.pread(file, 1 << 20, at):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def _numbers(count: int) -> IO[bytes]:
    """A file that gives each number once to those who share it: their reads move one place in it."""
    return scratch(b"".join([number.to_bytes(_NUMBER, sys.byteorder) for number in range(count)]))


def _work(
    batches: Sequence[Sequence[Any]], look: Look, tasks: int, writer: int, inherited: Sequence[int]
) -> None:
    """What a new process does; it does not return."""
    status = 1
    try:
        _be_quiet(inherited)
        _say(batches, look, tasks, writer)
        status = 0
    finally:
        os._exit(status)  # not sys.exit: what was set up to run at exit is the parent's


def _be_quiet(inherited: Sequence[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for end in inherited:
        os.close(end)


def _say(batches: Sequence[Sequence[Any]], look: Look, tasks: int, writer: int) -> None:
    with suppress(BrokenPipeError):  # the parent has what it wants, or is gone
        while told := os.read(tasks, _NUMBER):
            number = int.from_bytes(told, sys.byteorder)
            os.write(writer, b"%d " % number + look(batches[number]))


def _in_order(pipes: Sequence[int], batches: int) -> Iterator[bytes]:
    """The lines of several pipes, so many in all; b"" for what nobody said."""
    import select  # for the parent alone

    said: dict[int, bytes] = {}
    rests = dict.fromkeys(pipes, b"")
    ready = select.poll()  # not select.select, which knows no file above number 1023
    for pipe in pipes:
        ready.register(pipe, select.POLLIN)
    for number in range(batches):
        while number not in said and rests:
            for pipe, _ in ready.poll():
                more = os.read(pipe, 1 << 16)
                if not more:
                    ready.unregister(pipe)
                    del rests[pipe]
                    continue
                *whole, rests[pipe] = (rests[pipe] + more).split(b"\n")
                for line in whole:
                    which, _, words = line.partition(b" ")
                    said[int(which)] = words
        yield said.pop(number, b"")

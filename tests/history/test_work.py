"""Whatever happens to a worker process, what it did not do is named, and the rest is done."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from aliscan.finding import Gap
from aliscan.history import work
from aliscan.history.look import Looker
from aliscan.history.work import run
from tests.support import keys

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked: faults can be planted")
TASKS = 12
PARENT = os.getpid()


@dataclass(frozen=True)
class Faulty:
    """Every task has two objects, the second with a key; ``fault`` is called in the third."""

    fault: Callable[[], None]
    raw: int = 20
    search: str = "python"

    def tasks(self) -> int:
        return TASKS

    def ids(self, task: int) -> Sequence[str]:
        return [f"{task:040x}", f"{task + 100:040x}"]

    def read(self, task: int, gaps: list[Gap], visit: Looker) -> None:
        first, second = self.ids(task)
        visit(first, "blob", b"nothing\n" * 1000)
        if task == 3:
            self.fault()
        visit(second, "blob", f"k = {keys.key_id()}\n".encode())


def full_disk() -> None:
    raise OSError(28, "No space left on device")


def no_memory() -> None:
    raise MemoryError("nothing of this is shown")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (killed, "SIGKILL: no memory left?"),
        (full_disk, "OSError: No space left on device"),
        (no_memory, "(MemoryError)"),
        (lambda: os._exit(0), "it says not why"),
        (lambda: os._exit(9), "exit 9"),
    ],
)
def test_a_dead_worker_is_named_and_the_rest_is_done(fault: Callable[[], None], why: str) -> None:
    counts = run(Faulty(fault), 2, lambda _: None)
    (gap,) = counts.gaps
    assert why in gap.reason
    assert "2 objects" in gap.reason
    assert gap.origin.oid == f"{3:040x}"
    assert sorted(counts.done) == [task for task in range(TASKS) if task != 3]
    assert {hit.oid for hit in counts.hits} >= {f"{t + 100:040x}" for t in range(TASKS) if t != 3}


@dataclass(frozen=True)
class Deadly(Faulty):
    """Its workers die before they have done anything; in this process it works."""

    def read(self, task: int, gaps: list[Gap], visit: Looker) -> None:
        if os.getpid() != PARENT:
            self.fault()
        Faulty(lambda: None).read(task, gaps, visit)


def test_when_all_workers_die_this_process_does_the_rest() -> None:
    counts = run(Deadly(killed), 2, lambda _: None)
    assert len(counts.gaps) == 2
    assert len(counts.done) == TASKS - 2


def test_workers_that_never_start(monkeypatch: pytest.MonkeyPatch) -> None:
    real = work.Worker.__init__

    def fail(self: work.Worker, *args: object) -> None:
        if os.getpid() != PARENT:
            os._exit(1)
        real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(work.Worker, "__init__", fail)
    counts = run(Faulty(lambda: None), 2, lambda _: None)
    seen = len(counts.done) + len(counts.gaps)
    assert seen == TASKS
    assert len(counts.gaps) <= 2

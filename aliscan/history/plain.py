"""The plain engine as a `Reader`: git prints the objects, some thousand a task."""

from __future__ import annotations

from collections.abc import Sequence

from aliscan.finding import Gap
from aliscan.git import Git
from aliscan.history.look import Looker
from aliscan.record import dataclass
from aliscan.sources.history import Inventory, read

TASK = 48 << 20  # bytes of a task: enough that starting git for it costs nothing
_WORTH = 8 << 20  # bytes from which on hyperscan is worth the tenth of a second that it prepares


@dataclass(frozen=True, slots=True)
class Plain:
    """Reads ids with `git cat-file --batch`; ``slices`` are the ids of each task."""

    git: Git
    raw: int
    slices: tuple[tuple[str, ...], ...]
    search: str = "auto"

    def tasks(self) -> int:
        """How many tasks."""
        return len(self.slices)

    def ids(self, task: int) -> Sequence[str]:
        """The ids of one."""
        return self.slices[task]

    def read(self, task: int, gaps: list[Gap], visit: Looker) -> None:
        """Visit the objects of one."""
        for oid, kind, data in read(self.git, list(self.slices[task]), gaps):
            visit(oid, kind, data)


def plain(git: Git, raw: int, found: Inventory, jobs: int) -> Plain:
    """Cut an inventory into tasks, each of neighbours in the pack: their delta bases are shared."""
    limit = max(1 << 20, min(TASK, found.bytes // (jobs * 4 or 1)))
    slices: list[tuple[str, ...]] = []
    for kind, ids in found.ids.items():
        start, size = 0, 0
        for i, length in enumerate(found.sizes[kind]):
            size += length + 64
            if size > limit:
                slices.append(tuple(ids[start : i + 1]))
                start, size = i + 1, 0
        if start < len(ids):
            slices.append(tuple(ids[start:]))
    return Plain(git, raw, tuple(slices), "auto" if found.bytes > _WORTH else "python")

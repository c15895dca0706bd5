"""The pack engine as a `Reader`: delta families in this process, git for whatever is left over."""

from __future__ import annotations

from collections.abc import Sequence

from aliscan.finding import Gap
from aliscan.git import Git
from aliscan.history.look import Looker
from aliscan.record import dataclass
from aliscan.sources.history import WINDOW, read
from aliscan.sources.packs.plan import Plan
from aliscan.sources.packs.resolve import resolve

# Loose objects and the like: so many a task.
_OTHERS = 4096


@dataclass(frozen=True, slots=True)
class Packed:
    """Reads the families of a plan; the last tasks are the ids that only git reads."""

    git: Git
    raw: int
    plan: Plan
    search: str = "auto"

    def tasks(self) -> int:
        """How many tasks."""
        return len(self.plan.tasks) + -(-len(self.plan.others) // _OTHERS)

    def ids(self, task: int) -> Sequence[str]:
        """The ids of one."""
        families = len(self.plan.tasks)
        if task >= families:
            start = (task - families) * _OTHERS
            return self.plan.others[start : start + _OTHERS]
        number, members = self.plan.tasks[task]
        pack = self.plan.packs[number]
        return pack.oids(members[pack.wanted[members]])

    def read(self, task: int, gaps: list[Gap], visit: Looker) -> None:
        """Visit the objects of one."""
        if task < len(self.plan.tasks):
            number, members = self.plan.tasks[task]
            left = list(resolve(self.plan.packs[number], members, WINDOW, visit))
        else:
            left = list(self.ids(task))
        if left:
            for oid, kind, data in read(self.git, left, gaps):
                visit(oid, kind, data)

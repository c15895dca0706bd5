"""pre-merge-commit: what a merge brings in, and no remote has yet.

A merge without conflicts runs this hook instead of pre-commit.
"""

from __future__ import annotations

from aliscan.commands.hook import pre_commit

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.triage.policy import Choices


def run(arguments: list[str], choices: Choices | None = None) -> int:
    """``aliscan hook pre-merge-commit``; names that a framework appends mean nothing (1.9)."""
    return pre_commit(choices)

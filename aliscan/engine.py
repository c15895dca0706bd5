"""source -> Blob -> detect -> Match -> triage -> Finding: the flow, joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from aliscan.detect import LIMITS, Limits, detect

if TYPE_CHECKING:
    from aliscan.finding import Blob, Finding, Gap, Match, Report


def run(
    items: Iterable[Blob | Gap],
    judge: Callable[[Blob, Match], Finding],
    limits: Limits = LIMITS,
) -> Report:
    """Scan everything a source yields and collect what was found and what could not be read.

    ``judge`` is triage: it turns a match into a finding, suppressed or not, and drops none.
    """
    from aliscan.finding import Gap, Report

    findings: list[Finding] = []
    gaps: list[Gap] = []
    count = size = 0
    for item in items:
        if isinstance(item, Gap):
            gaps.append(item)
            continue
        count += 1
        size += len(item.data)
        found = detect(item.data, item.origin.path, limits)
        findings += (judge(item, match) for match in found.matches)
        gaps += (Gap(item.origin, reason) for reason in found.unread)
    return Report(tuple(findings), tuple(gaps), count, size)

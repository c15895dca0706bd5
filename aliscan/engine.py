"""source -> Blob -> detect -> Match -> triage -> Finding: the flow, joined."""

from __future__ import annotations

import time
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

    started, clock = time.time(), time.monotonic()
    findings: list[Finding] = []
    gaps: list[Gap] = []
    count = size = 0
    for item in items:
        if isinstance(item, Gap):
            gaps.append(item)
            continue
        if item.origin.kind != "name":  # a name is scanned with its file; it is not one more file
            count += 1
            size += len(item.data)
        found = detect(item.data, item.origin.path, limits)
        findings += (judge(item, match) for match in found.matches)
        gaps += (Gap(item.origin, reason) for reason in found.unread)
    seconds = time.monotonic() - clock
    return Report(tuple(findings), tuple(gaps), count, size, started=started, seconds=seconds)

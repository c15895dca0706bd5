"""What every gate does with a set of objects: detect, then name commits and paths of hits, then judge.

Shared by pre-push, pre-receive and `aliscan ci`. Where nothing is found, nothing but detection ran.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from aliscan import engine
from aliscan.detect import LIMITS, Limits
from aliscan.finding import Blob, Finding, Gap, Match, Origin, Report
from aliscan.git import Git
from aliscan.sources.commits import Reach, Tally, published

Judge = Callable[[Blob, Match], Finding]


@dataclass(frozen=True, slots=True)
class Update:
    """One ref that changes: its name on the other side, the object it shall name there, its name here."""

    ref: bytes
    new: str
    local: bytes = b""


@dataclass(slots=True)
class Outcome:
    """A report, and which commits and refs hold what counts in it.

    ``bad`` maps each commit that brings in something that counts to the findings it brings; ``gone``
    a finding's object id to the commits that take it away again; ``order`` are all commits of the
    range with their parents, oldest first, filled in only when something is found.
    """

    report: Report
    tally: Tally
    bad: dict[str, list[Finding]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    order: dict[str, tuple[str, ...]] = field(default_factory=dict)


def take(item: Blob, match: Match) -> Finding:
    """Judge nothing: every match counts as it is."""
    return Finding(match, item.origin, match.severity)


def examine(
    git: Git,
    reach: Reach,
    updates: Iterable[Update],
    policy: Callable[[], Judge],
    *,
    limits: Limits = LIMITS,
    shallow: frozenset[str] = frozenset(),
    more: Iterable[Blob | Gap] = (),
) -> Outcome:
    """Scan all of ``reach``, the names of the updated refs and ``more``; name and judge the hits.

    ``policy`` makes the judge; it is called only when there is something to judge.
    """
    started, clock = time.time(), time.monotonic()
    listed = list(updates)
    tally, sifted = Tally(), engine.Sifted()
    engine.sift(published(git, reach, tally, shallow), sifted, limits)
    engine.sift((Blob(Origin("name", ref=u.ref), u.ref) for u in listed), sifted, limits)
    engine.sift(more, sifted, limits)
    outcome = Outcome(Report((), tuple(sifted.gaps), sifted.blobs, sifted.bytes), tally)
    if sifted.hits:
        _judge_hits(git, reach, listed, policy(), limits, sifted, outcome)
    seconds = time.monotonic() - clock
    outcome.report = replace(outcome.report, started=started, seconds=seconds)
    return outcome


def _judge_hits(
    git: Git,
    reach: Reach,
    updates: list[Update],
    judge: Judge,
    limits: Limits,
    sifted: engine.Sifted,
    outcome: Outcome,
) -> None:
    from aliscan.commands import hits

    traced = hits.attribute(git, reach, updates, sifted)
    outcome.order = hits.history(git, reach)
    found = [judge(blob, match) for blob, match in hits.located(git, sifted, traced, limits)]
    outcome.report = replace(outcome.report, findings=tuple(hits.grouped(found, traced, outcome.order)))
    for finding in replace(outcome.report, findings=tuple(found)).counted():
        for commit in hits.commits_of(finding, traced):
            outcome.bad.setdefault(commit, []).append(finding)
        trace = traced.traces.get(finding.origin.oid)
        if trace is not None and trace.removed:
            outcome.gone[finding.origin.oid] = list(dict.fromkeys(p.commit for p in trace.removed))

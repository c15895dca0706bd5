"""What every gate does with a set of objects: detect, then name commits and paths of hits, then judge.

Shared by pre-push, pre-receive and `aliscan ci`. Where nothing is found, nothing but detection ran.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from aliscan import engine
from aliscan.detect.anchors import is_container
from aliscan.finding import Blob, Finding, Gap, Origin, Report
from aliscan.git import Git
from aliscan.record import dataclass, field, replace
from aliscan.sources.commits import Reach, Started, Tally, Update, begin, read
from aliscan.triage.lazy import Triage


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


def examine(
    git: Git,
    reach: Reach,
    updates: Iterable[Update],
    triage: Triage,
    *,
    more: Iterable[Blob | Gap] = (),
    started: Started | None = None,
    tally: Tally | None = None,
    sifted: engine.Sifted | None = None,
) -> Outcome:
    """Scan all of ``reach``, the names of the updated refs and ``more``; name and judge the hits.

    ``triage`` loads its policy only when there is something to judge. ``started`` is git already at
    work on ``reach``; ``tally`` and ``sifted`` are filled on the way, for callers that look at them
    when this is interrupted.
    """
    moment, clock = time.time(), time.monotonic()
    listed = list(updates)
    tally = Tally() if tally is None else tally
    sifted = engine.Sifted() if sifted is None else sifted
    engine.sift(read(git, started or begin(git, reach), tally, is_container), sifted, triage.limits)
    engine.sift((Blob(Origin("name", ref=u.ref), u.ref) for u in listed), sifted, triage.limits)
    engine.sift(more, sifted, triage.limits)
    outcome = Outcome(Report((), tuple(sifted.gaps), sifted.blobs, sifted.bytes), tally)
    if sifted.hits:
        _judge_hits(git, reach, listed, triage, sifted, outcome)
    seconds = time.monotonic() - clock
    outcome.report = replace(outcome.report, started=moment, seconds=seconds)
    return outcome


def _judge_hits(
    git: Git, reach: Reach, updates: list[Update], triage: Triage, sifted: engine.Sifted, outcome: Outcome
) -> None:
    from aliscan.commands import hits

    traced = hits.attribute(git, reach, updates, sifted)
    outcome.order = hits.history(git, reach)
    found = [triage.judge(blob, match) for blob, match in hits.located(git, sifted, traced, triage.limits())]
    everything = triage.finish(replace(outcome.report, findings=tuple(found)))
    for finding in everything.counted():
        for commit in hits.commits_of(finding, traced):
            outcome.bad.setdefault(commit, []).append(finding)
        trace = traced.traces.get(finding.origin.oid)
        if trace is not None and trace.removed:
            outcome.gone[finding.origin.oid] = list(dict.fromkeys(p.commit for p in trace.removed))
    outcome.report = replace(everything, findings=tuple(hits.grouped(found, traced, outcome.order)))

"""From hits to stories: each leaked value once, with everything the history knows of it.

The hits are read a second time, now with every path they ever had, and judged. One key in 300 blobs
is one finding with a story, not 300 findings (3.18: it is suppressed only if all of them are).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from aliscan.detect import detect
from aliscan.detect.bulk import Gate
from aliscan.detect.paths import speaks
from aliscan.finding import Blob, Finding, Gap, Match, Origin, Sighting, Story
from aliscan.git import Git
from aliscan.history.look import Hit, judged, suspicious_names
from aliscan.history.told import Stories
from aliscan.kept import gate
from aliscan.record import dataclass, field, replace
from aliscan.sources.history import Big, read
from aliscan.sources.lineage import Held, Spot

Judge = Callable[[Blob, Match], Finding]
# One object may lie at thousands of paths: so many of them give detect a hint, all are judged.
_HINTS = 8
_MANY = 32  # hits from which on hyperscan, where it is, pays for its start


@dataclass(slots=True)
class Case:
    """One value and where it was seen. ``best`` represents it: the worst finding that counts."""

    best: Finding
    spots: dict[Spot, None] = field(default_factory=dict)
    oids: set[str] = field(default_factory=set)
    refs: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class Cases:
    """All values, by fingerprint, and what could not be read; ``size`` is how many bytes were judged."""

    by_value: dict[str, Case] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    size: int = 0

    def add(self, finding: Finding, spot: Spot) -> None:
        """Take in one finding: a new value, or one more place of a known one."""
        case = self.by_value.setdefault(finding.fingerprint, Case(finding))
        if _weight(finding) > _weight(case.best):
            case.best = finding
        case.spots[spot] = None
        if finding.origin.oid:
            case.oids.add(finding.origin.oid)
        if finding.origin.ref:
            case.refs.add(finding.origin.ref)


def _weight(finding: Finding) -> tuple[bool, int, int, int]:
    return (
        finding.suppressed is None,
        finding.severity,
        len(finding.parts),
        finding.match.confidence,
    )


def judge_hits(git: Git, raw: int, hits: Iterable[Hit], paths: dict[str, list[bytes]], judge: Judge) -> Cases:
    """Read every hit again and judge what it holds, at every path of it (none: judged without)."""
    cases = Cases()
    ids = []
    for hit in hits:
        where = paths.get(hit.oid) or [b""]
        if hit.unread:
            place = Origin(_kind(hit.kind, where), where[0], oid=hit.oid)
            cases.gaps += (Gap(place, reason) for reason in hit.unread)
        elif not hit.named or _speak(where, hit.named):
            ids.append(hit.oid)
    first = gate() if len(ids) >= _MANY else None
    for oid, kind, data in read(git, ids, cases.gaps):
        cases.size += data.size if isinstance(data, Big) else len(data)
        if kind == "tree":
            if isinstance(data, bytes):
                for name in suspicious_names(data, raw):
                    judge_bytes(cases, Origin("name", name, oid=oid), name, Spot("", name), judge)
            continue
        where = paths.get(oid) or [b""]
        origin = _kind(kind, where)
        found = _search(data, where, cases.gaps, Origin(origin, where[0], oid=oid), first)
        # A big object is judged without its bytes: a pragma in it is not seen, so it never hides one.
        body = data if isinstance(data, bytes) else b""
        for path in where:
            for match in found:
                place = Origin(origin, path, (), oid, oid if kind == "commit" else "")
                cases.add(judge(Blob(place, body), match), Spot(oid, path))
    return cases


def _kind(kind: str, paths: list[bytes]) -> str:
    return "object" if kind == "blob" and paths == [b""] else kind


def _speak(where: list[bytes], families: tuple[str, ...]) -> bool:
    return any(speaks(path, families) for path in where)


def judge_bytes(cases: Cases, origin: Origin, data: bytes, spot: Spot, judge: Judge) -> None:
    """Judge bytes that are no object: a name."""
    found = detect(data, b"")
    cases.gaps += (Gap(origin, reason) for reason in found.unread)
    for match in found.matches:
        cases.add(judge(Blob(origin, data), match), spot)


def _search(
    data: bytes | Big, paths: list[bytes], gaps: list[Gap], origin: Origin, first: Gate | None
) -> list[Match]:
    """Everything that is found with any of the paths as a hint, each value once."""
    if isinstance(data, Big):
        parts = list(judged(data, paths[0]))
    else:
        parts = [detect(data, path, first=first) for path in paths[:_HINTS]]
    gaps += (Gap(origin, reason) for reason in dict.fromkeys(r for p in parts for r in p.unread))
    found: dict[tuple[str, int], Match] = {}
    for match in (m for part in parts for m in part.matches):
        found.setdefault((match.key.fingerprint, match.key.start), match)
    return list(found.values())


def tell(git: Git, cases: Cases, lineage: Stories | None, cloned: bool = False) -> list[Finding]:
    """One finding a value, the worst first, each with its story (none without a lineage).

    ``cloned``: the repository is a copy of one that others can read, so every ref in it is published.
    """
    values = list(cases.by_value.values())
    groups = [_spots(case, lineage) for case in values]
    held = lineage.held(groups) if lineage else [Held() for _ in groups]
    ends = {e[2] for h in held for e in (h.first, h.last) if e}
    commits = sightings(git, ends)
    found = []
    for case, spots, known in zip(values, groups, held, strict=True):
        if lineage:
            case.spots = dict.fromkeys(spots or case.spots)
        story = _story(case, spots, known, commits, cloned) if lineage else None
        origin = case.best.origin
        if story and story.last and not origin.commit:
            origin = replace(origin, commit=story.last.commit)
        found.append(replace(case.best, origin=origin, story=story))
    return sorted(found, key=lambda f: (-f.severity, f.rule, f.fingerprint))


def _spots(case: Case, lineage: Stories | None) -> list[Spot]:
    """Where a value lies; a file name that holds one stands for every path that it is part of."""
    names = {spot.path for spot in case.spots if not spot.oid}
    found = dict.fromkeys(spot for spot in case.spots if spot.oid)
    if names and lineage:
        found |= dict.fromkeys(
            s for s in lineage.spots() if not s.oid and not names.isdisjoint(s.path.split(b"/"))
        )
    return list(found)


def _story(case: Case, spots: list[Spot], held: Held, commits: dict[str, Sighting], cloned: bool) -> Story:
    refs = sorted(held.refs | case.refs)
    until = int(time.time()) if held.tips else held.gone
    remote = (r.removeprefix(b"refs/remotes/") for r in refs if r.startswith(b"refs/remotes/"))
    other = (r for r in refs if not r.startswith((b"refs/remotes/", b"refs/tags/")) and r != b"HEAD")
    return Story(
        first=commits.get(held.first[2]) if held.first else None,
        last=commits.get(held.last[2]) if held.last else None,
        lay=max(0, until - held.first[0]) if held.first else 0,
        paths=tuple(dict.fromkeys(spot.path for spot in (spots or case.spots) if spot.path)),
        branches=tuple(r.removeprefix(b"refs/heads/") for r in other),
        tags=tuple(r.removeprefix(b"refs/tags/") for r in refs if r.startswith(b"refs/tags/")),
        published=tuple(r for r in refs if r != b"HEAD") if cloned else tuple(remote),
        in_head=b"HEAD" in held.tips,
        reachable=bool(refs),
        blobs=max(1, len(case.oids)),
        commits=held.commits,
    )


def sightings(git: Git, commits: Iterable[str]) -> dict[str, Sighting]:
    """Who made each commit, when, and its subject: from the raw object, no mailmap or encoding (2.5)."""
    gone: list[str] = []
    return {oid: _sighting(oid, data) for oid, kind, data in git.objects(commits, gone) if kind == "commit"}


def _sighting(oid: str, data: bytes) -> Sighting:
    from datetime import datetime, timedelta, timezone

    head, _, message = data.partition(b"\n\n")
    fields = dict(line.partition(b" ")[::2] for line in reversed(head.split(b"\n")))
    author, _, when = fields.get(b"author", b"").rpartition(b"> ")
    date = ""
    try:
        seconds, zone = when.split(b" ")
        shift = int(zone[-4:-2]) * 60 + int(zone[-2:])
        zone_info = timezone(timedelta(minutes=-shift if zone.startswith(b"-") else shift))
        date = datetime.fromtimestamp(int(seconds), zone_info).isoformat()
    except (ValueError, OverflowError, OSError):
        pass  # a commit may say anything; then it has no date
    return Sighting(oid, author + b">" if author else b"", date, message.lstrip(b"\n").partition(b"\n")[0])

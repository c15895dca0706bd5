"""What happens behind the anchors: readings, rules, claims, masking."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterable

from aliscan.detect import Detection, Limits
from aliscan.detect.anchors import ANCHORS
from aliscan.detect.places import Places
from aliscan.detect.rules import family
from aliscan.detect.text import Candidate, Text
from aliscan.finding import IDENTIFIER_KINDS, Match, Part, Secret


def search(data: bytes, path: bytes, names: Iterable[str], limits: Limits) -> Detection:
    """Run the rules of the named families over ``data``; see `aliscan.detect.detect`."""
    text = Text(data, path)
    candidates = [c for name in names if name in ANCHORS for c in family(name).find(text)]
    places = Places(data)
    matches = [_match(c, data, places) for c in claim(candidates)]
    return Detection(tuple(matches))


def claim(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Each value belongs to one credential: of candidates that overlap, the highest rank stays.

    A candidate survives when at least one of its spans is not yet claimed in full; identifiers may
    be shared (one id with a stale and a fresh secret). The result is in reading order.
    """
    taken: list[tuple[int, int]] = []  # sorted and disjoint, so that a look-up is a bisection
    kept: list[Candidate] = []
    for c in sorted(candidates, key=lambda c: (-c.rank, -c.confidence, c.spans[0].start)):
        harmful = [s for s in c.spans if s.kind not in IDENTIFIER_KINDS] or list(c.spans)
        if any(_overlaps(taken, s.start, s.end) for s in harmful):
            continue
        for s in c.spans:
            if not _overlaps(taken, s.start, s.end):
                insort(taken, (s.start, s.end))
        kept.append(c)
    return sorted(kept, key=lambda c: min(s.start for s in c.spans))


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect(taken, (start, end))
    return (at > 0 and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end)


def _match(candidate: Candidate, data: bytes, places: Places) -> Match:
    parts = []
    for s in sorted(candidate.spans, key=lambda s: s.start):
        value = data[s.start : s.end] if s.value is None else s.value
        parts.append(Part(s.kind, Secret(value), places.of(s.start, s.end), s.start, s.end))
    return Match(candidate.rule, candidate.severity, candidate.confidence, tuple(parts), candidate.notes)

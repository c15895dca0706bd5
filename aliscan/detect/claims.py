"""Which of the candidates of all readings stand: each value belongs to one credential."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterable, Iterator

from aliscan.detect.document import Document
from aliscan.detect.places import Places
from aliscan.detect.reading import Reading
from aliscan.detect.text import Candidate
from aliscan.finding import IDENTIFIER_KINDS, Match, Part, Secret
from aliscan.record import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """A candidate and where its spans stand in the document: start, end, views, value."""

    candidate: Candidate
    places: tuple[tuple[int, int, tuple[str, ...], bytes], ...]
    layers: int = 0

    @property
    def start(self) -> int:
        """Where its first value begins."""
        return min(place[0] for place in self.places)


def claimed(candidate: Candidate, reading: Reading) -> Claim:
    """A candidate of a reading, where it stands in the document."""
    return Claim(candidate, tuple(_placed(candidate, reading)), len(reading.via))


def _placed(candidate: Candidate, reading: Reading) -> Iterator[tuple[int, int, tuple[str, ...], bytes]]:
    for s in candidate.spans:
        value = reading.data[s.start : s.end] if s.value is None else s.value
        yield (*reading.locate(s.start, s.end), value)


def claim(claims: Iterable[Claim]) -> list[Claim]:
    """Each value belongs to one credential: of claims that overlap, the highest rank stays.

    At equal rank the reading with fewer layers wins. A claim survives when none of its harmful values
    is claimed; identifiers may be shared (one id with a stale and a fresh secret). In reading order.
    """
    taken: list[tuple[int, int]] = []  # sorted and disjoint, so that a look-up is a bisection
    kept: list[Claim] = []
    for c in sorted(claims, key=lambda c: (-c.candidate.rank, c.layers, -c.candidate.confidence, c.start)):
        spans = list(zip(c.candidate.spans, c.places, strict=True))
        harmful = [p for s, p in spans if s.kind not in IDENTIFIER_KINDS] or [p for _, p in spans]
        if any(_overlaps(taken, start, end) for start, end, *_ in harmful):
            continue
        for start, end, *_ in c.places:
            if not _overlaps(taken, start, end):
                insort(taken, (start, end))
        kept.append(c)
    return sorted(kept, key=lambda c: c.start)


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect(taken, (start, end))
    return (at > 0 and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end)


def matches(claims: list[Claim], doc: Document, member: tuple[bytes, ...]) -> list[Match]:
    """What is reported of claims; ``member``: the members of containers that lead to the document."""
    spans = [(start, end) for c in claims for start, end, *_ in c.places]
    places = Places(doc.text, doc.encoding).all(spans)
    offsets = doc.original([offset for span in spans for offset in span])
    found = []
    for c in claims:
        parts = [
            Part(s.kind, Secret(value), places[start, end], offsets[start], offsets[end], (*doc.via, *via))
            for s, (start, end, via, value) in zip(c.candidate.spans, c.places, strict=True)
        ]
        parts.sort(key=lambda part: part.start)
        it = c.candidate
        found.append(Match(it.rule, it.severity, it.confidence, tuple(parts), it.notes, member))
    return found

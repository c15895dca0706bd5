"""source -> Blob -> detect -> Match -> triage -> Finding: the flow, joined."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from aliscan.detect import LIMITS, NOTHING, Detection, Limits, detect
from aliscan.detect.anchors import is_container, is_silent
from aliscan.record import dataclass, field

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect.budget import Spent
    from aliscan.detect.bulk import Gate
    from aliscan.finding import Blob, Clean, Finding, Gap, Match, Origin, Report
    from aliscan.triage.pragmas import Allow


def run(
    items: Iterable[Blob | Gap | Clean],
    judge: Callable[[Blob, Match], Finding],
    limits: Limits | Callable[[], Limits] = LIMITS,
) -> Report:
    """Scan everything a source yields and collect what was found and what could not be read.

    ``judge`` is triage: it turns a match into a finding, suppressed or not, and drops none.
    """
    from aliscan.finding import Clean, Gap, Report

    started, clock = time.time(), time.monotonic()
    findings: list[Finding] = []
    gaps: list[Gap] = []
    count = size = 0
    search = searcher(limits)
    for item in items:
        if isinstance(item, Gap):
            gaps.append(item)
            continue
        if isinstance(item, Clean):
            count += item.blobs
            size += item.bytes
            continue
        found = search(item)
        if item.origin.kind != "name":  # a name is scanned with its file; it is not one more file
            count += not item.start
            size += item.size  # of what goes by it is known only now
        findings += (judge(item, match) for match in found.matches)
        gaps += (Gap(item.origin, reason) for reason in found.unread)
    seconds = time.monotonic() - clock
    return Report(tuple(findings), tuple(gaps), count, size, started=started, seconds=seconds)


def searcher(
    limits: Limits | Callable[[], Limits] = LIMITS, first: Gate | None = None
) -> Callable[[Blob], Detection]:
    """A function that says what a blob holds; what is in a piece has its place in the whole. ``first`` is a
    first look for very many.

    The limits are for a whole file: the pieces behind the one in which it reaches them are not searched.
    """
    whole: tuple[Origin, Spent] | None = None  # the pieces of a file follow each other

    def search(blob: Blob) -> Detection:
        nonlocal whole
        if not blob.partial:
            return detect(blob.stored or blob.data, blob.origin.path, limits, first)
        if not blob.start or whole is None or whole[0] != blob.origin:
            from aliscan.detect.budget import Spent

            whole = blob.origin, Spent()
        spent = whole[1]
        if spent.over:
            return NOTHING
        found = detect(blob.data, blob.origin.path, limits, first, spent, blob.owned)
        if not found.matches:
            return found
        from aliscan.detect.pieces import settled

        return Detection(settled(blob, found.matches), found.unread)

    return search


@dataclass(frozen=True, slots=True)
class Hit:
    """An object that holds something; ``whole`` is false for a piece of one too large for memory."""

    origin: Origin
    matches: tuple[Match, ...]
    whole: bool = True


@dataclass(slots=True)
class Sifted:
    """What is left of a stream of objects: the few that hold something, not yet judged.

    For sources whose paths are known only afterwards (a push, a history): their hits are attributed
    first and judged then (`Policy.verdict`). Of a blob that came in pieces there may be several hits.
    ``beside``: object id -> the comments in its data that allow something, for the objects with hits.
    """

    hits: list[Hit] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    beside: dict[str, tuple[Allow, ...]] = field(default_factory=dict)
    blobs: int = 0
    bytes: int = 0


def sift(items: Iterable[Blob | Gap], into: Sifted, limits: Limits | Callable[[], Limits] = LIMITS) -> None:
    """Detect in everything a source yields; keep hits and gaps in ``into``, also when interrupted.

    The memory it needs grows with the largest blob, not with their number.
    """
    from aliscan.finding import Gap

    search = searcher(limits)
    for item in sieve(_tallied(items, into)):
        found = search(item)
        if found.matches:
            into.hits.append(Hit(item.origin, found.matches, not item.partial))
        into.gaps += (Gap(item.origin, reason) for reason in found.unread)


def _tallied(items: Iterable[Blob | Gap], into: Sifted) -> Iterator[Blob]:
    from aliscan.finding import Blob

    for item in items:
        if not isinstance(item, Blob):
            into.gaps.append(item)
            continue
        if item.origin.kind != "name":
            into.blobs += not item.start
            if item.stored is None:
                into.bytes += item.size
        yield item
        if item.stored is not None:
            into.bytes += item.size  # of what goes by it is known only now


_TOGETHER = 1 << 15  # bytes that are searched for anchors at once; more would be searched again too often


def sieve(blobs: Iterable[Blob], first: Gate | None = None) -> Iterator[Blob]:
    """The blobs in which detect could find something, in order; ``first`` is a first look for very many.

    Looking for anchors costs a little for every text and a little for every byte, and most blobs of a
    push are small: many are searched as one text. Joining them makes no anchor disappear; where one
    shows, the text is parted until the blobs are found that have it.
    """
    batch: list[Blob] = []
    size = 0
    for blob in blobs:
        if len(blob.data) >= _TOGETHER or blob.stored:  # joining would copy it
            yield from _loud(batch, first)
            yield blob
            batch, size = [], 0
            continue
        batch.append(blob)
        size += len(blob.data)
        if size >= _TOGETHER:
            yield from _loud(batch, first)
            batch, size = [], 0
    yield from _loud(batch, first)


def _loud(batch: list[Blob], first: Gate | None) -> Iterator[Blob]:
    if len(batch) < 2:
        yield from batch  # detect looks for the anchors itself
        return
    opened = any(is_container(blob.data) for blob in batch)
    if not opened:
        text = b"\n".join([blob.data for blob in batch])
        if is_silent(text) if first is None else is_silent(text, first.evidence):
            return
    step = -(-len(batch) // 8)  # few parts would be searched often, many cost each their own start
    for start in range(0, len(batch), step):
        yield from _loud(batch[start : start + step], first)

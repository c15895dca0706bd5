"""What happens behind the anchors: documents, readings, rules, claims, masking."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Iterable, Iterator

from aliscan import cuts
from aliscan.cuts import PIECE, Ends, chained, cut, reading
from aliscan.detect import Detection, Limits, document
from aliscan.detect.anchors import ANCHORS, SHORT, families, is_container, may_contain
from aliscan.detect.beside import Beside, Held
from aliscan.detect.budget import Budget, Exhausted, too_many
from aliscan.detect.near import windows
from aliscan.detect.needles import base64_forms
from aliscan.detect.pieces import owned, shift
from aliscan.detect.places import Places
from aliscan.detect.reading import Edit, Reading
from aliscan.detect.rules import family
from aliscan.detect.text import Candidate, Text
from aliscan.finding import IDENTIFIER_KINDS, Match, Part, Secret
from aliscan.i18n import N_, said
from aliscan.record import dataclass, replace
from aliscan.stored import Passing, Stored, opened

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect.budget import Spent
    from aliscan.detect.bulk import Gate
    from aliscan.detect.containers import Item
    from aliscan.detect.containers.unpacked import Content
    from aliscan.detect.views import View
    from aliscan.stored import Data

    Stretch = tuple[int, int]  # offsets: from, and up to


def search(
    data: Data | Passing,
    path: bytes,
    names: Iterable[str],
    limits: Limits,
    first: Gate | None = None,
    spent: Spent | None = None,
    own: Stretch | None = None,
) -> Detection:
    """Run the rules of the named families over all readings of ``data`` and over what it contains.

    ``first`` is asked what could be in a member of a container, and in other readings of a text. ``spent``
    and ``own`` are for a piece of something: see `detect`.
    """
    budget = Budget(limits, data.size if isinstance(data, Passing) else len(data), spent)
    run = _Run(budget, first)
    if isinstance(data, bytes):
        matches = run.blob(data, path, (), tuple(names), limits.depth, own)
    elif isinstance(data, Stored):
        matches = run.stored(data, path, limits.depth)
    else:
        matches = run.passing(data.read, path, (), limits.depth)
    budget.close()
    return Detection(tuple(matches), tuple(dict.fromkeys(run.unread)))


# A text this long that only speaks of the vendor, without an id, a token or an encoded anchor, is read
# as it is: bundles of scripts and SDKs are such texts, and every view of megabytes costs seconds.
_IDS = (b"LTAI", b"sk-ws-", b"sk-sp-", b"U2FsdGVkX1", b"1q6Ft5B2")


def _is_plain(data: bytes, names: Iterable[str]) -> bool:
    return len(data) > SHORT and "encoded" not in names and not any(word in data for word in _IDS)


DENSE = 512 << 10  # the pieces of a text that is full of what may be findings: each takes a kilobyte
_AROUND = 16 << 10  # farther than a secret may be from its id (aliscan.detect.pairs.FAR)


def _clusters(data: bytes, word: bytes) -> Iterator[tuple[int, int]]:
    """The first and last place of a word in each stretch that holds it: a text may be full of it."""
    at = data.find(word)
    while at >= 0:
        last = data.rfind(word, at, at + _AROUND)
        yield at, last
        at = data.find(word, last + 1)


def _far_from_ids(data: bytes) -> Iterator[Edit]:
    """Edits that leave out what is not near any id."""
    places = sorted(place for word in _IDS for place in _clusters(data, word))
    done = 0
    for start, end in (*windows(places, _AROUND, _AROUND, len(data)), (len(data), len(data))):
        if start > done:
            yield Edit(done, start, b"\n")
        done = end


# What stands in nearly all findings that are short: ids, also in base64, keys, names of hosts and users,
# calls; the beginning of packed bytes in base64; the length of a secret before it
_FREQUENT = (
    *(b"LTAI", b"STS.", b"sk-", b"aliyun", b"likafka", b"ecret", b"ppcode", b"token", b"Client"),
    *base64_forms(b"LTAI"),
    *(b"H4sI", b"\x1e"),
)
_MANY = 5_000
_CLAIMS = 40_000  # that one piece may have before they are judged: each takes a kilobyte


def _is_text(names: Iterable[str]) -> bool:
    """Whether anything but a container was met."""
    return any(name in ANCHORS or name == "encoded" for name in names)


def _is_dense(data: bytes) -> bool:
    return sum(data.count(word) for word in _FREQUENT) > _MANY


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


_FILE = N_("the file")
ROOM = 16 << 20  # bytes of what goes by that may be held to be opened, of all levels together
_UNOPENED = N_(
    "a program or a database of more than {limit} MiB that is no file on disk was not opened: "
    "unpack or check it out, and scan the file"
)


def _where(member: tuple[bytes, ...]) -> str:
    """The members of containers on the way to something, innermost first."""
    return b" in ".join(reversed(member)).decode("utf-8", "backslashreplace")


def _within(member: tuple[bytes, ...], words: str) -> str:
    """A sentence about a container, behind the names of its members that lead there."""
    return said("{place}: {reason}", place=_where(member), reason=words) if member else words


def _failed(sentence: str, what: str, error: Exception) -> str:
    """For what nobody foresaw: the type of an error only, its message may quote the text."""
    return said(sentence, what=what, error=type(error).__name__)


class _Run:
    """One call of detect: the budget, and what could not be read."""

    def __init__(self, budget: Budget, first: Gate | None) -> None:
        self.budget = budget
        self.families = families if first is None else first.families
        self._triggered = None if first is None else first.views
        self.unread: list[str] = []
        self._room = ROOM

    def blob(
        self,
        data: bytes,
        path: bytes,
        member: tuple[bytes, ...],
        names: tuple[str, ...],
        depth: int,
        own: Stretch | None = None,
    ) -> list[Match]:
        """Everything in some bytes: what their readings show, and what they contain. ``own``: what begins
        elsewhere in them is left out."""
        inside = self._members(data, path, member, depth) if is_container(data) else []
        return _once(self._text(data, path, member, names, depth, own), inside)

    def stored(self, data: Stored, path: bytes, depth: int) -> list[Match]:
        """The same of a container that lies on disk."""
        inside = self._members(data, path, (), depth)
        return _once(self._long(opened(data).read, 0, path, (), depth), inside)

    def _content(self, content: Content, path: bytes, member: tuple[bytes, ...], depth: int) -> list[Match]:
        """The same of a member."""
        if not isinstance(content, bytes):
            return self.passing(content, path, member, depth)
        return self.blob(content, path, member, self.families(content), depth)

    def passing(
        self, read: Callable[[int], bytes], path: bytes, member: tuple[bytes, ...], depth: int
    ) -> list[Match]:
        """The same of what goes by once, of any size: a piece of it is held, and little more where that is
        the only way to open it."""
        begin = read(PIECE + 1)
        if len(begin) <= PIECE:
            return self._content(begin, path, member, depth)
        if not may_contain(begin):
            return self._long(chained(begin, read), 0, path, member, depth)
        from aliscan.detect import containers

        stream, room = containers.passing(begin)
        held = Held(begin, read, min(room, self._room) if stream else self._room)
        if held.is_all:
            self._room -= held.size
            try:
                return self._held(held.all(), path, member, depth)
            finally:
                self._room += held.size
        if stream is None:
            return self._unopened(held.read, path, member, depth)
        beside = Beside(held.read, lambda read: self._searched(read, 0, path, member, depth))
        inside = self._opened(lambda: stream(beside.read, path, self.budget), member, depth)
        return _once(beside.finish(), inside)

    def _held(self, data: bytes, path: bytes, member: tuple[bytes, ...], depth: int) -> list[Match]:
        names = self.families(data) if len(data) <= cuts.LONG else ()  # else each piece is asked
        return self.blob(data, path, member, names, depth)

    def _unopened(
        self, read: Callable[[int], bytes], path: bytes, member: tuple[bytes, ...], depth: int
    ) -> list[Match]:
        """What shows from outside of something too large to be held, which is said if it is a container:
        a program's end tells."""
        ends = Ends(read)
        found = self._long(ends.read, 0, path, member, depth)
        if is_container(ends.begin + ends.end):
            self.unread.append(_within(member, said(_UNOPENED, limit=ROOM >> 20)))
        return found

    def _text(
        self,
        data: bytes,
        path: bytes,
        member: tuple[bytes, ...],
        names: tuple[str, ...],
        depth: int,
        own: Stretch | None = None,
    ) -> list[Match]:
        size = DENSE if len(data) > DENSE and _is_text(names) and _is_dense(data) else 0
        if size or len(data) > cuts.LONG:
            return self._long(reading(data), size, path, member, depth, own)
        return self._readings(data, path, member, names, depth, own)

    def _long(
        self,
        read: Callable[[int], bytes],
        size: int,
        path: bytes,
        member: tuple[bytes, ...],
        depth: int,
        own: Stretch | None = None,
    ) -> list[Match]:
        """What the pieces of a long text show, each searched on its own."""
        return [match for found in self._searched(read, size, path, member, depth, own) for match in found]

    def _searched(
        self,
        read: Callable[[int], bytes],
        size: int,
        path: bytes,
        member: tuple[bytes, ...],
        depth: int,
        own: Stretch | None = None,
    ) -> Iterator[list[Match]]:
        for data, start, line, column, low, high in cut(read, size):
            if own:
                low, high = max(low, own[0] - start), min(high, own[1] - start)
            done = self.budget.is_over or (size > 0 and self.budget.says_nothing_new(data))
            names = () if done else self.families(data)
            look = self._readings if size else self._text
            matches = look(data, path, member, names, depth, (low, high))
            yield list(shift(matches, start, line, column))
            del data, matches  # before the next is read

    def _members(self, data: Data, path: bytes, member: tuple[bytes, ...], depth: int) -> list[Match]:
        from aliscan.detect import containers

        return self._opened(lambda: containers.members(data, path, self.budget), member, depth)

    def _opened(
        self, items: Callable[[], Iterator[Item]], member: tuple[bytes, ...], depth: int
    ) -> list[Match]:
        found: list[Match] = []
        if depth <= 0:
            self.unread.append(
                said("{what} lies too deep in other containers to be opened", what=_where(member) or _FILE)
            )
            return []
        try:
            for item in items():
                if isinstance(item, str):
                    self.unread.append(_within(member, item))
                    continue
                name, content = item
                found += self._content(content, name, (*member, name), depth - 1)
        except Exhausted as end:
            self.unread.append(_within(member, end.args[0]))
        except Exception as error:  # a file that nobody foresaw; its type only, a message may quote the file
            self.unread.append(_failed(N_("opening {what} failed: {error}"), _where(member) or _FILE, error))
        return found

    def _readings(
        self,
        data: bytes,
        path: bytes,
        member: tuple[bytes, ...],
        names: tuple[str, ...],
        depth: int,
        own: Stretch | None = None,
    ) -> list[Match]:
        if self.budget.is_over or not _is_text(names):
            return []
        doc = document.read(data)
        root = Reading(doc.text)
        claims: list[Claim] = []
        told: set[int] = set()
        nested: list[Match] = []
        met: set[tuple[int, int]] = set()
        seen = {hash(doc.text)}
        try:
            # Encodings inside encodings show from outside; without, a bundle is read once in each view.
            layers = min(depth, 1) if len(doc.text) > SHORT and "encoded" not in names else depth
            for reading, present in self._walk(root, names, layers, seen):
                for found in self._claims(reading, path, present):
                    # What no view touches is in every reading
                    known = hash((found.candidate.rank, found.candidate.confidence, found.places))
                    if known not in told:
                        if len(told) >= (_CLAIMS if len(data) <= cuts.OVERLAP * 2 + DENSE else _CLAIMS // 4):
                            raise Exhausted(too_many(self.budget.limits))
                        told.add(known)
                        claims.append(found)
                nested += self._embedded(reading, doc, path, member, depth, own, met)
        except Exhausted as end:
            self.unread.append(_within(member, end.args[0]))
        except Exception as error:
            self.unread.append(
                _failed(N_("the readings of {what} failed: {error}"), _where(member) or _FILE, error)
            )
        return self._listed(_matches(claim(claims), doc, member), member, own) + nested

    def _listed(self, matches: list[Match], member: tuple[bytes, ...], own: Stretch | None) -> list[Match]:
        """Those that count."""
        was_over = self.budget.is_over
        matches = owned(matches, own) if own else matches
        kept = self.budget.listed((m, hash((m.rule, *(part.secret for part in m.parts)))) for m in matches)
        if self.budget.is_over and not was_over:
            self.unread.append(_within(member, too_many(self.budget.limits)))
        return kept

    def _claims(self, reading: Reading, path: bytes, names: Iterable[str]) -> Iterator[Claim]:
        text = Text(reading.data, path)
        for name in names:
            if name not in ANCHORS:
                continue
            self.budget.check_time(N_("a text"))
            try:
                for candidate in family(name).find(text):
                    yield Claim(candidate, tuple(_placed(candidate, reading)), len(reading.via))
            except Exhausted:
                raise
            except Exception as error:
                # its type only: a message may quote the text
                self.unread.append(_failed(N_("the rules of {what} failed: {error}"), name, error))

    def _walk(
        self, reading: Reading, names: tuple[str, ...], depth: int, seen: set[int]
    ) -> Iterator[tuple[Reading, tuple[str, ...]]]:
        """The reading, and all readings of it that hold an anchor, each text once.

        Below the first level only what was decoded is decoded again: else every subset of the
        encodings that a text has would be a reading. For an id in one encoding and its secret in
        another there is one more reading, with all views one after the other.
        """
        yield reading, names
        top = reading.parent is None
        if depth <= 0 or (top and _is_plain(reading.data, names)):
            return
        if top and len(reading.data) > SHORT and "encoded" not in names:
            # A long text has its ids in few places; what is encoded elsewhere belongs to none of them.
            reading = reading.edited("", _far_from_ids(reading.data), self.budget) or reading
        yield from self._views(reading, depth, seen, top)

    def _views(
        self, reading: Reading, depth: int, seen: set[int], top: bool
    ) -> Iterator[tuple[Reading, tuple[str, ...]]]:
        from aliscan.detect.views import views

        together, layers = reading, 0
        for view in views(reading.data):
            if not self._may_speak(view.NAME, reading):
                continue
            child = reading.edited(view.NAME, view.edits(reading.data), self.budget)
            if child is None:
                continue
            if top:
                layers += 1
                together = child if layers == 1 else self._also(together, view)
            elif not child.touches(reading):
                continue
            yield from self._further(child, depth, seen)
        if layers > 1:
            yield from self._further(together, 1, seen)

    def _may_speak(self, view: str, reading: Reading) -> bool:
        if self._triggered is None:
            return True
        if reading.worth is None:
            reading.worth = self._triggered(reading.data)
        return view in reading.worth

    def _also(self, reading: Reading, view: View) -> Reading:
        return reading.edited(view.NAME, view.edits(reading.data), self.budget) or reading

    def _further(
        self, reading: Reading, depth: int, seen: set[int]
    ) -> Iterator[tuple[Reading, tuple[str, ...]]]:
        if hash(reading.data) not in seen:
            seen.add(hash(reading.data))
            present = self.families(reading.data, context=False)
            if present:
                yield from self._walk(reading, present, depth - 1, seen)

    def _embedded(
        self,
        reading: Reading,
        doc: document.Document,
        path: bytes,
        member: tuple[bytes, ...],
        depth: int,
        own: Stretch | None,
        met: set[tuple[int, int]],
    ) -> Iterator[Match]:
        """What containers hold that stand as base64 in a text; all at the place of that word. ``met``: those
        that another reading of the text showed."""
        from aliscan.detect.views import base64

        if not self._may_speak(base64.CONTAINERS, reading):
            return
        places = Places(doc.text, doc.encoding)  # one for all, and asked for finds only: a text may be full
        for start, end, content in base64.containers(reading.data):
            if not is_container(content):
                continue
            begin, end, via = reading.locate(start, end)
            if (begin, hash(content)) in met:
                continue  # no view touches it
            if own and not own[0] <= doc.original([begin])[begin] < own[1]:
                continue  # another piece opens it
            # Packed bytes show nothing from outside
            matches = self._members(content, path, member, depth - 1)
            if not matches:
                continue
            met.add((begin, hash(content)))
            via = (*doc.via, *via, base64.NAME)
            place = places.of(begin, end)
            offsets = doc.original([begin, end])
            for match in matches:
                parts = tuple(
                    replace(part, place=place, start=offsets[begin], end=offsets[end], via=(*via, *part.via))
                    for part in match.parts
                )
                yield replace(match, parts=parts)


def _once(found: list[Match], inside: list[Match]) -> list[Match]:
    """What a container shows from outside and what is in it; one that stores its members as they are
    shows them twice."""
    if inside:
        known = {part.secret for match in inside for part in match.parts}
        found = [match for match in found if match.key.secret not in known]
    return found + inside


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


def _matches(claims: list[Claim], doc: document.Document, member: tuple[bytes, ...]) -> list[Match]:
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

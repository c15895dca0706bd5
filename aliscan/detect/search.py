"""What happens behind the anchors: documents, readings, rules, claims, masking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aliscan import cuts
from aliscan.cuts import PIECE, Ends, chained, cut, reading
from aliscan.detect import Detection, Limits, document
from aliscan.detect.anchors import ANCHORS, SHORT, families, is_container, may_contain
from aliscan.detect.beside import Beside, Held
from aliscan.detect.budget import Budget, Exhausted, too_many
from aliscan.detect.claims import Claim, claim, claimed, matches
from aliscan.detect.density import DENSE, far_from_ids, is_dense, is_plain, is_text
from aliscan.detect.level import Level
from aliscan.detect.pieces import owned, shift
from aliscan.detect.places import Places
from aliscan.detect.reading import Reading
from aliscan.detect.rules import family
from aliscan.detect.text import Text
from aliscan.finding import Match
from aliscan.i18n import N_, said
from aliscan.record import replace
from aliscan.stored import Passing, Stored, opened

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect.budget import Spent
    from aliscan.detect.bulk import Gate
    from aliscan.detect.containers import Item
    from aliscan.detect.containers.unpacked import Content
    from aliscan.detect.views import View
    from aliscan.stored import Data


def search(
    data: Data | Passing,
    path: bytes,
    names: Iterable[str],
    limits: Limits,
    first: Gate | None = None,
    spent: Spent | None = None,
    own: tuple[int, int] | None = None,
) -> Detection:
    """Run the rules of the named families over all readings of ``data`` and over what it contains.

    ``first`` is asked what could be in a member of a container, and in other readings of a text. ``spent``
    and ``own`` are for a piece of something: see `detect`.
    """
    budget = Budget(limits, data.size if isinstance(data, Passing) else len(data), spent)
    run = _Run(budget, first)
    level = Level(path, limits.depth, own=own)
    if isinstance(data, bytes):
        matches = run.blob(data, level, tuple(names))
    elif isinstance(data, Stored):
        matches = run.stored(data, level)
    else:
        matches = run.passing(data.read, level)
    budget.close()
    return Detection(tuple(matches), tuple(dict.fromkeys(run.unread)))


_CLAIMS = 40_000  # that one piece may have before they are judged: each takes a kilobyte

ROOM = 16 << 20  # bytes of what goes by that may be held to be opened, of all levels together
_UNOPENED = N_(
    "a program or a database of more than {limit} MiB that is no file on disk was not opened: "
    "unpack or check it out, and scan the file"
)


class _Run:
    """One call of detect: the budget, and what could not be read."""

    def __init__(self, budget: Budget, first: Gate | None) -> None:
        self.budget = budget
        self.families = families if first is None else first.families
        self._triggered = None if first is None else first.views
        self.unread: list[str] = []
        self._room = ROOM

    def blob(self, data: bytes, level: Level, names: tuple[str, ...]) -> list[Match]:
        """Everything in some bytes: what their readings show, and what they contain."""
        inside = self._members(data, level) if is_container(data) else []
        return _once(self._text(data, level, names), inside)

    def stored(self, data: Stored, level: Level) -> list[Match]:
        """The same of a container that lies on disk."""
        inside = self._members(data, level)
        return _once(self._long(opened(data).read, 0, level), inside)

    def _content(self, content: Content, level: Level) -> list[Match]:
        """The same of a member."""
        if not isinstance(content, bytes):
            return self.passing(content, level)
        return self.blob(content, level, self.families(content))

    def passing(self, read: Callable[[int], bytes], level: Level) -> list[Match]:
        """The same of what goes by once, of any size: a piece of it is held, and little more where that is
        the only way to open it."""
        begin = read(PIECE + 1)
        if len(begin) <= PIECE:
            return self._content(begin, level)
        if not may_contain(begin):
            return self._long(chained(begin, read), 0, level)
        from aliscan.detect import containers

        stream, room = containers.passing(begin)
        held = Held(begin, read, min(room, self._room) if stream else self._room)
        if held.is_all:
            self._room -= held.size
            try:
                return self._held(held.all(), level)
            finally:
                self._room += held.size
        if stream is None:
            return self._unopened(held.read, level)
        beside = Beside(held.read, lambda read: self._searched(read, 0, level))
        inside = self._opened(lambda: stream(beside.read, level.path, self.budget), level)
        return _once(beside.finish(), inside)

    def _held(self, data: bytes, level: Level) -> list[Match]:
        names = self.families(data) if len(data) <= cuts.LONG else ()  # else each piece is asked
        return self.blob(data, level, names)

    def _unopened(self, read: Callable[[int], bytes], level: Level) -> list[Match]:
        """What shows from outside of something too large to be held, which is said if it is a container:
        a program's end tells."""
        ends = Ends(read)
        found = self._long(ends.read, 0, level)
        if is_container(ends.begin + ends.end):
            self.unread.append(level.said(said(_UNOPENED, limit=ROOM >> 20)))
        return found

    def _text(self, data: bytes, level: Level, names: tuple[str, ...]) -> list[Match]:
        is_long = len(data) > cuts.LONG  # nobody has asked what is in it
        size = DENSE if len(data) > DENSE and (is_long or is_text(names)) and is_dense(data) else 0
        if size or is_long:
            return self._long(reading(data), size, level)
        return self._readings(data, level, names)

    def _long(self, read: Callable[[int], bytes], size: int, level: Level) -> list[Match]:
        """What the pieces of a long text show, each searched on its own."""
        return [match for found in self._searched(read, size, level) for match in found]

    def _searched(self, read: Callable[[int], bytes], size: int, level: Level) -> Iterator[list[Match]]:
        for data, start, line, column, low, high in cut(read, size):
            if level.own:
                low, high = max(low, level.own[0] - start), min(high, level.own[1] - start)
            done = self.budget.is_over or (size > 0 and self.budget.says_nothing_new(data))
            names = () if done else self.families(data)
            look = self._readings if size else self._text
            matches = look(data, level.between(low, high), names)
            yield list(shift(matches, start, line, column))
            del data, matches  # before the next is read

    def _members(self, data: Data, level: Level) -> list[Match]:
        from aliscan.detect import containers

        return self._opened(lambda: containers.members(data, level.path, self.budget), level)

    def _opened(self, items: Callable[[], Iterator[Item]], level: Level) -> list[Match]:
        found: list[Match] = []
        if level.depth <= 0:
            self.unread.append(
                said("{what} lies too deep in other containers to be opened", what=level.shown)
            )
            return []
        try:
            for item in items():
                if isinstance(item, str):
                    self.unread.append(level.said(item))
                    continue
                name, content = item
                found += self._content(content, level.inside(name))
        except Exhausted as end:
            self.unread.append(level.said(end.args[0]))
        except Exception as error:  # a file that nobody foresaw; its type only, a message may quote the file
            self.unread.append(level.failed(N_("opening {what} failed: {error}"), error))
        return found

    def _readings(self, data: bytes, level: Level, names: tuple[str, ...]) -> list[Match]:
        if self.budget.is_over or not is_text(names):
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
            is_long = len(doc.text) > SHORT and "encoded" not in names
            layers = min(level.depth, 1) if is_long else level.depth
            for reading, present in self._walk(root, names, layers, seen):
                for found in self._claims(reading, level.path, present):
                    # What no view touches is in every reading
                    known = hash((found.candidate.rank, found.candidate.confidence, found.places))
                    if known not in told:
                        if len(told) >= (_CLAIMS if len(data) <= cuts.OVERLAP * 2 + DENSE else _CLAIMS // 4):
                            raise Exhausted(too_many(self.budget.limits))
                        told.add(known)
                        claims.append(found)
                nested += self._embedded(reading, doc, level, met)
        except Exhausted as end:
            self.unread.append(level.said(end.args[0]))
        except Exception as error:
            self.unread.append(level.failed(N_("the readings of {what} failed: {error}"), error))
        return self._listed(matches(claim(claims), doc, level.member), level) + nested

    def _listed(self, found: list[Match], level: Level) -> list[Match]:
        """Those that count."""
        was_over = self.budget.is_over
        matches = owned(found, level.own) if level.own else found
        kept = self.budget.listed((m, hash((m.rule, *(part.secret for part in m.parts)))) for m in matches)
        if self.budget.is_over and not was_over:
            self.unread.append(level.said(too_many(self.budget.limits)))
        return kept

    def _claims(self, reading: Reading, path: bytes, names: Iterable[str]) -> Iterator[Claim]:
        text = Text(reading.data, path)
        for name in names:
            if name not in ANCHORS:
                continue
            self.budget.check_time(N_("a text"))
            try:
                for candidate in family(name).find(text):
                    yield claimed(candidate, reading)
            except Exhausted:
                raise
            except Exception as error:
                # its type only: a message may quote the text
                failure = said("the rules of {what} failed: {error}", what=name, error=type(error).__name__)
                self.unread.append(failure)

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
        if depth <= 0 or (top and is_plain(reading.data, names)):
            return
        if top and len(reading.data) > SHORT and "encoded" not in names:
            # A long text has its ids in few places; what is encoded elsewhere belongs to none of them.
            reading = reading.edited("", far_from_ids(reading.data), self.budget) or reading
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
        level: Level,
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
            if level.own and not level.own[0] <= doc.original([begin])[begin] < level.own[1]:
                continue  # another piece opens it
            # Packed bytes show nothing from outside
            matches = self._members(content, level.decoded())
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

"""What a worker does with one object: is there anything in it that a second, careful look must judge?

The first look knows neither path nor policy and keeps nothing: an object id is all that leaves the
worker, so no value crosses a process border.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from aliscan.detect import LIMITS, Detection, Limits, detect, paths
from aliscan.detect.anchors import families, is_container
from aliscan.detect.bulk import REACH, WORTH, ZERO
from aliscan.engine import searcher
from aliscan.finding import Gap, Origin
from aliscan.kept import gate
from aliscan.record import NamedTuple
from aliscan.sources.delta import changed
from aliscan.sources.history import Big, names_in_tree
from aliscan.sources.pieces import streamed

_SMALL = 2 << 10
# A path that holds all that any rule takes for a hint
_HINT = b"aliyun/dashscope/alipay/yunxiao/.aliyun/config.json"
_BATCH = 64 << 10
_NAMES = 50_000  # so many are remembered, some megabytes
_NAME = 256  # bytes: no file system has longer names, and what a name holds does not reach beyond it


# How a commit begins. Each id is a word that must be judged, and none of them is a secret.
_IDS = re.compile(rb"tree [0-9a-f]{40,64}\n(?:parent [0-9a-f]{40,64}\n)*")


class Hit(NamedTuple):
    """An object worth a second look. ``unread``: nothing was found, but something could not be read, and why;
    ``named``: anything is found only under a path that speaks of one of these families
    (`aliscan.detect.paths`)."""

    oid: str
    kind: str
    unread: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Looker:
    """Visits the objects that an engine reads, and keeps the ids of those worth a second look.

    A visit returns the bits of the object (aliscan.detect.bulk); an engine that knows what an object
    was made from hands them to the next visit, with the delta: then only what changed is searched.
    """

    def __init__(self, raw: int, report: Callable[[], None], engine: str = "auto") -> None:
        """``raw``: bytes of an object id; ``report`` is called now and then, between two visits."""
        self.objects = 0
        self.bytes = 0
        self.hits: list[Hit] = []
        self.spoken: set[str] = set()  # the families that names in trees speak of (aliscan.detect.paths)
        self._listen = paths.listener(engine)
        self._raw = raw
        self._gate = gate(engine)
        self._clean_names: set[bytes] = set()
        self._report = report
        self._due = 64
        self._batch: list[tuple[str, str, bytes, bytes]] = []
        self._batched = 0

    def __call__(
        self,
        oid: str,
        kind: str,
        data: bytes | Big,
        delta: bytes | None = None,
        start: int = 0,
        before: int | None = None,
    ) -> int:
        """Look at one object; ``start`` is where the instructions of ``delta`` start, ``before`` the
        bits of what it was applied to."""
        self._count(1)
        if isinstance(data, Big):
            self._big(oid, kind, data)
            return -1
        self.bytes += len(data)
        if kind == "tree":
            # What a tree shares with the one it was made from was seen there: a name counts once.
            part = None if delta is None or before is None else changed(delta, start, data, _NAME)
            self._add(oid, kind, data, data if part is None else part)
            return 0
        if len(data) < _SMALL:
            return self._small(oid, kind, data)
        if delta is not None and before is not None and not before & (ZERO | WORTH):
            part = changed(delta, start, data, REACH)
            if part is not None and not self._gate.scan(part, True) and b"\0" not in part:
                if is_container(data):
                    self._judge(oid, kind, data)
                return 0
        return self._whole(oid, kind, data)

    def many(self, kind: str, data: Sequence[bytes], oids: Callable[[], Sequence[str]]) -> None:
        """Look at small objects of a type; ``oids`` says their ids."""
        self._count(len(data))
        self.bytes += sum(map(len, data))
        if kind != "tree":
            for oid, one in zip(oids(), data, strict=True):
                self._small(oid, kind, one)
        elif self._named_in_trees(b"\n".join(data)):
            for oid, one in zip(oids(), data, strict=True):
                if self._gate.needle(one):
                    self._judge(oid, kind, one)

    def _small(self, oid: str, kind: str, data: bytes) -> int:
        if b"\0" in data or is_container(data):
            return self._whole(oid, kind, data)
        self._add(oid, kind, data, _without_ids(data) if kind == "commit" else data)
        return -1  # not known yet

    def _whole(self, oid: str, kind: str, data: bytes) -> int:
        bits = self._gate.bits(data)
        if bits & ~ZERO:
            self._judge(oid, kind, data)
        return bits

    def _count(self, objects: int) -> None:
        self.objects += objects
        if self.objects > self._due:
            self._due = self.objects + 64
            self._report()

    def _add(self, oid: str, kind: str, data: bytes, part: bytes) -> None:
        """Put an object of which a small part must be searched beside others: one search for all."""
        self._batch.append((oid, kind, data, part))
        self._batched += len(part)
        if self._batched > _BATCH:
            self.flush()

    def flush(self) -> None:
        """Look at what was put aside; must be called before `hits` is complete."""
        batch, self._batch, self._batched = self._batch, [], 0
        for trees in (True, False):
            # A lone word of 30 says nothing as a file's name, and every tree has long names.
            test = self._gate.needle if trees else self._named
            some = [entry for entry in batch if (entry[1] == "tree") is trees]
            test_all = self._named_in_trees if trees else test
            if some and test_all(b"\n".join([part for _, _, _, part in some])):
                for oid, kind, data, part in some:
                    if test(part):
                        self._judge(oid, kind, data)

    def _named(self, data: bytes) -> bool:
        return self._gate.scan(data, True)

    def _named_in_trees(self, names: bytes) -> bool:
        silent = paths.WORDS.keys() - self.spoken
        if silent:
            self.spoken |= self._listen(names, silent)
        return self._gate.needle(names)

    def _big(self, oid: str, kind: str, data: Big) -> None:
        self.bytes += data.size
        found, search = False, searcher(first=self._gate)
        for item in streamed(data.read, Origin("object", _HINT), is_container, data.size):
            if isinstance(item, Gap):
                found = True
            elif not found and (item.stored or self._gate.bits(item.data) & ~ZERO):
                found = not search(item).is_clean
        if found:
            self.hits.append(Hit(oid, kind))

    def _judge(self, oid: str, kind: str, data: bytes) -> None:
        if kind == "tree":
            if any(self._suspicious_name(name) for name in names_in_tree(data, self._raw)):
                self.hits.append(Hit(oid, kind))
            return
        found = self._detect(data)
        if not found.matches:
            if found.unread:
                self.hits.append(Hit(oid, kind, found.unread))
            return
        named = () if found.unread else paths.families_of(match.rule for match in found.matches)
        if named and not detect(data, first=self._gate).is_clean:
            named = ()  # a key that the path made ours hid another one's claim
        self.hits.append(Hit(oid, kind, named=named))

    def _suspicious_name(self, name: bytes) -> bool:
        if name in self._clean_names:  # each version of a tree holds nearly the same
            return False
        if self._gate.needle(name) and not self._detect(name).is_clean:
            return True
        if len(self._clean_names) < _NAMES:
            self._clean_names.add(name)
        return False

    def _detect(self, data: bytes) -> Detection:
        # Whatever the rules need of a path is taken for granted: it is known only later.
        return detect(data, _HINT, first=self._gate)


def _without_ids(commit: bytes) -> bytes:
    ids = _IDS.match(commit)
    return commit[ids.end() :] if ids else commit


def suspicious_names(data: bytes, raw: int) -> Iterator[bytes]:
    """The names of a tree, when any of its bytes could be a credential at all."""
    # The tree as a whole first: nearly always no, and then no name is taken out of it.
    if families(data):
        yield from names_in_tree(data, raw)


def judged(big: Big, path: bytes, limits: Limits = LIMITS) -> Iterator[Detection]:
    """Search something too big to hold, piece by piece, and open it if it is a container; places count
    from its very beginning."""
    origin, search = Origin("object", path), searcher(limits)
    for item in streamed(big.read, origin, is_container, big.size):
        yield Detection((), (item.reason,)) if isinstance(item, Gap) else search(item)

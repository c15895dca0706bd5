"""From entries to objects: each delta family from its root outwards, with bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
from dulwich._pack import apply_delta
from isal.isal_zlib import IsalError, decompress
from numpy.typing import NDArray

from aliscan.sources.delta import sizes
from aliscan.sources.packs.entries import TYPES
from aliscan.sources.packs.plan import Pack

State = TypeVar("State")
# Objects that nothing builds on, of at most so many bytes, are handed over so many at a time.
_LITTLE = 2 << 10
_CROWD = 512


class Visit(Protocol[State]):
    """What looks at the objects."""

    def __call__(
        self, oid: str, kind: str, data: bytes, delta: bytes | None, start: int, before: State | None, /
    ) -> State:
        """One object; ``start`` is where the instructions of ``delta`` start, ``before`` is what the visit
        to its base returned."""

    def many(self, kind: str, data: Sequence[bytes], oids: Callable[[], Sequence[str]], /) -> None:
        """Small objects that nothing builds on; ``oids`` says their ids."""


_DAMAGED: Any = (IsalError, zlib.error, ValueError, IndexError, EOFError, MemoryError, OverflowError)


def resolve(pack: Pack, members: NDArray[np.int64], biggest: int, visit: Visit[State]) -> Iterator[str]:
    """Visit every wanted object of some families; yield the ids that git must read instead.

    Those are objects of more than ``biggest`` bytes, damaged ones, and all that build on either.
    What a visit returns is handed to the visits of the deltas that build on that object.
    """
    if not len(members):
        return
    e = pack.entries
    kind = TYPES[int(e.types[members[0]])]
    alone = pack.wanted[members] & (e.parents[members] < 0) & ~e.bases[members]
    alone &= (e.sizes[members] > 0) & (e.sizes[members] <= _LITTLE)
    crowd, members = members[alone], members[~alone]
    for start in range(0, len(crowd), _CROWD):
        some = crowd[start : start + _CROWD]
        try:
            data = _Reader(pack, some).all()
        except _DAMAGED:
            members = np.append(members, some)
            continue
        # Half of all trees are folders with a folder in them: what a call costs is most of what they cost
        visit.many(kind, data, partial(pack.oids, some))
    yield from _families(pack, members, biggest, kind, visit)


def _families(
    pack: Pack, members: NDArray[np.int64], biggest: int, kind: str, visit: Visit[State]
) -> Iterator[str]:
    """As `resolve`, one object after the other."""
    reader = _Reader(pack, members)
    inflate, oid = reader.inflate, reader.oid
    roots, children = _forest(members, pack.entries.parents)
    wanted: list[bool] = pack.wanted[members].tolist()
    lost: list[int] = []
    for root in roots:
        if reader.sizes[root] > biggest:
            lost.append(root)
            continue
        try:
            data = inflate(root)
        except _DAMAGED:
            lost.append(root)
            continue
        state = visit(oid(root), kind, data, None, 0, None) if wanted[root] else None
        if root not in children:
            continue
        # Last in, first out, a base's bytes beside each: the largest branch of a family is last, so
        # at most log2(family) bases are held at a time.
        stack = [(child, data, state) for child in children[root]]
        while stack:
            entry, base, state = stack.pop()
            try:
                delta = inflate(entry)
                source, target, start = sizes(delta)
                if target > biggest or source != len(base):
                    lost.append(entry)
                    continue
                data = b"".join(apply_delta(base, delta))
                if len(data) != target:
                    raise ValueError
            except _DAMAGED:
                lost.append(entry)
                continue
            state = visit(oid(entry), kind, data, delta, start, state) if wanted[entry] else None
            if entry in children:
                stack += [(child, data, state) for child in children[entry]]
    while lost:
        entry = lost.pop()
        lost += children.get(entry, ())
        if wanted[entry]:
            yield oid(entry)


def _forest(members: NDArray[np.int64], parents: NDArray[np.int64]) -> tuple[list[int], dict[int, list[int]]]:
    """The roots, and the children of each entry that has some, as places in ``members``; of children the one
    with the largest branch first: the stack takes them from the end."""
    place = np.empty(len(parents), np.int64)  # only touched where there are members
    place[members] = np.arange(len(members))
    above = parents[members]
    deltas = np.nonzero(above >= 0)[0]
    bases = place[above[deltas]]
    branch = _branches(len(members), deltas, bases)
    order = np.lexsort((-branch[deltas], bases))
    kids: list[int] = deltas[order].tolist()
    fathers, starts = np.unique(bases[order], return_index=True)
    ends = [*starts.tolist(), len(kids)][1:]
    children = {
        father: kids[start:end]
        for father, start, end in zip(fathers.tolist(), starts.tolist(), ends, strict=True)
    }
    return np.nonzero(above < 0)[0].tolist(), children


def _branches(count: int, deltas: NDArray[np.int64], bases: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each of ``count`` objects how many there are in its branch; ``deltas`` build on ``bases``."""
    levels: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    reached = np.ones(count, np.bool_)
    reached[deltas] = False
    while len(deltas):
        here = reached[bases]
        levels.append((deltas[here], bases[here]))
        deltas, bases = deltas[~here], bases[~here]
        reached[levels[-1][0]] = True
    branch = np.ones(count, np.int64)
    for below, base in reversed(levels):
        np.add.at(branch, base, branch[below])
    return branch


class _Reader:
    """The entries of one task, by their places in it, as plain numbers: numpy's are slow one by one."""

    def __init__(self, pack: Pack, members: NDArray[np.int64]) -> None:
        e = pack.entries
        self._view = memoryview(pack.view())
        self._bodies: list[int] = e.bodies[members].tolist()
        self._ends: list[int] = e.ends[members].tolist()
        self.sizes: list[int] = e.sizes[members].tolist()
        self._ids = pack.index.ids[e.row[members]].tobytes().hex()
        self._width = 2 * pack.raw

    def oid(self, at: int) -> str:
        """The id of an entry's object, in hexadecimal."""
        return self._ids[at * self._width : (at + 1) * self._width]

    def inflate(self, at: int) -> bytes:
        """The data of an entry, of the size that it announces; raises one of _DAMAGED.

        Adler-32, at the end of its compressed form, was compared: as git does when it reads, and the index's
        checksum of the same bytes tells no more.
        """
        size = self.sizes[at]
        data = decompress(self._view[self._bodies[at] : self._ends[at]], 15, size or 1)
        if len(data) != size:
            raise ValueError
        return data

    def all(self) -> list[bytes]:
        """The data of all entries; raises one of _DAMAGED if any of them is not right."""
        view, sizes = self._view, self.sizes
        places = zip(self._bodies, self._ends, sizes, strict=True)
        data = [decompress(view[start:end], 15, size) for start, end, size in places]
        if [*map(len, data)] != sizes:
            raise ValueError
        return data

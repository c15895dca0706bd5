"""From entries to objects: each delta family from its root outwards, with bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from dulwich._pack import apply_delta
from isal.isal_zlib import IsalError, decompress

from aliscan.sources.delta import sizes
from aliscan.sources.packs.entries import TYPES
from aliscan.sources.packs.plan import Pack

State = TypeVar("State")
# visit(id, type, data, delta, start of its instructions, state of its base) -> state
Visit = Callable[[str, str, bytes, "bytes | None", int, "State | None"], "State"]

_DAMAGED: Any = (IsalError, zlib.error, ValueError, IndexError, EOFError, MemoryError, OverflowError)


def resolve(pack: Pack, members: list[int], biggest: int, visit: Visit[State]) -> Iterator[str]:
    """Visit every wanted object of some families; yield the ids that git must read instead.

    Those are objects of more than ``biggest`` bytes, damaged ones, and all that build on either.
    What a visit returns is handed to the visits of the deltas that build on that object.
    """
    e = pack.entries
    parents = e.parents[members].tolist()
    children: dict[int, list[int]] = {}
    roots = []
    for entry, parent in zip(members, parents, strict=True):
        if parent < 0:
            roots.append(entry)
        else:
            children.setdefault(parent, []).append(entry)
    _order(roots, children)
    reader = _Reader(pack, members)
    wanted = set(members) if pack.wanted[members].all() else {m for m in members if pack.wanted[m]}
    kind = TYPES[int(e.types[members[0]])] if members else ""
    lost: list[int] = []
    for root in roots:
        if reader.sizes[root] > biggest:
            lost.append(root)
            continue
        try:
            data = reader.inflate(root)
        except _DAMAGED:
            lost.append(root)
            continue
        state = visit(reader.oid(root), kind, data, None, 0, None) if root in wanted else None
        # Last in, first out, a base's bytes beside each: the largest branch of a family is last, so
        # at most log2(family) bases are held at a time.
        stack = [(child, data, state) for child in children.get(root, ())]
        while stack:
            entry, base, state = stack.pop()
            try:
                delta = reader.inflate(entry)
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
            state = visit(reader.oid(entry), kind, data, delta, start, state) if entry in wanted else None
            if entry in children:
                stack += [(child, data, state) for child in children[entry]]
    while lost:
        entry = lost.pop()
        lost += children.get(entry, ())
        if entry in wanted:
            yield reader.oid(entry)


def _order(roots: list[int], children: dict[int, list[int]]) -> None:
    """Put the largest branch first of each entry's children: the stack takes them from the end."""
    count: dict[int, int] = {}
    for root in roots:
        if root not in children:
            continue
        path = [root]
        for entry in path:
            path += children.get(entry, ())
        for entry in reversed(path):
            below = children.get(entry)
            if below:
                count[entry] = 1 + sum(count.get(c, 1) for c in below)
                if len(below) > 1:
                    below.sort(key=lambda c: -count.get(c, 1))


class _Reader:
    """The entries of one task as plain numbers: numpy's are slow one by one."""

    def __init__(self, pack: Pack, members: list[int]) -> None:
        e = pack.entries
        view = pack.view()
        self._view = memoryview(view)
        self._bodies = dict(zip(members, e.bodies[members].tolist(), strict=True))
        self._starts = dict(zip(members, e.starts[members].tolist(), strict=True))
        self._ends = dict(zip(members, e.ends[members].tolist(), strict=True))
        self.sizes: dict[int, int] = dict(zip(members, e.sizes[members].tolist(), strict=True))
        rows = e.row[members]
        ids = pack.index.ids[rows].tobytes().hex()
        self._ids = ids
        self._at = {entry: i * 2 * pack.raw for i, entry in enumerate(members)}
        self._width = 2 * pack.raw
        crcs = pack.index.crcs
        self._crcs = None if crcs is None else dict(zip(members, crcs[rows].tolist(), strict=True))

    def oid(self, entry: int) -> str:
        """The id of an entry's object, in hexadecimal."""
        at = self._at[entry]
        return self._ids[at : at + self._width]

    def inflate(self, entry: int) -> bytes:
        """The data of an entry, checked against checksum and size; raises one of _DAMAGED."""
        body, end, size = self._bodies[entry], self._ends[entry], self.sizes[entry]
        view = self._view
        if self._crcs is not None and zlib.crc32(view[self._starts[entry] : end]) != self._crcs[entry]:
            raise ValueError
        data = decompress(view[body:end], 15, size or 1)
        if len(data) != size:
            raise ValueError
        return bytes(data)

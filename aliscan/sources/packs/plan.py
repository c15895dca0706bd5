"""All packs of a store, cut into tasks: delta families, neighbours in the pack together."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from aliscan.finding import Gap, Origin
from aliscan.git import show
from aliscan.i18n import said
from aliscan.record import dataclass, field
from aliscan.sources.history import loose_ids
from aliscan.sources.known import Known
from aliscan.sources.packs.entries import COMMIT, TYPES, Entries, locate
from aliscan.sources.packs.index import Index, Unusual, read_index
from aliscan.sources.store import Store

# What one object costs beside its bytes, in bytes: balances tasks of many small ones.
_OBJECT = 1 << 10


@dataclass(slots=True)
class Pack:
    """One pack and what is known of its entries; mapped where it is read, also after pickling."""

    path: str
    raw: int
    index: Index
    entries: Entries
    # Of each entry whether it is looked at: not when another pack has the object too.
    wanted: NDArray[np.bool_]
    _map: mmap.mmap | None = None

    def view(self) -> mmap.mmap:
        """The bytes of the pack."""
        if self._map is None:
            self._map = _map(self.path)
        return self._map

    def oid(self, entry: int) -> str:
        """The id of an entry's object."""
        return str(self.index.ids[self.entries.row[entry]].tobytes().hex())

    def oids(self, entries: NDArray[np.int64]) -> list[str]:
        """The ids of the objects of many entries; numpy's rows are slow one by one."""
        text, width = self.index.ids[self.entries.row[entries]].tobytes().hex(), 2 * self.raw
        return [text[at : at + width] for at in range(0, len(text), width)]

    def __getstate__(self) -> tuple[object, ...]:
        return (self.path, self.raw, self.index, self.entries, self.wanted)

    def __setstate__(self, state: tuple[object, ...]) -> None:
        self.path, self.raw, self.index, self.entries, self.wanted = state  # type: ignore[assignment]
        self._map = None


def _map(path: str) -> mmap.mmap:
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@dataclass(slots=True)
class Plan:
    """``tasks``: pack number and the entries of some families, parents' families whole.

    ``others`` are the ids that git must read: loose objects, and packs that are odd or damaged;
    ``untyped`` the same with those that were clean before: what they are is not known.
    """

    packs: list[Pack] = field(default_factory=list)
    tasks: list[tuple[int, NDArray[np.int64]]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    untyped: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    count: int = 0
    commits: list[str] = field(default_factory=list)
    bytes: int = 0  # of the entries in tasks, inflated; of deltas their own
    known: int = 0


def make_plan(
    store: Store, jobs: int, wanted: Iterable[str] | None = None, known: Known | None = None
) -> Plan:
    """Plan a scan of all objects, or of the ids in ``wanted``, without the ``known``."""
    plan = Plan()
    for path in store.packs():
        _open(plan, path, store.raw)
    narrow = None if wanted is None else {bytes.fromhex(oid) for oid in wanted}
    seen = _choose(plan, store.raw, narrow)
    others = dict.fromkeys(plan.others)
    for oid in loose_ids(store):
        if (narrow is None or oid in narrow) and not _among(seen, oid):
            others[oid.hex()] = None
    plan.untyped = list(others)
    plan.others = [oid for oid in others if not known or bytes.fromhex(oid) not in known]
    plan.known = len(others) - len(plan.others)
    for pack in plan.packs:
        plan.count += int(pack.wanted.sum())
        commits = np.nonzero(pack.wanted & (pack.entries.types == COMMIT))[0]
        plan.commits += pack.oids(commits)
        if known:
            fresh_only = pack.wanted & ~_listed(known, pack.index.ids)[pack.entries.row]
            plan.known += int(pack.wanted.sum() - fresh_only.sum())
            plan.count -= int(pack.wanted.sum() - fresh_only.sum())
            pack.wanted = fresh_only
    plan.count += len(plan.others)
    _cut(plan, jobs)
    return plan


def _open(plan: Plan, path: str, raw: int) -> None:
    name = show(os.fsencode(os.path.basename(path)))
    if not os.path.exists(path + ".idx"):
        plan.gaps.append(
            Gap(
                Origin("object"),
                said("{name}.pack has no index: run git index-pack on it, then scan again", name=name),
            )
        )
        return
    try:
        index = read_index(path + ".idx", raw)
    except Unusual:
        plan.gaps.append(
            Gap(
                Origin("object"),
                said("{name}.idx is damaged: delete it, run git index-pack on the pack", name=name),
            )
        )
        return
    try:
        view = _map(path + ".pack")
        entries = locate(view, index, raw)
    except (Unusual, OSError, ValueError, IndexError):
        # git decides what can be read of it, and names what cannot
        plan.others += [row.tobytes().hex() for row in index.ids]
        return
    plan.packs.append(Pack(path + ".pack", raw, index, entries, np.ones(len(entries.row), np.bool_), view))


def _choose(plan: Plan, raw: int, narrow: set[bytes] | None) -> NDArray[np.void]:
    """Want each object once, in the first pack that has it; returns all packed ids, sorted."""
    if not plan.packs:
        return np.empty(0, dtype=f"V{raw}")
    ids = np.concatenate([p.index.ids for p in plan.packs])
    flat = np.ascontiguousarray(ids).view(f"V{raw}").reshape(len(ids))
    if len(plan.packs) > 1:
        unique, first = np.unique(flat, return_index=True)
        keep = np.zeros(len(flat), np.bool_)
        keep[first] = True
    else:
        unique, keep = flat, np.ones(len(flat), np.bool_)
    if narrow is not None:
        keep &= np.fromiter((row.tobytes() in narrow for row in ids), np.bool_, len(ids))
    at = 0
    for pack in plan.packs:
        here = keep[at : at + len(pack.index.ids)]
        at += len(here)
        pack.wanted = here[pack.entries.row]
    return unique


def _listed(known: Known, ids: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Of each id whether it is known. Both are sorted; the first eight bytes find the place."""
    there = np.frombuffer(known.data, np.uint8).reshape(-1, known.raw)
    heads, wanted = (np.ascontiguousarray(rows[:, :8]).view(">u8").ravel() for rows in (there, ids))
    at = np.minimum(np.searchsorted(heads, wanted), len(heads) - 1)
    found = (there[at] == ids).all(axis=1)
    # Ids that share eight bytes: somebody made them
    twins = np.nonzero(~found & (heads[at] == wanted))[0]
    for row in twins.tolist():
        found[row] = ids[row].tobytes() in known
    return np.asarray(found, np.bool_)


def _among(ids: NDArray[np.void], oid: bytes) -> bool:
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        if ids[middle].tobytes() < oid:
            low = middle + 1
        else:
            high = middle
    return low < len(ids) and ids[low].tobytes() == oid


def _cut(plan: Plan, jobs: int) -> None:
    """Families of one type and pack into tasks of about one size, the largest families alone and first."""
    found: list[tuple[int, int, NDArray[np.int64]]] = []
    parts = []
    total = 0
    for pack in plan.packs:
        e = pack.entries
        weight = e.sizes + (e.ends - e.starts) + _OBJECT
        useful = _with_bases(pack)
        parts.append((weight, useful))
        total += int(weight[useful].sum())
        plan.bytes += int(e.sizes[useful].sum())
    limit = max(256 << 10, min(32 << 20, total // (jobs * 12)))
    for number, pack in enumerate(plan.packs):
        e = pack.entries
        weight, useful = parts[number]
        for kind in TYPES:
            members = np.nonzero((e.types == kind) & useful)[0]
            if not len(members):
                continue
            members = members[np.argsort(e.roots[members], kind="stable")]
            sums = np.cumsum(weight[members])
            borders = np.nonzero(np.diff(e.roots[members]))[0] + 1
            start = 0
            while start < len(members):
                done = int(sums[start - 1]) if start else 0
                # the first family border behind the weight of a task
                at = int(np.searchsorted(sums, done + limit))
                following = int(np.searchsorted(borders, min(at + 1, len(members))))
                stop = int(borders[following]) if following < len(borders) else len(members)
                found.append((int(sums[stop - 1]) - done, number, members[start:stop]))
                start = stop
    found.sort(key=lambda task: -task[0])
    plan.tasks = [(number, members) for _, number, members in found]


def _with_bases(pack: Pack) -> NDArray[np.bool_]:
    """Of each entry whether it is wanted, or builds a wanted one."""
    useful: NDArray[np.bool_] = pack.wanted.copy()
    new = np.nonzero(useful)[0]
    while len(new):
        bases = np.unique(pack.entries.parents[new])
        new = bases[bases >= 0]
        new = new[~useful[new]]
        useful[new] = True
    return useful

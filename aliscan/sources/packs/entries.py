"""Where the entries of a pack start, and which is a delta of which: all at once, with numpy."""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

from aliscan.record import dataclass
from aliscan.sources.packs.index import Index, Unusual, prefixes

COMMIT, TREE, BLOB, TAG, OFS_DELTA, REF_DELTA = 1, 2, 3, 4, 6, 7
TYPES = {COMMIT: "commit", TREE: "tree", BLOB: "blob", TAG: "tag"}


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of one pack in the order of their offsets.

    ``row`` is the row in the index; ``starts`` to ``ends`` are the whole entry, ``bodies`` where its
    compressed data starts; ``sizes`` are those of the data or, of a delta, of its instructions;
    ``parents`` are the entries that deltas build on (-1: none), ``bases`` tells which entries those are,
    ``roots`` where a chain ends, and ``types`` the type of the object.
    """

    row: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    bodies: NDArray[np.int64]
    sizes: NDArray[np.int64]
    parents: NDArray[np.int64]
    bases: NDArray[np.bool_]
    roots: NDArray[np.int64]
    types: NDArray[np.uint8]


def locate(pack: mmap.mmap, index: Index, raw: int) -> Entries:
    """Find all entries of a mapped pack. Raises Unusual for what is not as git writes it."""
    data = np.frombuffer(pack, dtype=np.uint8)
    count = len(index.offsets)
    if bytes(data[:4]) != b"PACK" or int.from_bytes(data[4:8].tobytes(), "big") not in (2, 3):
        raise Unusual("not a pack of version 2 or 3")
    if int.from_bytes(data[8:12].tobytes(), "big") != count:
        raise Unusual("pack and index do not hold the same number of objects")
    if bytes(data[-raw:]) != index.pack_checksum:
        raise Unusual("the pack does not match its index")
    row = np.argsort(index.offsets, kind="stable")
    starts = index.offsets[row]
    ends = np.append(starts[1:], len(data) - raw)
    if count and (starts[0] < 12 or (ends - starts < 2).any()):
        raise Unusual("the index is damaged")
    # Padding: a damaged last entry must not be read beyond the end of the pack.
    kinds, sizes, bodies = _headers(data, starts, ends)
    parents = np.full(count, -1, np.int64)
    _offset_parents(data, starts, ends, bodies, kinds, parents)
    _id_parents(data, index, row, bodies, kinds, parents, raw)
    roots = _roots(parents)
    types = kinds[roots].astype(np.uint8)
    if not np.isin(types, list(TYPES)).all():
        raise Unusual("a delta without a base in the same pack")
    bases = np.zeros(count, np.bool_)
    bases[parents[parents >= 0]] = True
    return Entries(row, starts, ends, bodies, sizes, parents, bases, roots, types)


def _headers(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Type, size and the offset behind them: four bits of size, then seven a byte, lowest first."""
    at = starts.copy()
    first = data[at]
    kinds = (first >> 4) & 7
    sizes = (first & 15).astype(np.int64)
    going = np.nonzero(first & 128)[0]
    shift = 4
    while len(going):
        at[going] += 1
        if shift > 53 or (at[going] >= ends[going]).any():
            raise Unusual("an entry's header is damaged")
        byte = data[at[going]]
        sizes[going] |= (byte & 127).astype(np.int64) << shift
        shift += 7
        going = going[(byte & 128) != 0]
    return kinds, sizes, at + 1


def _offset_parents(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    bodies: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    parents: NDArray[np.int64],
) -> None:
    """Deltas that name their base by the distance back to it; moves ``bodies`` behind that."""
    deltas = np.nonzero(kinds == OFS_DELTA)[0]
    at = bodies[deltas]
    byte = data[at]
    back = (byte & 127).astype(np.int64)
    going = np.nonzero(byte & 128)[0]
    while len(going):
        at[going] += 1
        if (at[going] >= ends[deltas[going]]).any():
            raise Unusual("a delta's offset is damaged")
        byte = data[at[going]]
        back[going] = ((back[going] + 1) << 7) | (byte & 127)
        going = going[(byte & 128) != 0]
    bodies[deltas] = at + 1
    bases = starts[deltas] - back
    found = np.searchsorted(starts, bases)
    if len(deltas) and ((found >= len(starts)) | (starts[np.minimum(found, len(starts) - 1)] != bases)).any():
        raise Unusual("a delta's base is not in the pack")
    parents[deltas] = found


def _id_parents(
    data: NDArray[np.uint8],
    index: Index,
    row: NDArray[np.int64],
    bodies: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    parents: NDArray[np.int64],
    raw: int,
) -> None:
    """Deltas that name their base by its id, in whatever place of the pack it is."""
    deltas = np.nonzero(kinds == REF_DELTA)[0]
    if not len(deltas):
        return
    wanted = data[bodies[deltas][:, None] + np.arange(raw)]
    bodies[deltas] += raw
    # Neighbours may share the first eight bytes only by design of an attacker: then the row differs.
    found = np.searchsorted(prefixes(index.ids), prefixes(wanted))
    if (found >= len(index.ids)).any() or (index.ids[found] != wanted).any():
        raise Unusual("a delta's base is not in the pack")
    entry_of_row = np.empty(len(row), np.int64)
    entry_of_row[row] = np.arange(len(row))
    parents[deltas] = entry_of_row[found]


def _roots(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each chain of deltas ends: pointers are followed twice as far in each round."""
    roots = np.where(parents < 0, np.arange(len(parents)), parents)
    for _ in range(64):
        further = roots[roots]
        if (further == roots).all():
            return roots
        roots = further
    raise Unusual("deltas build on each other in a circle")

"""A pack's index: the ids of its objects and where each one starts. Versions 1 and 2."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from aliscan.record import dataclass

_MAGIC = b"\xfftOc\x00\x00\x00\x02"


class Unusual(Exception):
    """A pack that this reader leaves to git, and why."""


@dataclass(frozen=True, slots=True)
class Index:
    """Sorted by id: ``ids`` has one row of raw bytes an object."""

    ids: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    pack_checksum: bytes


def read_index(path: str, raw: int) -> Index:
    """Read ``path`` (a .idx); ids have ``raw`` bytes. Raises Unusual for anything that is not right."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = np.memmap(file, dtype=np.uint8, mode="r") if size else np.empty(0, np.uint8)
    except (OSError, ValueError) as error:
        raise Unusual(f"{error}") from None
    version2 = bytes(data[:8]) == _MAGIC
    if not version2 and bytes(data[:4]) == _MAGIC[:4]:
        raise Unusual("an index of a later version")
    start = 8 if version2 else 0
    if size < start + 1024 + 2 * raw:
        raise Unusual("the index is cut off")
    fan = data[start : start + 1024].view(">u4").astype(np.int64)
    if (np.diff(fan) < 0).any():
        raise Unusual("the index is damaged")
    count = int(fan[-1])
    checksum = bytes(data[-2 * raw : -raw])
    if version2:
        return _version2(data, count, raw, checksum)
    rows = data[1024 : 1024 + count * (raw + 4)]
    if size != 1024 + count * (raw + 4) + 2 * raw:
        raise Unusual("the index has the wrong length")
    rows = rows.reshape(count, raw + 4)
    offsets = np.ascontiguousarray(rows[:, :4]).view(">u4").astype(np.int64).reshape(count)
    return Index(rows[:, 4:], offsets, checksum)


def _version2(data: NDArray[np.uint8], count: int, raw: int, checksum: bytes) -> Index:
    at = 8 + 1024
    end = at + count * (raw + 8)
    if len(data) < end + 2 * raw or (len(data) - end - 2 * raw) % 8:
        raise Unusual("the index has the wrong length")
    ids = data[at : at + count * raw].reshape(count, raw)
    at += count * raw
    at += count * 4  # checksums of the entries
    offsets = data[at : at + count * 4].view(">u4").astype(np.int64)
    far = np.nonzero(offsets & 0x80000000)[0]
    if len(far):  # packs over 2 GiB: the rest is the row in a table of 64-bit offsets
        table = data[end : len(data) - 2 * raw].view(">u8").astype(np.int64)
        rows = offsets[far] & 0x7FFFFFFF
        if (rows >= len(table)).any():
            raise Unusual("the index is damaged")
        offsets[far] = table[rows]
    return Index(ids, offsets, checksum)


def prefixes(ids: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The first eight bytes of each id as a number: sorts as the ids do."""
    return np.ascontiguousarray(ids[:, :8]).view(">u8").astype(np.uint64).reshape(len(ids))

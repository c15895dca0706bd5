"""What a repository holds: which objects there are, what is missing, and the bytes of each.

The plain engine: git itself prints the objects. Every count is checked and every line on git's
stderr means that something was not seen, because git exits with 0 for truncated packs, damaged loose
objects and missing indexes (4.6).
"""

from __future__ import annotations

import heapq
import os
import struct
from binascii import unhexlify
from collections.abc import Callable, Container, Iterable, Iterator
from typing import IO

from aliscan.cuts import PIECE
from aliscan.finding import Gap, Origin
from aliscan.git import Git, listed, show
from aliscan.i18n import N_, said
from aliscan.record import dataclass, field
from aliscan.sources.store import Store

# An object above this is read and searched in windows, so that no size of one takes more memory.
WINDOW = 8 << 20
TYPES = ("blob", "tree", "commit", "tag")


@dataclass(slots=True)
class Inventory:
    """All objects of a store: ``ids`` by type in the order git stores them, sizes beside them.

    ``gaps`` tells what the listing itself could not read.
    """

    ids: dict[str, list[str]] = field(default_factory=lambda: {t: [] for t in TYPES})
    sizes: dict[str, list[int]] = field(default_factory=lambda: {t: [] for t in TYPES})
    gaps: list[Gap] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many objects there are."""
        return sum(map(len, self.ids.values()))

    def without(self, known: Container[bytes]) -> int:
        """Leave out objects by their raw ids; returns how many."""
        before = self.count
        for kind, ids in self.ids.items() if known else ():
            kept = [i for i, oid in enumerate(ids) if unhexlify(oid) not in known]
            self.sizes[kind] = [self.sizes[kind][i] for i in kept]
            self.ids[kind] = [ids[i] for i in kept]
        return before - self.count

    @property
    def bytes(self) -> int:
        """Their size when inflated, in bytes."""
        return sum(map(sum, self.sizes.values()))


def inventory(store: Store, wanted: Iterable[str] | None = None) -> Inventory:
    """List the store's objects (or the ids in ``wanted``) with type and size, and cross-check the count."""
    found = Inventory()
    arguments = ["cat-file", "--batch-check", "--buffer"]
    if wanted is None:
        arguments += ["--batch-all-objects", "--unordered"]
    with _Process(store.git, arguments, wanted) as process:
        ids, sizes = found.ids, found.sizes
        for line in process.out:
            words = line.decode("ascii", "replace").split()
            if len(words) == 3 and words[1] in ids:
                ids[words[1]].append(words[0])
                sizes[words[1]].append(int(words[2]))
            else:
                found.gaps.append(_damaged(words[0], N_("listed, but git cannot read it")))
    # that a clone is partial is said with the cure (aliscan.history.scan)
    said_by_git = [line for line in process.complaints if b"uses promisor remotes" not in line]
    found.gaps += (Gap(Origin("object"), f"git: {show(line)}") for line in said_by_git)
    if process.status:
        found.gaps.append(
            Gap(Origin("object"), said("git cat-file ended with status {status}", status=process.status))
        )
    if wanted is None:
        found.gaps += _unlisted(store, found)
    return found


def _damaged(oid: str, reason: str) -> Gap:
    return Gap(Origin("object", oid=oid), said("{reason}; git fsck shows what is damaged", reason=reason))


def _unlisted(store: Store, found: Inventory) -> Iterator[Gap]:
    """What lies on disk and was not listed: packs without an index, ids that git passed over (4.6)."""
    total = 0
    indexes = []
    for pack in store.packs():
        name = show(os.fsencode(os.path.basename(pack)))
        try:
            count, first = _index_header(pack + ".idx", store.raw)
        except FileNotFoundError:
            yield Gap(
                Origin("object"),
                said("{name}.pack has no index: run git index-pack on it, then scan again", name=name),
            )
            continue
        except (OSError, struct.error, ValueError):
            yield Gap(
                Origin("object"),
                said("{name}.idx is damaged: delete it, run git index-pack on the pack", name=name),
            )
            continue
        total += count
        indexes.append((pack + ".idx", count, first))
    loose = list(loose_ids(store))
    if found.count == total + len(loose) and len(indexes) <= 1 and not (indexes and loose):
        return
    if found.count == total + len(loose) - _twice(indexes, loose, store.raw):
        return
    listed = {bytes.fromhex(oid) for ids in found.ids.values() for oid in ids}
    known = {bytes.fromhex(gap.origin.oid) for gap in found.gaps if gap.origin.oid}
    for raw in _merged(indexes, loose, store.raw):
        if raw not in listed and raw not in known:
            known.add(raw)
            yield _damaged(raw.hex(), "on disk, but git does not list it")


def _index_header(path: str, raw: int) -> tuple[int, int]:
    """How many ids a pack index holds and where the first one starts; versions 1 and 2."""
    with open(path, "rb") as file:
        head = file.read(8 + 1024)
    if head[:4] == b"\xfftOc":
        if struct.unpack(">I", head[4:8])[0] != 2:
            raise ValueError(path)
        return struct.unpack(">I", head[-4:])[0], 8 + 1024
    return struct.unpack(">I", head[1020:1024])[0], 1024


def _index_ids(path: str, count: int, first: int, raw: int) -> Iterator[bytes]:
    step = raw if first > 1024 else raw + 4
    skip = 0 if first > 1024 else 4
    with open(path, "rb") as file:
        file.seek(first)
        while count > 0:
            data = file.read(step * min(count, 65536))
            if not data:
                return
            for at in range(skip, len(data), step):
                yield data[at : at + raw]
            count -= 65536


def loose_ids(store: Store) -> Iterator[bytes]:
    """The raw ids of all loose objects."""
    for folder in store.objects:
        for head in range(256):
            try:
                names = os.listdir(os.path.join(folder, f"{head:02x}"))
            except OSError:
                continue
            for name in names:
                if len(name) == store.raw * 2 - 2:
                    try:
                        yield bytes.fromhex(f"{head:02x}{name}")
                    except ValueError:
                        continue


def _merged(indexes: list[tuple[str, int, int]], loose: list[bytes], raw: int) -> Iterator[bytes]:
    return heapq.merge(
        sorted(loose), *(_index_ids(path, count, first, raw) for path, count, first in indexes)
    )


def _twice(indexes: list[tuple[str, int, int]], loose: list[bytes], raw: int) -> int:
    """How many objects are stored more than once: in two packs, or packed and loose."""
    last = b""
    same = 0
    for oid in _merged(indexes, loose, raw):
        same += oid == last
        last = oid
    return same


@dataclass(frozen=True, slots=True)
class Big:
    """An object that is too big to hold: ``read`` gives so many of its bytes, fewer at its end or where it
    is cut off."""

    size: int
    read: Callable[[int], bytes]
    last: Callable[[], bool] = lambda: True

    def finish(self) -> bool:
        """Read on to the end; whether everything was there."""
        while self.read(PIECE):
            pass
        return self.last()


def read(git: Git, ids: list[str], gaps: list[Gap]) -> Iterator[tuple[str, str, bytes | Big]]:
    """Yield ``(oid, type, bytes)`` of each id with `git cat-file --batch`; what cannot be read goes to gaps.

    git dies at a damaged packed object: that one is named, and reading goes on behind it (4.6).
    """
    start = 0
    while start < len(ids):
        done = 0
        with _Process(git, ["cat-file", "--batch", "--buffer"], ids[start:]) as process:
            for oid, kind, data in _objects(process.out):
                if kind:
                    yield oid, kind, data
                else:
                    gaps.append(_damaged(oid, N_("missing or damaged")))
                if isinstance(data, Big) and not data.finish():
                    break  # cut off in the middle: this one is named below
                done += 1
        gaps += (Gap(Origin("object"), f"git: {show(line)}") for line in process.complaints
                 if not line.startswith((b"error: ", b"fatal: ")) or start + done == len(ids))  # fmt: skip
        if start + done < len(ids):
            why = next((f" ({show(line)})" for line in process.complaints), "")
            gaps.append(_damaged(ids[start + done], said("git stops at it{why}", why=why)))
            done += 1
        start += done


def _objects(out: IO[bytes]) -> Iterator[tuple[str, str, bytes | Big]]:
    """Parse the output of cat-file --batch; a type of "" is an object that is not there."""
    while header := out.readline():
        words = header.split()
        if len(words) != 3:
            yield words[0].decode("ascii", "replace"), "", b""
            continue
        size = int(words[2])
        oid, kind = words[0].decode("ascii"), words[1].decode("ascii")
        if size > WINDOW:
            yield oid, kind, Big(size, _reading(out, size), lambda: out.read(1) == b"\n")
            continue
        data = out.read(size + 1)
        if len(data) != size + 1:
            return
        yield oid, kind, data[:-1]


def _reading(out: IO[bytes], size: int) -> Callable[[int], bytes]:
    left = size

    def read(length: int) -> bytes:
        nonlocal left
        part = out.read(min(length, left))
        left -= len(part)
        return part

    return read


class _Process:
    """One git at work, what it writes and what it complains of."""

    def __init__(self, git: Git, arguments: list[str], ids: Iterable[str] | None) -> None:
        self.status = 0
        self.complaints: list[bytes] = []
        self._process = git.start(*arguments, stdin=None if ids is None else listed(ids))
        assert self._process.stdout is not None
        self.out: IO[bytes] = self._process.stdout

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.out.close()
        if kind is not None:
            self._process.kill()
        self.status = self._process.wait()
        self.complaints = [line for line in self._process.complaints().split(b"\n") if line.strip()]


def entries_in_tree(data: bytes, raw: int) -> Iterator[tuple[bytes, bytes, str]]:
    """Mode, name and id of each entry of a raw tree object, whatever else is wrong with it (3.20)."""
    at = 0
    while True:
        start = data.find(b" ", at)
        end = data.find(b"\0", start)
        if start < 0 or end < 0:
            return
        yield data[at:start], data[start + 1 : end], data[end + 1 : end + 1 + raw].hex()
        at = end + 1 + raw


def names_in_tree(data: bytes, raw: int) -> Iterator[bytes]:
    """The entry names of a raw tree object."""
    return (name for _, name, _ in entries_in_tree(data, raw))


def ref_names(git: Git) -> list[bytes]:
    """Every ref name, HEAD left out."""
    return git.lines("for-each-ref", "--format=%(refname)")

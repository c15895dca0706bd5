"""What a set of ref updates publishes: every object that the other side does not have yet.

Enumerated once by `git rev-list --objects`, whose output goes straight into one `git cat-file
--batch`: nothing is asked of git object by object, and no diff is read (R1, R2). Blobs, commits,
annotated tags (nested ones too), notes, tags of blobs and trees all come along; of trees the names.
Which commit put an object where is asked afterwards, for hits only: `aliscan.sources.attribution`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache

from aliscan.cuts import PIECE
from aliscan.finding import Blob, Gap, IncompleteError, Origin
from aliscan.git import Git, GitError, cut_off, finish, listed
from aliscan.i18n import N_
from aliscan.record import dataclass, field
from aliscan.sources.messages import scannable
from aliscan.sources.pieces import WHOLE, Whole, streamed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import IO

    from aliscan.process import Process

_HEADER = "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)"


@dataclass(frozen=True, slots=True)
class Update:
    """One ref that changes: its name on the other side, the object it shall name there, its name here."""

    ref: bytes
    new: str
    local: bytes = b""


@dataclass(frozen=True, slots=True)
class Reach:
    """A set of objects: all that ``tips`` reach, without all that ``known`` reaches.

    Both are full object ids of any type; a ``known`` id that this repository lacks is ignored (the
    old end of a force push, 1.11), so more is scanned, never less. ``options`` go to rev-list after
    these: ``--not --remotes=origin``, ``--branches``.
    """

    tips: tuple[str, ...]
    known: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def revisions(self) -> tuple[str, ...]:
        """The lines for ``rev-list --stdin``."""
        return self.tips + tuple(f"^{oid}" for oid in self.known)


def _never(begin: bytes) -> bool:
    return False


@dataclass(slots=True)
class Tally:
    """What was met on the way; filled while `published` runs."""

    objects: int = 0
    commits: int = 0
    blobs: int = 0
    tips: set[str] = field(default_factory=set)  # tips that were met
    # When sets are put here: all ids that were met, and those of the parents that commits name
    seen: set[str] | None = None
    parents: set[str] | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """git at work on a reach; made by `begin`, used up by `read`."""

    reach: Reach
    revs: Process
    cat: Process


def begin(git: Git, reach: Reach) -> Started:
    """Let git begin to enumerate and read ``reach``, so that it works while we import."""
    revs = git.start("rev-list", "--objects", "--missing=print", "--ignore-missing", "--stdin",
                     *reach.options, stdin=listed(reach.revisions()))  # fmt: skip
    assert revs.stdout is not None
    cat = git.start("cat-file", _HEADER, "--buffer", stdin=revs.stdout)
    revs.stdout.close()  # it is cat-file's now: rev-list must see when that ends
    cat.widen()
    return Started(reach, revs, cat)


def abandon(started: Started) -> None:
    """End what `begin` started, unread."""
    with suppress(IncompleteError), finish(started.revs, started.cat):
        raise IncompleteError


def published(git: Git, reach: Reach, tally: Tally) -> Iterator[Blob | Gap]:
    """Yield everything in ``reach``; see `read`."""
    if reach.tips or reach.options:
        yield from read(git, begin(git, reach), tally)


def read(git: Git, started: Started, tally: Tally, whole: Whole = _never) -> Iterator[Blob | Gap]:
    """Yield everything in a reach: file contents, raw commits and tags, and names of files.

    ``whole`` says of the first bytes of something large that it must be read whole: of a container.

    A blob's path is only the first of perhaps many (3.18), good as a hint for detection and for
    nothing else. New names of a tree come as one blob of kind ``name``, one name a line, each name
    once in a run.

    Whatever git does not deliver is a gap: a missing object, a failed or complaining git, a tip that
    does not exist.
    """
    assert started.cat.stdout is not None
    tips = set(started.reach.tips)
    try:
        with finish(started.revs, started.cat):
            yield from _read(started.cat.stdout, tips, tally, whole)
        yield from _absent(git, tips - tally.tips)
    except IncompleteError as error:
        yield Gap(Origin("object"), str(error))


def given(git: Git, oids: Collection[str], tally: Tally, whole: Whole = _never) -> Iterator[Blob | Gap]:
    """Yield objects by id, each as `read` does, in the order of ``oids``."""
    if not oids:
        return
    # The blank makes git give an empty %(rest)
    cat = git.start("cat-file", _HEADER, "--buffer", stdin=listed(f"{oid} " for oid in oids))
    assert cat.stdout is not None
    try:
        with finish(cat):
            yield from _read(cat.stdout, set(), tally, whole)
    except IncompleteError as error:
        yield Gap(Origin("object"), str(error))


def _absent(git: Git, tips: set[str]) -> Iterator[Gap]:
    """A tip that rev-list did not list is known to the other side, or it does not exist here."""
    if not tips:
        return
    out = git.run("cat-file", "--batch-check", "--buffer", stdin="".join(f"{t}\n" for t in tips).encode())
    for line in out.split(b"\n"):
        if line.endswith((b" missing", b" ambiguous")):
            oid = line.split(b" ")[0].decode("ascii", "replace")
            yield Gap(Origin("object", oid=oid), "the object is missing here; run git fsck")


def _read(out: IO[bytes], tips: set[str], tally: Tally, whole: Whole) -> Iterator[Blob | Gap]:
    names: set[bytes] = set()
    while header := out.readline():
        words = header.rstrip(b"\n").split(b" ", 3)
        oid = words[0].decode("ascii", "replace")
        tally.objects += 1
        if tally.seen is not None:
            tally.seen.add(oid)
        if len(words) < 4:  # "?<oid> missing": rev-list itself met it; "<oid> missing": cat-file did
            yield Gap(Origin("object", oid=oid.lstrip("?")), _MISSING)
            continue
        kind, size = words[1], int(words[2])
        if oid in tips:
            tally.tips.add(oid)
        if kind == b"blob":
            tally.blobs += 1
            yield from _pieces(out, size, Origin("blob", words[3], oid=oid), whole)
            continue
        data = _exactly(out, size, oid)
        _exactly(out, 1, oid)
        if kind == b"tree":
            new = tree_names(data, len(oid) // 2) - names
            if new:
                names |= new
                yield Blob(Origin("name", oid=oid), b"\n".join(sorted(new)))
        elif kind == b"commit":
            tally.commits += 1
            if tally.parents is not None:
                tally.parents.update(_parents(data))
            yield Blob(Origin("commit", oid=oid, commit=oid), scannable("commit", data))
        else:
            yield Blob(Origin("tag", oid=oid, ref=words[3]), data)


_MISSING = N_(
    "the object is not in this repository; in a partial clone run git fetch --refetch, else git fsck"
)


def _pieces(out: IO[bytes], size: int, origin: Origin, whole: Whole) -> Iterator[Blob | Gap]:
    """One blob; a large one in pieces of bounded size that overlap, so that nothing hides on a border."""
    if size <= WHOLE:
        yield Blob(origin, _exactly(out, size, origin.oid))
        _exactly(out, 1, origin.oid)
        return
    left = size

    def read(length: int) -> bytes:
        nonlocal left
        data = _exactly(out, min(length, left), origin.oid)
        left -= len(data)
        return data

    yield from streamed(read, origin, whole, size)
    while left:
        read(PIECE)
    _exactly(out, 1, origin.oid)


def _exactly(out: IO[bytes], size: int, oid: str) -> bytes:
    data = out.read(size)
    if len(data) != size:
        raise cut_off(oid)
    return data


@cache
def _entry(width: int) -> re.Pattern[bytes]:
    import re  # when git is at work already

    return re.compile(rb"[0-7]+ ([^\0]+)\0.{%d}" % width, re.DOTALL)


def tree_names(tree: bytes, width: int) -> set[bytes]:
    """The names in a raw tree object; ``width`` is the length of a raw object id, 20 or 32 bytes."""
    return set(_entry(width).findall(tree))


def _parents(commit: bytes) -> Iterator[str]:
    """The ids on the parent lines of a raw commit, which follow the first."""
    for line in commit.partition(b"\n\n")[0].split(b"\n")[1:]:
        if not line.startswith(b"parent "):
            return
        yield line[7:].decode("ascii", "replace")


def shallow_commits(git: Git) -> frozenset[str]:
    """The commits at which this clone is cut; empty for a full clone (4.4)."""
    path = git.run("rev-parse", "--git-path", "shallow").removesuffix(b"\n")
    try:
        with open(os.path.join(os.fsencode(git.directory), path), "rb") as file:
            return frozenset(file.read().decode("ascii", "replace").split())
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise GitError("git rev-parse", 0, str(error).encode()) from None

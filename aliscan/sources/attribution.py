"""Who put an object where: commits and paths for the object ids of hits, in one pass over commits.

Scanning reads objects, each once and nameless (R1). Only when one of them holds something is it
worth asking which commits gave it which path: `trace` answers for all hits together (4.3). Shared by
the gates (a push, a pull request) and the history scan.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator

from aliscan.git import Git, finish, listed
from aliscan.record import dataclass, field

_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Change:
    """One path that one commit changes. ``old`` has an id per parent that is compared with; an id of
    zeros, in ``old`` or as ``new``, means that nothing stands there."""

    commit: str
    path: bytes
    old: tuple[str, ...]
    new: str
    mode: bytes


@dataclass(frozen=True, slots=True)
class Placement:
    """A commit that puts an object at a path, or takes it away from there."""

    commit: str
    path: bytes
    mode: bytes = b""


@dataclass(slots=True)
class Trace:
    """What becomes of one object, children before parents: the last of ``added`` is the oldest."""

    added: list[Placement] = field(default_factory=list)
    removed: list[Placement] = field(default_factory=list)

    @property
    def paths(self) -> tuple[bytes, ...]:
        """Every path it was given, oldest first, each once (3.18: one name of many is not enough)."""
        return tuple(dict.fromkeys(s.path for s in reversed(self.added)))

    def first(self, path: bytes) -> str:
        """The oldest commit that puts it at ``path``; "" when none does."""
        return next((s.commit for s in reversed(self.added) if s.path == path), "")


def trace(git: Git, oids: Collection[str], revisions: Iterable[str], *options: str) -> dict[str, Trace]:
    """The `Trace` of every object id of ``oids`` that some commit names.

    ``revisions`` are full commit ids, excluded ones with ``^`` before them; they go to git by stdin,
    so that there may be thousands (4.7). ``options`` go to rev-list (``--all``, ``--not``, ``--remotes=x``).
    Ids that no commit names are left out. Raises GitError when git fails.

    Merges are compared with all parents at once (``-c``): what only the merge itself brings in is
    named (2.4), what merely comes from one side is not named twice. Where that leaves an id unnamed,
    a second pass looks at each parent alone (``-m``).
    """
    lines = list(revisions)
    found = _pass(git, set(oids), lines, options, "-c")
    left = set(oids) - found.keys()
    if left:
        found |= _pass(git, left, lines, options, "-m")
    return found


def _pass(
    git: Git, wanted: set[str], revisions: list[str], options: Iterable[str], merges: str
) -> dict[str, Trace]:
    found: dict[str, Trace] = {}
    for change in changes(git, revisions, *options, merges=merges):
        if change.new in wanted:
            placement = Placement(change.commit, change.path, change.mode)
            found.setdefault(change.new, Trace()).added.append(placement)
        for oid in set(change.old):  # a merge names it once a parent
            if oid in wanted and oid != change.new:
                found.setdefault(oid, Trace()).removed.append(Placement(change.commit, change.path))
    return {oid: t for oid, t in found.items() if t.added}


def changes(
    git: Git, revisions: Iterable[str], *options: str, merges: str = "-c"
) -> Generator[Change, None, None]:
    """Every path that commits change, newest commit first, children before parents.

    Arguments as for `trace`; ``merges`` is git's ``-c`` or ``-m``. diff-tree is plumbing: neither
    attributes nor ``diff.*`` or ``log.*`` configuration bend it (3.12 to 3.16), and it is given commit
    ids only, so a ref called ``--output=x`` is no option (2.7).
    """
    revs = git.start("rev-list", "--topo-order", "--ignore-missing", "--stdin", *options,
                     stdin=listed(revisions))  # fmt: skip
    diff = git.start("diff-tree", "--stdin", "-r", merges, "--root", "--raw", "-z", "--no-renames",
                     "--no-abbrev", "--ignore-submodules=none", stdin=revs.stdout)  # fmt: skip
    assert revs.stdout is not None
    assert diff.stdout is not None
    revs.stdout.close()  # it is diff-tree's now: rev-list must see when that ends
    with finish(revs, diff):
        yield from _parse(_fields(diff.stdout))


def _fields(stream: object) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read1(_READ):  # type: ignore[attr-defined]
        parts = (rest + chunk).split(b"\0")
        rest = parts.pop()
        yield from parts


def _parse(fields: Iterator[bytes]) -> Iterator[Change]:
    commit = ""
    for head in fields:
        if not head.startswith(b":"):
            commit = head.decode("ascii")
            continue
        # ":" a parent, then a mode a parent and the new one, an id a parent and the new one, status
        words = head.lstrip(b":").decode("ascii").split(" ")
        parents = (len(words) - 3) // 2
        old, new = tuple(words[parents + 1 : -2]), words[-2]
        yield Change(commit, next(fields), old, new, words[parents].encode())

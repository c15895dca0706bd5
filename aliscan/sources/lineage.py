"""Which commits hold which objects, exactly: one walk over all commits for all hits together (4.3).

A commit's files are those of its first parent plus what the difference between the two says. So one
difference for each root tree, of the first commit that has it, is enough to know for every commit which
hits it holds: merges that bring in what no parent has (2.4) included. A third of the commits of a project
that is developed in branches have the root tree of another one. What a tree holds is one integer, a bit for
each (object, path); neighbours share it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from hashlib import sha1, sha256
from typing import IO

from aliscan.git import Git, GitError, listed
from aliscan.hardened import TREES_ONLY
from aliscan.process import processors
from aliscan.record import dataclass, field
from aliscan.sources.filed import Filed
from aliscan.sources.refs import named

_READ = 1 << 16
_ALONE = 2000  # so many trees are compared before a second process has begun
_MOST = 8000  # pairs of trees for one process: it never forgets an object that it has met
_FEW = 2000  # objects that git is told of on its command line
# Bits carried along in one go: bounds the memory of a repository with a great many hits.
_BITS = 4096
# The time of a commit (seconds; of the committer, or of a parent when it claims to be older than
# that), its number, which grows from parents to children, and its id: this order sorts commits.
At = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a hit lies: an object at a path (``path`` is empty for a commit, tag or nameless object).

    Without an object id it is the path itself that holds something.
    """

    oid: str
    path: bytes = b""


@dataclass(slots=True)
class Held:
    """What the walk knows of some spots together.

    ``gone`` is when the last commit took them away, in seconds; ``refs`` are all refs from which a
    commit that holds any can be reached, ``tips`` those whose newest commit does.
    """

    first: At | None = None
    last: At | None = None
    gone: int = 0
    commits: int = 0
    refs: set[bytes] = field(default_factory=set)
    tips: set[bytes] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sought:
    """Hits: ``oids`` of any type, ``names`` of files or folders, ``bearers`` the ids of all that ever had
    such a name (None: it is not known, or a folder had)."""

    oids: frozenset[str]
    names: frozenset[bytes] = frozenset()
    bearers: frozenset[str] | None = None

    @property
    def changed(self) -> frozenset[str]:
        """Of what objects every change must be known; none: of all."""
        if not self.names:
            return self.oids
        return frozenset() if self.bearers is None else self.oids | self.bearers


class Walk(Filed):
    """git listing commits and all that they and all refs reach, parents first, beside other work."""

    def __init__(self, git: Git, commits: Iterable[str]) -> None:
        tips = "".join(f"{c}\n" for c in sorted(commits)).encode() or b"\n"
        super().__init__(git, "rev-list", "--topo-order", "--reverse", "--parents", "--timestamp",
                         "--format=%T", "--all", "--stdin", stdin=tips)  # fmt: skip

    def commits(self) -> Iterator[tuple[int, str, list[str], str]]:
        """Wait for the list; of each commit its time, id, parents and root tree. Raises GitError."""
        with self.checked() as output:
            for line in output:  # a history may have a million: never all of them as text
                time, _commit, oid, *parents = line.decode("ascii").split()
                yield int(time), oid, parents, next(output)[:-1].decode("ascii")


class Lineage:
    """All commits of a repository and what they do to the hits. Raises GitError if it cannot be walked."""

    def __init__(self, git: Git, walk: Walk, sought: Sought, quiet: Container[bytes] = ()) -> None:
        """``quiet`` is what `quiet` said of the same hits at another time."""
        self._ids: list[str] = []  # parents before children
        self._times: list[int] = []
        self._parents: list[tuple[int, ...]] = []
        self._number: dict[str, int] = {}
        self._same: list[int] = []  # the number of the first commit with the same root tree
        self._trees: dict[str, int] = {}  # root tree -> that number
        # number of such a commit -> spots it takes away and adds, against its first parent
        self._lost: dict[int, list[Spot]] = {}
        self._won: dict[int, list[Spot]] = {}
        self._root: dict[int, str] = {}
        self._refs = named(git)
        self._read_commits(walk)
        self._read_differences(git, sought, quiet)

    def spots(self) -> list[Spot]:
        """Every spot that some commit ever held, oldest first."""
        return list(dict.fromkeys(s for number in sorted(self._won) for s in self._won[number]))

    def quiet(self, raw: int) -> Iterator[bytes]:
        """Of each commit that was compared and neither takes away nor adds a hit, ``raw`` bytes that stand
        for it and its first parent: no second walk need compare the two."""
        for number, line in self._lines():
            if number not in self._lost and number not in self._won:
                yield _known_as(line, raw)

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Of the first commit of each root tree its number and what diff-tree compares: two trees, by ids and
        never by names (2.7)."""
        for tree, number in self._trees.items():
            parents = self._parents[number]
            before = self._root[self._same[parents[0]]] if parents else empty_tree(len(tree))
            yield number, f"{before} {tree}"

    def held(self, groups: Sequence[Collection[Spot]]) -> list[Held]:
        """For each group of spots what is known of them together."""
        results = [Held() for _ in groups]
        start = 0
        while start < len(groups):
            end, bits = start + 1, len(groups[start])
            while end < len(groups) and bits + len(groups[end]) <= _BITS:
                bits += len(groups[end])
                end += 1
            _Carry(self, groups[start:end], results[start:end]).run()
            start = end
        for group, result in zip(groups, results, strict=True):
            oids = {spot.oid for spot in group}
            for name, objects in self._refs.items():
                if not oids.isdisjoint(objects):  # a tag that holds it, or that names it straight (2.5)
                    result.refs.add(name)
                    result.tips.add(name)
        return results

    def _read_commits(self, walk: Walk) -> None:
        for time, oid, parents, tree in walk.commits():
            number = len(self._ids)
            above = tuple(self._number[p] for p in parents if p in self._number)
            self._number[oid] = number
            self._ids.append(oid)
            self._times.append(max([time, *(self._times[p] for p in above)]))
            self._parents.append(above)
            self._same.append(self._trees.setdefault(tree, number))
        self._root = {number: tree for tree, number in self._trees.items()}

    def _read_differences(self, git: Git, sought: Sought, quiet: Container[bytes]) -> None:
        lines = [line for _, line in self._lines()]
        if quiet:
            raw = len(self._ids[0]) // 2 if self._ids else 0
            lines = [line for line in lines if _known_as(line, raw) not in quiet]
        if not lines:
            return
        wanted, names = {oid.encode() for oid in sought.oids}, sought.names
        zero = b"0" * len(self._ids[0])
        for tree, path, old, new in _changes(git, lines, sought.changed):
            number = self._trees[tree]
            if old in wanted:
                self._lost.setdefault(number, []).append(Spot(old.decode(), path))
            if new in wanted:
                self._won.setdefault(number, []).append(Spot(new.decode(), path))
            if names and (old == zero or new == zero) and not names.isdisjoint(path.split(b"/")):
                which = self._won if old == zero else self._lost
                which.setdefault(number, []).append(Spot("", path))


def somewhere(git: Git, walk: Callable[[], Walk], oids: Collection[str]) -> dict[str, list[bytes]]:
    """A path of each object that has one, of now rather than of old: where nothing more need be told of it.

    Raises GitError.
    """
    left = set(oids)
    found: dict[str, list[bytes]] = {}
    head = git.resolve("HEAD^{tree}")
    for entry in git.fields("ls-tree", "-r", "-z", "--full-tree", head) if head else ():
        about, _, path = entry.partition(b"\t")
        oid = about.rpartition(b" ")[2].decode("ascii")
        if oid in left:
            left.remove(oid)
            found[oid] = [path]
    lines = _newest_first(walk()) if left else []
    for _tree, path, _old, new in _changes(git, lines, left) if lines else ():
        if new.decode("ascii") in left:
            found.setdefault(new.decode("ascii"), [path])
    return found


def _newest_first(walk: Walk) -> list[str]:
    """The pairs of trees of all commits and their first parents."""
    trees: dict[str, str] = {}
    pairs: dict[str, None] = {}
    for _time, oid, parents, tree in walk.commits():
        trees[oid] = tree
        pairs[f"{trees.get(parents[0] if parents else '') or empty_tree(len(tree))} {tree}"] = None
    return list(reversed(pairs))


def empty_tree(digits: int) -> str:
    """The id of a tree without entries, which git knows in every repository; ids have so many digits."""
    return (sha256 if digits == 64 else sha1)(b"tree 0\0").hexdigest()


def _known_as(line: str, raw: int) -> bytes:
    return sha256(line.encode()).digest()[:raw]


def _changes(git: Git, lines: list[str], only: Collection[str]) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """All changes between pairs of trees, or with few objects given those that add or take away one of them:
    ``(second tree, path, old id, new id)``."""
    # git leaves out all others in a fraction of the time that it takes to print and to parse them
    few = [f"--find-object={oid}" for oid in only] if len(only) <= _FEW else []
    jobs = processors() if len(lines) >= _ALONE else 1
    rounds = -(-len(lines) // (jobs * _MOST))
    size = -(-len(lines) // (jobs * rounds))
    waiting = [lines[at : at + size] for at in range(0, len(lines), size)]
    at_work = [_Comparison(git, part, few) for part in waiting[:jobs]]
    try:
        for part in [*waiting[jobs:], *([None] * len(at_work))]:
            yield from at_work.pop(0).changes()
            if part is not None:
                at_work.append(_Comparison(git, part, few))
    finally:
        for left in at_work:
            left.stop()


class _Comparison(Filed):
    """git at work on some pairs of trees."""

    def __init__(self, git: Git, pairs: list[str], options: list[str]) -> None:
        self._pairs = len(pairs)
        super().__init__(git, "diff-tree", "--stdin", "-r", "--raw", "-z", "--no-renames", "--no-abbrev",
                         "--ignore-submodules=none", *options,
                         stdin=listed(pairs), flags=TREES_ONLY)  # fmt: skip

    def changes(self) -> Iterator[tuple[str, bytes, bytes, bytes]]:
        """Wait for it; see `_changes`."""
        with self.checked() as output:
            fields, tree, told = _fields(output), "", 0
            for head in fields:
                # A line for each pair, also of those between which nothing differs, and no NUL behind it
                pairs, _, change = head.rpartition(b"\n")
                told += head.count(b"\n")
                if pairs:
                    tree = pairs.rpartition(b" ")[2].decode("ascii")
                if change:
                    words = change.split(b" ")
                    yield tree, next(fields), words[2], words[3]
        if told != self._pairs:  # git passes over a tree that is not here without a word
            raise GitError("git diff-tree", 0, b"unable to read tree")


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """What NULs end, and what is left behind the last one."""
    rest = b""
    while chunk := stream.read(_READ):
        parts = (rest + chunk).split(b"\0")
        rest = parts.pop()
        yield from parts
    if rest:
        yield rest


class _Carry:
    """Carries the bits of some groups from commit to commit."""

    def __init__(self, lineage: Lineage, groups: Sequence[Collection[Spot]], results: list[Held]) -> None:
        self._of = lineage
        self._results = results
        self._bit: dict[Spot, int] = {}
        self._masks = [0] * len(groups)
        self._own: dict[int, int] = {}  # a commit that is itself a hit -> its bit
        for index, group in enumerate(groups):
            for spot in group:
                bit = self._bit.setdefault(spot, 1 << len(self._bit))
                self._masks[index] |= bit
                if not spot.path and spot.oid in lineage._number:
                    self._own[lineage._number[spot.oid]] = bit

    def run(self) -> None:
        """Fill in the results."""
        of = self._of
        here: list[int] = []  # what each commit holds, by its tree
        ever: list[int] = []  # what it or any ancestor of it held
        sums: dict[int, tuple[int, At, At]] = {}  # value -> number of commits, first, last
        for number, oid in enumerate(of._ids):
            parents = of._parents[number]
            before = here[parents[0]] if parents else 0
            same = of._same[number]
            now = here[same] if same < number else self._change(number, before)
            here.append(now)
            if before & ~now:
                self._note_gone(number, before, now)
            now |= self._own.get(number, 0)
            past = now
            for parent in parents:
                past |= ever[parent]
            # The same integer again where possible: there may be a million commits.
            ever.append(next((ever[p] for p in parents if ever[p] == past), past))
            if now:
                at = (of._times[number], number, oid)
                count, first, last = sums.get(now, (0, at, at))
                sums[now] = (count + 1, min(first, at), max(last, at))
        self._sum_up(sums)
        self._name_refs(here, ever)

    def _change(self, number: int, before: int) -> int:
        """What a commit's tree holds, by what that of its first parent does."""
        for spot in self._of._lost.get(number, ()):
            before &= ~self._bit.get(spot, 0)
        for spot in self._of._won.get(number, ()):
            before |= self._bit.get(spot, 0)
        return before

    def _note_gone(self, number: int, before: int, now: int) -> None:
        """Of the groups that a commit takes the last spots of, when it did."""
        for result, mask in zip(self._results, self._masks, strict=True):
            if before & mask and not now & mask:
                result.gone = max(result.gone, self._of._times[number])

    def _sum_up(self, sums: dict[int, tuple[int, At, At]]) -> None:
        for value, (count, first, last) in sums.items():
            for result, mask in zip(self._results, self._masks, strict=True):
                if value & mask:
                    result.commits += count
                    result.first = min(result.first, first) if result.first else first
                    result.last = max(result.last, last) if result.last else last

    def _name_refs(self, here: list[int], ever: list[int]) -> None:
        ancestors: dict[int, list[bytes]] = {}
        newest: dict[int, list[bytes]] = {}
        for name, objects in self._of._refs.items():
            for tip in [self._of._number[oid] for oid in objects if oid in self._of._number]:
                ancestors.setdefault(ever[tip], []).append(name)
                newest.setdefault(here[tip], []).append(name)
        for result, mask in zip(self._results, self._masks, strict=True):
            for value, names in ancestors.items():
                if value & mask:
                    result.refs.update(names)
            for value, names in newest.items():
                if value & mask:
                    result.tips.update(names)

"""What a repository holds of some values, worked out the slow way: every tree of every commit is listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.support.repo import Repo


@dataclass
class Known:
    """All that is true of one value. ``holders``: commit -> the paths at which it holds the value."""

    holders: dict[str, set[bytes]] = field(default_factory=dict)
    refs: set[bytes] = field(default_factory=set)
    in_head: bool = False
    oids: set[str] = field(default_factory=set)
    nameless: bool = False  # in the name of a file or in a commit's message


class Oracle:
    """Reads everything once; `of` answers for a value."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        listed = repo.git("cat-file", "--batch-all-objects", "--batch-check").split("\n")
        self._kind = {line.split()[0]: line.split()[1] for line in listed}
        self._data = {
            oid: repo.run("cat-file", kind, oid).stdout for oid, kind in self._kind.items() if kind != "tree"
        }
        self.parents: dict[str, list[str]] = {}
        self._times: dict[str, int] = {}
        for oid, kind in self._kind.items():
            if kind == "commit":
                head = self._data[oid].partition(b"\n\n")[0].decode(errors="replace").split("\n")
                self.parents[oid] = [line[7:] for line in head if line.startswith("parent ")]
                (self._times[oid],) = (int(x.split()[-2]) for x in head if x.startswith("committer "))
        self._trees = {oid: self._tree(oid) for oid in self.parents}
        self._refs = self._read_refs()

    def _tree(self, oid: str) -> list[tuple[bytes, str]]:
        listed = self._repo.run("ls-tree", "-r", "-z", "--full-tree", oid).stdout.split(b"\0")[:-1]
        return [(path, meta.split()[2].decode()) for meta, _, path in (e.partition(b"\t") for e in listed)]

    def _read_refs(self) -> dict[bytes, list[str]]:
        """Ref -> the objects that it names, one after the other, until something that is no tag."""
        found = {}
        for line in self._repo.git("show-ref", "--head").split("\n"):
            oid, name = line.split(" ", 1)
            chain = [oid]
            while self._kind[chain[-1]] == "tag":
                chain.append(self._data[chain[-1]].split(b"\n")[0].split()[1].decode())
            found[name.encode()] = chain
        return found

    def time(self, commit: str) -> int:
        """When a commit was made; never before its parents, whatever it says."""
        return max([self._times[commit], *(self.time(p) for p in self.parents[commit])])

    def ancestors(self, commits: Iterable[str]) -> set[str]:
        """The commits and all that they are made on."""
        seen: set[str] = set()
        waiting = list(commits)
        while waiting:
            oid = waiting.pop()
            if oid not in seen:
                seen.add(oid)
                waiting += self.parents[oid]
        return seen

    def of(self, value: bytes) -> Known:
        """All that is true of a value."""
        known = Known(oids={oid for oid, data in self._data.items() if value in data})
        for commit, entries in self._trees.items():
            paths = {path for path, oid in entries if oid in known.oids or value in path}
            known.nameless |= any(value in path for path in paths)
            if paths or commit in known.oids:
                known.holders[commit] = paths
            known.nameless |= commit in known.oids
        for name, chain in self._refs.items():
            *tags, last = chain
            holds = not known.oids.isdisjoint(tags) or last in known.oids
            if self._kind[last] == "commit":
                holds |= not self.ancestors([last]).isdisjoint(known.holders)
            elif self._kind[last] == "tree":
                holds |= any(oid in known.oids for _, oid in self._tree(last))
            if holds:
                known.refs.add(name)
        head = self._refs[b"HEAD"][0]
        known.in_head = bool(known.holders.get(head))
        return known

    def firsts(self, known: Known) -> set[str]:
        """The commits that may be called the first: of the oldest, those not made on another of them."""
        if not known.holders:
            return set()
        oldest = min(map(self.time, known.holders))
        some = {oid for oid in known.holders if self.time(oid) == oldest}
        return {oid for oid in some if (self.ancestors([oid]) - {oid}).isdisjoint(some)}

    def lasts(self, known: Known) -> set[str]:
        """The same for the last."""
        if not known.holders:
            return set()
        newest = max(map(self.time, known.holders))
        some = {oid for oid in known.holders if self.time(oid) == newest}
        return some - set().union(*(self.ancestors([oid]) - {oid} for oid in some))

"""From objects that hold something to findings with commit and path: the slow, rare half of a gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aliscan import engine
from aliscan.detect import Limits, detect
from aliscan.finding import Blob, Finding, Match, Origin
from aliscan.git import Git
from aliscan.record import dataclass, field, replace
from aliscan.sources.attribution import Trace, changes, trace
from aliscan.sources.commits import Reach, Update
from aliscan.sources.messages import scannable

_LINK = b"120000"


@dataclass(slots=True)
class Traced:
    """What is known of hits: of blobs their `Trace`, of objects without commits the ref that holds
    them, and the names that are new, each with its oldest commit."""

    traces: dict[str, Trace] = field(default_factory=dict)
    refs: dict[str, bytes] = field(default_factory=dict)
    names: dict[bytes, str] = field(default_factory=dict)


def attribute(git: Git, reach: Reach, updates: Iterable[Update], sifted: engine.Sifted) -> Traced:
    """Find out, in one pass over the commits of ``reach``, where the hits stand."""
    origins = [hit.origin for hit in sifted.hits]
    blobs = {o.oid for o in origins if o.kind == "blob" and o.oid}
    named = any(o.kind == "name" and o.oid for o in origins)
    traced = Traced()
    if blobs:
        traced.traces = trace(git, blobs, reach.revisions(), *reach.options)
    if named:
        for change in changes(git, reach.revisions(), *reach.options):
            if set(change.new) != {"0"}:
                traced.names[change.path] = change.commit  # newest first: the oldest stays
    left = {o.oid for o in origins if o.oid and o.kind in ("blob", "tag", "name")} - traced.traces.keys()
    if left:
        _by_ref(git, updates, left, traced)
    return traced


def _by_ref(git: Git, updates: Iterable[Update], left: set[str], traced: Traced) -> None:
    """Tags, and what hangs on tags: blobs and trees that belong to no commit."""
    for update in updates:
        commit = git.resolve(f"{update.new}^{{commit}}")
        stop = (f"^{commit}",) if commit else ()
        stdin = "".join(f"{line}\n" for line in (update.new, *stop)).encode()
        for line in git.lines("rev-list", "--objects", "--missing=allow-any", "--stdin", stdin=stdin):
            oid, _, path = line.partition(b" ")
            key = oid.decode()
            if key in left:
                traced.refs.setdefault(key, update.ref)
                if not commit and path:
                    traced.names.setdefault(path, "")


def located(git: Git, sifted: engine.Sifted, traced: Traced, limits: Limits) -> Iterator[tuple[Blob, Match]]:
    """Every hit at every place it has: what triage is to judge.

    Objects are read a second time, so that a push full of leaks needs no more memory than a clean
    one, and searched under each of their paths, because a name is context. What is too large for
    memory is judged without its text.
    """
    whole = {h.origin.oid: h for h in sifted.hits if h.whole and h.origin.kind in ("blob", "commit", "tag")}
    for oid, kind, raw in git.objects(whole):
        hit = whole[oid]
        data = scannable(kind, raw)
        yielded = False
        for origin in _origins(hit.origin, traced):
            for match in detect(data, origin.path, limits).matches:
                yielded = True
                yield Blob(origin, data), match
        if not yielded:  # found under the name that rev-list gave it, and under no other
            yield from ((Blob(hit.origin, data), match) for match in hit.matches)
    for hit in sifted.hits:
        if not hit.whole:
            for origin in _origins(hit.origin, traced):
                yield from ((Blob(origin, b""), match) for match in hit.matches)
        elif hit.origin.kind == "name" and not hit.origin.oid:  # the name of a ref
            yield from ((Blob(hit.origin, hit.origin.ref), match) for match in hit.matches)
    for path, commit in traced.names.items():
        origin = Origin("name", path, commit=commit)
        yield from ((Blob(origin, path), match) for match in detect(path, b"", limits).matches)


def _origins(origin: Origin, traced: Traced) -> list[Origin]:
    """An object's places: one for each path that commits give it, else the one of its ref."""
    found = traced.traces.get(origin.oid)
    if found is None:
        return [replace(origin, ref=traced.refs.get(origin.oid, origin.ref))]
    links = {p.path for p in found.added if p.mode == _LINK}
    return [
        Origin("link" if path in links else "blob", path, oid=origin.oid, commit=found.first(path))
        for path in found.paths
    ]


def commits_of(finding: Finding, traced: Traced) -> Iterable[str]:
    """The commits that would have to be rewritten to be rid of a finding, newest first."""
    origin = finding.origin
    found = traced.traces.get(origin.oid)
    if found is not None and origin.path:
        return dict.fromkeys(p.commit for p in found.added if p.path == origin.path)
    return (origin.commit,) if origin.commit else ()


def grouped(findings: Iterable[Finding], traced: Traced, order: Iterable[str]) -> Iterator[Finding]:
    """One finding for each value and path: of many versions of a file the oldest, with a note of the rest."""
    age = {commit: n for n, commit in enumerate(order)}
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for f in findings:
        place = f.origin.path or f.origin.oid or f.origin.ref
        kind = f.suppressed.kind if f.suppressed else ""
        groups.setdefault((f.rule, tuple(p.fingerprint for p in f.parts), place, kind), []).append(f)
    for same in groups.values():
        first = min(same, key=lambda f: age.get(f.origin.commit, 0))
        others = {c for f in same for c in commits_of(f, traced)} - {first.origin.commit}
        if others:
            listed = sorted(others, key=lambda c: age.get(c, 0))
            first = replace(first, notes=(*first.notes, ("also in", _some(listed))))
        yield first


def _some(commits: list[str]) -> str:
    shown = ", ".join(c[:12] for c in commits[:5])
    return f"{shown}, +{len(commits) - 5}" if len(commits) > 5 else shown


def history(git: Git, reach: Reach) -> dict[str, tuple[str, ...]]:
    """The commits of ``reach`` with their parents, oldest first."""
    stdin = "".join(f"{line}\n" for line in reach.revisions()).encode()
    lines = git.lines("rev-list", "--topo-order", "--reverse", "--parents", "--ignore-missing", "--stdin",
                      *reach.options, stdin=stdin)  # fmt: skip
    return {words[0]: tuple(words[1:]) for words in (line.decode("ascii").split() for line in lines)}

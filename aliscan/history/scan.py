"""The whole scan, joined: list, look, trace, judge, tell."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from aliscan.detect import detect
from aliscan.detect.anchors import families, is_silent
from aliscan.finding import AliscanError, Finding, Gap, Origin, Report
from aliscan.git import GitError, show
from aliscan.history import told
from aliscan.history.cache import Cache
from aliscan.history.look import Hit, suspicious_names
from aliscan.history.plain import plain
from aliscan.history.stories import Cases, Judge, judge_bytes, judge_hits, tell
from aliscan.history.told import Listener, Stories, Told
from aliscan.history.work import Counts, Reader, run
from aliscan.i18n import N_, _, said
from aliscan.process import processors
from aliscan.record import dataclass, field
from aliscan.sources.history import entries_in_tree, inventory, loose_ids, read, ref_names
from aliscan.sources.known import Known
from aliscan.sources.lineage import Lineage, Sought, Spot, Walk, somewhere
from aliscan.sources.narrow import Connected, Narrow, missing_object, narrowed
from aliscan.sources.store import Store

# Below this one process is done before a second one has started.
_SMALL = 4 << 20


@dataclass(slots=True)
class State:
    """How far a scan is; what progress shows. ``phase`` is ``list``, ``look`` or ``story``."""

    phase: str = "list"
    announced: int = 0
    announced_bytes: int = 0
    counts: Counts = field(default_factory=Counts)
    commits: list[str] = field(default_factory=list)
    untyped: list[str] = field(default_factory=list)  # there may be more commits among them
    gaps: list[Gap] = field(default_factory=list)
    started: float = 0.0
    interrupted: bool = False
    known: int = 0  # clean the last time, by the cache
    walk: Walk | None = None  # begun when there is the first hit
    missing: list[str] = field(default_factory=list)  # what others need and is not here
    same: list[bytes] | None = None  # what tells whether the repository has changed
    told: Told | None = None  # of one that has not
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose: ``jobs`` 0 is as many as processors, ``engine`` auto, git or packs."""

    narrow: Narrow = field(default_factory=Narrow)
    engine: str = "auto"
    jobs: int = 0
    cloned: bool = False
    cache: str | None = None  # a folder, "" is the usual one, None no cache


def scan(store: Store, judge: Judge, choices: Choices, tick: Callable[[State], None]) -> Report:
    """The report of `examine`."""
    return examine(store, judge, choices, tick)[0]


def examine(
    store: Store, judge: Judge, choices: Choices, tick: Callable[[State], None]
) -> tuple[Report, Cases]:
    """Scan a store and report one finding a leaked value.

    Ctrl-C ends the looking; what was found so far is reported, with a gap that says so.
    """
    began, clock = time.time(), time.monotonic()
    state = State(started=clock)
    cache = None if choices.cache is None else Cache(choices.cache, store.objects[0], store.raw)
    try:
        _look(store, choices, state, tick, cache)
    except KeyboardInterrupt:
        state.interrupted = True
        state.gaps.append(Gap(Origin("object"), "interrupted: not everything was looked at"))
    state.phase = "story"
    tick(state)
    findings, gaps, cases = _findings(store, judge, choices, state, cache)
    report = Report(
        tuple(findings),
        tuple(_distinct(state.gaps + state.counts.gaps + gaps)),
        state.counts.objects,
        state.counts.bytes,
        started=began,
        seconds=time.monotonic() - clock,
        command="history",
        notes=(
            ("repository", show(store.label)),
            ("objects", _numbers(state)),
            *(("warning", text) for text in state.warnings),
        ),
    )
    return report, cases


_PARTIAL = N_(
    "a partial clone leaves objects on the server, and a scan never fetches them: scan a full clone "
    "(git clone without --filter)"
)


def _numbers(state: State) -> str:
    text = f"{state.announced} announced, {state.counts.objects} scanned"
    return text + f", {state.known} more were clean before (cache)" if state.known else text


def _look(
    store: Store, choices: Choices, state: State, tick: Callable[[State], None], cache: Cache | None
) -> None:
    """List and look; fills ``state`` as it goes."""
    state.gaps += limits(store)
    wanted = narrowed(store.git, choices.narrow, state.gaps)
    same = state.same = _unchanged(store) if wanted is None and cache else None
    if cache and same is not None and (before := told.load(cache.beside("told", same))):
        _as_before(store, state, before)
        return
    check = Connected(store) if wanted is None else None
    try:
        reader, jobs = _engine(store, choices, wanted, state, cache.load() if cache else Known())
        state.phase = "look"

        def progress(counts: Counts) -> None:
            state.counts = counts
            if state.walk is None and not state.untyped and any(_has_story(hit) for hit in counts.hits):
                state.walk = Walk(store.git, state.commits)
            tick(state)

        if not state.announced + state.known:
            state.gaps.append(Gap(Origin("object"), "there are no objects in this repository (yet)"))
        try:
            progress(run(reader, jobs, progress))
        finally:
            if cache:
                _remember(cache, reader, state, store)
        _lack(store, state, list(check.gaps()) if check else [])
    except BaseException:
        if check:
            check.stop()
        if state.walk:
            state.walk.stop()
        raise
    unseen = (
        state.announced
        - state.counts.objects
        - len({g.origin.oid for g in state.counts.gaps if g.origin.oid})
    )
    if unseen > 0:
        state.gaps.append(Gap(Origin("object"), _unscanned(unseen, state.announced)))


def _has_story(hit: Hit) -> bool:
    return not (hit.named or hit.unread)


def _lack(store: Store, state: State, missing: list[Gap]) -> None:
    state.gaps += missing
    state.missing = [gap.origin.oid for gap in missing if gap.origin.oid]
    if store.partial and any("missing: " in gap.reason for gap in state.gaps):
        state.gaps.append(Gap(Origin("object"), _PARTIAL))


def _as_before(store: Store, state: State, before: Told) -> None:
    """What `_look` would find in a repository that is as it was."""
    state.told, state.known, state.announced = before, before.clean, len(before.hits)
    state.counts = Counts(len(before.hits), before.bytes, list(before.hits))
    _lack(store, state, [missing_object(oid) for oid in before.missing])


def _unchanged(store: Store) -> list[bytes]:
    """What is the same as long as nothing was added to a repository, taken away or moved."""
    packs = (f"{path} {_size(path + '.pack')} {_size(path + '.idx')}".encode() for path in store.packs())
    refs = store.git.run("show-ref", "--head", ok=(0, 1))
    return [*packs, *loose_ids(store), refs, str((store.shallow, store.partial)).encode()]


def _unscanned(unseen: int, announced: int) -> str:
    return said("{n} of {all} objects were not scanned", n=unseen, all=announced)


def _remember(cache: Cache, reader: Reader, state: State, store: Store) -> None:
    """Keep the ids of finished tasks, without hits and without what could not be read."""
    counts = state.counts
    doubtful = {hit.oid for hit in counts.hits} | {g.origin.oid for g in counts.gaps}
    if any(hit.kind == "tree" for hit in counts.hits):
        # A tree may have been searched only where it differs from one that holds something, and that
        # one may be gone the next time.
        doubtful.update(inventory(store).ids["tree"])
    clean = [bytes.fromhex(oid) for task in counts.done for oid in reader.ids(task) if oid not in doubtful]
    trouble = cache.save(clean) if clean or not state.known else None
    if trouble:
        state.warnings.append(trouble)


def _engine(
    store: Store, choices: Choices, wanted: list[str] | None, state: State, known: Known
) -> tuple[Reader, int]:
    """List the objects but the ``known``; choose who reads them and with how many processes."""
    from aliscan.sources import packs

    packed = sum(_size(path + ".pack") for path in store.packs())
    if choices.engine == "packs" and not packs.available():
        raise AliscanError(_('--engine packs needs more libraries: pip install "aliscan[fast]".'))
    if choices.engine == "packs" or (choices.engine == "auto" and packed > _SMALL and packs.available()):
        from aliscan.history.packed import Packed
        from aliscan.sources.packs.plan import make_plan

        jobs = choices.jobs or processors()
        plan = make_plan(store, jobs, wanted, known)
        state.known = plan.known
        state.gaps += plan.gaps
        state.commits, state.untyped, state.announced = plan.commits, plan.untyped, plan.count
        much = plan.bytes > _SMALL
        search = "auto" if much else "python"
        return Packed(store.git, store.raw, plan, search), choices.jobs or (jobs if much else 1)
    found = inventory(store, wanted)
    state.gaps += found.gaps
    state.commits = list(found.ids["commit"])
    state.known = found.without(known.ids())
    state.announced, state.announced_bytes = found.count, found.bytes
    jobs = choices.jobs or (processors() if found.bytes > _SMALL else 1)
    return plain(store.git, store.raw, found, jobs), jobs


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def limits(store: Store) -> Iterable[Gap]:
    """What the repository itself says it does not hold, with the cure (4.4)."""
    if store.shallow:
        yield Gap(
            Origin("object"),
            "a shallow clone holds only a part of the history: run git fetch --unshallow, or in CI set "
            "fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab), depth: full (Bitbucket), fetchDepth: 0 (Azure)",
        )
    if store.tables:
        yield Gap(
            Origin("object"),
            "the refs of this repository are a reftable, which is not read: every object was looked at, but "
            "neither the names of branches and tags nor whether everything that they need is here",
        )


def _findings(
    store: Store, judge: Judge, choices: Choices, state: State, cache: Cache | None
) -> tuple[list[Finding], list[Gap], Cases]:
    """Judge the hits and tell their stories."""
    git, hits = store.git, _worth(choices, state)
    gaps: list[Gap] = []
    names = _loud(ref_names(git))
    if not hits and not names:
        _remember_all(store, cache, state, None, [], 0)
        return [], [], Cases()
    if not names and all(hit.unread for hit in hits):
        cases = judge_hits(
            git, store.raw, hits, {} if state.interrupted else _places(store, state, hits), judge
        )
        return [], cases.gaps, cases
    if state.told:
        try:
            return _judged(store, judge, choices, hits, names, state.told)
        except KeyError:
            pass  # other values than the last time: the commits are compared again
    lineage = None
    if not state.interrupted:
        try:
            lineage = Listener(_lineage(store, cache, state, _sought(store, hits)))
        except GitError as error:
            gaps.append(
                Gap(
                    Origin("object"),
                    said("the commits cannot be walked, stories are missing: {error}", error=error),
                )
            )
    findings, further, cases = _judged(store, judge, choices, hits, names, lineage)
    _remember_all(store, cache, state, lineage, gaps + further, cases.size)
    return findings, gaps + further, cases


def _places(store: Store, state: State, hits: list[Hit]) -> dict[str, list[bytes]]:
    """A path of each hit, if it has one, where none of them has a story."""
    try:
        return somewhere(store.git, lambda: _walk(store, state), [h.oid for h in hits if h.kind == "blob"])
    except GitError:
        return {}


def _walk(store: Store, state: State) -> Walk:
    if state.walk:
        return state.walk
    untyped = None if state.told else state.untyped
    loose = [] if untyped == [] else inventory(store, untyped).ids["commit"]
    return Walk(store.git, [*state.commits, *loose])


def _loud(names: list[bytes]) -> list[bytes]:
    """The names that could hold anything: one search for all, nearly always in vain."""
    return [] if is_silent(b"\n".join(names)) else [name for name in names if families(name)]


def _worth(choices: Choices, state: State) -> list[Hit]:
    """The hits without those that only a path makes one, if no path of the repository says so."""
    complete = choices.narrow.everything and not state.known and not state.interrupted
    spoken = state.counts.spoken
    return [hit for hit in state.counts.hits if not (complete and hit.named and spoken.isdisjoint(hit.named))]


def _judged(
    store: Store,
    judge: Judge,
    choices: Choices,
    hits: list[Hit],
    names: list[bytes],
    lineage: Stories | None,
) -> tuple[list[Finding], list[Gap], Cases]:
    git = store.git
    paths: dict[str, list[bytes]] = {}
    for spot in lineage.spots() if lineage else ():
        if spot.oid:
            paths.setdefault(spot.oid, []).append(spot.path)
    # The oldest first, and in one order whichever worker came first: reports can be compared
    age = {oid: number for number, oid in enumerate(paths)}
    hits = sorted(hits, key=lambda hit: (age.get(hit.oid, len(age)), hit))
    cases = judge_hits(git, store.raw, hits, paths, judge)
    for name in names:
        judge_bytes(cases, Origin("name", ref=name), name, Spot("ref"), judge)
    return tell(git, cases, lineage, choices.cloned), cases.gaps, cases


def _remember_all(
    store: Store, cache: Cache | None, state: State, lineage: Listener | None, gaps: list[Gap], size: int
) -> None:
    """Keep where the hits are, for the next scan; not after one that could not look at something."""
    if cache is None or state.same is None or state.told or state.interrupted or gaps or state.counts.gaps:
        return
    usual = {Gap(Origin("object"), _PARTIAL), *limits(store), *map(missing_object, state.missing)}
    if not usual.issuperset(state.gaps):
        return
    hits = sorted(set(state.counts.hits))
    clean = state.counts.objects + state.known - len(hits)
    before = Told(hits, size, clean, state.missing)
    if lineage:
        before.places, before.known = lineage.spots(), lineage.known
    trouble = told.save(cache.beside("told", state.same), before)
    if trouble and trouble not in state.warnings:
        state.warnings.append(trouble)


def _lineage(store: Store, cache: Cache | None, state: State, sought: Sought) -> Lineage:
    """The lineage of the hits; with a cache, only commits that nobody compared for them are compared."""
    walk = _walk(store, state)
    if cache is None:
        return Lineage(store.git, walk, sought)
    about = [*(oid.encode() for oid in sought.oids), *(b"/" + name for name in sought.names)]
    cache = cache.beside("commits", about)
    known = cache.load().ids()
    lineage = Lineage(store.git, walk, sought, known)
    new = [commit for commit in lineage.quiet(store.raw) if commit not in known]
    trouble = cache.save(new) if new else None
    if trouble:
        state.warnings.append(trouble)
    return lineage


def _sought(store: Store, hits: list[Hit]) -> Sought:
    """The objects that hold something, and the names in trees that do."""
    names: set[bytes] = set()
    bearers: set[str] | None = set()
    for _oid, kind, data in read(store.git, [hit.oid for hit in hits if hit.kind == "tree"], []):
        if kind != "tree" or not isinstance(data, bytes):
            continue
        ours = {n for n in suspicious_names(data, store.raw) if families(n) and detect(n).matches}
        names |= ours
        for mode, name, oid in entries_in_tree(data, store.raw) if ours else ():
            if name in ours and bearers is not None:
                bearers = None if mode.lstrip(b"0") == b"40000" else bearers | {oid}
    oids = frozenset(hit.oid for hit in hits if hit.kind != "tree")
    return Sought(oids, frozenset(names), None if bearers is None else frozenset(bearers))


def _distinct(gaps: list[Gap]) -> list[Gap]:
    """Each object that could not be read once, whoever noticed it first."""
    seen: dict[object, Gap] = {}
    for gap in gaps:
        seen.setdefault(gap.origin.oid or (gap.origin, gap.reason), gap)
    return list(seen.values())

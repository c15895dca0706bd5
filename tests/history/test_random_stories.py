"""Keys planted at random are all found, and every fact of their stories is true, with both engines."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aliscan.finding import Report, Story
from aliscan.history.scan import Choices
from tests.history import grow
from tests.history.oracle import Known, Oracle
from tests.history.support import report
from tests.support.repo import Repo

pytest.importorskip("numpy")
pytest.importorskip("isal")
pytest.importorskip("dulwich")


def stories(found: Report) -> dict[str, Story]:
    """Fingerprint -> story; the report must be complete."""
    assert not found.gaps
    told = {f.fingerprint: f.story for f in found.findings if f.story}
    assert all(story.lay >= 0 for story in told.values())
    return {value: replace(story, lay=0) for value, story in told.items()}  # what is there lies until now


def without(prefix: bytes, refs: set[bytes]) -> set[bytes]:
    return {ref.removeprefix(prefix) for ref in refs if ref.startswith(prefix)}


def wrong(oracle: Oracle, known: Known, story: Story) -> list[str]:
    """What of a story is not true."""
    first, last = story.first and story.first.commit, story.last and story.last.commit
    others = {r for r in known.refs if not r.startswith((b"refs/remotes/", b"refs/tags/")) and r != b"HEAD"}
    remote = without(b"refs/remotes/", known.refs)
    paths = set().union(*known.holders.values()) if known.holders else set()
    facts: list[tuple[str, bool]] = [
        ("first", first in oracle.firsts(known) if known.holders else first is None),
        ("last", last in oracle.lasts(known) if known.holders else last is None),
        ("commits", story.commits == len(known.holders)),
        ("paths", set(story.paths) == paths),
        ("branches", set(story.branches) == {r.removeprefix(b"refs/heads/") for r in others}),
        ("tags", set(story.tags) == without(b"refs/tags/", known.refs)),
        ("published", set(story.published) == remote),
        ("reachable", story.reachable == bool(known.refs)),
        ("blobs", known.nameless or story.blobs == len(known.oids)),
        ("in head", known.nameless or story.in_head == known.in_head),
    ]
    return [name for name, right in facts if not right]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # real git is too slow to shrink with
)
@given(
    seed=st.integers(0, 2**32),
    steps=st.lists(st.sampled_from(sorted(grow.STEPS)), min_size=15, max_size=30),
    sha=st.sampled_from(["sha1", "sha256"]),
)
def test_random_stories(
    tmp_path_factory: pytest.TempPathFactory, seed: int, steps: list[str], sha: str
) -> None:
    repo = Repo.init(tmp_path_factory.mktemp("r"), f"--object-format={sha}")
    grower = grow.start(repo, seed)
    for step in steps:
        grower.step(step)
    oracle = Oracle(repo)
    packed, plain = (report(repo.path, Choices(engine=engine)) for engine in ("packs", "git"))
    told = stories(packed)
    assert told == stories(plain)
    assert [(f.rule, f.origin) for f in packed.findings] == [(f.rule, f.origin) for f in plain.findings]
    for value in grower.planted:
        story = told.pop(sha256(value).hexdigest()[:16])
        known = oracle.of(value)
        assert not (faults := wrong(oracle, known, story)), (faults, value[-4:], story, known)
    assert not told

"""The first look loses nothing: whatever `detect` finds in a case of the corpus, a history scan finds too.

Over the whole corpus, with and without the extra ``fast``: each case as it is, between ordinary source
code, and with source behind it, so that it is longer than what `aliscan.detect.search` reads in all views.
"""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from aliscan.detect import Detection, detect
from aliscan.detect.anchors import SHORT
from aliscan.history.look import Looker
from fixtures import corpus
from fixtures.corpus import Case
from fixtures.render import render
from tests.history.support import need, report
from tests.support.repo import Repo

SEED = 20240607
LETTERS = "abcdefghijklmnopqrstuvwxyz_"


@cache
def source(size: int) -> bytes:
    """Lines that look like a program and speak of nothing."""
    rng, lines = Random(SEED), list[str]()
    while size > 0:
        words = ("".join(rng.choices(LETTERS, k=rng.randint(2, 9))) for _ in range(rng.randint(1, 9)))
        lines.append("    " + " ".join(words) + rng.choice([";", " {", "", " = 3", ","]))
        size -= len(lines[-1]) + 1
    return ("\n".join(lines) + "\n").encode()


def shaped(case: Case, shape: str) -> bytes:
    """A case as one of the ``SHAPES``."""
    data = render(case, SEED).data
    half = source(SHORT // 2 + 500)
    return {"alone": data, "inside": half + data + half, "above": data + half + half}[shape]


SHAPES = ("alone", "inside", "above")


@cache
def found(shape: str) -> tuple[tuple[Case, bytes, Detection], ...]:
    """The cases in which detect finds something, or that it cannot read."""
    every = ((case, shaped(case, shape)) for case in corpus.cases())
    looked = ((case, data, detect(data, case.path.encode())) for case, data in every)
    return tuple(entry for entry in looked if entry[2].matches or entry[2].unread)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("engine", ["python", "hyperscan"])
def test_no_case_is_lost(engine: str, shape: str) -> None:
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    looker = Looker(20, lambda: None, engine)
    for case, data, _ in found(shape):
        looker(case.name, "blob", data)
    looker.flush()
    hits = {hit.oid for hit in looker.hits}
    lost = {case.name: [m.rule for m in f.matches] for case, _, f in found(shape) if case.name not in hits}
    assert len(found(shape)) > 800
    assert not lost


@pytest.mark.parametrize("engine", ["git", "packs"])
def test_the_corpus_as_a_repository(repo: Repo, engine: str) -> None:
    choices = need(engine)
    expected: dict[str, set[str]] = {}
    unread = 0
    for number, (case, data, detection) in enumerate(found("alone")):
        # Each in a folder of its own; what looks at a path looks at its end.
        repo.write(f"{number}/{case.path.partition('!/')[0]}", data)
        for match in detection.matches:
            expected.setdefault(match.key.fingerprint, set()).add(match.rule)
        unread += bool(detection.unread)
    repo.git("add", "--force", ".")
    repo.git("commit", "-qm", "corpus")
    repo.git("repack", "-adfq")
    seen = report(repo.path, choices)
    rules = {f.fingerprint: f.rule for f in seen.findings}
    assert not set(expected) - set(rules)
    assert not [(expected[value], rules[value]) for value in expected if rules[value] not in expected[value]]
    assert len([g for g in seen.gaps if g.origin.oid]) >= unread

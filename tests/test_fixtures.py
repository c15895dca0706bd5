"""Every labelled case through `aliscan.detect.detect`; and that the corpus is what it promises to be."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest

from aliscan.detect import detect
from fixtures import corpus, keys
from fixtures.corpus import Case
from fixtures.judge import Seen, SeenPart, complaints
from fixtures.render import render

KNOWN_MISSES = Path(__file__).with_name("known_misses.txt")
SEED = 20240607


@cache
def known_misses() -> dict[str, str]:
    """Case -> why it is not right yet. A case that is right must not stand here."""
    lines = (line for line in KNOWN_MISSES.read_text("utf-8").splitlines() if line and line[0] != "#")
    return {name: reason for name, _, reason in (line.partition(": ") for line in lines)}


def look(data: bytes, path: str) -> tuple[list[Seen], tuple[str, ...]]:
    """What aliscan says of some bytes, as the harness wants to hear it."""
    found = detect(data, path.encode())
    seen = []
    for match in found.matches:
        parts = tuple(
            SeenPart(p.kind, p.secret.reveal().decode("utf-8", "replace"), p.place.line, p.place.column)
            for p in match.parts
        )
        member = tuple(m.decode("utf-8", "replace") for m in match.member)
        seen.append(Seen(match.rule, match.severity.label, parts, member))
    return seen, found.unread


@pytest.mark.parametrize("case", corpus.cases(), ids=lambda c: c.name)
def test_case(case: Case) -> None:
    rendered = render(case, SEED)
    seen, unread = look(rendered.data, case.path)
    wrong = complaints(rendered, seen) + [f"unread: {reason}" for reason in unread]
    if case.name in known_misses():
        assert wrong, f"{case.name} is right now: take it out of {KNOWN_MISSES.name}"
        pytest.xfail(known_misses()[case.name])
    assert not wrong, f"{case.source} ({case.path})\n" + "\n".join(wrong)


def test_known_misses_are_cases() -> None:
    assert set(known_misses()) <= {case.name for case in corpus.cases()}


def test_every_label_stands_somewhere() -> None:
    for case in corpus.cases():
        rendered = render(case, SEED)
        for expected in case.expected:
            for label in expected.labels:
                assert rendered.of(label), f"{case.source}: {label} is expected but stands nowhere"


def test_a_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    for case in corpus.cases()[::25]:
        assert render(case, 3).data == render(case, 3).data
        if not case.silent:
            assert render(case, 3).data != render(case, 4).data


def test_the_corpus_is_as_large_and_as_varied_as_it_promises() -> None:
    cases = corpus.cases()
    assert len(cases) >= 1200
    assert sum(case.silent for case in cases) >= 350
    assert len({case.file_type for case in cases}) >= 100
    expected = Counter(e.rule for case in cases for e in case.expected if not e.optional)
    assert set(expected) == set(corpus.SEVERITY)
    assert min(expected.values()) >= 3, expected.most_common()[-5:]


def test_every_section_of_the_reference_has_cases() -> None:
    sections = Counter(section for case in corpus.cases() for section in case.sections)
    wanted = [
        "1.1",
        "1.2",
        "1.3",
        "2",
        "3",
        "4",
        "5.1",
        "5.2",
        "5.3",
        "5.4",
        "5.5",
        "6.1",
        "6.2",
        "6.3",
        "7",
        "9a",
    ]
    assert not [section for section in wanted if sections[section] < 4]


LIVE = re.compile(
    r"(?<![A-Za-z0-9])LTAI(?:[A-Za-z0-9]{12}|[A-Za-z0-9]{20})(?![A-Za-z0-9])"
    r"|STS\.[1-9A-HJ-NP-Za-km-z]{25}|CAIS.{3}1q6F|sk-(?:sp-)?[0-9a-f]{32}|SEC[0-9a-f]{64}|TFRBS[T-X]\w{10}"
)
MIXED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{30}(?![A-Za-z0-9])")


def test_no_template_holds_a_live_looking_key() -> None:
    for document in sorted(corpus.CASES.glob("*.md")):
        text = re.sub(r"\{\{.*?\}\}", "{}", document.read_text("utf-8"))
        assert not LIVE.search(text), f"{document.name}: {LIVE.search(text)}"
        for word in MIXED.findall(text):
            assert not (re.search("[0-9]", word) and re.search("[A-Z]", word)), f"{document.name}: {word}"


def test_generators_draw_something_else_each_time() -> None:
    for name in keys.GENERATORS:
        assert len({keys.generate(name, Random(seed)) for seed in range(20)}) > 1, name

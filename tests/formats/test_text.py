"""The report at a terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.finding import Gap, Origin, Suppression
from aliscan.formats.facts import duration, size
from aliscan.formats.layout import pad, width, wrap
from tests.formats.samples import everything, finding, render, report


def last(text: str) -> str:
    return text.splitlines()[-1]


def test_the_last_line_always_says_how_much_was_scanned() -> None:
    assert last(render("text", report())) == "aliscan: nothing found; scanned 3 files, 4.1 kB in 0.25 s"
    assert last(render("text", report(finding()))).startswith("aliscan: 1 critical; scanned 3 files")
    assert "1 could not be scanned" in last(render("text", everything()))
    assert "2 suppressed" in last(render("text", everything()))


def test_a_finding_can_be_clicked_and_grepped() -> None:
    long = b"d/" * 200 + b"a.py"
    text = render("text", report(finding(long, line=7)))
    assert re.search(rf"(?m)^critical  alibaba-access-key-pair  {long.decode()}:7:7$", text)


def test_worst_first_and_suppressed_last() -> None:
    text = render("text", everything())
    order = [text.index(word) for word in ("critical  ", "low  ", "suppressed  ", "not scanned: ")]
    assert order == sorted(order)
    assert "suppressed  alibaba-access-key-pair  t/x.py:1:7  (baseline: known test key)" in text


def test_the_story_of_a_leak() -> None:
    text = render("text", everything())
    assert "first: 0123456789ab 2024-03-01 Li Lei: Add OSS upload" in text
    assert "no longer in HEAD; published on origin/main; in main, v1.0" in text


def test_a_thousand_suppressed_do_not_flood() -> None:
    one = replace(finding(), suppressed=Suppression("baseline", ""))
    text = render("text", report(*[one] * 1000))
    assert text.count("\n") < 15
    assert "990 more are suppressed" in text


def test_a_thousand_gaps_do_not_flood() -> None:
    gaps = tuple(Gap(Origin("file", b"x%d" % i), "cannot be read") for i in range(1000))
    text = render("text", report(gaps=gaps))
    assert text.count("\n") < 25
    assert "980 more could not be scanned" in text
    assert "1000 could not be scanned" in last(text)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
        (5_500_000_000, "5.5 GB"), (10**16, "10000.0 TB"),
    ],
)  # fmt: skip
def test_sizes(count: int, words: str) -> None:
    assert size(count) == words


def test_durations() -> None:
    assert [duration(t) for t in (0.004, 9.99, 59.94, 125.0)] == ["0.00 s", "9.99 s", "59.9 s", "2 min 5 s"]


@given(st.text(st.sampled_from("ab 中文，。c-"), max_size=80), st.integers(4, 40))
def test_wrapping_loses_nothing(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert width(line.rstrip("，。")) <= columns + 2 or " " not in line  # marks never begin a line
        assert line == line.rstrip()


def test_chinese_is_two_columns_wide() -> None:
    assert width("密钥a") == 5
    assert pad("密钥", 6) == "密钥  "

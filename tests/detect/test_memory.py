"""How much memory a text needs: a multiple of it, and above a piece of 4 MiB no more.

`python -m bench.adversarial --memory` measures the real command, for all texts.
"""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path

import pytest

from aliscan import cuts
from aliscan.detect import LIMITS, Limits, detect, search
from tests.support import keys
from tests.support.adversarial import TEXTS
from tests.support.memory import used_by

# The most of all hostile texts; of those that are full of findings each takes memory of its own.
WORST = [
    "wrapped base64",
    "words of 30 characters",
    "words of 30 under names",
    "continued lines",
    "joined long literals",
    "hosts of mail",
    "users",
    "lengths",
    "camel case",
]


def peak(data: bytes, limits: Limits = LIMITS) -> int:
    """Bytes of Python's objects at most while a text is searched."""
    tracemalloc.start()
    try:
        detect(data, limits=limits)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", WORST)
def test_a_text_needs_a_small_multiple_of_its_size(name: str) -> None:
    detect(TEXTS[name](2_000))  # imports, caches
    data = TEXTS[name](300_000)
    assert peak(data) < 18 * len(data) + 500_000


@pytest.mark.parametrize("name", [*WORST, "pairs in base64", "ids only", "UTF-16"])
def test_a_longer_text_needs_no_more(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "PIECE", 100_000)
    monkeypatch.setattr(cuts, "OVERLAP", 16_000)
    monkeypatch.setattr(cuts, "LONG", 150_000)
    monkeypatch.setattr(search, "DENSE", 100_000)
    monkeypatch.setattr("aliscan.detect.words.STRETCH", 50_000)
    limits = Limits(findings=100)
    detect(TEXTS[name](2_000))
    once = peak(TEXTS[name](140_000), limits)
    more = peak(TEXTS[name](1_000_000), limits)
    # what is UTF-16 is looked at as a whole once, and without its zeros
    assert more < 1.5 * once + (3_000_000 if name == "UTF-16" else 300_000)


def test_a_text_full_of_findings_is_not_searched_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "PIECE", 100_000)
    monkeypatch.setattr(cuts, "LONG", 150_000)
    data = "".join(f"{keys.key_id()}\n" for _ in range(20_000)).encode()
    found = detect(data, limits=Limits(findings=500))
    assert len(found.matches) == 500
    assert found.unread == ("too many findings (the limit is 500): not searched to the end",)
    few = detect(data[:2500], limits=Limits(findings=100))
    assert len(few.matches) == 100
    assert not few.unread, "just as many as are wanted"


@pytest.mark.skipif(sys.platform == "win32", reason="no rusage")
@pytest.mark.parametrize("way", ["file", "stdin", "git"])
def test_the_command_stays_below_100_mb(way: str, tmp_path: Path) -> None:
    found = used_by(way, TEXTS["words of 30 beside a pair"](14_000_000), tmp_path)
    assert found.status == 1
    assert found.mib < 95

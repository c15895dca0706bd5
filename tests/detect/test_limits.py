"""How many findings of a file are listed, and how long it may take: as a whole, whatever its pieces are."""

from __future__ import annotations

import base64
import gzip
import itertools
import random
from collections.abc import Iterator

import pytest

from aliscan import cuts, engine
from aliscan.cuts import reading
from aliscan.detect import LIMITS, Detection, Limits, density, detect, search
from aliscan.finding import Blob, Finding, Match, Origin, Report
from aliscan.sources.pieces import pieces
from tests.support import keys

TOO_MANY = "too many findings (the limit is {}): not searched to the end"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 100 kB, and of 80 kB where a text is dense."""
    monkeypatch.setattr(cuts, "PIECE", 100_000)
    monkeypatch.setattr(cuts, "LONG", 150_000)
    monkeypatch.setattr(cuts, "OVERLAP", 16_000)
    monkeypatch.setattr(search, "DENSE", 80_000)
    monkeypatch.setattr(density, "_MANY", 500)


def ids(count: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    return [keys.key_id(rng) for _ in range(count)]


def links(ids: list[str]) -> bytes:
    """A log of signed links."""
    base = "https://b.oss-cn-beijing.aliyuncs.com/a.png?Expires=1714979289"
    return "".join(f"GET {base}&OSSAccessKeyId={i}&Signature=aB3%3D HTTP/1.1\n" for i in ids).encode()


def judge(blob: Blob, match: Match) -> Finding:
    return Finding(match, blob.origin, match.severity)


def scanned(data: bytes, limits: Limits) -> Report:
    """As a scan that gets a file in pieces."""
    return engine.run(pieces(reading(data), Origin("file", b"a.log")), judge, limits)


def test_one_value_again_and_again_is_no_reason_to_stop() -> None:
    data = links(ids(3) * 800 + ids(1, 2))
    limits = Limits(findings=1000)
    found = detect(data, b"a.log", limits)
    assert len(found.matches) == 1000
    assert found.unread == (TOO_MANY.format(1000),), "the last is a new one"
    data = links(ids(3) * 800)
    assert detect(data, b"a.log", limits).unread == ()
    report = scanned(data, limits)
    assert (len(report.findings), report.gaps) == (1000, ())


def test_a_text_that_says_the_same_again_and_again_is_not_searched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched = []
    readings = search._Run._readings

    def noted(run: search._Run, data: bytes, *rest: object) -> list[Match]:
        searched.append(len(data) if rest[1] else 0)  # the names of families
        return readings(run, data, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(search._Run, "_readings", noted)
    again = links(ids(1)) * 12_000
    last = f"\nid = {keys.key_id()}\n".encode()
    found = detect(again + last, b"a", Limits(findings=100))
    assert len(found.matches) == 100
    assert found.unread == (TOO_MANY.format(100),), "the last is a new one"
    assert sum(searched) < len(again) / 2
    searched.clear()
    assert not scanned(again, Limits(findings=100)).gaps
    assert sum(searched) < len(again) / 2
    searched.clear()
    assert len(detect(again, b"a", Limits(findings=50_000)).matches) == 12_000
    assert sum(searched) > len(again), "each place is wanted"


@pytest.mark.parametrize("count", [999, 1000, 1001])
def test_what_would_be_listed_is_counted(count: int) -> None:
    """Not what overlaps and is left out, nor what two pieces show."""
    rng = random.Random(1)
    data = "".join(
        f"accessKeyId: {keys.key_id(rng)}\naccessKeySecret: {keys.secret(rng)}\n" for _ in range(count)
    ).encode()
    gaps = (TOO_MANY.format(1000),) if count > 1000 else ()
    found = detect(data, b"a", Limits(findings=1000))
    assert (len(found.matches), found.unread) == (min(count, 1000), gaps)
    report = scanned(data, Limits(findings=1000))
    assert (len(report.findings), tuple(gap.reason for gap in report.gaps)) == (min(count, 1000), gaps)


def test_the_limits_of_a_policy_count_once() -> None:
    found = engine.searcher(lambda: Limits(findings=700))
    told = [found(b) for b in pieces(reading(links(ids(700))), Origin("file", b"a"))]
    assert sum(len(one.matches) for one in told) == 700
    assert not any(one.unread for one in told)


def test_each_file_has_its_own_limits() -> None:
    search = engine.searcher(Limits(findings=5))

    def of(path: bytes) -> list[Detection]:
        return [search(b) for b in pieces(reading(links(ids(3000))), Origin("file", path))]

    for path in (b"a", b"b", b"b"):
        assert [len(one.matches) for one in of(path)] == [5, 0, 0, 0]


def test_what_is_packed_in_a_text_counts_once() -> None:
    packed = base64.b64encode(gzip.compress("\n".join(ids(300)).encode())).decode()
    found = detect(f"a = {packed}\n".encode() + links(ids(300, 2)), b"a", Limits(findings=600))
    assert (len(found.matches), found.unread) == (600, ())
    found = detect(f"a = {packed}\nb = %4C \\x41 {ids(1, 3)[0]}\n".encode(), b"a")
    assert len(found.matches) == 301, "not once for each view"


def clock() -> Iterator[float]:
    """Each time it is asked, ten seconds are over."""
    return itertools.count(0.0, 10.0)


def test_the_time_is_that_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = clock()
    for name in ("process_time", "monotonic"):
        monkeypatch.setattr(f"aliscan.detect.budget.time.{name}", lambda: next(ticks))
    data = links(ids(3000))
    report = scanned(data, Limits(seconds=60))
    (gap,) = report.gaps
    assert gap.reason.endswith(" takes longer than 60 seconds")
    assert 0 < len(report.findings) < 3000, "what was found is listed"
    assert report.bytes == len(data)
    ticks = clock()
    (reason,) = detect(data, b"a", Limits(seconds=60)).unread
    assert reason.endswith(" takes longer than 60 seconds")
    ticks = clock()
    assert not scanned(data, Limits(seconds=0)).gaps


def test_a_huge_text_that_holds_nothing_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(0.0, 0.01)
    for name in ("process_time", "monotonic"):
        monkeypatch.setattr(f"aliscan.detect.budget.time.{name}", lambda: next(ticks))
    assert not scanned(b"a line of a log\n" * 100_000, Limits(seconds=0.1)).gaps


def test_the_usual_limits() -> None:
    assert (LIMITS.findings, LIMITS.seconds) == (10_000, 60)

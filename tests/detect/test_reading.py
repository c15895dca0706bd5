"""From offsets in a reading back to those of the text that it was made from."""

from __future__ import annotations

import pytest

from aliscan.detect import Limits
from aliscan.detect.budget import Budget, Exhausted
from aliscan.detect.claims import Claim, claim
from aliscan.detect.reading import Edit, Reading
from aliscan.detect.text import Candidate, Span
from aliscan.finding import Confidence, Severity


def edited(data: bytes, *edits: Edit, name: str = "v") -> Reading:
    child = Reading(data).edited(name, edits, Budget(Limits(), len(data)))
    assert child is not None
    return child


def test_what_an_edit_replaces_is_located_whole() -> None:
    child = edited(b"ab[....]cd", Edit(2, 8, b"XYZ"))
    assert child.data == b"abXYZcd"
    assert [child.locate(n, n + 1) for n in range(7)] == [
        (0, 1, ()), (1, 2, ()), (2, 8, ("v",)), (2, 8, ("v",)), (2, 8, ("v",)), (8, 9, ()), (9, 10, ()),
    ]  # fmt: skip
    assert child.locate(1, 3) == (1, 8, ("v",))
    assert child.locate(4, 6) == (2, 9, ("v",))
    assert child.locate(0, 2) == (0, 2, ())
    assert child.locate(5, 7) == (8, 10, ())


def test_a_ratio_locates_inside() -> None:
    child = edited(b"..YWJjZGVm..", Edit(2, 10, b"abcdef", 4, 3))
    assert [child.locate(n, n + 1)[:2] for n in range(2, 8)] == [
        (2, 4), (3, 5), (4, 6), (6, 8), (7, 9), (8, 10),
    ]  # fmt: skip
    assert child.locate(2, 8) == (2, 10, ("v",))
    assert child.locate(0, 10) == (0, 12, ("v",))


def test_several_edits_and_empty_ones() -> None:
    child = edited(b"a--b==c", Edit(1, 3, b""), Edit(4, 6, b"++++"))
    assert child.data == b"ab++++c"
    assert child.locate(0, 2) == (0, 4, ("v",)), "a joint between"
    assert child.locate(1, 2) == (3, 4, ())
    assert child.locate(0, 1) == (0, 1, ())
    assert child.locate(6, 7) == (6, 7, ())
    assert child.locate(1, 7) == (3, 7, ("v",))


def test_readings_of_readings_name_what_they_undid() -> None:
    first = edited(b"0123[..]89", Edit(4, 8, b"<ab>"), name="one")
    second = first.edited("two", [Edit(5, 7, b"X")], Budget(Limits(), 99))
    assert second is not None
    assert second.data == b"0123<X>89"
    assert second.via == ("one", "two")
    assert second.locate(5, 6) == (4, 8, ("one", "two"))
    assert second.locate(0, 4) == (0, 4, ())
    assert second.locate(7, 9) == (8, 10, ())
    assert second.touches(first)
    far = first.edited("two", [Edit(0, 3, b"X")], Budget(Limits(), 99))
    assert far is not None
    assert not far.touches(first)
    for meeting in (Edit(0, 4, b"X"), Edit(8, 10, b"X")):
        child = first.edited("two", [meeting], Budget(Limits(), 99))
        assert child is not None
        assert child.touches(first), "it meets what was decoded"


def test_nothing_edited_is_no_reading() -> None:
    assert Reading(b"abc").edited("v", [], Budget(Limits(), 3)) is None
    assert Reading(b"abc").via == ()


def test_a_reading_is_charged_by_its_length() -> None:
    whole = (8 << 20) + 24
    text = b"x" * 100
    Reading(text).edited("v", [Edit(0, 1, b"y" * (whole - 99))], Budget(Limits(), 1))
    with pytest.raises(Exhausted):
        Reading(text).edited("v", [Edit(0, 1, b"y" * (whole - 98))], Budget(Limits(), 1))


def made(start: int, end: int, rank: int = 1, kind: str = "access-key-secret", layers: int = 0,
         confidence: Confidence = Confidence.HIGH) -> Claim:  # fmt: skip
    candidate = Candidate("r", Severity.HIGH, confidence, (Span(kind, start, end),), rank=rank)
    return Claim(candidate, ((start, end, (), b"v"),), layers)


def test_of_claims_that_overlap_the_better_stays() -> None:
    assert claim([made(0, 5), made(5, 9)]) == [made(0, 5), made(5, 9)], "they only touch"
    assert claim([made(5, 9), made(0, 5)]) == [made(0, 5), made(5, 9)]
    assert claim([made(0, 6), made(5, 9, 2)]) == [made(5, 9, 2)]
    assert claim([made(5, 9), made(0, 6, 2)]) == [made(0, 6, 2)]
    assert claim([made(2, 4), made(0, 9, 2)]) == [made(0, 9, 2)]
    assert claim([made(0, 9), made(2, 4, 2)]) == [made(2, 4, 2)]
    assert claim([made(0, 5, layers=1), made(0, 5)]) == [made(0, 5)], "fewer layers"
    low = made(0, 5, confidence=Confidence.LOW)
    assert claim([low, made(1, 6)]) == [made(1, 6)], "the surer"
    assert claim([made(1, 6), made(0, 5)]) == [made(0, 5)], "the earlier"


def test_ids_may_be_shared() -> None:
    def pair(ident: int, secret: int, rank: int) -> Claim:
        spans = (
            Span("access-key-id", ident, ident + 5),
            Span("access-key-secret", secret, secret + 5),
        )
        places = tuple((s.start, s.end, (), b"v") for s in spans)
        return Claim(Candidate("r", Severity.HIGH, Confidence.HIGH, spans, rank=rank), places)

    both = [pair(0, 10, 2), pair(0, 20, 1)]
    assert claim(both) == both
    assert claim([pair(0, 10, 2), made(0, 5, 1, "access-key-id")]) == [pair(0, 10, 2)]
    assert claim([pair(0, 10, 2), pair(30, 12, 1)]) == [pair(0, 10, 2)]

"""Twice the text, at most twice the work: counted in calls, not in seconds."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from aliscan.detect import detect
from tests.support.adversarial import TEXTS


def calls(data: bytes) -> int:
    """How many functions, those in C included, one detect calls."""
    count = 0

    def event(frame: FrameType, kind: str, argument: object) -> None:
        nonlocal count
        count += kind in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(event)
    try:
        detect(data)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    detect(TEXTS[name](2_000))  # imports, caches
    once, twice = calls(TEXTS[name](30_000)), calls(TEXTS[name](60_000))
    assert twice <= 2.3 * once + 2_000

"""Which hex digits a person made up."""

from __future__ import annotations

import pytest

from aliscan.detect.hexes import is_made_up

RANDOM = "9c4e07d15ab38f62"


def test_random_digits_pass() -> None:
    assert not is_made_up(RANDOM.encode())
    assert not is_made_up(RANDOM.upper().encode())


@pytest.mark.parametrize(
    "value",
    [
        "a1" * 8,
        "9182736405564738",  # digits only
        "abfecdafbdceafcb",  # letters only
        RANDOM[:6] + "888888" + RANDOM[6:],
        RANDOM[:6] + "2d2d2d2d" + RANDOM[6:],
        RANDOM[:6] + "2d72d72d72d7" + RANDOM[6:],
        RANDOM[:6] + "2d75" * 3 + RANDOM[6:],
        RANDOM[:6] + "345678" + RANDOM[6:],
        RANDOM[:6] + "DEADBEEF" + RANDOM[6:],
    ],
)
def test_made_up(value: str) -> None:
    assert is_made_up(value.encode())


@pytest.mark.parametrize("part", ["88888", "2d2d2d", "2d72d72d7", "2d752d75", "34567"])
def test_a_little_less_is_chance(part: str) -> None:
    assert not is_made_up((RANDOM[:6] + part + RANDOM[6:]).encode())


def test_seven_different_digits_are_enough() -> None:
    assert not is_made_up(b"a7c0e4a29c74e0a2")
    assert is_made_up(b"a7c0e4a74c70e0a4"), "six"

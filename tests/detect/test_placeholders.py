"""Each silence is a named function; random values are hardly ever silenced by it."""

from __future__ import annotations

import random

import pytest

from aliscan.detect import placeholders
from tests.support import keys


@pytest.mark.parametrize(
    ("test", "value"),
    [
        (placeholders.has_run, b"a8Kxxxxq2"),
        (placeholders.has_run, b"LTAI0000"),
        (placeholders.has_word, b"8sEXAMPLEk2"),
        (placeholders.has_word, b"yourAccessKeyId00"),
        (placeholders.has_word, b"9TestIdAb3"),
        (placeholders.is_sequence, b"a1b2c3d4e5f6g7"),
        (placeholders.is_sequence, b"8aB9cD2eFgH3iJ"),
        (placeholders.is_sequence, b"k1M2q3W4z5R6"),
        (placeholders.is_sequence, b"zYxWvU7k"),
        (placeholders.is_monotone, b"ABCKDLQXZ"),
        (placeholders.is_monotone, b"8361940275"),
        (placeholders.is_hex, b"8f14e45fceea167a5a36dedd4bea25"),
        (placeholders.is_poor, b"aB1aB1aB1aB1aB1aB1aB1aB1aB1aB1"),
        (placeholders.is_repeated, b"k9Qk9Qk9Qk9Q"),
        (placeholders.is_identifier, b"getLongConnUdtDataHeadV2Detail"),
        (placeholders.is_identifier, b"HttpURLConnectionFactoryBean12"),
    ],
)
def test_made_up_values_are_told(test: object, value: bytes) -> None:
    assert callable(test)
    assert test(value)


def test_random_values_pass() -> None:
    rng = random.Random(20261124)
    values = [keys.secret(rng).encode() for _ in range(20_000)]
    silenced = sum(placeholders.is_placeholder(v) or placeholders.is_identifier(v) for v in values)
    assert silenced <= 30, f"{silenced} of 20000 random secrets would be called placeholders"
    bodies = [keys.key_id(rng)[4:].encode() for _ in range(20_000)]
    assert sum(map(placeholders.is_placeholder, bodies)) <= 20


def test_samples_are_known_by_hash_only() -> None:
    assert all(len(sample) == 12 for sample in placeholders.SAMPLES)
    assert not placeholders.is_sample(b"anything")


def test_entropy_and_classes() -> None:
    assert placeholders.entropy(b"aaaa") == 0
    assert placeholders.entropy(b"abcd") == 2
    assert placeholders.is_mixed(b"aB3")
    assert not placeholders.is_mixed(b"aB")

"""Each silence is a named function; random values are hardly ever silenced by it."""

from __future__ import annotations

import hashlib
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


@pytest.mark.parametrize(
    ("test", "value"),
    [
        (placeholders.has_run, b"a8Kxxxq2"),
        (placeholders.has_run, b"a8Kbbbbq2"),
        (placeholders.has_run, b"LTAI000k2"),
        (placeholders.has_word, b"9tEstAb3"),
        (placeholders.is_sequence, b"a1b2c3d4"),
        (placeholders.is_sequence, b"aQbQQcQdQQQe"),  # five that count, strewn
        (placeholders.is_sequence, b"KaQbWcZdRf"),
        (placeholders.is_monotone, b"ABCKDLQXz"),
        (placeholders.is_monotone, b"836194027k"),
        (placeholders.is_hex, b"8f14E45f"),
        (placeholders.is_hex, b"8f14e45g"),
        (placeholders.is_poor, b"aB1cD2"),
        (placeholders.is_repeated, b"k9Qk9QkQ9"),
        (placeholders.is_repeated, b"k9Qk9"[:4]),
        (placeholders.is_identifier, b"bkZ7getq1Rf8Pw2"),
    ],
)
def test_a_little_less_is_chance(test: object, value: bytes) -> None:
    assert callable(test)
    assert not test(value)


def test_sequences_go_both_ways_and_seven_may_be_strewn() -> None:
    for members in (b"abcde", b"edcba", b"56789", b"98765"):
        between = b"K1" if members.isalpha() else b"Kx"
        even = b"".join(bytes((c,)) + between[1:] for c in members)
        assert placeholders.is_sequence(even), members
        assert not placeholders.is_sequence(even[:-2]), "four are chance"
    strewn = b"a1b22c3d44e5f"
    assert not placeholders.is_sequence(strewn), "six, not equally far apart"
    assert placeholders.is_sequence(strewn + b"77g"), "seven"
    assert placeholders.is_sequence(b"z9" + strewn + b"77g")
    assert not placeholders.is_sequence(strewn + b"77h8g")


def test_poor_values_have_fewer_than_two_fifths_different_characters() -> None:
    assert placeholders.is_poor(b"abcdeabcde")
    assert not placeholders.is_poor(b"abcdefabcd")
    eleven, twelve = b"abcdefghijk", b"abcdefghijkl"
    assert placeholders.is_poor((eleven * 3)[:30])
    assert not placeholders.is_poor((twelve * 3)[:30])


def test_three_quarters_of_words_are_an_identifier() -> None:
    assert placeholders.is_identifier(b"getLongNames9x7q")  # 12 of 16
    assert not placeholders.is_identifier(b"getLongName79x7q")  # 11 of 16
    assert placeholders.is_identifier(b"bcGetLongNames")
    assert placeholders.is_identifier(b"httpLogIndex")


def test_repeated_pieces_of_any_length_up_to_half() -> None:
    assert placeholders.is_repeated(b"aB3x" * 2)
    assert placeholders.is_repeated(b"aB3aB3aB"), "cut in the middle"
    assert not placeholders.is_repeated(b"aB3xQaB3")
    assert placeholders.is_repeated(b"aaa")


@pytest.mark.parametrize("value", [b"aB3", b"0Az", b"9aZ"])
def test_all_three_classes_are_mixed(value: bytes) -> None:
    assert placeholders.is_mixed(value)


@pytest.mark.parametrize(
    "value", [b"aBc", b"ab3", b"AB3", b"123", b"a3-[", b"A3@`", b"aB/:", b"3a@", b"3A`{"]
)
def test_two_of_three_classes_are_not(value: bytes) -> None:
    assert not placeholders.is_mixed(value)


def test_entropy_of_unequal_shares() -> None:
    assert placeholders.entropy(b"aab") == pytest.approx(0.918296)
    assert placeholders.entropy(b"aabbccdd") == 2


def test_a_placeholder_is_made_up_or_a_sample() -> None:
    random_value = b"q8W2nLx7Rt4Ym9Kc3Bv6"
    assert not placeholders.is_made_up(random_value)
    assert not placeholders.is_placeholder(random_value)
    assert placeholders.is_placeholder(b"xxxx" + random_value)


def test_published_samples_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    value = keys.secret().encode()
    monkeypatch.setattr(placeholders, "SAMPLES", frozenset((hashlib.sha256(value).hexdigest()[:12],)))
    assert placeholders.is_sample(value)
    assert placeholders.is_placeholder(value)
    assert not placeholders.is_made_up(value)


def test_five_that_count_behind_others_that_do_not() -> None:
    assert placeholders.is_sequence(b"zq1a2b3c4d5e")
    assert placeholders.is_sequence(b"mKzQabcdeK")
    assert not placeholders.is_sequence(b"zqKaKbQQcKdKe"), "not equally far apart"
    assert not placeholders.is_sequence(b"mKzQabcdK"), "four are chance"
    assert placeholders.is_sequence(b"K9x1x2x3x4x5")
    assert not placeholders.is_sequence(b"K9x1x2x3xx4x5")


def test_digits_and_cases() -> None:
    assert placeholders.count_digits(b"a0b9c5") == 3
    assert placeholders.count_digits(b"/:aZ") == 0
    assert placeholders.has_both_cases(b"aZ")
    assert placeholders.has_both_cases(b"zA")
    for value in (b"az", b"AZ", b"19", b"", b"[@`{"):
        assert not placeholders.has_both_cases(value)

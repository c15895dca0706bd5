"""What only looks like a credential: each test is a named function of one value.

Every function takes the bytes of a candidate value (ASCII letters and digits) and is true when a
person made the value up. How often a *random* value is caught is said beside each: these are the
recall that the silence costs. Facts: credential-shapes.md sections 1.3, 1.4, 7, 9a.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import log2

# SHA-256 prefixes (12 hex digits) of values that the vendor or a well-known project prints in full.
_SAMPLES = """
    ddb896213f62 aca27601275f 3659497c2446                                               Alipay, market
    2aae6f11531b 9474d9735018 0394fc683d22 8854f1177007 c2f452926b17 4f81714fbc27         RAM, OSS, ACM
    1c9f5c90b47d cf6cc5bc64cd 87ec41402de2 f01cb1a17789 08249dd24f80 0e8ad95d75d7         STS, S3
    8e2662b7566a 482dfaf78aa4                                                            OSS for iOS, STS
    c9a8fae44c33                                                                         Druid's own key
    6ae3ad97078e 6c847b93172b 4ed390fa4cd7 fe16dedba60a ddcb252b0a54                      acme.sh, scanners
"""
SAMPLES = frozenset(re.findall(r"\b[0-9a-f]{12}\b", _SAMPLES))

_LONG_WORDS = (
    b"example|sample|dummy|placeholder|replace|change|insert|redacted|masked|hidden|invalid|xxxxx"
    b"|secret|accesskey|yourkey|yoursec|yourid|password|string|value|hello|world|foobar|abstract"
    b"|random|aliyun|alibaba|alicloud|aliclo|testing|testkey|testid|fakekey|mykey|input|enter|admin"
    b"|strong|token|qwert|asdfg|zxcvb|nokey|abcabc|todo0|12345|54321|98765"
)
_LONG = re.compile(_LONG_WORDS)  # of a value in small letters: `re` is slow where it has to fold case
# As people write them: chance puts capitals anywhere ("yoUr").
_SHORT = re.compile(
    b"|".join(b"%b|%b|%b" % (w, w.title(), w.upper()) for w in b"test fake demo mock your".split())
)
_RUN = re.compile(rb"(?s)(.)\1\1\1\1|x{4}|X{4}|0{4}|1{4}")
# A pronounceable piece: letters of one word with a vowel among them, never five consonants in a row.
_SEGMENT = re.compile(
    rb"[A-Z]?(?=[a-z]{0,4}[aeiouy])(?![a-z]*[^\WaeiouyA-Z0-9_]{5})[a-z]{3,}|[A-Z]{2,4}(?=[A-Z][a-z]{2})"
)
_CAMEL = re.compile(rb"[a-z]{2,}(?:[A-Z][a-z]{2,}){2,}")  # httpLogIndex: 1 random word of 30 in 10 million
_HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_DIGITS = bytes(set(range(256)) - set(b"0123456789"))


def is_sample(value: bytes) -> bool:
    """A documentation key that is printed in full; recognised by hash, so that none stands here."""
    from aliscan.digest import sha256

    return sha256(value).hexdigest()[:12] in SAMPLES


def has_run(value: bytes) -> bool:
    """``xxxx``, ``0000``, ``1111``, or any five equal characters in a row: 1 random secret in 90,000."""
    return _RUN.search(value) is not None


def has_word(value: bytes) -> bool:
    """A word people put into made-up keys: about 1 random secret in 25,000."""
    return _LONG.search(value.lower()) is not None or _SHORT.search(value) is not None


def is_sequence(value: bytes) -> bool:
    """Letters, or digits, that count up or down, also interleaved (``a1b2c3d4e5``): 1 in 25,000.

    Five are enough where they stand equally far apart, as people write them; chance strews them.
    """
    lower = value.lower()
    return _counts(lower, _LETTERS) or _counts(lower, _DIGITS)


_NEXT = bytes((*range(1, 256), 0))


def _has_steps(value: bytes) -> bool:
    """Quick look: whether any five bytes in a row count up or down."""
    after = int.from_bytes(value.translate(_NEXT), "big")
    size = len(value)
    here = int.from_bytes(value, "big")
    mask = (1 << 8 * (size - 1)) - 1
    # bytes that are zero where one is the next of its neighbour
    up = (after >> 8) ^ (here & mask)
    down = (here >> 8) ^ (after & mask)
    return b"\0\0\0\0" in up.to_bytes(size, "big")[1:] or b"\0\0\0\0" in down.to_bytes(size, "big")[1:]


def _counts(value: bytes, others: bytes) -> bool:
    members = value.translate(None, others)
    if len(members) < 5 or not _has_steps(members):
        return False
    places: list[int] = []
    for step in (1, -1):
        run = 1
        for index, (before, after) in enumerate(pairwise(members), 1):
            run = run + 1 if after == before + step else 1
            if run >= 7:
                return True
            if run >= 5:
                places = places or [at for at, c in enumerate(value) if c in members]
                near = places[index - 4 : index + 1]
                if all(b - a == near[1] - near[0] for a, b in pairwise(near)):
                    return True
    return False


def is_monotone(value: bytes) -> bool:
    """One class of characters only: never seen in a real key."""
    return value.isdigit() or (value.isalpha() and (value.islower() or value.isupper()))


def is_hex(value: bytes) -> bool:
    """Hex digits in one case only: a hash, or a generator that did not know better."""
    return _HEX.fullmatch(value) is not None


def is_poor(value: bytes) -> bool:
    """Too few different characters (less than 40 %, at least 6 for short values): 1 in 100,000."""
    return len(set(value)) < max(6, len(value) * 2 // 5)


def is_identifier(value: bytes) -> bool:
    """Words in camel case (``getLongConnectionDataHeadV2``): 1 random secret in 2,000."""
    covered = sum(len(s) for s in _SEGMENT.findall(value))
    return covered >= len(value) * 0.75 or _CAMEL.fullmatch(value) is not None


def is_repeated(value: bytes) -> bool:
    """One piece of at most half the length, over and over."""
    half = len(value) // 2
    n = value.find(value[: len(value) - half], 1)  # the piece comes again where it has its length
    while 0 < n <= half:
        if value.startswith(value[n:]):
            return True
        n = value.find(value[: len(value) - half], n + 1)
    return False


_TESTS = (has_run, has_word, is_sequence, is_monotone, is_hex, is_poor, is_repeated)


def is_placeholder(value: bytes) -> bool:
    """Whether any test but `is_identifier` (which depends on where the value stands) is true."""
    return is_made_up(value) or is_sample(value)


def is_made_up(value: bytes) -> bool:
    """The same but for published samples, which only a hash tells."""
    return any(test(value) for test in _TESTS)


def entropy(value: bytes) -> float:
    """Shannon entropy of the value's own characters, in bits per character."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in map(value.count, set(value)))


def count_digits(value: bytes) -> int:
    """How many of its characters are digits."""
    return len(value.translate(None, _DIGITS))


def has_both_cases(value: bytes) -> bool:
    """Whether it has a letter in lower case and one in upper case."""
    return value.upper() != value != value.lower()


def is_mixed(value: bytes) -> bool:
    """Lower case, upper case and a digit: all 36 secrets that were counted; 1 random one in 200 is not."""
    return has_both_cases(value) and count_digits(value) > 0

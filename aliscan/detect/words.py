"""The long words of a text: all values of this vendor that have a shape of their own are among them.

A word is a stretch of at least 30 letters and digits; base64 of a secret is one too, because letters and
digits never become ``+`` or ``/``. Source code has few, and looking for them costs 2 ns a byte:
`bytes.translate` maps the alphabet to one letter, and a search for 30 of it skips 30 bytes wherever a
word ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

SHORTEST = 30
LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# CPython searches texts below 30,000 bytes by skipping; above, in a way that is five times slower for
# a needle of one letter (Objects/stringlib/fastsearch.h).
WINDOW = 29_000

_WORD = bytes(97 if c in LETTERS else 32 for c in range(256))
_BASE64 = bytes(97 if c in LETTERS + b"+/" else 32 for c in range(256))
_RUN = b"a" * SHORTEST


def values(data: bytes, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Start and end of each word of letters and digits as long as some value, between two offsets."""
    return _runs(data, start, end, _WORD, LENGTHS)


def base64_words(data: bytes, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The same for words of any length from 30 on that ``+`` and ``/`` belong to."""
    return _runs(data, start, end, _BASE64, None)


STRETCH = 1 << 20  # the words of so many bytes are held at a time: each takes ten times its length
_BORDER = re.compile(rb"[^A-Za-z0-9+/]")


def stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of stretches that are all of ``data``; no word of base64 lies in two."""
    start = 0
    while len(data) - start > 2 * STRETCH:
        border = _BORDER.search(data, start + STRETCH)
        end = border.start() if border else len(data)
        yield start, end
        start = end
    yield start, len(data)


def _runs(
    data: bytes, first: int, end: int | None, table: bytes, lengths: frozenset[int] | None
) -> list[tuple[int, int]]:
    shape = data[first:end].translate(table)
    size, find = len(shape), shape.find
    found: list[tuple[int, int]] = []
    start = 0
    while start < size:
        stop = start + WINDOW
        at = find(_RUN, start, stop)
        while at >= 0:
            start = find(b" ", at + SHORTEST)
            if start < 0:
                start = size
            if lengths is None or start - at in lengths:
                found.append((first + at, first + start))
            at = find(_RUN, start, stop) if start < stop else -1
        start = max(start, stop - SHORTEST + 1)
    return found


def parts(word: bytes) -> Iterator[tuple[int, int]]:
    """The long words in a word of base64, as offsets into it. None in a path."""
    if len(word) > WINDOW:
        yield from _runs(word, 0, None, _WORD, None)  # an image, an archive
        return
    pieces = (word.replace(b"+", b"/") if b"+" in word else word).split(b"/")
    if len(max(pieces, key=len)) < SHORTEST:
        return
    at = 0
    for piece in pieces:
        if len(piece) >= SHORTEST:
            yield at, at + len(piece)
        at += len(piece) + 1


def families_of(
    data: bytes, places: Iterable[tuple[int, int]], named: bool = True, known: Iterable[str] = ()
) -> set[str]:
    """Whose values the long words at some places, in reading order, may be: `family_of` of each, and
    what is ``known`` already."""
    found = set(known)
    before = -1
    for start, end in places:
        # Words of a list, side by side: none has a name, so none is a secret
        listed = start - before == 1 and data[before] in _BETWEEN and end - start in _SECRETS
        # A text full of values is not judged word by word once one of each kind is known
        if not (listed and named) and not _owners(end - start) <= found:
            found.add(family_of(data, start, end, named))
        before = end
    found.discard("")
    return found


def family_of(data: bytes, start: int, end: int, named: bool = True) -> str:
    """Whose value a long word may be, by its length and what stands before it.

    ``access_key`` for a secret, ``model_studio``, ``app_code``, ``dingtalk``, ``encoded`` for one of
    them in base64 or hexadecimal; empty for all other words. Necessary, not sufficient. ``named``: names
    are readable, and a secret has one.
    """
    length = end - start
    if length in _CODED and not _begins_with_letters(data, start):
        return ""  # most are ids of git
    if length in _SECRETS and (_is_joined(data, start, end) or not _is_random(data, start, end)):
        return ""
    if length == 30:
        return "access_key" if _may_be(data, start, data[start:end], named) else ""
    if length in _SECRETS:
        value = _base16(data[start:end]) if length == 60 else _base64(data[start : start + 40])
        return "encoded" if _may_be(data, start, value, named) else ""
    names = _BY_LENGTH.get(length, ())
    before = data[max(0, start - _BEFORE) : end] if names else b""
    return next((name for name in names if _pattern(name).search(before)), "")


# What hyperscan looks for instead of every long word, most of which are names of a program: a digit in it
# but not near its end (975 of 1,000 secrets), else a clear name on its line. Both need bytes behind the word.
WITH_DIGITS = rb"[0-9][A-Za-z0-9]{8,29}(?:[^A-Za-z0-9+/]|[+/][^A-Za-z0-9])"
_NAME_BEFORE = rb"(?i:cret|cess[_-]?key)[^\n]{1,190}"
WITHOUT_DIGITS = _NAME_BEFORE + rb"[A-Za-z]{21}[A-Za-z0-9]{9}"
_DIGIT = re.compile(rb"[0-9]")
_NAMED = re.compile(_NAME_BEFORE + rb"\Z")

_CODED = (40, 42, 43)  # 30 bytes in base64; with a line end 31 or 32
_SECRETS = frozenset((SHORTEST, *_CODED, 60))


@cache
def _owners(length: int) -> frozenset[str]:
    """All that `family_of` may say of a word as long; what is no length of a value is nobody's."""
    if length in _SECRETS:
        return frozenset(("access_key" if length == SHORTEST else "encoded",))
    return frozenset(_BY_LENGTH.get(length, ()))


_SIGNS = frozenset(b"+/")
_BETWEEN = frozenset(b" \t\n,;|")


def _is_random(data: bytes, start: int, end: int) -> bool:
    """Whether `WITH_DIGITS` or `WITHOUT_DIGITS` match in the word: what others miss, nobody finds."""
    if _DIGIT.search(data, max(start, end - 30), end - 8):
        return True
    return _NAMED.search(data, max(0, start - 196), start) is not None


def _is_joined(data: bytes, start: int, end: int) -> bool:
    """Whether more letters or digits stand behind ``+`` or ``/`` on either side: a piece of base64."""
    if start > 1 and data[start - 1] in _SIGNS and data[start - 2 : start - 1].isalnum():
        return True
    return end < len(data) and data[end] in _SIGNS and data[end + 1 : end + 2].isalnum()


_BEFORE = 64  # bytes before a word in which its name begins

# Other words, by what stands directly before them; `re` and hyperscan read these alike. The glue between
# name and value is that of the rules, or longer.
WORDS = {
    "model_studio": rb"s[kp]-[0-9a-f]{32}",
    "app_code": rb"(?i:app[ _.-]?code)[\s\S]{0,56}[0-9a-fA-F]{32}",
    "api_gateway": rb"(?i:app[ _.-]?secret)[^A-Za-z0-9]{0,24}(?:(?i:string|str|value|is)[^A-Za-z0-9]{1,12})?"
    rb"[A-Za-z0-9]{32}",
    "dingtalk": rb"SEC[0-9a-f]{64}|(?i:token)(?:[^\r\n]{0,20}|[^A-Za-z0-9]{0,50})[0-9a-f]{64}"
    rb"|(?i:ding)[A-Za-z0-9_.]{0,40}\([^\r\n]{1,10}[0-9a-f]{64}",
    "encoded": rb"c2st[A-Za-z0-9+/]{43}|#sk-[A-Za-z0-9]{33}",  # sk- in base64; behind its length, 35
}
_BY_LENGTH: dict[int, tuple[str, ...]] = {
    32: ("model_studio", "api_gateway", "app_code"),
    34: ("app_code",),  # behind %20
    **dict.fromkeys((33, 47, 48), ("encoded",)),
    **dict.fromkeys((64, 66, 67, 68), ("dingtalk",)),  # 66: behind %3D, 68: behind %253D
}


# A word of any other length is nobody's value.
LENGTHS = frozenset((*_SECRETS, *_BY_LENGTH))
_LONGEST = max(LENGTHS)


@cache
def _pattern(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?:%b)[A-Za-z0-9+/]?\Z" % WORDS[name])


@lru_cache(1 << 12)  # the files of a project, and their versions, hold the same words
def could_be_secret(word: bytes) -> bool:
    """Whether 30 letters and digits could be an AccessKey secret wherever they stand.

    A word in camel case is one under a clear name, if it has some digits (aliscan.detect.rules.access_key).
    """
    from aliscan.detect import placeholders  # many texts have no word of this length

    if placeholders.is_identifier(word) and placeholders.count_digits(word) <= 2:
        return False
    return not placeholders.is_made_up(word)


_ESCAPES = re.compile(rb"[\\&%]")
_ESCAPING = (b"\\", b"%")
_ESCAPED = re.compile(rb"\\[nrtbfvux0-7]|%[0-9A-Fa-f]{2}")
_QUOTES = (b'"', b"'")
# The oldest form of an id as the argument before, which needs no name
_ARGUMENT = re.compile(
    rb"(?<![A-Za-z0-9])[A-Za-z0-9]{16}[\"']\s{0,4},[ \t]{0,4}(?:(?://|\#|/\*)[^\r\n]{0,80})?\s{0,40}@?[\"']\Z"
)


def is_announced(data: bytes, start: int) -> bool:
    """Whether something left of a word says that it is a secret, which no rule does without.

    Beside an id it need not be, but then the id is the evidence.
    """
    if data[start - 1 : start] in _QUOTES and _ARGUMENT.search(data, max(0, start - 140), start):
        return True
    from aliscan.detect.names import name_of

    name = name_of(data, start)
    return name is not None and name.telling > 0


_OTHERS = bytes(c for c in range(128) if c not in LETTERS)
_NO_LETTERS = bytes(c for c in range(256) if c not in LETTERS)
_REST = re.compile(rb"[A-Za-z0-9]*")


def word_before(data: bytes, end: int) -> tuple[int, int]:
    """Start and end of the word before the end of a match of `WITH_DIGITS`; too long for a value: 0, 0."""
    floor = max(0, end - 2)
    return _word_to(data, floor + len(data[floor:end].rstrip(_NO_LETTERS)))


def word_around(data: bytes, inside: int) -> tuple[int, int]:
    """The same for a match of `WITHOUT_DIGITS`, which ends inside or behind the word."""
    match = _REST.match(data, inside)
    return _word_to(data, match.end() if match else inside)


def _word_to(data: bytes, stop: int) -> tuple[int, int]:
    floor = max(0, stop - _LONGEST - 1)
    start = floor + len(data[floor:stop].rstrip(LETTERS))
    return (start, stop) if stop - start <= _LONGEST else (0, 0)


def has_name(data: bytes, start: int) -> bool:
    """Quick look: a text of nothing but long words (base64, hashes) has no names left of them."""
    before = data[max(0, start - 64) : start].rstrip(_OTHERS)
    return not (len(before) >= 28 and before[-28:].isalnum())


def _may_be(data: bytes, start: int, value: bytes, named: bool) -> bool:
    if len(value) != SHORTEST or not value.isalnum():
        return False
    if data[start - 1 : start] in _ESCAPING and _ESCAPED.match(data, start - 1):
        return False  # the word begins with what is escaped: what is left is too short
    # What an escape may hide is let pass
    if not named or _ESCAPES.search(data, start - 16, start):
        return could_be_secret(value)
    return has_name(data, start) and could_be_secret(value) and is_announced(data, start)


# What letters and digits begin with in base64: the ids of git, as long, end here.
_FIRST = frozenset(b"MNOQRSTUVWYZabcde")


def _begins_with_letters(data: bytes, at: int) -> bool:
    first = _FIRST  # most words fail the first test
    return data[at] in first and data[at + 4] in first and data[at + 8] in first and data[at + 12] in first


def _base64(word: bytes) -> bytes:
    from binascii import a2b_base64

    return a2b_base64(word)  # 40 letters and digits are base64, whatever they are


def _base16(word: bytes) -> bytes:
    try:
        return bytes.fromhex(word.decode())
    except ValueError:
        return b""

"""Whether a short form of base64 stands in encoded text, or chance put it into a random word.

What every base64 text with ``LTAI`` in it has in common is four or five characters. Among ten megabytes of
random words each of them stands several times, and reading such a text in all encodings costs seconds.
What `aliscan.detect.views.base64` could read of it has more readable bytes on both sides.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator
from functools import cache

from aliscan.detect.needles import FORM, MAGIC, encoded, escaped
from aliscan.detect.words import LETTERS

READABLE = 12  # bytes; aliscan.detect.views.plain.SHORTEST
_AROUND = 48  # characters on both sides of a form that are decoded
_PATIENCE = 500  # forms that turn out to be chance; a text with more of them is read
_WORD = re.compile(rb"[A-Za-z0-9+/_-]*")
_STANDARD_BODY = LETTERS + b"+/"
_BODY = _STANDARD_BODY + b"_-"
_STANDARD = bytes.maketrans(b"-_", b"+/")
# ASCII, and what UTF-8 makes of Chinese
_RUN = re.compile(rb"(?:[\t\n\r -~]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){4,}")
_BASE32 = re.compile(rb"[A-Z2-7]{16,}")


def words_are_meant(text: bytes) -> bool:
    """Whether one of the short forms in the long words of a text stands there for what it encodes."""
    return _any_is_text(text, (m for form in _forms() for m in _places(text, form)))


def id_is_meant(data: bytes) -> bool:
    """The same for those of an id anywhere in a text. One in which a line ends is believed."""
    return _any_is_text(data, (m.span() for pattern in _wrapped() for m in pattern.finditer(data)))


def holds_id(data: bytes) -> bool:
    """Whether ``LTAI`` stands anywhere but in the middle of random base64, as the hashes of a lock file."""
    places = enumerate(_places(data, _ID))
    return any(number >= _PATIENCE or not _is_inside(data, start) for number, (start, _) in places)


_ID = b"LTAI"
_HASH = 43  # characters of a hash of 256 bits, without its equal sign


def _is_inside(data: bytes, at: int) -> bool:
    """Whether no id can begin there: more letters than an escape has stand before it in a long word that
    has signs of base64."""
    before, after = data[max(0, at - 64) : at], data[at : at + 64]
    if len(before) - len(before.rstrip(_LETTERS_AND_PLUS)) < _ESCAPED:
        return False
    left = len(before) - len(before.rstrip(_STANDARD_BODY))
    right = len(after) - len(after.lstrip(_STANDARD_BODY))
    word = data[at - left : at + right]
    return len(word) >= _HASH and (b"+" in word or b"/" in word or data[at + right : at + right + 1] == b"=")


_LETTERS_AND_PLUS = LETTERS + b"+"
_ESCAPED = 6  # letters: the longest escape is that of JSON, u0022


def _any_is_text(text: bytes, places: Iterator[tuple[int, int]]) -> bool:
    for number, (start, end) in enumerate(places):
        if number >= _PATIENCE or b"\n" in text[start:end] or is_text(text, start, end):
            return True
    return False


def _places(text: bytes, form: bytes) -> Iterator[tuple[int, int]]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + 1)


@cache
def _forms() -> tuple[bytes, ...]:
    return tuple(needle.literal for needle in encoded() if FORM in needle.names)


@cache
def _wrapped() -> tuple[re.Pattern[bytes], ...]:
    return tuple(re.compile(needle.pattern) for needle in escaped() if FORM in needle.names)


def is_text(text: bytes, start: int, end: int) -> bool:
    """Whether the word around some characters decodes to readable bytes there, at any alignment.

    Of a container only its header is known, which stands at the beginning of a word.
    """
    if text[start:end] in MAGIC:
        is_first = start == 0 or text[start - 1] not in _STANDARD_BODY
        return is_first and _is_archive(text, start)
    low, high = _word(text, start, end)
    word = text[low:high].translate(_STANDARD)
    if any(m.start() <= start - low and end - low <= m.end() for m in _BASE32.finditer(word)):
        return True
    return any(_reads(word, shift, start - low, end - low) for shift in range(4))


def _is_archive(text: bytes, start: int) -> bool:
    """Whether a header of gzip (RFC 1952) or zip begins there."""
    head = text[start : start + 16]
    if not _WORD.fullmatch(head) or len(head) < 16:
        return False
    raw = a2b_base64(head.translate(_STANDARD))
    if raw.startswith(b"PK"):
        return raw[2:4] == b"\3\4" and raw[5] < 4
    return raw[3] < 0x20 and raw[8] in (0, 2, 4) and (raw[9] < 14 or raw[9] == 255)


def _word(text: bytes, start: int, end: int) -> tuple[int, int]:
    before = text[max(0, start - _AROUND) : start]
    low = start - len(before) + len(before.rstrip(_BODY))
    match = _WORD.match(text, end, end + _AROUND)
    return low, match.end() if match else end


def _reads(word: bytes, shift: int, start: int, end: int) -> bool:
    quads = word[shift:]
    raw = a2b_base64(quads[: len(quads) & ~3])
    first, last = -(-(start - shift) * 3 // 4), (end - shift) * 3 // 4
    return any(
        len(run[0]) >= READABLE and run.start() <= first and last <= run.end() for run in _RUN.finditer(raw)
    )

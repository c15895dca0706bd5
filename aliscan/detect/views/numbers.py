"""Texts written as numbers: hexadecimal and base32 words, arrays of bytes in hexadecimal or decimal."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterator

from aliscan.detect.reading import Edit
from aliscan.detect.views import plain

_HEX = rb"(?:[2-7][0-9A-Fa-f]|0[9AaDd])"
_DECIMAL = rb"(?:9|1[03]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])"
_COMMA = rb"[,;: \t\r\n]{1,8}"
# Each begins with a set of characters, which `re` skips to; the boundary before is asked afterwards. What
# they match consists of the characters of `_stretches` alone.
_HEXADECIMAL = re.compile(
    rb"[02-7](?<![0-9A-Za-z].)(?:"
    rb"(?<=0)[xX](?P<array>" + _HEX + rb"(?:" + _COMMA + rb"0[xX]" + _HEX + rb"){11,4096})"
    rb"|(?:(?<=0)[xX])?(?P<hex>[0-9A-Fa-f]{23,})"
    rb"|(?P<spaced>(?<=[2-7])[0-9A-Fa-f](?:[ :,-]" + _HEX + rb"){11,4096}))(?![0-9A-Za-z])"
)  # fmt: skip
_DECIMALS = re.compile(
    rb"[0-9](?<![0-9A-Za-z].)[0-9]{0,2}(?:" + _COMMA + _DECIMAL + rb"){11,4096}(?![0-9A-Za-z])"
)  # fmt: skip
_BASE32 = re.compile(rb"[A-Z2-7](?<![0-9A-Za-z].)[A-Z2-7]{19,}={0,6}(?![0-9A-Za-z=])")
_WORD = re.compile(rb"[0-9A-Fa-f]+")
_NUMBER = re.compile(rb"[0-9]+")

# Before an expression walks over a text: has it a run that is long enough, separators left out? And then
# only where such a run may be. Each pass at 1 GB/s.
_SEPARATORS = b",;:-xX \t\r\n"


def _only(wanted: bytes) -> bytes:
    return bytes(97 if c in wanted else 32 for c in range(256))


_HEX_DIGITS = _only(b"0123456789ABCDEFabcdef")
_DIGITS = _only(b"0123456789")
_CAPITALS = _only(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_HEX_OR_SEPARATOR = _only(b"0123456789ABCDEFabcdef" + _SEPARATORS)
_DIGIT_OR_SEPARATOR = _only(b"0123456789" + _SEPARATORS)


def _stretches(
    data: bytes, digits: bytes, digit_or_separator: bytes, least: int, pattern: re.Pattern[bytes]
) -> Iterator[re.Match[bytes]]:
    """As ``pattern.finditer``: what has so many digits, nothing but separators between them."""
    run = b"a" * least
    if run not in data.translate(digits, _SEPARATORS):
        return
    for start, end in _runs(data.translate(digit_or_separator), run):
        yield from pattern.finditer(data, start, end + 1)  # it looks at what follows


def _runs(shape: bytes, run: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of ``a`` that holds a run of so many."""
    end = 0
    while (start := shape.find(run, end)) >= 0:
        end = shape.find(b" ", start)
        if end < 0:
            end = len(shape)
        yield start, end


class Hexadecimal:
    """``4c544149``, ``4c 54 41 49``, ``0x4c, 0x54``."""

    NAME = "hex"

    @staticmethod
    def edits(data: bytes) -> Iterator[Edit]:
        """Each run of at least 12 bytes of ASCII text, replaced by it."""
        for m in _stretches(data, _HEX_DIGITS, _HEX_OR_SEPARATOR, 24, _HEXADECIMAL):
            if m["hex"]:
                digits = m[0][2:] if m[0][1:2] in (b"x", b"X") else m[0]
                if len(digits) % 2 or plain.text(unhexlify(digits[:128])) is None:  # most hashes end here
                    continue
                raw = unhexlify(digits)
                text = plain.text(raw)
                if text is not None:
                    yield Edit(m.end() - len(digits), m.end(), text, 2 if text == raw else 4, 1)
            else:
                digits = b"".join(_WORD.findall(m[0].replace(b"0x", b"").replace(b"0X", b"")))
                yield Edit(m.start(), m.end(), bytes.fromhex(digits.decode()))


class Decimal:
    """``76, 84, 65, 73``."""

    NAME = "decimal"

    @staticmethod
    def edits(data: bytes) -> Iterator[Edit]:
        """Each run of at least 12 numbers that are ASCII text, replaced by it."""
        for m in _stretches(data, _DIGITS, _DIGIT_OR_SEPARATOR, 20, _DECIMALS):
            numbers = list(map(int, _NUMBER.findall(m[0])))
            if all(9 <= n <= 126 for n in numbers):
                yield Edit(m.start(), m.end(), bytes(numbers))


def _words(data: bytes) -> Iterator[re.Match[bytes]]:
    """As ``_BASE32.finditer``."""
    for start, _ in _runs(data.translate(_CAPITALS), b"a" * 20):
        m = _BASE32.match(data, start)
        if m:
            yield m


class Base32:
    """The alphabet of RFC 4648, capitals, padded or not."""

    NAME = "base32"

    @staticmethod
    def edits(data: bytes) -> Iterator[Edit]:
        """Each word that decodes to readable text, replaced by it."""
        for m in _words(data):
            from base64 import b32decode  # a millisecond to load, and hardly any text gets here

            word = m[0].rstrip(b"=")
            try:
                if len(word) > 128 and plain.text(b32decode(word[:128])) is None:
                    continue  # a long word in capitals; decoding all of it costs 140 ns a byte
                text = plain.text(b32decode(word + b"=" * (-len(word) % 8)))
            except ValueError:
                continue
            if text is not None:
                yield Edit(m.start(), m.end(), text, 8, 5)

"""Texts written as numbers: hexadecimal and base32 words, arrays of bytes in hexadecimal or decimal."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator

from aliscan.detect.reading import Edit
from aliscan.detect.views import plain

_HEX = rb"(?:[2-7][0-9A-Fa-f]|0[9AaDd])"
_DECIMAL = rb"(?:9|1[03]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])"
_COMMA = rb"[,;: \t\r\n]{1,8}"
_PART = re.compile(
    rb"(?<![0-9A-Za-z])(?:(?:0[xX])?(?P<hex>" + _HEX + rb"{12,}|(?:" + _HEX + rb"00){12,})"
    rb"|(?P<array>0[xX]" + _HEX + rb"(?:" + _COMMA + rb"0[xX]" + _HEX + rb"){11,})"
    rb"|(?P<spaced>" + _HEX + rb"(?:[ :,-]" + _HEX + rb"){11,})"
    rb"|(?P<decimal>" + _DECIMAL + rb"(?:" + _COMMA + _DECIMAL + rb"){11,})"
    rb"|(?P<base32>[A-Z2-7]{20,}={0,6}))(?![0-9A-Za-z=])"
)  # fmt: skip
_WORD = re.compile(rb"[0-9A-Fa-f]+")
_NUMBER = re.compile(rb"[0-9]+")


class Hexadecimal:
    """``4c544149``, ``4c 54 41 49``, ``0x4c, 0x54``."""

    NAME = "hex"

    @staticmethod
    def edits(data: bytes) -> Iterator[Edit]:
        """Each run of at least 12 bytes of ASCII text, replaced by it."""
        for m in _PART.finditer(data):
            if m["hex"]:
                raw = bytes.fromhex(m["hex"].decode())
                text = plain.text(raw)
                if text is not None:
                    yield Edit(m.start(), m.end(), text, 2 if text == raw else 4, 1)
            elif m["array"] or m["spaced"]:
                digits = b"".join(_WORD.findall(m[0].replace(b"0x", b"").replace(b"0X", b"")))
                yield Edit(m.start(), m.end(), bytes.fromhex(digits.decode()))


class Decimal:
    """``76, 84, 65, 73``."""

    NAME = "decimal"

    @staticmethod
    def edits(data: bytes) -> Iterator[Edit]:
        """Each run of at least 12 numbers that are ASCII text, replaced by it."""
        for m in _PART.finditer(data):
            if m["decimal"]:
                yield Edit(m.start(), m.end(), bytes(map(int, _NUMBER.findall(m[0]))))


class Base32:
    """The alphabet of RFC 4648, capitals, padded or not."""

    NAME = "base32"

    @staticmethod
    def edits(data: bytes) -> Iterator[Edit]:
        """Each word that decodes to readable text, replaced by it."""
        for m in _PART.finditer(data):
            if m["base32"]:
                word = m["base32"].rstrip(b"=")
                try:
                    text = plain.text(b32decode(word + b"=" * (-len(word) % 8)))
                except ValueError:
                    continue
                if text is not None:
                    yield Edit(m.start(), m.end(), text, 8, 5)

"""The escapes of string literals: JSON, Java, JavaScript, Python, C, shell, PHP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "escape"

# What makes it worth reading the whole text again: letters that somebody hid, a label in Chinese, a
# full-width sign, an escape whose letter touches a long word ("\nLTAI..." has no boundary before the id),
# or arguments of a call, which have no names, or literals that are joined.
_WANTED = re.compile(
    rb"\\(?:u00[2-7][0-9A-Fa-f]|u[4-9][0-9A-Fa-f]{3}|u\{0{0,4}[2-7][0-9A-Fa-f]\}|U0000|x[2-7][0-9A-Fa-f]"
    rb"|0?[01][0-7]{2}|[nrtbfv0a](?=[A-Za-z0-9]{12})|u(?:ff|30)[01][0-9A-Fa-f]"
    rb"|[\"'][ \t]{0,4}(?:[,+&~]|\.{1,2}|<>)?(?:[ \t]|\\[nrt]){0,40}\\[\"'](?=[!-~]{6}))"
)
# All begin with one backslash, so that `re` looks for that character at its full speed.
_ESCAPE = re.compile(
    rb"\\(?:(?P<ascii>u00[0-7][0-9A-Fa-f](?:\\u00[0-7][0-9A-Fa-f]){0,4095})"
    rb"|(?P<unicode>u[0-9A-Fa-f]{4}(?:\\u[0-9A-Fa-f]{4}){0,4095})"
    rb"|(?P<hex>x[0-9A-Fa-f]{2}(?:\\x[0-9A-Fa-f]{2}){0,4095})"
    # the shell's, of printable characters, before that of C, which its first three digits would be
    rb"|(?P<zero>0(?:0[4-7]|1[0-7])[0-7](?:\\0(?:0[4-7]|1[0-7])[0-7]){0,4095})"
    rb"|(?P<octal>[0-3][0-7]{2}(?:\\[0-3][0-7]{2}){0,4095})"
    rb"|u\{(?P<brace>[0-9A-Fa-f]{1,6})\}|U(?P<long>[0-9A-Fa-f]{8})"
    rb"|(?P<letter>[nrtbfva\"'`/\\]))"
)
_LETTER = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"a": b"\a",
}  # fmt: skip


def edits(data: bytes) -> Iterator[Edit]:
    """Every escape, replaced by its character in UTF-8."""
    if not _WANTED.search(data):
        return
    for m in _ESCAPE.finditer(data):
        kind, start, end = m.lastgroup, m.start(), m.end()
        found = m[0]
        if kind == "letter":
            letter = m["letter"]
            yield Edit(start, end, _LETTER.get(letter, letter))
        elif kind == "ascii":
            yield Edit(start, end, bytes.fromhex(found.replace(b"\\u00", b"").decode()), 6)
        elif kind == "hex":
            yield Edit(start, end, bytes.fromhex(found.replace(b"\\x", b"").decode()), 4)
        elif kind == "octal":
            yield Edit(start, end, bytes(int(found[i + 1 : i + 4], 8) for i in range(0, len(found), 4)), 4)
        elif kind == "zero":
            yield Edit(start, end, bytes(int(found[i + 1 : i + 5], 8) for i in range(0, len(found), 5)), 5)
        elif kind == "unicode":
            units = bytes.fromhex(found.replace(b"\\u", b"").decode())
            yield Edit(start, end, units.decode("utf-16-be", "replace").encode())
        else:
            code = int(m["brace"] or m["long"], 16)
            if code <= 0x10FFFF and not 0xD800 <= code < 0xE000:
                yield Edit(start, end, chr(code).encode())

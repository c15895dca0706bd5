"""Strings whose length stands before them: Java classes, compiled Python, serialized objects.

No separator follows such a string, and the next byte, or the length itself, may be a letter or a digit:
a value then seems to be part of a longer word. This view puts an end of line around every string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "strings"

# Lengths of values (ids of 16, 24 and 29, secrets of 30, keys of 35) directly before as many word
# characters and one more: java.io.Serializable goes on with "t", protobuf with the next field's tag.
_PREFIXED = re.compile(
    rb"(?:\x10(?=[A-Za-z0-9]{17})|\x18(?=[A-Za-z0-9]{25})|\x1d(?=[A-Za-z0-9.]{30})|\x1e(?=[A-Za-z0-9]{31})"
    rb"|\x23(?=sk-[A-Za-z0-9]{33}))"
)

_SIGNS = (b"\x10", b"\x18", b"\x1d", b"\x1e", b"\x23sk-")


def edits(data: bytes) -> Iterator[Edit]:
    """An end of line before and after every string whose length is known."""
    spans: Iterator[tuple[int, int]]
    if data.startswith(b"\xca\xfe\xba\xbe"):
        spans = java_class(data)
    elif data[2:4] == b"\r\n":
        spans = compiled_python(data)
    elif not any(sign in data for sign in _SIGNS):
        return
    else:
        spans = ((m.end(), m.end() + data[m.start()]) for m in _PREFIXED.finditer(data))
    done = 0
    for start, end in spans:
        if start < done or end > len(data):
            continue
        yield Edit(start, start, b"\n")
        yield Edit(end, end, b"\n")
        done = end


# Size of each entry of a constant pool, tag not counted (JVM specification 4.4); 1 is Utf8.
_POOL = {
    3: 4,
    4: 4,
    5: 8,
    6: 8,
    7: 2,
    8: 2,
    9: 4,
    10: 4,
    11: 4,
    12: 4,
    15: 3,
    16: 2,
    17: 4,
    18: 4,
    19: 2,
    20: 2,
}


def java_class(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every Utf8 constant of a class file; ends where the pool makes no sense."""
    count, at, number = int.from_bytes(data[8:10], "big"), 10, 1
    while number < count and at < len(data):
        tag = data[at]
        if tag == 1:
            start = at + 3
            at = start + int.from_bytes(data[at + 1 : start], "big")
            yield start, at
        elif tag in _POOL:
            at += 1 + _POOL[tag]
        else:
            return
        number += 2 if tag in (5, 6) else 1  # a long takes two numbers


# marshal: bytes after the type byte, of types that hold nothing else. FLAG_REF (0x80) is masked away.
_FIXED = {
    b"0": 0,
    b"N": 0,
    b"F": 0,
    b"T": 0,
    b"S": 0,
    b".": 0,
    b"i": 4,
    b"I": 8,
    b"g": 8,
    b"y": 16,
    b"r": 4,
    b"R": 4,
}
_LONG = frozenset(b"stuaA")  # four bytes of length
_SHORT = frozenset(b"zZ")  # one
_MANY = frozenset(b"([<>")  # a count of four bytes, then objects
_OBJECT, _FOUR = object(), object()


def compiled_python(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every string and bytes object of a .pyc; ends where it makes no sense.

    The layout of a code object is that of Lib/test and Python/marshal.c of 2.7 and 3.3 to 3.14.
    """
    magic = int.from_bytes(data[:2], "little")
    old = magic > 20000  # Python 2: no size of the source, no keyword-only arguments
    at = 8 if old else 16 if magic >= 3392 else 12  # PEP 552
    # integers at its head, objects before its first line number, objects after
    integers, before, after = (
        (4, 8, 1) if old else (5, 8, 2) if magic >= 3450 else (6, 8, 1) if magic >= 3400 else (5, 8, 1)
    )
    todo = [_OBJECT]
    while todo and at < len(data):
        if todo.pop() is _FOUR:
            at += 4
            continue
        kind = data[at] & 0x7F
        at += 1
        if bytes((kind,)) in _FIXED:
            at += _FIXED[bytes((kind,))]
        elif kind in _LONG or kind in _SHORT:
            width = 4 if kind in _LONG else 1
            start = at + width
            at = start + int.from_bytes(data[at:start], "little")
            yield start, at
        elif kind in _MANY or kind == 0x29:  # ")": a small tuple
            width = 4 if kind in _MANY else 1
            count = int.from_bytes(data[at : at + width], "little")
            at += width
            if count > len(data) - at:
                return
            todo += [_OBJECT] * count
        elif kind == 0x6C:  # "l": digits of 15 bits
            at += 4 + 2 * abs(int.from_bytes(data[at : at + 4], "little", signed=True))
        elif kind in b"fx":
            at += 1 + int.from_bytes(data[at : at + 1], "big")
        elif kind == 0x3A:  # ":": a slice (3.14)
            todo += [_OBJECT] * 3
        elif kind == 0x63:  # "c": code
            at += 4 * integers
            todo += [*[_OBJECT] * after, _FOUR, *[_OBJECT] * before]
        else:
            return

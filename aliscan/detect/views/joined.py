"""What a language joins: adjacent string literals, concatenation, line continuation."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from io import BytesIO

from aliscan.detect.reading import Edit

NAME = "join"

# + (most), . (PHP, Perl), & (VB), ~ (Twig), || (SQL), .. (Lua), ++ (Haskell), <> (Elixir); none (C, Python)
_COMMENT = rb"[ \t]{0,40}(?://+|#|\*)[ \t]{1,40}"  # code that is commented out as a whole
_SPACE = rb"(?:[ \t]{0,40}\r?\n" + _COMMENT + rb"|[ \t\r\n]{0,80})"
_OPERATOR = rb"(?:(?:\+\+?|\.\.?|&|~|\|\||<>)" + _SPACE + rb")?"
_FURTHER = rb"(?:[_\\]\r?\n(?:" + _COMMENT + rb"|" + _SPACE + rb"))?"
WORD = rb"[A-Za-z0-9+/=_.:-]"
_BETWEEN = rb"[ \t\r\n/#*+.&~|<>_\\@$rbufRBUF]"  # all that may stand between two quotes that are joined
_JOINT = re.compile(
    rb"([\"'`\\])(?<=" + WORD + rb".)"
    rb"(?:(?<=\\)\r?\n[ \t]{0,80}"
    rb"|(?<!\\)(?=" + _BETWEEN + rb"*\1)" + _SPACE + _OPERATOR + _FURTHER + _OPERATOR + rb"[@$rbufRBUF]?\1"
    # the shell joins quotes of different kinds that touch
    rb"|(?<!\\)[\"'])"
    rb"(?=" + WORD + rb")",
    re.DOTALL,
)  # fmt: skip


_LETTERS = bytes(c for c in range(256) if re.match(WORD, bytes((c,))))
_AFTER = re.compile(WORD + rb"{1,200}")
_LONG = re.compile(rb"[A-Za-z0-9+=]{16,}")


def edits(data: bytes) -> Iterator[Edit]:
    """Every joint removed that makes a word which may be a value: long, and not of one case.

    Lists of imports and of names hold thousands of other joints.
    """
    # Not tuples, and not one word that grows: a text may be one chain of joints
    joints, pieces = array("I"), BytesIO()  # start and end of each, in turn
    for m in _JOINT.finditer(data):
        start, end = m.span()
        last = joints[-1] if joints else 0
        before = data[max(last, start - 200) : start]
        left = before[len(before.rstrip(_LETTERS)) :]
        if joints and start - last != len(left):
            yield from _removed(joints, pieces.getvalue() + _after(data, last))
            joints, pieces = array("I"), BytesIO()
        joints.extend((start, end))
        pieces.write(left)
    if joints:
        yield from _removed(joints, pieces.getvalue() + _after(data, joints[-1]))


def _after(data: bytes, at: int) -> bytes:
    found = _AFTER.match(data, at)
    return found[0] if found else b""


def _removed(joints: array[int], word: bytes) -> Iterator[Edit]:
    if any(not m[0].islower() and not m[0].isupper() for m in _LONG.finditer(word)):
        for at in range(0, len(joints), 2):
            yield Edit(joints[at], joints[at + 1], b"")

"""What a language joins: adjacent string literals, concatenation, line continuation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "join"

# + (most), . (PHP, Perl), & (VB), ~ (Twig), || (SQL), .. (Lua), ++ (Haskell), <> (Elixir); none (C, Python)
_SPACE = rb"[ \t\r\n]{0,80}"
_OPERATOR = rb"(?:(?:\+\+?|\.\.?|&|~|\|\||<>)" + _SPACE + rb")?"
_WORD = rb"[A-Za-z0-9+/=_.:-]"
_JOINT = re.compile(
    rb"([\"'`\\])(?<=" + _WORD + rb".)"
    rb"(?:(?<=\\)\r?\n[ \t]{0,80}"
    rb"|(?<!\\)" + _SPACE + _OPERATOR + rb"(?:[_\\]\r?\n" + _SPACE + rb")?" + _OPERATOR + rb"[@$rbufRBUF]?\1"
    # the shell joins quotes of different kinds that touch
    rb"|(?<!\\)[\"'])"
    rb"(?=" + _WORD + rb")",
    re.DOTALL,
)  # fmt: skip


def edits(data: bytes) -> Iterator[Edit]:
    """Every joint removed. Nothing is removed where a word stands on one side only."""
    for m in _JOINT.finditer(data):
        yield Edit(m.start(), m.end(), b"")

"""Whether two places of a text stand in the same entry: of YAML, of JSON, of a list of calls or rows."""

from __future__ import annotations

import re

# A line of YAML that begins an entry of a list, or a block.
_ENTRY = re.compile(
    rb"\n([ \t]{0,40})(?:(-)[ \t]|[\"']?[A-Za-z][\w.-]{0,60}[\"']?[ \t]{0,4}:[ \t]{0,4}(?=\r?\n))"
)
_HEADING = re.compile(rb"[\w.-]{1,60}[\"']?[ \t]{0,4}:[ \t\r]{0,4}\Z")
_LINE_START = re.compile(rb"\n([ \t]{0,40})(?=[^ \t\r\n])")
_BRACKET = re.compile(rb"[][(){}]")
_CLOSING = frozenset((b"]", b")", b"}"))
_LINE = 400  # bytes of a line in which its indentation is looked for

SAME_LINE, OTHER_LINE, OTHER_ENTRY = 1, 2, 16


class Structure:
    """What stands between two places of a text. Looks at nothing but what is between them and their lines."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def apart(self, one: int, other: int) -> int:
        """How many times farther than its bytes say a place is from another: by lines and entries."""
        low, high = min(one, other), max(one, other)
        if self._leaves_brackets(low, high) or self._leaves_entry(low, high, one):
            return OTHER_ENTRY
        return SAME_LINE if self.data.find(b"\n", low, high) < 0 else OTHER_LINE

    def heads(self, word: int, at: int) -> bool:
        """Whether a word stands in the key of a block of YAML that holds a place below it."""
        column = self._column(word)
        if self.data.find(b"\n", word, at) < 0:
            return False
        end = self.data.find(b"\n", word, at)
        return _HEADING.match(self.data, word, end) is not None and not any(
            len(m[1]) <= column for m in _LINE_START.finditer(self.data, end, at)
        )

    def _leaves_brackets(self, low: int, high: int) -> bool:
        """Whether the way leads out of one pair of brackets and into another."""
        depth = lowest = 0
        for m in _BRACKET.finditer(self.data, low, high):
            depth += -1 if m[0] in _CLOSING else 1
            lowest = min(lowest, depth)
        return lowest < depth and lowest < 0

    def _leaves_entry(self, low: int, high: int, key: int) -> bool:
        """Whether an entry begins between them that holds only the lower one.

        What stands above in a line that is indented less heads the entry, and belongs to it.
        """
        column = self._column(low)
        for m in _ENTRY.finditer(self.data, low, high):
            indent = len(m[1])
            if indent < column or (low != key and m[2] is None and indent == column):
                return True
        return False

    def _column(self, at: int) -> int:
        """How far the line of a place is indented, behind the dash of a list."""
        start = self.data.rfind(b"\n", max(0, at - _LINE), at) + 1
        line = self.data[start:at]
        return len(line) - len(line.lstrip(b" \t-"))

"""From byte offsets to lines and columns, for the few offsets that matches need."""

from __future__ import annotations

from collections.abc import Iterable

from aliscan.finding import Place

_MARK = b"\xef\xbb\xbf"


class Places:
    """Line and column of byte offsets in one text. Lines count LF (git's view), not CR, VT or NEL."""

    def __init__(self, data: bytes, encoding: str = "utf-8") -> None:
        """``encoding`` counts the characters; a byte that it cannot read counts as one."""
        self._data = data
        self._encoding = encoding
        self._errors = "surrogateescape" if encoding == "utf-8" else "replace"
        self._restart()

    def _restart(self) -> None:
        # no editor counts the byte-order mark as a column
        self._offset = len(_MARK) if self._data.startswith(_MARK) else 0
        self._line = self._column = 1

    def at(self, offset: int) -> tuple[int, int]:
        """The 1-based line, and the 1-based column in characters, of a byte offset.

        Cheap when called with growing offsets: each stretch of text is counted once.
        """
        if offset < self._offset:
            self._restart()
        lines = self._data.count(b"\n", self._offset, offset)
        start = self._offset
        if lines:
            self._line += lines
            self._column = 1
            start = self._data.rfind(b"\n", start, offset) + 1
        # zero bytes show nowhere: half of the bytes of a UTF-16 string inside something else
        stretch = self._data[start:offset].replace(b"\0", b"")
        self._column += len(stretch.decode(self._encoding, self._errors))
        self._offset = max(offset, self._offset)
        return self._line, self._column

    def of(self, start: int, end: int) -> Place:
        """The place of the bytes between two offsets."""
        line, column = self.at(start)
        end_line, end_column = self.at(end)
        return Place(line, column, end_line, end_column)

    def all(self, spans: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Place]:
        """The places of many spans in any order, in one pass over the text."""
        wanted = set(spans)
        points = {offset: self.at(offset) for offset in sorted({o for span in wanted for o in span})}
        return {(start, end): Place(*points[start], *points[end]) for start, end in wanted}

"""From byte offsets to lines and columns, for the few offsets that a match needs."""

from __future__ import annotations

from aliscan.finding import Place


class Places:
    """Line and column of byte offsets in one text. Lines count LF (git's view), not CR, VT or NEL."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0
        self._line = 1

    def at(self, offset: int) -> tuple[int, int]:
        """The 1-based line, and the 1-based column in characters, of a byte offset.

        Cheap when called with growing offsets: each stretch of text is counted once.
        """
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._data.count(b"\n", self._offset, offset)
        self._offset = offset
        start = self._data.rfind(b"\n", 0, offset) + 1
        if start == 0 and self._data.startswith(b"\xef\xbb\xbf"):
            start = min(3, offset)  # no editor counts the byte-order mark as a column
        return self._line, len(self._data[start:offset].decode("utf-8", "surrogateescape")) + 1

    def of(self, start: int, end: int) -> Place:
        """The place of the bytes between two offsets."""
        line, column = self.at(start)
        end_line, end_column = self.at(end)
        return Place(line, column, end_line, end_column)

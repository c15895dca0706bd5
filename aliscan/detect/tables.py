"""Tables with a column of passwords: CSV, tabs, Markdown. The cell in the row that holds a user or a host.

The console exports new users so, and people keep their logins so: a header names the columns and stands
some rows above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import left_of, line_before
from aliscan.detect.passwords import Literal, is_meant

_LINE, _TABLE = 2000, 4000  # bytes
_SIGNS = (b"|", b"\t", b";", b",")
_CELLS = {
    sign: re.compile(rb'[ ]{0,4}"[^"\n]{0,400}"[ \r]{0,4}(?=%b|\Z)|[^%b]*' % (re.escape(sign), sign))
    for sign in _SIGNS
}
_WORDS = (b"password", b"passwd", b"pwd", "密码".encode(), "密码".encode("gbk"), "口令".encode())
# A line of a program has commas and the word too
_LABEL = re.compile(rb"[ \"'*]{0,4}[\w .()/\x80-\xff-]{1,60}[ \"'*\r]{0,4}")
_AROUND = b" \"'`*\r"


def cell_beside(data: bytes, start: int, end: int) -> Literal | None:
    """The cell of the password column in the row that holds a place, empty if nothing is meant there.

    None if the place stands in no table with such a column."""
    low = start - len(line_before(data, start, _LINE))
    row = data[low : end + _LINE].partition(b"\n")[0]
    above = left_of(data, low, _TABLE)
    for sign in _SIGNS:
        if sign in row:
            column = _column(above, sign)
            if column is not None:
                return _cell(row, low, sign, column)
    return None


def _cell(row: bytes, low: int, sign: bytes, column: int) -> Literal:
    cells = list(_cells(row, sign))
    if column >= len(cells):
        return Literal(low, low, b"column", True)
    raw = cells[column].strip(_AROUND)
    start = low + sum(len(cell) + 1 for cell in cells[:column]) + cells[column].find(raw)
    return Literal(start, start + (len(raw) if is_meant(raw) else 0), b"column", True)


def _cells(row: bytes, sign: bytes) -> Iterator[bytes]:
    """The cells of a row, as they stand; a sign within quotes parts none."""
    at = 0
    while at <= len(row):
        cell = _CELLS[sign].match(row, at)
        assert cell is not None  # it matches nothing too
        yield cell[0]
        at = cell.end() + 1


def _column(above: bytes, sign: bytes) -> int | None:
    """Which column is the password's, by the header that stands some rows above."""
    above = above.lower()
    at = max(above.rfind(word) for word in _WORDS)
    start, end = above.rfind(b"\n", 0, at) + 1, above.find(b"\n", at)
    if at < 0 or end < 0 or (not start and len(above) == _TABLE):  # the first line may be cut
        return None
    if not all(sign in row for row in above[start:-1].split(b"\n")):
        return None
    if sign in above[above.rfind(b"\n", 0, max(0, start - 1)) + 1 : start]:
        return None  # a row among others: names and values below each other
    names = list(_cells(above[start:end], sign))
    column = next((n for n, name in enumerate(names) if any(word in name for word in _WORDS)), None)
    return column if column is not None and _LABEL.fullmatch(names[column]) else None

"""SQLite files: every row as lines of ``column: value``, overflow pages joined.

Read here and not by sqlite3: `sqlite3.Connection.deserialize` exists from Python 3.11 only, a hostile
schema would be executed, and a damaged file would not be read at all. Format: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.budget import Budget
from aliscan.detect.containers.unpacked import Content, Unpacked
from aliscan.i18n import N_
from aliscan.stored import Data

_COLUMN = re.compile(r"""[(,]\s*(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|([\w]+))""")
_LEAF, _INNER = 0x0D, 0x05
_LONGEST = 8 << 20  # bytes of a row that are held
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8)  # bytes of NULL, integers, a float; what comes after has none


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """Each table as one member named like it."""
    file = _File(data, budget)
    if not file.size:
        return
    schema = list(file.rows(1))
    for row in schema:
        if len(row) < 5 or row[0] != b"table" or not isinstance(row[3], int) or row[3] < 2:
            continue
        name = row[1] if isinstance(row[1], bytes) else b""
        names = _columns(row[4] if isinstance(row[4], bytes) else b"")
        budget.member(N_("a SQLite file"))
        table = Unpacked(_table(file.rows(row[3]), names, budget))
        content = table.content()
        if content:
            yield name, content
    if file.long:
        yield N_("a SQLite file with values of more than 8 MiB, of which the beginning was looked at")
    if file.broken:
        yield N_("a SQLite file that is broken or cut off; what could be read was looked at")


def _table(rows: Iterator[list[bytes | int | None]], names: list[bytes], budget: Budget) -> Iterator[bytes]:
    """The lines of a table, an empty one behind each row; nothing if it holds no text."""
    lines: list[bytes] = []
    size = 0
    some = False
    for values in rows:
        for number, value in enumerate(values):
            if isinstance(value, bytes) and value:
                lines.append((names[number] + b": " if number < len(names) else b"") + value)
                size += len(lines[-1])
        lines.append(b"")
        some = some or size > 0
        if some and size + len(lines) > _PART:
            yield _charged(lines, budget)
            lines, size = [b""], 0
    if some:
        yield _charged(lines, budget)


_PART = 1 << 16


def _charged(lines: list[bytes], budget: Budget) -> bytes:
    content = b"\n".join(lines)
    budget.inflate(len(content), N_("a SQLite file"))
    return content


def _columns(sql: bytes) -> list[bytes]:
    text = sql.decode("utf-8", "replace")
    at = text.find("(")
    return ["".join(filter(None, m.groups())).encode() for m in _COLUMN.finditer(text, at)] if at >= 0 else []


def varint(data: Data, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, of eight in its ninth, the last; and where it ends."""
    value = 0
    for i, byte in enumerate(data[at : at + 8], at + 1):
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, i
    return (value << 8) | int.from_bytes(data[at + 8 : at + 9], "big"), at + 9


class _File:
    """Pages, cells and records. Visits each page once, whatever a hostile file points to."""

    def __init__(self, data: Data, budget: Budget) -> None:
        size = int.from_bytes(data[16:18], "big")
        self.size = 65536 if size == 1 else size
        if self.size < 512 or self.size & (self.size - 1):
            self.size = 0
        self.usable = self.size - data[20]
        self.codec = {2: "utf-16-le", 3: "utf-16-be"}.get(int.from_bytes(data[56:60], "big"), "")
        self.data = data
        self.budget = budget
        self.pages = -(-len(data) // self.size) if self.size else 0
        self.seen = bytearray(self.pages + 1)
        self.broken = self.long = False

    def rows(self, root: int) -> Iterator[list[bytes | int | None]]:
        """The records of a table, whose tree begins on page ``root`` (from 1)."""
        todo = [root]
        while todo:
            page = todo.pop()
            start = (page - 1) * self.size
            if start + self.size > len(self.data) or not self._is_new(page) or len(todo) > self.pages:
                self.broken = True
                continue
            self.budget.check_time(N_("a SQLite file"))
            head = start + (100 if page == 1 else 0)
            kind = self.data[head]
            count = int.from_bytes(self.data[head + 3 : head + 5], "big")
            array = head + (8 if kind == _LEAF else 12)
            if kind not in (_LEAF, _INNER) or array + 2 * count > start + self.size:
                self.broken = True
                continue
            cells = [
                int.from_bytes(self.data[array + 2 * i : array + 2 * i + 2], "big") for i in range(count)
            ]
            if kind == _INNER:
                todo.append(int.from_bytes(self.data[head + 8 : head + 12], "big"))
                todo += [int.from_bytes(self.data[start + c : start + c + 4], "big") for c in reversed(cells)]
            else:
                for cell in cells:
                    yield self._record(self._payload(start, cell))

    def _payload(self, start: int, cell: int) -> bytes:
        """A cell's bytes; what does not fit on the page stands in a chain of overflow pages."""
        length, at = varint(self.data, start + cell)
        _, at = varint(self.data, at)
        most = self.usable - 35
        if length <= most:
            return self.data[at : at + length]
        least = (self.usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.usable - 4)
        local = local if local <= most else least
        parts = [self.data[at : at + local]]
        left = min(length, len(self.data)) - local
        page = int.from_bytes(self.data[at + local : at + local + 4], "big")
        if left > _LONGEST:
            left, self.long = _LONGEST, True
        while left > 0 and self._is_new(page):
            begin = (page - 1) * self.size
            parts.append(self.data[begin + 4 : begin + min(self.usable, 4 + left)])
            left -= len(parts[-1])
            page = int.from_bytes(self.data[begin : begin + 4], "big")
        self.broken |= left > 0
        return b"".join(parts)

    def _is_new(self, page: int) -> bool:
        """Whether there is such a page and nobody asked for it before."""
        new = 0 < page <= self.pages and not self.seen[page]
        if new:
            self.seen[page] = 1
        return new

    def _record(self, payload: bytes) -> list[bytes | int | None]:
        length, at = varint(payload, 0)
        body = length
        values: list[bytes | int | None] = []
        while at < min(length, len(payload)):
            kind, at = varint(payload, at)
            if kind >= 12:
                size = (kind - 12) // 2
                value = payload[body : body + size]
                if kind % 2 and self.codec:
                    value = value.decode(self.codec, "replace").encode("utf-8", "replace")
                values.append(value)
            else:
                size = _SIZES[kind] if kind < len(_SIZES) else 0
                number = payload[body : body + size]
                values.append(int.from_bytes(number, "big", signed=True) if size else None)
            body += size
        return values

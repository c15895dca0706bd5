"""zip that goes by once: members as they follow each other, then the directory, by which they are checked.

What the directory lists and did not go by just so is said: nobody may hide a member by telling the two
kinds of readers two things. Format: APPNOTE.TXT of PKWARE.
"""

from __future__ import annotations

import bz2
import re
import struct
import zlib
from collections.abc import Callable, Iterator

from aliscan.detect.budget import Budget
from aliscan.detect.containers.streams import inflated
from aliscan.detect.containers.unpacked import STEP, Content, Unpacked, source
from aliscan.detect.containers.zip import BROKEN
from aliscan.i18n import N_, said
from aliscan.record import NamedTuple

_LOCAL, _ENTRY, _END, _END_64 = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"
_RECORD = re.compile(rb"PK(?:\x03\x04|\x01\x02|\x05\x06|\x06\x06)")
_WINDOW = 1 << 12  # bytes in which a record is looked for where none stands
_ENCRYPTED, _SIZES_BEHIND = 1, 8  # flags of a member
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12
_KNOWN = {*range(15), 16, 18, 19, *range(93, 100)}  # ways of packing that the format names
_VERSION = 63  # of the format, the last one times ten
_IN_EXTRA = 0xFFFFFFFF
_ERRORS = (zlib.error, OSError, EOFError, ValueError)
_OTHER = N_("a zip archive whose directory contradicts its members; unpack it and scan the folder")


class _Facts(NamedTuple):
    """What a member is, by what went by or by the directory."""

    encrypted: bool
    crc: int
    packed: int
    size: int


def streamed(
    read: Callable[[int], bytes], path: bytes, budget: Budget
) -> Iterator[tuple[bytes, Content] | str]:
    """Every member of what ``read`` gives, read to its end or to the first error."""
    yield from _Archive(read, budget).items()


class _Archive:
    """One pass over the records. ``met``: where members began, None for what cannot be compared."""

    def __init__(self, read: Callable[[int], bytes], budget: Budget) -> None:
        self._source = source(read)
        self._budget = budget
        self._met: dict[int, _Facts | None] = {}
        self._listed: list[tuple[int, int, _Facts]] = []
        self._large: tuple[int, int, int] | None = None
        self._open = False  # whether something went by that no directory followed
        self._wrong = False

    def items(self) -> Iterator[tuple[bytes, Content] | str]:
        while record := self._record():
            if record == _LOCAL:
                yield from self._member()
            elif record == _ENTRY:
                self._open = True
                self._entry()
            elif record == _END_64:
                self._end_64()
            else:
                self._end()
        if self._wrong:
            yield _OTHER
        elif self._open:
            yield BROKEN

    def _record(self) -> bytes:
        """The first four bytes of the next record; nothing at the end."""
        head = self._source.peek(4)
        while not _RECORD.match(head):
            window = self._source.peek(_WINDOW)
            found = _RECORD.search(window)
            if not found and len(window) < _WINDOW:
                return b""
            self._source.pass_over(found.start() if found else _WINDOW - 3)
            head = self._source.peek(4)
        return head

    def _fields(self, layout: str) -> tuple[int, ...]:
        """The numbers of a record behind its first four bytes; zeros where it is cut off."""
        self._source.pass_over(4)
        size = struct.calcsize(layout)
        return struct.unpack(layout, self._source.read(size).ljust(size, b"\0"))

    def _member(self) -> Iterator[tuple[bytes, Content] | str]:
        start = self._source.place
        version, flags, method, _, _, _, packed, size, names, extras = self._fields("<5H3L2H")
        name, extra = self._source.read(names), self._source.read(extras)
        size, packed, _ = _large(extra, size, packed, 0)
        if not name or method not in _KNOWN or version & 0xFF > _VERSION:
            return  # no member: bytes that look like one
        self._open = True
        self._budget.member(N_("a zip archive"))
        shown = name.decode("utf-8", "backslashreplace")
        left = packed if packed or not flags & _SIZES_BEHIND else None
        if flags & _ENCRYPTED:
            self._met[start] = _Facts(True, 0, 0, 0)
            yield said("{member} is encrypted", member=shown)
        elif method not in (_STORED, _DEFLATED, _BZIP2) or (method == _STORED and left is None):
            self._met[start] = None
            yield said("{member} is compressed in a way that cannot be undone here", member=shown)
        else:
            parts = _Parts(self._source, method, left, self._budget)
            member = Unpacked(parts.read(), _ERRORS)
            content = member.content()
            if content:
                yield name, content
            member.pass_over()
            self._met[start] = None if member.error else parts.facts
            if member.error:
                yield said("{member} is broken; what could be unpacked was looked at", member=shown)
            return
        if left:
            self._source.pass_over(left)

    def _entry(self) -> None:
        start = self._source.place
        fields = self._fields("<6H3L5H2L")
        flags, (crc, packed, size, names, extras, comment), offset = fields[2], fields[6:12], fields[15]
        self._source.pass_over(names)
        size, packed, offset = _large(self._source.read(extras), size, packed, offset)
        self._source.pass_over(comment)
        facts = _Facts(True, 0, 0, 0) if flags & _ENCRYPTED else _Facts(False, crc, packed, size)
        if len(self._listed) < self._budget.limits.members:
            self._listed.append((start, offset, facts))
        else:
            self._wrong = True

    def _end_64(self) -> None:
        start = self._source.place
        fields = self._fields("<Q2H2L4Q")
        self._large = fields[6], start - fields[7], fields[8]

    def _end(self) -> None:
        start = self._source.place
        _, _, _, count, size, offset, _ = self._fields("<4H2LH")
        begin = start - size
        if self._large and (count == 0xFFFF or _IN_EXTRA in (size, offset)):
            count, begin, offset = self._large
        listed = [entry for entry in self._listed if entry[0] >= begin]
        self._wrong |= len(listed) != count
        for _, place, facts in listed:
            met = self._met.get(place + begin - offset, _NOWHERE)
            self._wrong |= met is not None and met != facts
        self._listed, self._large, self._open = [], None, False


_NOWHERE = _Facts(False, -1, -1, -1)


class _Parts:
    """The bytes of a member, charged before they are handed on, and what there was of them."""

    def __init__(self, packed: Unpacked, method: int, left: int | None, budget: Budget) -> None:
        self._packed, self._method, self._left, self._budget = packed, method, left, budget
        self._crc = self._size = self._taken = 0

    @property
    def facts(self) -> _Facts:
        """All that was read."""
        return _Facts(False, self._crc, self._taken, self._size)

    def read(self) -> Iterator[bytes]:
        """Raises one of _ERRORS where it cannot go on."""
        start = self._packed.place
        for part in self._unpacked():
            self._budget.inflate(len(part), N_("a zip archive"))
            self._crc = zlib.crc32(part, self._crc)
            self._size += len(part)
            yield part
        self._taken = self._packed.place - start
        if self._left is not None:
            if self._taken > self._left:
                raise EOFError
            self._taken += self._packed.pass_over(self._left - self._taken)

    def _unpacked(self) -> Iterator[bytes]:
        if self._method == _STORED or self._left == 0:
            left = self._left or 0
            while left:
                part = self._packed.some(min(left, STEP))
                if not part:
                    raise EOFError
                left -= len(part)
                yield part
        else:
            yield from inflated(
                self._packed, zlib.decompressobj(-15) if self._method == _DEFLATED else bz2.BZ2Decompressor()
            )


def _large(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The numbers that do not fit into four bytes: they stand in an extra field (zip64)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            numbers = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
            wanted = (next(numbers, n) if n == _IN_EXTRA else n for n in (size, packed, offset))
            size, packed, offset = wanted
            break
        at += 4 + length
    return size, packed, offset

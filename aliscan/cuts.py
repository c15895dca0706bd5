"""Something long, cut into pieces that overlap: nothing hides on a border, and memory has a bound.

A piece begins where a line does, if one ends near; else where no character of UTF-8, UTF-16 or UTF-32 and
no four letters of base64 are parted, so that it is read as the whole would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aliscan.coding import MARKS, guesses
from aliscan.record import NamedTuple

PIECE = 4 << 20
OVERLAP = 64 << 10  # twice as long as any credential with its surroundings
LONG = PIECE + 2 * OVERLAP  # no piece is longer
_BASE64 = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/-_")
_SHAPE = bytes(97 if c in _BASE64 else 32 for c in range(256))


class Piece(NamedTuple):
    """Bytes of a whole: ``start`` is the offset of the first, which stands on line ``line`` (from 1) behind
    ``column`` characters. What begins between ``own`` and ``upto`` (offsets in ``data``) no other piece
    shows better; those stretches are the whole, each byte once.

    Of UTF-16 and UTF-32 each piece begins with a byte-order mark, which the whole need not have there.
    """

    data: bytes
    start: int
    line: int
    column: int
    own: int
    upto: int


def cut(read: Callable[[int], bytes], size: int = 0) -> Iterator[Piece]:
    """The pieces of something, of ``size`` bytes or 4 MiB. ``read`` gives so many bytes as it is asked for,
    fewer at the end."""
    size = size or PIECE
    data, start, line, column, own = b"", 0, 1, 0, 0
    wide = _Wide("")
    while True:
        fresh = read(size)
        last = len(fresh) < size
        data = data + fresh if data else fresh
        del fresh
        mark = wide.mark if start else b""
        if last:
            yield Piece(mark + data, start - len(mark), line, column, own + len(mark), len(mark + data))
            return
        wide = wide if start else _Wide(_codec(data))
        keep = wide.border(data) if wide.codec else _border(data)
        upto = keep + OVERLAP // 2
        shown = mark + data if wide.codec else data[: _end(data)]
        lines, characters = wide.counted(data[:keep])
        rest = data[keep:]
        del data
        yield Piece(shown, start - len(mark), line, column, own + len(mark), upto + len(mark))
        del shown
        data, own, start = rest, OVERLAP // 2, start + keep
        line += lines
        column = characters + (0 if lines else column)


def reading(data: bytes) -> Callable[[int], bytes]:
    """A function that gives so many bytes of some bytes, then of those that follow."""
    at = 0

    def read(length: int) -> bytes:
        nonlocal at
        part = data[at : at + length]
        at += length
        return part

    return read


def chained(begin: bytes, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """The same of some bytes and of what ``read`` gives behind them."""

    def both(length: int) -> bytes:
        nonlocal begin
        part, begin = begin[:length], begin[length:]
        return part + read(length - len(part)) if len(part) < length else part

    return both


ENDS = 66 << 10  # bytes of both ends by which a container is told


class Ends:
    """Reads what goes by, and knows its first and its last bytes."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.begin = self.end = b""

    def read(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        part = self._read(length)
        self.begin = self.begin or part[:ENDS]
        self.end = (self.end + part[-ENDS:])[-ENDS:]
        return part


def _codec(data: bytes) -> str:
    # A mark alone does not make it UTF-16, which has a zero wherever a line ends
    return next((codec for _, codec in guesses(data) if b"\0" in data[:OVERLAP]), "")


def _border(data: bytes) -> int:
    """Where the next piece begins: at the start of a line, when there is one in the first quarter of the
    overlap, so that its columns are right. Another quarter is left behind what this piece owns."""
    earliest = max(0, len(data) - OVERLAP)
    newline = data.find(b"\n", earliest, earliest + OVERLAP // 4)
    if newline >= 0:
        return newline + 1
    if earliest and data[earliest - 1] in _BASE64:
        # A word of base64 that is longer than a piece: the piece before began with four letters of it too
        word = data[:earliest].translate(_SHAPE).rfind(b" ") + 1
        return earliest - (earliest - word) % 4
    return _whole_character(data, earliest)


def _end(data: bytes) -> int:
    """Where a piece ends: behind a line, if one ends near; what is behind it the next piece shows."""
    newline = data.rfind(b"\n", max(0, len(data) - OVERLAP // 16))
    return newline + 1 if newline >= 0 else _whole_character(data, len(data) - 4)


def _whole_character(data: bytes, at: int) -> int:
    """The first offset from ``at`` that is not within a character of UTF-8."""
    return next((i for i in range(at, min(at + 4, len(data))) if not 0x80 <= data[i] < 0xC0), at)


class _Wide(NamedTuple):
    """How the characters of a text are counted; without a codec they are UTF-8's."""

    codec: str

    @property
    def mark(self) -> bytes:
        return next((mark for mark, codec in MARKS if codec == self.codec), b"")

    def border(self, data: bytes) -> int:
        """As `_border`; ``data`` begins with a character."""
        unit = 4 if "32" in self.codec else 2
        earliest = max(0, len(data) - OVERLAP) // unit * unit
        newline = "\n".encode(self.codec)
        at = data.find(newline, earliest, earliest + OVERLAP // 4)
        while at >= 0:
            if at % unit == 0:
                return at + unit
            at = data.find(newline, at + 1, earliest + OVERLAP // 4)
        high = data[earliest + 1 if self.codec == "utf-16-le" else earliest]
        return earliest + (unit if unit == 2 and 0xDC <= high < 0xE0 else 0)  # the second half of a pair

    def counted(self, data: bytes) -> tuple[int, int]:
        """How many lines end in some bytes, and how many characters stand behind the last of them."""
        if self.codec:
            text = data.decode(self.codec, "replace")
            lines, behind = text.count("\n"), text[text.rfind("\n") + 1 :]
        else:
            lines = data.count(b"\n")
            behind = data[data.rfind(b"\n") + 1 :].decode("utf-8", "surrogateescape")
        return lines, len(behind.removeprefix("\ufeff"))

"""Something large, read piece by piece: no size of it takes more memory, and nothing hides on a border."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aliscan.finding import Blob, Origin

WHOLE = 32 << 20  # what is not larger is one piece
PIECE = 4 << 20
OVERLAP = 64 << 10  # twice as long as any credential with its surroundings


def pieces(read: Callable[[int], bytes], origin: Origin) -> Iterator[Blob]:
    """Blobs of bounded size that overlap. ``read`` gives so many bytes as it is asked for, fewer at the end.

    Each piece owns a stretch (`Blob.owned`), and around that sees half of the overlap on both sides;
    the stretches are the whole, each byte once.
    """
    data, start, line, column, own = b"", 0, 1, 0, 0
    while True:
        fresh = read(PIECE)
        data += fresh
        last = len(fresh) < PIECE
        keep = len(data) if last else _cut(data)
        upto = len(data) if last else keep + OVERLAP // 2
        shown = data if last else data[: _border(data, len(data) - 4)]
        yield Blob(origin, shown, start, line, partial=True, column=column, owned=(own, upto))
        if last:
            return
        newline = data.rfind(b"\n", 0, keep)
        column = (0 if newline >= 0 else column) + _characters(data[newline + 1 : keep])
        line += data.count(b"\n", 0, keep)
        start += keep
        data, own = data[keep:], OVERLAP // 2


def _characters(data: bytes) -> int:
    return len(data.decode("utf-8", "surrogateescape"))


def _cut(data: bytes) -> int:
    """Where the next piece begins: at the start of a line, when there is one in the first half of the
    overlap, so that its columns are right."""
    earliest = max(0, len(data) - OVERLAP)
    newline = data.find(b"\n", earliest, earliest + OVERLAP // 2)
    if newline >= 0:
        return newline + 1
    return _border(data, earliest)


def _border(data: bytes, at: int) -> int:
    """The first offset from ``at`` that is not within a character of UTF-8."""
    return next((i for i in range(at, min(at + 4, len(data))) if not 0x80 <= data[i] < 0xC0), at)

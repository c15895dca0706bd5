"""Something that goes by once: held as far as it must be, opened and searched as a text at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

from aliscan import cuts

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.finding import Match

    # Searches what a function gives, in pieces: it asks for one, and yields what that shows
    Search = Callable[[Callable[[int], bytes]], Iterator[list[Match]]]

_STEP = 1 << 20


class Beside:
    """Reads for somebody who opens what goes by, and has each piece searched as soon as it went by."""

    def __init__(self, read: Callable[[int], bytes], search: Search) -> None:
        """``search`` must ask for `aliscan.cuts.PIECE` bytes once for each piece."""
        self._read = read
        self._search = search(self._take)
        self._held = bytearray()
        self._found: list[Match] = []

    def read(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        part = self._read(length)
        self._held += part
        while len(self._held) >= cuts.PIECE:
            self._found += next(self._search, [])
        return part

    def finish(self) -> list[Match]:
        """Read on to the end; what all pieces showed."""
        while self.read(_STEP):
            pass
        for found in self._search:
            self._found += found
        return self._found

    def _take(self, length: int) -> bytes:
        part = bytes(memoryview(self._held)[:length])
        del self._held[:length]
        return part


class Held:
    """What goes by, held up to a size. ``is_all``: that is all of it; ``size``: how much is held."""

    def __init__(self, begin: bytes, read: Callable[[int], bytes], most: int) -> None:
        self._parts = [begin]
        self._more = read
        self.size = len(begin)
        while self.size <= most and (part := read(_STEP)):
            self._parts.append(part)
            self.size += len(part)
        self.is_all = self.size <= most
        self._parts.reverse()

    def all(self) -> bytes:
        """All of it; nothing is held here any more."""
        whole = BytesIO()  # grows in its place: joining parts would hold all of it twice
        while self._parts:
            whole.write(self._parts.pop())
        return whole.getvalue()

    def read(self, length: int) -> bytes:
        """What is held, from its beginning, then what goes by: so many bytes, fewer at the end."""
        found, left = [], length
        while left and self._parts:
            part = self._parts.pop()
            if len(part) > left:
                self._parts.append(part[left:])
            found.append(part[:left])
            left -= len(found[-1])
        if left:
            found.append(self._more(left))
        return found[0] if len(found) == 1 else b"".join(found)

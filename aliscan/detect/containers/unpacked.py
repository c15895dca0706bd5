"""What comes out of a container bit by bit: small members as bytes, large ones as something to read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Union

STEP = 1 << 20  # bytes that are unpacked at a time, and charged before the next

Content = Union[bytes, Callable[[int], bytes]]  # noqa: UP007 - evaluated at run time, on Python 3.10 too


class Unpacked:
    """Reads from parts; an error of one of some types ends it, and is remembered.

    ``place``: how many bytes were read, and not given back.
    """

    def __init__(self, parts: Iterator[bytes], errors: tuple[type[Exception], ...] = ()) -> None:
        self._parts = parts
        self._errors = errors
        self._rest = b""
        self._at = 0  # what of the rest was read
        self.place = 0
        self.error: Exception | None = None

    def peek(self, length: int) -> bytes:
        """The next bytes, so many if there are as many; they are read again."""
        while len(self._rest) - self._at < length and (part := self._next()):
            self._rest, self._at = self._rest[self._at :] + part, 0
        return self._rest[self._at : self._at + length]

    def some(self, most: int) -> bytes:
        """The next bytes, one at least and so many at most; none at the end."""
        if self._at >= len(self._rest):
            self._rest, self._at = self._next(), 0
        part = self._rest[self._at : self._at + most]
        self._at += len(part)
        self.place += len(part)
        return part

    def back(self, count: int) -> None:
        """Have the last bytes of `some` read again."""
        self._at -= count
        self.place -= count

    def read(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        parts, left = [], length
        while left and (part := self.some(left)):
            parts.append(part)
            left -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pass_over(self, length: int | None = None) -> int:
        """Read so many bytes, or all there are, for nobody; how many there were."""
        done = 0
        while done != length and (part := self.some(STEP if length is None else min(STEP, length - done))):
            done += len(part)
        return done

    def content(self) -> Content:
        """All that is left, if it is little; else how to read it."""
        begin = self.peek(STEP + 1)
        return self.read(STEP) if len(begin) <= STEP else self.read

    def _next(self) -> bytes:
        """The next part that is not empty; nothing at the end."""
        if self.error is None:
            try:
                return next((part for part in self._parts if part), b"")
            except self._errors as error:
                self.error = error
        return b""


def source(read: Callable[[int], bytes]) -> Unpacked:
    """The same of what ``read`` gives."""
    return Unpacked(iter(lambda: read(STEP), b""))

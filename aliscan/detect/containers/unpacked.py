"""What comes out of a container bit by bit: small members as bytes, large ones as something to read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Union

from aliscan.detect.containers.deflate import STEP

Content = Union[bytes, Callable[[int], bytes]]  # noqa: UP007 - evaluated at run time, on Python 3.10 too


class Unpacked:
    """Reads from parts; an error of one of some types ends it, and is remembered."""

    def __init__(self, parts: Iterator[bytes], errors: tuple[type[Exception], ...] = ()) -> None:
        self._parts = parts
        self._errors = errors
        self._rest = b""
        self.error: Exception | None = None

    def peek(self, length: int) -> bytes:
        """The next bytes, so many if there are as many; they are read again."""
        while len(self._rest) < length and (part := self._next()):
            self._rest += part
        return self._rest[:length]

    def read(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        parts, left = [], length
        while left and (part := self._rest or self._next()):
            parts.append(part[:left])
            self._rest = part[left:]
            left -= len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

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

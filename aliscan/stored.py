"""Bytes that stay on disk: a container that is too large to be held is read where it lies."""

from __future__ import annotations

import io
import os
from collections.abc import Callable

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import TypeAlias, overload

    Data: TypeAlias = "bytes | Stored"
else:
    Data = object

    def overload(signature):
        """`typing.overload`, which only type checkers read."""
        return signature


class Stored:
    """A regular file that is open, as bytes that can be cut, and as a file that can only be read.

    The file belongs to whoever opened it. What is cut away from it in the meantime is read as missing.
    """

    def __init__(self, file: int, size: int) -> None:
        """``file`` is its number at the system, ``size`` how many bytes of it count."""
        self._file = io.BufferedReader(io.FileIO(file, "rb", closefd=False), 1 << 16)
        self.size = size

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, wanted: slice) -> bytes: ...

    @overload
    def __getitem__(self, wanted: int) -> int: ...  # noqa: F811 - `overload` is that of typing

    def __getitem__(self, wanted: slice | int) -> bytes | int:  # noqa: F811
        """As of bytes, for offsets from the beginning in steps of one."""
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        start, stop, _step = wanted.indices(self.size)
        self._file.seek(start)
        return self._file.read(max(0, stop - start))

    def startswith(self, words: bytes | tuple[bytes, ...]) -> bool:
        """As of bytes."""
        longest = len(words) if isinstance(words, bytes) else max(map(len, words))
        return self[:longest].startswith(words)

    def file(self) -> io.BufferedReader:
        """It as a file of its own, at its beginning, for libraries that read one."""
        return io.BufferedReader(_Raw(self), 1 << 16)


class _Raw(io.RawIOBase):
    """Reads from something stored; closing it closes nothing."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._stored)}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._stored[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


class Passing:
    """Bytes that can be read once: a large container that comes out of git or through a pipe.

    ``size``: how many there are, or were up to now. An error of one of some types ends it and is
    remembered: who reads it does not know where it comes from.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        size: int,
        most: int,
        errors: tuple[type[Exception], ...] = (OSError,),
    ) -> None:
        """``read`` gives so many bytes as it is asked for, fewer at the end; ``size`` may be 0: not known.
        Behind ``most`` bytes it ends."""
        self._read = read
        self._left = most
        self._errors = errors
        self._done = 0
        self.size = size
        self.error: Exception | None = None

    @property
    def is_cut(self) -> bool:
        """Whether there were more bytes than were wanted."""
        return self._left < 0

    def read(self, length: int) -> bytes:
        """So many bytes, fewer at the end."""
        if self.error is not None or self._left < 0:
            return b""
        try:
            part = self._read(length)
        except self._errors as error:
            self.error = error
            return b""
        self._left -= len(part)
        self._done += len(part)
        self.size = max(self.size, self._done)
        return part[: self._left] if self._left < 0 else part


def opened(data: Data) -> io.BufferedIOBase:
    """As a file, for libraries that read one."""
    return io.BytesIO(data) if isinstance(data, bytes) else data.file()

"""What hyperscan compiles, kept between runs: compiling takes a tenth of a second, reading it a millisecond.

In the user's cache folder, a file for each version of the patterns and of hyperscan. A file that
somebody else could have written is not read: whoever writes it decides what is found. It holds no more
than the patterns; when anything is odd about it, they are compiled.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from zlib import crc32

from aliscan import folders
from aliscan.record import dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect import bulk

_LARGEST = 16 << 20


def gate(engine: str = "auto") -> bulk.Gate:
    """As `aliscan.detect.bulk.gate`, faster from the second run on."""
    from aliscan.detect import bulk

    return bulk.gate(engine, Folder(folders.cache("compiled")), Folder(folders.cache("compiled-views")))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of compiled patterns; a `aliscan.detect.bulk.Kept`."""

    path: str

    def load(self, key: str) -> bytes | None:
        """The bytes saved under a key, None when there are none that can be trusted."""
        try:
            if not (_is_own(os.lstat(self.path)) and stat.S_ISDIR(os.lstat(self.path).st_mode)):
                return None
            with open(os.open(self._file(key), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                if not _is_own(os.fstat(file.fileno())):
                    return None
                data = file.read(_LARGEST)
        except OSError:
            return None
        head = _head(key)
        body = data[len(head) + 4 :]
        # Whole, not unforged: against a disk that was full
        whole = data.startswith(head) and data[len(head) :][:4] == _sum(body)
        return body if whole else None

    def is_usable(self) -> bool:
        """Whether anything can be kept."""
        try:
            folders.make(self.path)
        except OSError:
            return False
        return os.access(self.path, os.W_OK | os.X_OK)

    def save(self, key: str, data: bytes) -> None:
        """Keep bytes under a key, if that is possible."""
        import tempfile  # five milliseconds, once a version

        with suppress(OSError):
            folders.make(self.path)
            for name in os.listdir(self.path):  # of other versions
                os.unlink(os.path.join(self.path, name))
            handle, name = tempfile.mkstemp(dir=self.path)  # 0600
            with open(handle, "wb") as file:
                file.write(_head(key) + _sum(data) + data)
            os.replace(name, self._file(key))

    def _file(self, key: str) -> str:
        return os.path.join(self.path, _sum(key.encode()).hex())


def _sum(data: bytes) -> bytes:
    return crc32(data).to_bytes(4, "big")


def _head(key: str) -> bytes:
    """What a file begins with: names are short, and two keys may share one."""
    coded = key.encode()
    return b"aliscan compiled\n%d\n" % len(coded) + coded


def _is_own(found: os.stat_result) -> bool:
    """Whether nobody but this user can have written it."""
    if sys.platform == "win32":
        return True  # the folder is the user's by where it is
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

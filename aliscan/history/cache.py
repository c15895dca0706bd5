"""Which objects were clean the last time: so that a second scan reads only what is new.

One file for each repository and rule set, outside the repository, mode 0600, holds ids of objects in
which nothing was; what held something is read again each time. A second one of the same kind holds which
commits change none of the hits (`aliscan.sources.lineage`), a third one what was missing and where the
hits were when packs, loose objects and refs were these (`aliscan.history.told`). No value is in any of
them. Each is written whole and renamed into place, so a killed or a second scan at the same time costs
work, never an answer. Whoever can write the files can hide an object: do not share them with strangers'
builds.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from copy import copy
from pathlib import Path

from aliscan import folders
from aliscan.git import show
from aliscan.i18n import _, reason
from aliscan.sources.known import Known

_ABANDONED = 3600  # seconds after which nobody is still writing a file: it was killed
# What decides what is clean, below the package: all of detect, and how objects are read and looked at.
_DECIDE = (
    *("detect/**/*.py", "history/look.py", "version.py"),
    *("sources/delta.py", "sources/history.py", "sources/lineage.py", "sources/packs/*.py"),
)
_MAGIC = b"aliscan clean objects 1\n"


class Cache:
    """The clean ids of one store. ``warn`` is told, once, when the folder cannot be used."""

    def __init__(self, folder: str, objects: str, raw: int) -> None:
        """``objects`` is the object directory, ``raw`` the length of an id in bytes."""
        self._folder = folder or folders.cache("history")
        self._store = hashlib.sha256(os.fsencode(os.path.realpath(objects))).hexdigest()[:24]
        self._rules = rules()
        self._raw = raw
        self._name(self._store, self._rules)

    def _name(self, prefix: str, key: str) -> None:
        self._prefix = f"{prefix}-"
        self._path = os.path.join(self._folder, f"{prefix}-{key[:24]}.ids")

    def beside(self, kind: str, about: Iterable[bytes]) -> Cache:
        """Of the same store a cache of something else; ``about`` is what it depends on beside the rules."""
        other = copy(self)
        key = hashlib.sha256(b"\0".join([self._rules.encode(), *sorted(about)])).hexdigest()
        other._name(f"{kind}-{self._store}", key)
        return other

    def load(self) -> Known:
        """The ids that were clean under these rules; none when the file is not whole."""
        ids = self.read(_MAGIC) or b""
        return Known(ids, self._raw) if ids and len(ids) % self._raw == 0 else Known()

    def save(self, ids: Iterable[bytes]) -> str | None:
        """Add ids to what is there; returns what went wrong, if anything."""
        return self.write(_MAGIC, b"".join(sorted(self.load().ids().union(ids))))

    def read(self, magic: bytes) -> bytes | None:
        """What `write` wrote behind the same first line; None when the file is not whole."""
        try:
            data = Path(self._path).read_bytes()
        except OSError:
            return None
        body, checksum = data[:-32], data[-32:]
        if not body.startswith(magic) or hashlib.sha256(body).digest() != checksum:
            return None
        return body[len(magic) :]

    def write(self, magic: bytes, data: bytes) -> str | None:
        """Keep some bytes; returns what went wrong, if anything."""
        body = magic + data
        try:
            folders.make(self._folder)
            handle, name = tempfile.mkstemp(prefix=self._prefix, suffix=".new", dir=self._folder)  # 0600
            try:
                with open(handle, "wb") as file:
                    file.write(body + hashlib.sha256(body).digest())
                os.replace(name, self._path)
            except BaseException:
                os.unlink(name)
                raise
            self._remove_old()
        except OSError as error:
            return _("the cache in {path} cannot be written: {reason}").format(
                path=show(os.fsencode(self._folder)), reason=_(reason(error))
            )
        return None

    def _remove_old(self) -> None:
        """What is never read again: files of the same store under other rules, and half written ones."""
        for name in os.listdir(self._folder):
            path = os.path.join(self._folder, name)
            if name.startswith(self._prefix) and path != self._path:
                abandoned = os.path.getmtime(path) < time.time() - _ABANDONED
                if name.endswith(".ids") or (name.endswith(".new") and abandoned):
                    os.unlink(path)


def rules() -> str:
    """A digest of everything that decides what is clean."""
    import aliscan

    top = Path(aliscan.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _DECIDE for path in top.glob(pattern)):
        digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

"""Where the policy files of a repository are read from: the disk, the index, or a commit.

A scan of files judges with the files on disk, a hook with what is staged (the policy that the commit
would have), a gate with the base commit's. A shelf gives bytes by name and refuses everything that is
not a plain file: a link may point out of the repository, a pipe never ends.
"""

from __future__ import annotations

import os
import stat

from aliscan.finding import AliscanError
from aliscan.git import Git, show
from aliscan.i18n import _, reason
from aliscan.record import Protocol, dataclass

MAX_BYTES = 512 << 20


class Shelf(Protocol):
    """Files by name; names are bytes, relative to the top, with forward slashes."""

    def read(self, name: bytes) -> bytes | None:
        """The bytes of a file, None when there is none; AliscanError for what is not a plain file."""

    def label(self, name: bytes) -> str:
        """The file's name as messages show it."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Files below a folder (bytes path)."""

    top: bytes

    def read(self, name: bytes) -> bytes | None:
        """See `Shelf.read`."""
        return read_file(os.path.join(self.top, name), self.label(name), below=self.top)

    def label(self, name: bytes) -> str:
        """See `Shelf.label`."""
        return show(name)


@dataclass(frozen=True, slots=True)
class Index:
    """What is staged; with hooks, `GIT_INDEX_FILE` says which index (1.1)."""

    git: Git

    def read(self, name: bytes) -> bytes | None:
        """See `Shelf.read`."""
        # --full-name and :(top) are not needed: hooks run at the top (1.1)
        fields = self.git.fields("ls-files", "--stage", "-z", "--", os.fsdecode(name))
        entries = [field.partition(b"\t")[0].split(b" ") for field in fields]
        exact = [
            (mode, oid)
            for (mode, oid, _stage), f in zip(entries, fields, strict=True)
            if f.endswith(b"\t" + name)
        ]
        if not exact:
            if fields:
                raise AliscanError(
                    _("{path} is a directory: it must be a plain file.").format(path=self.label(name))
                )
            return None
        return _object(self.git, exact[-1], self.label(name))

    def label(self, name: bytes) -> str:
        """See `Shelf.label`."""
        return _("staged {path}").format(path=show(name))


@dataclass(frozen=True, slots=True)
class Commit:
    """The tree of a commit (a full id that the caller has checked)."""

    git: Git
    commit: str

    def read(self, name: bytes) -> bytes | None:
        """See `Shelf.read`."""
        fields = self.git.fields("ls-tree", "-z", "--full-tree", self.commit, "--", os.fsdecode(name))
        for field in fields:
            meta, _tab, path = field.partition(b"\t")
            if path == name:
                mode, _type, oid = meta.split(b" ")
                return _object(self.git, (mode, oid), self.label(name))
        return None

    def label(self, name: bytes) -> str:
        """See `Shelf.label`."""
        return f"{self.commit[:12]}:{show(name)}"


def _object(git: Git, entry: tuple[bytes, bytes], label: str) -> bytes:
    mode, oid = entry
    if mode not in (b"100644", b"100755"):
        kinds = {b"120000": _("a symbolic link"), b"040000": _("a directory"), b"160000": _("a submodule")}
        kind = kinds.get(mode, mode.decode("ascii", "replace"))
        raise AliscanError(_("{path} is {kind}: it must be a plain file.").format(path=label, kind=kind))
    name = oid.decode("ascii")
    size = int(git.run("cat-file", "-s", name))
    if size > MAX_BYTES:
        raise _too_large(label)
    return git.run("cat-file", "blob", name)


def _too_large(label: str) -> AliscanError:
    return AliscanError(
        _("{path} is larger than {limit} MiB: shorten it.").format(path=label, limit=MAX_BYTES >> 20)
    )


def read_file(path: bytes, label: str, *, below: bytes | None = None) -> bytes | None:
    """The bytes of a plain file on disk; None when there is none.

    With ``below``, a symbolic link is refused when it leads out of that folder. Raises AliscanError
    for a directory, a pipe, a device, a file without permission, one that is too large.
    """
    try:
        if below is not None and os.path.islink(path):
            target, top = os.path.realpath(path), os.path.realpath(below)
            if os.path.commonpath([target, top]) != top:
                raise AliscanError(
                    _("{path} is a symbolic link out of the repository: make it a plain file.").format(
                        path=label
                    )
                )
            if not os.path.lexists(target):
                raise AliscanError(
                    _("{path} is a symbolic link to nothing: make it a plain file.").format(path=label)
                )
            path = target
        # O_NONBLOCK: opening a pipe must not wait for its other end (5.8)
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        raise AliscanError(_("{path} is a directory: it must be a plain file.").format(path=label)) from None
    except (OSError, ValueError) as error:
        why = _(reason(error)) if isinstance(error, OSError) else _("not a path")
        raise AliscanError(_("cannot read {path}: {reason}.").format(path=label, reason=why)) from None
    try:
        info = os.fstat(file)
        if stat.S_ISDIR(info.st_mode):
            raise AliscanError(_("{path} is a directory: it must be a plain file.").format(path=label))
        if not stat.S_ISREG(info.st_mode):
            raise AliscanError(_("{path} is a pipe or a device: it must be a plain file.").format(path=label))
        if info.st_size > MAX_BYTES:
            raise _too_large(label)
        with open(file, "rb", closefd=False) as stream:
            return stream.read()
    finally:
        os.close(file)

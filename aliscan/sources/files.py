"""Files and directories on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from aliscan.finding import AliscanError, Blob, Gap, Origin
from aliscan.git import Git, show
from aliscan.i18n import _

MAX_BYTES = 512 << 20
_PIECE = 1 << 16  # of files that tell no size, as those of /proc, or that grow


def walk(paths: Iterable[str]) -> Iterator[Blob | Gap]:
    """Yield every file below the paths: in a git work tree what git tracks or does not ignore,
    elsewhere everything. Each name is yielded too, as a blob of its own, after its file.

    Raises AliscanError when the only path does not exist; of several, it is a gap.
    """
    for listing in listings(paths):
        if isinstance(listing, Gap):
            yield listing
            continue
        for path in listing:
            yield from read(path)


def listings(paths: Iterable[str]) -> Iterator[list[bytes] | Gap]:
    """For each path the files below it, as `walk` yields them; a gap for a path that does not exist."""
    wanted = list(paths)
    for path in wanted:
        raw = os.fsencode(path)
        try:
            info = os.lstat(raw)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", "") or "no such path"
            if len(wanted) == 1:
                raise AliscanError(
                    _("cannot read {path}: {reason}.").format(path=show(raw), reason=reason)
                ) from None
            yield Gap(Origin("file", raw), f"cannot be read: {reason}")
            continue
        if stat.S_ISDIR(info.st_mode):
            yield [os.path.join(raw, name) if raw != b"." else name for name in names(raw)]
        else:
            yield [raw]


def names(folder: bytes) -> Iterable[bytes]:
    """The names of the files below a folder, relative to it."""
    git = Git(os.fsdecode(folder), foreign=True)
    try:
        inside = git.run("rev-parse", "--is-inside-work-tree", ok=(0, 128)).strip() == b"true"
    except AliscanError:
        inside = False  # without git a folder is a folder
    if inside:
        listed = git.fields("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
        return sorted(n for n in listed if not n.endswith(b"/"))  # a slash: a repository in this one
    return _everything(folder)


def _everything(folder: bytes) -> Iterator[bytes]:
    for root, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        links = [f for f in folders if os.path.islink(os.path.join(root, f))]
        for name in sorted(files + links):
            yield os.path.relpath(os.path.join(root, name), folder)


def read(path: bytes) -> Iterator[Blob | Gap]:
    """One file: its bytes, or the text of a symbolic link; a gap when it cannot be read."""
    try:
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            yield Blob(Origin("link", path), os.readlink(path))
        elif stat.S_ISREG(info.st_mode):
            yield _regular(path, info.st_size)
        elif not stat.S_ISDIR(info.st_mode):
            return  # a pipe, socket or device holds nothing of its own, and opening it may hang (5.8)
    except FileNotFoundError:
        return  # in the index but not on disk
    except OSError as error:
        yield Gap(Origin("file", path), f"cannot be read: {error.strerror}")
    yield Blob(Origin("name", path), path)


def _regular(path: bytes, size: int) -> Blob | Gap:
    if size > MAX_BYTES:
        return Gap(Origin("file", path), f"larger than {MAX_BYTES >> 20} MiB")
    # O_NOFOLLOW: the file may have become a link since lstat; O_NONBLOCK: or a pipe (5.8)
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    file = os.open(path, flags)
    try:
        # A file object would ask the system five more things of every file
        pieces, left = [], size + 1
        while piece := os.read(file, max(left, _PIECE)):
            pieces.append(piece)
            left -= len(piece)
    finally:
        os.close(file)
    return Blob(Origin("file", path), pieces[0] if len(pieces) == 1 else b"".join(pieces))

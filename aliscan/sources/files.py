"""Files and directories on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from aliscan.cuts import ENDS
from aliscan.finding import AliscanError, Blob, Gap, Origin
from aliscan.git import Git, GitError, show
from aliscan.i18n import N_, _, reason, said
from aliscan.process import Process
from aliscan.sources.pieces import MAX_BYTES, WHOLE, Whole, pieces, too_large

_PIECE = 1 << 16  # of files that tell no size, as those of /proc, or that grow


def _never(ends: bytes) -> bool:
    return False


def walk(paths: Iterable[str], whole: Whole = _never) -> Iterator[Blob | Gap]:
    """Yield every file below the paths: in a git work tree what git tracks or does not ignore,
    elsewhere everything. Each name is yielded too, as a blob of its own, after its file.

    A large file comes in pieces (`aliscan.sources.pieces`), unless ``whole`` says of its first and last
    bytes together that they are those of something that can only be read whole.
    Raises AliscanError when the only path does not exist; of several, it is a gap.
    """
    for listing in listings(paths):
        if isinstance(listing, Gap):
            yield listing
            continue
        for path in listing:
            yield from read(path, whole)


def only_folder(paths: Iterable[str]) -> str | None:
    """The only path, if it is a folder and no link to one."""
    wanted = list(paths)
    return (
        wanted[0] if len(wanted) == 1 and os.path.isdir(wanted[0]) and not os.path.islink(wanted[0]) else None
    )


def listings(paths: Iterable[str], begun: Tree | None = None) -> Iterator[list[bytes] | Gap]:
    """For each path the files below it, as `walk` yields them; a gap for a path that does not exist.
    ``begun``: the tree of the only path, git at work on it.

    A link that is named is followed, beside its text: who names it means what it leads to. What holds
    nothing of its own, a pipe or a device, is a gap: somebody expects it to be looked at.
    """
    wanted = list(paths)
    for path in wanted:
        raw = os.fsencode(path)
        why, target = "", raw
        try:
            info = os.lstat(raw)
            if stat.S_ISLNK(info.st_mode) and os.path.exists(raw):
                yield [raw]
                target, info = os.path.realpath(raw), os.stat(raw)
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else N_("not a path")
        else:
            if stat.S_ISDIR(info.st_mode):
                if _is_bare(raw):
                    yield Gap(
                        Origin("file", raw),
                        N_("a repository's own folder: aliscan history looks at its objects"),
                    )
                tree = begun or Tree(raw)
                with tree:
                    yield tree.tracked()
                    yield tree.others()
                    yield from tree.gaps
            elif stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode):
                yield [target]
            else:
                why = N_("a pipe, a socket or a device; hand its content over: aliscan scan - < PATH")
        if why and len(wanted) == 1:
            raise AliscanError(
                _("cannot read {path}: {reason}.").format(path=show(raw) or "''", reason=_(why))
            )
        if why:
            yield Gap(Origin("file", raw), said("cannot be read: {reason}", reason=why))


def _is_bare(folder: bytes) -> bool:
    """Whether a folder is what git keeps objects in: packed, so that nothing shows in its files."""
    inside = os.path.isfile(os.path.join(folder, b"HEAD")) and os.path.isdir(os.path.join(folder, b"refs"))
    return inside and os.path.isdir(os.path.join(folder, b"objects"))


_TRACKED = ("ls-files", "-z", "--cached", "--deduplicate")
_OTHERS = ("ls-files", "-z", "--others", "--exclude-standard")


class Tree:
    """The files below a folder: in a git work tree what git tracks, and what it does not ignore;
    elsewhere everything. A context: at its end git works no more.

    What is tracked is known in a sixth of the time that it takes to walk all folders for the others.
    ``gaps``, after `others`: the folders that cannot be listed.
    """

    def __init__(self, folder: bytes) -> None:
        """Ask git about a folder; it works until `tracked` and `others` ask for its answers."""
        self.gaps: tuple[Gap, ...] = ()
        self._folder = folder
        self._git = Git(os.fsdecode(folder), foreign=True)
        self._tracked: list[bytes] | None = None
        self._asked: dict[str, Process] = {}
        self._failure: GitError | None = None
        self._is_plain = False
        try:
            # First the others: what is added to the index in between is listed twice, and not never
            self._asked["others"] = self._git.start(*_OTHERS)
            self._asked["tracked"] = self._git.start(*_TRACKED)
        except (AliscanError, OSError):
            self._is_plain = True  # without git a folder is a folder

    def __enter__(self) -> Tree:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._asked.values():
            process.kill()
            process.wait()
            process.complaints()
            if process.stdout is not None:
                process.stdout.close()
        self._asked.clear()

    def tracked(self) -> list[bytes]:
        """The paths of what git tracks, or of everything, in order. Raises GitError."""
        if self._failure is not None:
            raise self._failure
        if self._tracked is None:
            self._tracked = self._list()
        return self._tracked

    def others(self) -> list[bytes]:
        """The paths of what git neither tracks nor ignores, in order. Raises GitError."""
        known = set(self.tracked())
        if self._is_plain:
            return []
        try:
            listed, complaints = self._answer("others")
        except GitError:
            if self._is_work_tree():
                raise
            return [path for path in self._everything() if path not in known]
        # git goes on behind a folder that it cannot open, and exits with 0
        self.gaps = tuple(
            Gap(Origin("file", self._folder), f"git: {show(line)}")
            for line in complaints.split(b"\n")
            if line.startswith(b"warning: could not open directory")
        )
        # A name that ends in a slash is a repository in this one
        return [path for path in self._paths(listed) if path not in known and not path.endswith(b"/")]

    def _list(self) -> list[bytes]:
        if not self._is_plain:
            try:
                return self._paths(self._answer("tracked")[0])
            except GitError as error:
                if self._is_work_tree():
                    self._failure = error
                    raise
                self._is_plain = True
        return self._everything()

    def _is_work_tree(self) -> bool:
        """Whether git should know. Outside of a repository, in its own folder (where an index can be read,
        but there are no others), or in one that git does not trust: all there is is looked at."""
        return self._git.run("rev-parse", "--is-inside-work-tree", ok=(0, 128)).strip() == b"true"

    def _everything(self) -> list[bytes]:
        found, gaps = _everything(self._folder)
        self.gaps = tuple(gaps)
        return [self._path(name) for name in found]

    def _answer(self, what: str) -> tuple[bytes, bytes]:
        """What git said, and of what it complained. Once."""
        process = self._asked[what]
        listed = process.output()
        complaints = self._asked.pop(what).complaints()
        if process.returncode:
            raise GitError(process.name, process.returncode, complaints)
        return listed, complaints

    def _paths(self, listed: bytes) -> list[bytes]:
        names = sorted(listed.split(b"\0")[:-1])
        return names if self._folder == b"." else [self._path(name) for name in names]

    def _path(self, name: bytes) -> bytes:
        return name if self._folder == b"." else os.path.join(self._folder, name)


def _everything(folder: bytes) -> tuple[list[bytes], list[Gap]]:
    """The same without git. Pipes, sockets and devices are left out: they hold nothing of their own, and
    opening one may hang, or start a watchdog (5.8)."""
    found: list[bytes] = []
    gaps: list[Gap] = []
    below = [b""]
    while below:
        place = below.pop()
        folders = []
        try:
            entries = sorted(os.scandir(os.path.join(folder, place)), key=lambda entry: entry.name)
        except OSError as error:
            path = os.path.join(folder, place) if folder != b"." else place or folder
            gaps.append(Gap(Origin("file", path), said("cannot be read: {reason}", reason=reason(error))))
            continue
        for entry in entries:
            name = os.path.join(place, entry.name)
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
            elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                found.append(name)
        below += reversed(folders)
    return found, gaps


def read(path: bytes, whole: Whole = _never) -> Iterator[Blob | Gap]:
    """One file: its bytes, or the text of a symbolic link; a gap when it cannot be read. See `walk`."""
    try:
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            yield Blob(Origin("link", path), os.readlink(path))
        elif stat.S_ISREG(info.st_mode):
            yield from _regular(path, info.st_size, whole)
        elif not stat.S_ISDIR(info.st_mode):
            return  # a pipe, socket or device holds nothing of its own, and opening it may hang (5.8)
    except FileNotFoundError:
        return  # in the index but not on disk
    except OSError as error:
        yield Gap(Origin("file", path), said("cannot be read: {reason}", reason=reason(error)))
    yield Blob(Origin("name", path), path)


# O_NOFOLLOW: the file may have become a link since lstat; O_NONBLOCK: or a pipe (5.8)
FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    FLAGS |= getattr(os, _name, 0)


def _regular(path: bytes, size: int, whole: Whole) -> Iterator[Blob | Gap]:
    origin = Origin("file", path)
    file = os.open(path, FLAGS)
    try:
        if size > WHOLE:
            yield from large(file, size, origin, whole)
            return
        # A file object would ask the system five more things of every file
        parts, left = [], size + 1
        while part := os.read(file, max(left, _PIECE)):
            parts.append(part)
            left -= len(part)
        yield Blob(origin, parts[0] if len(parts) == 1 else b"".join(parts))
    finally:
        os.close(file)


def large(file: int, size: int, origin: Origin, whole: Whole) -> Iterator[Blob | Gap]:
    """A large regular file that is open, by its number and size: see `walk`."""
    if not whole(_ends(file, size)):
        yield from pieces(lambda length: _exactly(file, length), origin)
        return
    from aliscan.stored import Stored

    yield too_large(origin) if size > MAX_BYTES else Blob(origin, b"", stored=Stored(file, size))


def _ends(file: int, size: int) -> bytes:
    """The first and the last bytes of a file, which is left at its beginning."""
    os.lseek(file, 0, os.SEEK_SET)
    first = os.read(file, ENDS)
    os.lseek(file, size - ENDS, os.SEEK_SET)
    last = _exactly(file, ENDS)
    os.lseek(file, 0, os.SEEK_SET)
    return first + last


def _exactly(file: int, length: int) -> bytes:
    """So many bytes, fewer at the end of the file."""
    parts = []
    while length and (part := os.read(file, length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)

"""The one place that starts git, as aliscan.hardened says, and reads what it tells. Bytes in, bytes out.

"R5", "1.1", "5.4" are sections of the corner-case reference that this project keeps.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from aliscan.finding import EXIT_USAGE, AliscanError, IncompleteError
from aliscan.hardened import FLAGS, LOOK_UP, environment, where
from aliscan.i18n import _
from aliscan.process import Process
from aliscan.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    Asked = tuple[list[str], Process | None]  # names, and git at work on them


def executable() -> str:
    """The absolute path of git (`aliscan.hardened.where`). Raises AliscanError when there is no git."""
    path = where()
    if not path:
        raise AliscanError(_("git was not found on PATH: install git, or add its folder to PATH."))
    return path


def version() -> tuple[int, int]:
    """Major and minor version of git. Raises AliscanError when there is no git."""
    process = Process([executable(), "version"], environment())
    out = process.output()
    process.complaints()
    numbers = out.decode("ascii", "replace").removeprefix("git version ").split(".")
    try:
        return int(numbers[0]), int(numbers[1])
    except (IndexError, ValueError):
        return 0, 0


@dataclass(frozen=True, slots=True)
class Git:
    """git, for one repository. ``directory`` is where it is started (str path; "" is here).

    ``foreign``: this is not the repository of the hook that runs us, so its variables do not count.
    ``extra`` is put into the environment last; None takes a variable out.
    """

    directory: str = ""
    foreign: bool = False
    extra: tuple[tuple[str, str | None], ...] = ()

    def _environment(self) -> dict[str, str]:
        env = environment(own_repository=self.foreign)
        for name, value in self.extra:
            if value is None:
                env.pop(name, None)
            else:
                env[name] = value
        return env

    def start(
        self,
        *args: str,
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
        flags: tuple[str, ...] = (),
    ) -> Process:
        """Start git, with ``flags`` beside the usual ones. The caller must wait for it and judge it:
        `finish`, or its status and complaints."""
        directory = self.directory
        if directory and not os.path.isdir(directory):
            what = _("not a directory: {}") if os.path.lexists(directory) else _("no such directory: {}")
            raise AliscanError(what.format(show(os.fsencode(directory))))
        at = ("-C", directory) if directory else ()
        command = [executable(), *at, *FLAGS, *flags, *args]
        return Process(command, self._environment(), stdin, stdout, f"git {args[0]}")

    def run(self, *args: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes:
        """Run git and return its stdout. Raises GitError when the status is not in ``ok``."""
        return result(self.start(*args, stdin=stdin), ok)

    def lines(self, *args: str, stdin: bytes = b"") -> list[bytes]:
        """The lines of git's stdout, without the newlines."""
        return self.run(*args, stdin=stdin).split(b"\n")[:-1]

    def fields(self, *args: str, stdin: bytes = b"") -> list[bytes]:
        """The NUL-terminated fields of git's stdout: the only exact way to get names (3.19)."""
        return self.run(*args, stdin=stdin).split(b"\0")[:-1]

    def top(self) -> bytes | None:
        """The absolute path of the work tree, or None when there is none (or no repository)."""
        try:
            return self.run("rev-parse", "--show-toplevel").removesuffix(b"\n") or None
        except GitError as error:
            if error.dubious:
                raise
            return None

    def resolve(self, name: str) -> str | None:
        """The full object id that ``name`` stands for, or None. Never parsed as an option (2.7)."""
        out = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", name, ok=(0, 1, 128))
        return out.decode("ascii", "replace").strip() or None

    def commits(self, names: Iterable[str]) -> dict[str, str]:
        """The full ids of the commits that ``names`` stand for, as far as they do; asked all at once."""
        return told_commits(self.ask_commits(names))

    def ask_commits(self, names: Iterable[str]) -> Asked:
        """Have git look up what `commits` tells; `told_commits` has the answer."""
        asked = [name for name in dict.fromkeys(names) if name and not {"\n", "\r", "\0"} & {*name}]
        if not asked:
            return [], None
        return asked, self.start(*LOOK_UP, stdin=listed(f"{name}^{{commit}}" for name in asked))  # fmt: skip

    def empty_tree(self) -> str:
        """The id of the empty tree in this repository's hash function (1.15)."""
        return self.run("hash-object", "-t", "tree", os.devnull).decode().strip()

    def objects(self, oids: Iterable[str], gone: list[str] | None = None) -> Iterator[tuple[str, str, bytes]]:
        """Read objects with one `git cat-file --batch`: yield ``(oid, type, data)`` in the order asked.

        Ids that git does not have go to ``gone``; without such a list they raise IncompleteError.
        """
        for oid, kind, size, read in self.streams(oids, gone):
            yield oid, kind, read(size)

    def streams(
        self, oids: Iterable[str], gone: list[str] | None = None
    ) -> Iterator[tuple[str, str, int, Callable[[int], bytes]]]:
        """The same with the size of each object and a function that reads so many of its bytes, fewer at
        its end; what is not read before the next one is asked for is passed over."""
        wanted = list(oids)
        if not wanted:
            return
        process = self.start("cat-file", "--batch", "--buffer", stdin=listed(wanted))
        assert process.stdout is not None
        with finish(process):
            yield from _parse_batch(process.stdout, len(wanted), gone)


def listed(lines: Iterable[str]) -> bytes:
    """Lines for a git that reads standard input."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def result(process: Process, ok: tuple[int, ...] = (0,)) -> bytes:
    """The whole output of a git. Raises GitError when its status is not in ``ok``."""
    out = process.output()
    said = process.complaints()
    if process.returncode not in ok:
        raise GitError(process.name, process.returncode, said)
    return out


def told_commits(asked: Asked) -> dict[str, str]:
    """The answer to `Git.ask_commits`: name -> full id of its commit. Raises GitError when git fails."""
    names, process = asked
    if process is None:
        return {}
    found = {}
    for name, line in zip(names, result(process).split(b"\n")[:-1], strict=True):
        oid, _, kind = line.partition(b" ")
        if kind == b"commit" and len(oid) in (40, 64) and not oid.strip(b"0123456789abcdef"):
            found[name] = oid.decode()
    return found


@contextmanager
def finish(*processes: Process) -> Iterator[None]:
    """Around the reading of started processes' output: all of them are waited for and judged.

    Raises GitError when one fails or writes an error to stderr, also with status 0 (4.6): the end of a
    pipe hides that its beginning died (4.1). Processes that still run when the block is left early,
    by an exception or because nobody wants the rest, are ended and not judged.
    """
    complete, cut = False, None
    try:
        yield
        complete = True
    except IncompleteError as error:
        complete, cut = True, error  # output ended too early: git's own words are better, if there are any
    finally:
        for process in processes:
            if not complete:
                process.kill()
            if process.stdout is not None:
                process.stdout.close()
            process.wait()
        said = [process.complaints() for process in processes]
    for process, words in zip(processes, said, strict=True):
        if process.returncode or any(map(_alarming, words.split(b"\n"))):
            raise GitError(process.name, process.returncode, words)
    if cut is not None:
        raise cut


def _alarming(line: bytes) -> bool:
    return bool(line.strip()) and not line.startswith((b"hint:", b"warning: unable to access"))


def _parse_batch(
    out: IO[bytes], count: int, gone: list[str] | None
) -> Iterator[tuple[str, str, int, Callable[[int], bytes]]]:
    left = 0
    oid = ""

    def read(length: int) -> bytes:
        nonlocal left
        data = out.read(min(length, left))
        if len(data) != min(length, left):
            raise cut_off(oid)
        left -= len(data)
        return data

    for _number in range(count):
        header = out.readline()
        if not header.endswith(b"\n"):
            raise IncompleteError(
                _("git cat-file ended before all objects were read; run git fsck to see what is damaged.")
            )
        words = header.decode("ascii", "replace").split()
        if len(words) == 2:  # "<oid> missing", "<oid> ambiguous"
            if gone is None:
                said = _("object {oid} is missing or ambiguous in this repository; run git fsck.")
                raise IncompleteError(said.format(oid=words[0]))
            gone.append(words[0])
            continue
        oid, left = words[0], int(words[2])
        yield oid, words[1], left, read
        while left:
            read(1 << 20)
        if out.read(1) != b"\n":
            raise cut_off(oid)


def cut_off(oid: str) -> IncompleteError:
    """What to raise for an object that ends too early."""
    return IncompleteError(_("object {oid} could not be read to its end; run git fsck.").format(oid=oid))


class GitError(IncompleteError):
    """git exited with a status that was not expected: nothing may be called clean after it."""

    def __init__(self, name: str, status: int | None, stderr: bytes) -> None:
        self.status = status
        self.stderr = stderr
        first = next((show(line) for line in stderr.split(b"\n") if line.strip()), _("no message"))
        text = _("{command} failed with status {status}: {message}")
        if self.outside:
            text = _("git finds no repository here: run this inside one ({message}).")
            self.exit_code = EXIT_USAGE
        elif self.dubious:
            text = _(
                "git does not read this repository, it belongs to another user: if you trust it, "
                "git config --global --add safe.directory PATH ({message})."
            )
        super().__init__(text.format(command=name, status=status, message=first.removeprefix("fatal: ")))

    @property
    def outside(self) -> bool:
        """Whether git refuses because there is no repository."""
        return b"not a git repository" in self.stderr

    @property
    def dubious(self) -> bool:
        """Whether git refuses because the repository belongs to somebody else (5.3)."""
        return b"dubious ownership" in self.stderr


def show(raw: bytes) -> str:
    """Any bytes as one inert line of text: for paths, refs, messages of strangers (5.7).

    UTF-8 stays readable; control characters, line breaks, bidirectional marks and undecodable bytes
    become C-style escapes. So does what CI takes for a command of its own: ``##vso[``, ``##[`` and
    ``##teamcity[`` anywhere in a line, ``::error`` where it begins. What has the shape of a key is
    masked: a path, a ref or a message of git may hold one.
    """
    from aliscan.masking import mask

    text = "".join(
        c if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF else _escape(c)
        for c in raw.decode("utf-8", "surrogateescape")
    ).replace("##", "#\\x23")
    return mask(text.replace("::", "\\x3a:", 1) if text.lstrip().startswith("::") else text)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: a raw byte
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

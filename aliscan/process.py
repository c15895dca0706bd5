"""Starts a program and reads what it writes: what `subprocess` does, in a tenth of its time to import.

No pipe can fill up and stop us (6.2): a program reads its input from a file or from another program, its
complaints go to a file, and its output is read to the end or given up.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from subprocess import Popen
    from typing import IO

_SIGPIPE, _SIGKILL = 13, 9  # on every POSIX system; importing signal costs half a millisecond
_BUFFER = 1 << 16  # what a pipe holds
_COMPLAINTS = 1 << 20
_SET_PIPE_SIZE, _WIDE = 1031, 1 << 20  # fcntl.F_SETPIPE_SZ, which Python 3.10 does not everywhere know


def scratch(data: bytes = b"") -> IO[bytes]:
    """A file without a name that holds ``data``, to be read from its beginning; in memory on Linux."""
    file = _unnamed()
    if data:
        file.write(data)
        file.seek(0)
    return file


def _unnamed() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        try:
            return open(os.memfd_create("aliscan"), "w+b")
        except OSError:
            pass  # forbidden in some sandboxes
    import tempfile

    return tempfile.TemporaryFile()


class Process:
    """A program at work. ``stdout`` is a pipe to read from, unless its output went somewhere else.

    ``returncode`` is None until it was waited for, then its status, or minus the signal that ended it.
    """

    __slots__ = ("_args", "_errors", "_other", "name", "pid", "returncode", "stdout")

    def __init__(
        self,
        args: Sequence[str],
        env: Mapping[str, str],
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
        name: str = "",
    ) -> None:
        """Start ``args``; its first word is an absolute path. ``stdin``: bytes, an open file, or nothing.
        ``name`` is what messages call it.

        Raises OSError when it cannot be started.
        """
        self._args = list(args)
        self.name = name or args[0]
        self.returncode: int | None = None
        self.stdout: IO[bytes] | None = None
        self._other: Popen[bytes] | None = None
        self._errors = scratch()
        given = scratch(stdin) if isinstance(stdin, bytes) and stdin else None
        source = given if isinstance(stdin, bytes) else stdin
        try:
            # posix_spawn moves one file after the other: where a standard stream is closed, and its number
            # belongs to a file of ours, subprocess knows how
            low = min(file.fileno() for file in (self._errors, source, stdout) if file is not None) < 3
            if hasattr(os, "posix_spawn") and not low:
                self._spawn(env, source, stdout)
            else:
                self._popen(env, source, stdout)
        except BaseException:
            self._errors.close()
            raise
        finally:
            if given is not None:
                given.close()

    def _spawn(self, env: Mapping[str, str], stdin: IO[bytes] | None, stdout: IO[bytes] | None) -> None:
        reader, writer = (-1, stdout.fileno()) if stdout is not None else os.pipe()
        first: tuple[int, int, int] | tuple[int, int, str, int, int]
        if stdin is None:
            first = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
        else:
            first = (os.POSIX_SPAWN_DUP2, stdin.fileno(), 0)
        rest = ((os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_DUP2, self._errors.fileno(), 2))
        try:
            # Python ignores SIGPIPE: git would go on writing to nobody
            self.pid = os.posix_spawn(
                self._args[0], self._args, env, file_actions=(first, *rest), setsigdef=(_SIGPIPE,)
            )
        except BaseException:
            if reader >= 0:
                os.close(reader)
            raise
        finally:
            if reader >= 0:
                os.close(writer)
        if reader >= 0:
            self.stdout = open(reader, "rb", _BUFFER)  # noqa: SIM115 - the caller's to close

    def _popen(self, env: Mapping[str, str], stdin: IO[bytes] | None, stdout: IO[bytes] | None) -> None:
        import subprocess

        self._other = subprocess.Popen(
            self._args,
            env=env,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=self._errors,
            bufsize=_BUFFER,
        )
        self.pid, self.stdout = self._other.pid, self._other.stdout

    def widen(self) -> None:
        """Let it write a megabyte ahead of us, where the system can (Linux): it works while we import."""
        if sys.platform == "linux" and self.stdout is not None:
            import fcntl

            try:  # noqa: SIM105 - nothing is imported for it
                fcntl.fcntl(self.stdout, _SET_PIPE_SIZE, _WIDE)
            except OSError:
                pass  # the administrator allows less

    def poll(self) -> int | None:
        """The status, or None while it runs."""
        return self._judge(os.WNOHANG) if self._other is None else self._told(self._other.poll())

    def wait(self) -> int:
        """Wait for its end; the status."""
        status = self._judge(0) if self._other is None else self._told(self._other.wait())
        assert status is not None
        return status

    def _told(self, status: int | None) -> int | None:
        self.returncode = status
        return status

    def _judge(self, how: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:
                # Somebody who ignores SIGCHLD started us, and its status is lost: it did not succeed
                return self._told(255)
            if pid:
                return self._told(os.waitstatus_to_exitcode(status))
        return self.returncode

    def kill(self) -> None:
        """End it, if it still runs."""
        if self.poll() is None:
            if self._other is not None:
                self._other.kill()
            else:
                os.kill(self.pid, _SIGKILL)

    def output(self) -> bytes:
        """All that it writes, waited for. When interrupted, it is ended."""
        assert self.stdout is not None
        try:
            with self.stdout as stream:
                out = stream.read()
            self.wait()
        except BaseException:
            self.kill()
            self.wait()
            raise
        return out

    def complaints(self) -> bytes:
        """What it wrote to standard error, the first megabyte; asked once, after its end."""
        with self._errors as file:
            file.seek(0)
            return file.read(_COMPLAINTS)


def processors() -> int:
    """How many processors this process may use, at most 8: the disk and memory are shared too."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:
        count = os.cpu_count() or 1
    return min(count, 8)

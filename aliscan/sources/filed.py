"""git at work beside us, whose output goes to a file: it waits for no reader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from aliscan.git import Git, GitError
from aliscan.process import scratch


class Filed:
    """One command. Its answer is asked for once, by `answer` or `checked`; or it is stopped."""

    def __init__(self, git: Git, *args: str, stdin: bytes | None = None, flags: tuple[str, ...] = ()) -> None:
        """Start it; the arguments are those of `aliscan.git.Git.start`."""
        self._name = f"git {args[0]}"
        self._output = scratch()
        self._process = git.start(*args, stdin=stdin, stdout=self._output, flags=flags)

    def stop(self) -> None:
        """Give up: the answer is not wanted any more."""
        self._process.kill()
        self._process.wait()
        self._process.complaints()
        self._output.close()

    @contextmanager
    def answer(self) -> Iterator[tuple[IO[bytes], int, bytes]]:
        """Wait for it; its output from the beginning, its status, and what it complained of."""
        status, complaints = self._process.wait(), self._process.complaints()
        with self._output as output:
            output.seek(0)
            yield output, status, complaints

    @contextmanager
    def checked(self) -> Iterator[IO[bytes]]:
        """The same of one that must not fail. Raises GitError."""
        with self.answer() as (output, status, complaints):
            if status:
                raise GitError(self._name, status, complaints)
            yield output

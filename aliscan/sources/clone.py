"""A repository at a URL: cloned bare, with everything, into a temporary place that is removed again."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aliscan.finding import IncompleteError
from aliscan.git import executable, show
from aliscan.i18n import _

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SCP = re.compile(r"(?:[^/@:\s]+@)?[A-Za-z0-9.-]{2,}:(?!\\)[^\s]+")  # user@host:path; not C:\path
_PASSWORD = re.compile(r"(://)[^/@\s]+@")


def is_url(name: str) -> bool:
    """Whether git would fetch this over a protocol; what exists on disk is a path."""
    return not os.path.exists(name) and bool(_URL.match(name) or _SCP.fullmatch(name))


def without_password(url: str) -> str:
    """A URL as it may be shown."""
    return show(_PASSWORD.sub(r"\1", url).encode("utf-8", "surrogateescape"))


@contextmanager
def cloned(url: str, tell: Callable[[str], None]) -> Iterator[str]:
    """The path of a bare clone with every ref; ``tell`` is told how far it is.

    Raises IncompleteError (exit 3) when it cannot be had. The clone is gone afterwards, also on Ctrl-C.
    """
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = executable()
    import git

    class Tell(git.RemoteProgress):  # type: ignore[misc]
        def update(
            self, op_code: int, cur_count: object, max_count: object = None, message: str = ""
        ) -> None:
            if max_count:
                tell(f"{self._cur_line or ''}".strip())

    with tempfile.TemporaryDirectory(prefix="aliscan-clone-") as folder:
        path = os.path.join(folder, "repository.git")
        progress = Tell()
        environment = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            # mirror: also notes, pull requests and whatever else the server shows
            repository = git.Repo.clone_from(url, path, progress=progress, env=environment, mirror=True)
            repository.close()
        except git.GitCommandError as error:
            lines = str(error.stderr or "").strip().strip("'").splitlines()
            lines += progress.error_lines  # what it has read of stderr is not in the exception
            reason = next((line for line in reversed(lines) if "fatal:" in line or "error:" in line), "")
            reason = without_password(reason.strip().removeprefix("stderr: '").removeprefix("fatal: "))
            raise IncompleteError(
                _("{url} cannot be cloned: {reason}").format(
                    url=without_password(url), reason=reason or _("no message")
                )
            ) from None
        except git.UnsafeProtocolError:
            raise IncompleteError(
                _("{url} is not a URL that is cloned safely.").format(url=without_password(url))
            ) from None
        yield path

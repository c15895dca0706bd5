"""Writing reports: to standard output or into files, whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable

from aliscan.finding import AliscanError, IncompleteError, Report
from aliscan.formats import load
from aliscan.git import show
from aliscan.i18n import _, reason
from aliscan.record import dataclass, replace

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import TextIO


@dataclass(frozen=True, slots=True)
class Target:
    """One report: a format of aliscan.formats.FORMATS, and its file ("" or "-" is standard output)."""

    format: str
    file: str = ""

    @property
    def on_stdout(self) -> bool:
        """Whether the report goes to standard output."""
        return self.file in ("", "-")


class Outputs:
    """All reports of one run. Checked when made, so that a long scan does not end in a typing error."""

    def __init__(self, targets: tuple[Target, ...], *, command: str = "scan", about: str = "") -> None:
        """``command`` and ``about`` (a path that was scanned) are for what reports say of the run.

        Raises AliscanError when two reports go to one place, or a file cannot be written.
        """
        self.targets = targets
        self.command = command
        self.about = about
        seen: set[str] = set()
        for target in targets:
            place = "" if target.on_stdout else os.path.realpath(target.file)
            if place in seen:
                raise AliscanError(
                    _("two reports cannot both go to {place}; give each --format a file of its own.").format(
                        place=_show(target.file) if place else _("standard output")
                    )
                )
            seen.add(place)
            if place:
                _check(target.file)

    def deliver(self, report: Report) -> int:
        """Write every report; returns the report's exit code.

        Files come first: they are complete when something on standard output fails (a closed pipe).
        When all reports went to files, one line on standard error says what was found.
        """
        report = self._complete(report)
        for target in self.targets:
            if not target.on_stdout:
                to_file(target.file, lambda out, name=target.format: load(name).write(report, out))  # type: ignore[misc]
        on_stdout = [t for t in self.targets if t.on_stdout]
        for target in on_stdout:
            to_stream(sys.stdout, lambda out, name=target.format: load(name).write(report, out))  # type: ignore[misc]
        if not on_stdout:
            from aliscan.formats import text

            to_stream(sys.stderr, lambda out: text.summary(report, out))
        return report.exit_code

    def _complete(self, report: Report) -> Report:
        """The report with what it says of the run; git is asked only for formats that show it."""
        report = replace(report, command=self.command)
        if report.provenance is None and any(t.format in _WITH_PROVENANCE for t in self.targets):
            from aliscan.commands import provenance

            return replace(report, provenance=provenance.of(self.about))
        return report


# Formats that name the checkout, or want paths from its top.
_WITH_PROVENANCE = frozenset({"sarif", "gitlab", "github", "markdown", "html"})


def to_stream(stream: TextIO | None, write: Callable[[TextIO], object]) -> None:
    """Let ``write`` print to a stream whose encoding may know fewer characters than the report.

    Raises IncompleteError when the stream is closed (Python has None then) or cannot be written to, and
    BrokenPipeError when its reader left.
    """
    if stream is None:
        raise IncompleteError(_("standard output is closed: the report cannot be written."))
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    try:
        write(stream)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence(stream)
        raise IncompleteError(
            _("cannot write the report to standard output: {reason}.").format(reason=_(reason(error)))
        ) from None


def silence(stream: TextIO | None) -> None:
    """Let what a stream still holds go nowhere: Python would complain once more at its end."""
    if stream is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def to_file(path: str, write: Callable[[TextIO], object]) -> None:
    """Let ``write`` fill a UTF-8 file that appears whole or not at all.

    Raises AliscanError (exit 2) when it cannot be written; an existing file is then untouched.
    A pipe or device is written straight.
    """
    try:
        if _special(path):
            with open(path, "w", encoding="utf-8", newline="\n") as out:
                write(out)
            return
        # Behind a symbolic link the file itself is replaced, the link stays.
        real = os.path.realpath(path)
        import tempfile  # only a report file needs it, and it is slow to load

        handle, name = tempfile.mkstemp(prefix=".aliscan-", dir=os.path.dirname(real))
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as out:
                write(out)
            os.chmod(name, _mode(real))
            os.replace(name, real)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise _unwritable(path, error) from None


def _mode(path: str) -> int:
    """The mode of the file that is replaced, else what the umask leaves of 0666."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _special(path: str) -> bool:
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


def _check(path: str) -> None:
    """Raises AliscanError when a file cannot be made at ``path``."""
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(21, _("it is a directory"))
        if _special(path):
            return
        import tempfile  # only a report file needs it, and it is slow to load

        handle, name = tempfile.mkstemp(prefix=".aliscan-", dir=os.path.dirname(os.path.realpath(path)))
        os.close(handle)
        os.unlink(name)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: str, error: OSError) -> AliscanError:
    return AliscanError(
        _("cannot write the report to {path}: {reason}.").format(path=_show(path), reason=_(reason(error)))
    )


def _show(path: str) -> str:
    return show(os.fsencode(path))

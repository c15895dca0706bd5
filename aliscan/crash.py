"""What is said when aliscan itself fails: what kind of error and where in the code, never with which values.

The message of an exception often quotes what it failed on, and that may be a key; so do local
variables and the source line of a comprehension. None of them is ever printed: a person who reports a
crash pastes the text into a public issue.
"""

from __future__ import annotations

import errno
import os
import sys
from types import TracebackType

from aliscan.i18n import _, reason

_HERE = os.path.dirname(os.path.abspath(__file__))
MAX_FRAMES = 60


def tell(error: BaseException) -> None:
    """Say on standard error that ``error`` was not expected; with ALISCAN_DEBUG=1 also the way to it.

    Raises nothing: a crash must end as exit 3, also when standard error is closed.
    """
    if sys.stderr is None:  # closed before we started
        return
    try:
        sys.stderr.write(f"{sentence(error)}\n")
        if os.environ.get("ALISCAN_DEBUG"):
            for line in stack(error):
                sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def sentence(error: BaseException) -> str:
    """One line: the type of the error, the place of ours that is nearest to it, and what to do."""
    if isinstance(error, MemoryError):
        return _(
            "aliscan: out of memory; not everything was looked at. Free some, or scan less at once: "
            "fewer paths, --jobs 1."
        )
    if isinstance(error, OSError):
        if not _somewhere():
            return _("aliscan: the folder in which this was started is gone; nothing was looked at.")
        if error.strerror and error.errno in _OF_THE_MACHINE:
            text = _("aliscan: {reason} ({place}); not everything was looked at.")
            return text.format(reason=_(reason(error)), place=_place(error.__traceback__))
    text = _(
        "aliscan: internal error ({kind} at {place}); not everything was looked at. "
        "Please report this line; ALISCAN_DEBUG=1 adds where it came from, without any values."
    )
    return text.format(kind=_kind(error), place=_place(error.__traceback__))


# What no code is to blame for: no space, no memory, no more files or processes
_OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM, errno.EMFILE, errno.ENFILE,
                   errno.EAGAIN, errno.EIO, errno.EROFS}  # fmt: skip


def _somewhere() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def stack(error: BaseException) -> list[str]:
    """The frames of an error and of those that led to it: file, line, function; no values, no messages."""
    lines: list[str] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        lines.append(f"{_kind(at)}:")
        frames = list(_frames(at.__traceback__))
        if len(frames) > MAX_FRAMES:  # a recursion: its beginning and its end
            half = MAX_FRAMES // 2
            lines += [f"  {f}" for f in frames[:half]] + [f"  ... {len(frames) - MAX_FRAMES} more"]
            frames = frames[-half:]
        lines += [f"  {f}" for f in frames]
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return lines


def _kind(error: BaseException) -> str:
    """The name of the nearest class that stands in a module under it: others were made from data."""
    for kind in type(error).__mro__:
        if getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind:
            return str(kind.__name__)
    return "error"


def _place(trace: TracebackType | None) -> str:
    ours = [f for f in _frames(trace) if not f.startswith("<")]
    return ours[-1] if ours else "?"


def _frames(trace: TracebackType | None) -> list[str]:
    """``aliscan/x.py:12 in name`` for code of ours, ``<module>:12 in name`` for that of others."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        path = code.co_filename  # of Python's own frozen modules "<frozen os>"
        if path.startswith(_HERE + os.sep):
            name = "aliscan/" + os.path.relpath(path, _HERE).replace(os.sep, "/")
        else:
            # the folders of a machine are nobody's business
            name = f"<{os.path.basename(path)}>"
        found.append(f"{name}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return found

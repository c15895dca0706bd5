"""commit-msg: the message of the commit, as git is going to keep it.

The file that git hands over is not the message: comment lines may or may not be dropped, and below
the scissors line `commit -v` puts the diff, removed keys included (1.12). None of that matters while
the file holds no anchor, so almost every message costs one read.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.finding import Report
    from aliscan.git import Git
    from aliscan.triage.policy import Choices


def run(arguments: list[str], choices: Choices | None = None) -> int:
    """``aliscan hook commit-msg FILE``."""
    from aliscan.detect.anchors import families

    if len(arguments) != 1:
        from aliscan.finding import AliscanError
        from aliscan.i18n import _

        raise AliscanError(_("commit-msg wants one argument, the file that holds the message."))
    data = _read(arguments[0])
    return _look(data, arguments[0], choices) if families(data) else 0


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        from aliscan.finding import IncompleteError
        from aliscan.git import show
        from aliscan.i18n import _, reason

        name = show(os.fsencode(path))
        raise IncompleteError(
            _("cannot read the message {path}: {reason}.").format(path=name, reason=_(reason(error)))
        ) from None


def _look(data: bytes, path: str, choices: Choices | None) -> int:
    import sys

    from aliscan.commands import refused
    from aliscan.git import Git
    from aliscan.i18n import _

    git = Git()
    kept, dropped = split(data, *_settings(git))
    report = _scan(git, kept, choices)
    if report.exit_code:
        refused.message(report, sys.stderr, os.fsencode(path))
    elif any(_scan(git, dropped, choices).counted()):
        sys.stderr.write(
            _("aliscan: a comment line of the message holds a credential. git drops such lines by "
              "default, so the commit goes on; if you keep comments (--cleanup), take it out.") + "\n"
        )  # fmt: skip
    return report.exit_code


def _scan(git: Git, data: bytes, choices: Choices | None) -> Report:
    from aliscan import engine
    from aliscan.finding import Blob, Origin
    from aliscan.triage.lazy import Triage
    from aliscan.triage.policy import NO_CHOICES, load
    from aliscan.triage.shelf import Index

    triage = Triage(lambda: load(Index(git), choices or NO_CHOICES))
    return triage.finish(engine.run([Blob(Origin("message"), data)], triage.judge, triage.limits))


def _settings(git: Git) -> tuple[str, str, bool]:
    """``commit.cleanup``, the comment character, and whether an editor was used."""
    # `git -c commit.cleanup=...` reaches us by this variable only, and reading runs nothing
    given = tuple((k, v) for k, v in os.environ.items() if k == "GIT_CONFIG_PARAMETERS")
    wide = type(git)(git.directory, git.foreign, (*git.extra, *given, ("GIT_CONFIG_NOSYSTEM", "0")))
    cleanup, comment = "default", "#"
    pattern = r"^(commit\.cleanup|core\.comment(char|string))$"
    for field in wide.run("config", "-z", "--get-regexp", pattern, ok=(0, 1)).split(b"\0")[:-1]:
        key, _newline, value = field.partition(b"\n")
        if key == b"commit.cleanup":
            cleanup = value.decode("utf-8", "replace")
        else:
            comment = os.fsdecode(value)
    # git sets this when no editor is going to run (1.1): then comment lines are part of the message
    return cleanup, comment, os.environ.get("GIT_EDITOR") != ":"


_SCISSORS = rb" -{24} >8 -{24}$"


def split(data: bytes, cleanup: str, comment: str, editor: bool) -> tuple[bytes, bytes]:
    """The part of a message file that git keeps, and the comments that it drops.

    ``cleanup`` is ``commit.cleanup``; ``comment`` the comment character or string, or ``auto``. Lines
    that are left out stay as empty lines, so that line numbers are those of the file. What the options
    of `git commit` change cannot be seen from a hook; where in doubt a line is kept.
    """
    mark = os.fsencode(comment)
    if comment == "auto":
        found = re.search(rb"^(.)" + _SCISSORS, data, re.MULTILINE)
        mark = found[1] if found else b""
    data = _without_diff(data, mark, cleanup, editor)
    drops = cleanup == "strip" or (cleanup not in ("verbatim", "whitespace", "scissors") and editor)
    if not drops or not mark:
        return data, b""
    kept, dropped = [], []
    for line in data.split(b"\n"):
        is_comment = line.startswith(mark)
        kept.append(b"" if is_comment else line)
        dropped.append(line if is_comment else b"")
    return b"\n".join(kept), b"\n".join(dropped)


def _without_diff(data: bytes, mark: bytes, cleanup: str, editor: bool) -> bytes:
    """Cut at the scissors line where git does: written by git itself, into a message that is edited.

    git follows it with comments of its own; a line that a person typed is not followed by any, and
    without ``-v`` or ``--cleanup=scissors`` what stands below such a line is committed.
    """
    if not mark or not editor or cleanup == "verbatim":
        return data
    found = re.search(
        rb"^" + re.escape(mark) + _SCISSORS + rb"\n(?=" + re.escape(mark) + rb")", data, re.MULTILINE
    )
    return data[: found.start()] if found else data

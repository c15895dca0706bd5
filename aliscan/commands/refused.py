"""What a hook says when it refuses: the message, with the git commands for exactly this case."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TextIO

from aliscan.finding import EXIT_FOUND, Report
from aliscan.formats.facts import credentials
from aliscan.formats.inert import shell
from aliscan.i18n import _

if TYPE_CHECKING:
    from aliscan.git import Git

_PATHS_SHOWN = 3


def commit(git: Git, report: Report, out: TextIO) -> None:
    """Say on ``out`` why a commit is refused: for findings how to take them out, else what is missing."""
    from aliscan.formats import refusal, text

    if report.exit_code != EXIT_FOUND:
        text.write(report, out)
        return
    count = len(credentials(report.counted()))
    title = (
        _("commit refused: it holds an Alibaba Cloud credential")
        if count == 1
        else _("commit refused: it holds {n} Alibaba Cloud credentials").format(n=count)
    )
    refusal.write(report, out, title=title, remove=_out_of_the_commit(git, report))


def message(report: Report, out: TextIO, file: bytes) -> None:
    """Say why a commit message is refused; ``file`` is where git keeps what was written."""
    from aliscan.formats import refusal, text

    if report.exit_code != EXIT_FOUND:
        text.write(report, out)
        return
    refusal.write(
        report,
        out,
        title=_("commit refused: its message holds an Alibaba Cloud credential"),
        remove=[
            _("Take it out of the message; what you wrote is kept. Edit it and commit again:"),
            f"git commit -e -F {shell(file)}",
        ],
    )


def _out_of_the_commit(git: Git, report: Report) -> list[str]:
    """How to take the findings of a commit out of the index, as `refusal.write` wants it."""
    found = list(report.counted())
    named = [f for f in found if f.origin.kind == "name"]
    paths = list(dict.fromkeys(f.origin.path for f in found if f.origin.kind != "name"))
    if not paths:
        first = shell(_pathspec(named[0].origin.path))
        return [
            _("Take it out of the commit: the path itself holds it. Give it another name:"),
            f"git mv -- {first} " + _("NEW_NAME"),
        ]
    words = " ".join(shell(_pathspec(p)) for p in paths[:_PATHS_SHOWN])
    if len(paths) > _PATHS_SHOWN:
        words += " ..."
    new = _new_paths(git)
    undo = "git rm --cached" if all(p in new for p in paths) else "git restore --staged"
    return [
        _("Take it out of the commit: delete the value in the file, then"),
        f"git add {'-u' if len(paths) > _PATHS_SHOWN else '-- ' + words} && git commit",
        _("or leave the whole file out of it: {command}").format(command=f"{undo} -- {words}"),
    ]


def _new_paths(git: Git) -> set[bytes]:
    """The staged paths that HEAD does not have: `git restore` cannot take those back."""
    base = git.resolve("HEAD^{commit}") or git.empty_tree()
    options = ("--cached", "--name-only", "--diff-filter=A", "--no-renames", "-z")
    return set(git.fields("diff-index", *options, base, "--"))


def _pathspec(path: bytes) -> bytes:
    """A path from the top of the work tree as git takes it where the user stands."""
    magic = []
    if os.environ.get("GIT_PREFIX"):  # the user stands in a folder below the top
        magic.append(b"top")
    if re.search(rb"[*?\[\\]", path) or (path.startswith(b":") and not magic):
        magic.append(b"literal")
    return b":(" + b",".join(magic) + b")" + path if magic else path

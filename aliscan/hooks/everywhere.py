"""Hooks for all repositories of the user: a directory of ours, named by core.hooksPath.

git then ignores every repository's own hooks, so the directory holds a script for every event, and
each script runs what would have run without it: the hook of the directory that core.hooksPath named
before, and the repository's own.
"""

from __future__ import annotations

import contextlib
import os
import sys

from aliscan.finding import AliscanError
from aliscan.git import Git
from aliscan.hooks import keep, place, script
from aliscan.i18n import _

# githooks(5) up to git 2.51. Not here, because git behaves differently when they merely exist:
# push-to-checkout, proc-receive, fsmonitor-watchman (named in the configuration, not in this folder).
PASSED_ON = (
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
    "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge",
    "pre-push", "pre-receive", "update", "post-receive", "post-update", "reference-transaction",
    "pre-auto-gc", "post-rewrite", "sendemail-validate", "post-index-change",
    "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit",
)  # fmt: skip
_PREVIOUS = b"previous-hooks-path"  # a file beside the scripts: what core.hooksPath was


def folder() -> bytes:
    """The directory of ours. Raises AliscanError when the user has no home."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(base):
        home = os.path.expanduser("~")
        if not os.path.isabs(home):
            raise AliscanError(_("HOME is not set: there is no place for the hooks of all repositories."))
        base = os.path.join(home, ".config")
    return os.path.join(os.fsencode(base), b"aliscan", b"hooks")


def install(events: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Write the scripts, point core.hooksPath at them; return the directory and what it named before."""
    git, ours = _git(), folder()
    current = place.global_path(git)
    previous = _recorded(ours) if _same(current, ours) else current
    python, library = script.interpreter()
    for event in dict.fromkeys((*PASSED_ON, *events)):
        active = event in events

        def render(kept: bytes, event: str = event, active: bool = active) -> bytes:
            return script.render(event, python, kept=kept, everywhere=True, previous=previous,
                                 library=library, active=active)  # fmt: skip

        keep.put(ours, event, render)
    _record(ours, previous)
    git.run("config", "--global", "core.hooksPath", os.fsdecode(ours))
    return ours, previous


def uninstall() -> bytes | None:
    """Take the scripts out and set core.hooksPath back; the directory, or None when none was there."""
    git, ours = _git(), folder()
    previous = _recorded(ours)
    pointed = _same(place.global_path(git), ours)
    if pointed and previous:
        git.run("config", "--global", "core.hooksPath", os.fsdecode(previous))
    elif pointed:
        git.run("config", "--global", "--unset-all", "core.hooksPath")
    done = keep.take(ours)
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(ours, _PREVIOUS))
    for path in (ours, os.path.dirname(ours)):
        with contextlib.suppress(OSError):  # somebody else's files are in it
            os.rmdir(path)
    return ours if done or pointed else None


def _git() -> Git:
    # A folder that is never inside a repository: only the user's own configuration matters here.
    return Git(os.path.abspath(os.sep) if sys.platform != "win32" else "", foreign=True)


def _same(one: bytes, other: bytes) -> bool:
    return bool(one) and os.path.realpath(one) == os.path.realpath(other)


def _recorded(ours: bytes) -> bytes:
    try:
        with open(os.path.join(ours, _PREVIOUS), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _record(ours: bytes, previous: bytes) -> None:
    with open(os.path.join(ours, _PREVIOUS), "wb") as file:
        file.write(previous)

"""`aliscan install`: plain git hooks, for one repository or for all of the user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aliscan.finding import AliscanError
from aliscan.git import Git, show
from aliscan.hooks import everywhere, keep, place, script
from aliscan.i18n import _

if TYPE_CHECKING:
    import argparse

WORK_TREE = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")
SERVER = ("pre-receive",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("repository", metavar="REPOSITORY", nargs="?", default="", help="default: here")
    parser.add_argument(
        "--hooks",
        metavar="LIST",
        type=events,
        help="which hooks, separated by commas: "
        + ", ".join(script.EVENTS)
        + f" (default: {','.join(WORK_TREE)}; in a bare repository: {','.join(SERVER)})",
    )
    parser.add_argument(
        "--global",
        dest="everywhere",
        action="store_true",
        help="for all repositories of this user, by a hooks directory of its own (core.hooksPath)",
    )


def events(text: str) -> tuple[str, ...]:
    """The events named in a ``--hooks`` value; argparse shows the error."""
    import argparse

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in script.EVENTS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            _("unknown hook {name}: choose from {known}").format(
                name=", ".join(map(repr, unknown)) or repr(text), known=", ".join(script.EVENTS)
            )
        )
    return names


def run(options: argparse.Namespace) -> int:
    """Install, and say what was done."""
    if options.everywhere:
        return _everywhere(options.hooks or WORK_TREE)
    hooks = place.find(options.repository)
    if hooks.shared:
        return _shared(hooks, options.hooks or WORK_TREE)
    python, library = script.interpreter()
    for event in options.hooks or (SERVER if hooks.bare else WORK_TREE):
        done = keep.put(
            hooks.folder,
            event,
            lambda kept, event=event: script.render(event, python, kept=kept, library=library),  # type: ignore[misc]
        )
        _say(done, os.path.join(hooks.folder, event.encode()))
    _warn_if_tracked(hooks, options.repository)
    print(_("To prove that it works: aliscan doctor"))
    return 0


def _say(done: str, path: bytes) -> None:
    text = {
        "installed": _("installed {path}"),
        "renewed": _("renewed {path}"),
        "chained": _("installed {path}; the hook that was there is kept and runs first"),
    }[done]
    print(text.format(path=show(path)))


def _shared(hooks: place.Hooks, wanted: tuple[str, ...]) -> int:
    """One folder serves all repositories: ours may be in it already, else it is not ours to touch."""
    present = [keep.read(os.path.join(hooks.folder, event.encode())) for event in wanted]
    if all(found and found.everywhere for found in present):
        print(
            _("nothing to do: the hooks of all your repositories, in {path}, are ours already").format(
                path=show(hooks.folder)
            )
        )
        return 0
    raise AliscanError(
        _(
            "git runs the hooks of all repositories from {path} (core.hooksPath, {scope} configuration), "
            "so a hook in this repository would never run. Install for all repositories, which keeps those "
            "hooks: aliscan install --global. Or give this one its own: "
            "git config core.hooksPath {own}"
        ).format(path=show(hooks.folder), scope=hooks.scope, own=show(script.quote(hooks.own)))
    )


def _warn_if_tracked(hooks: place.Hooks, directory: str) -> None:
    """A hook that names this machine's Python must not be committed for everybody."""
    if hooks.bare or not (hooks.folder + b"/").startswith(hooks.top + b"/"):
        return
    git = Git(directory)
    if not git.run("ls-files", "-z", "--", os.fsdecode(hooks.folder)):
        return
    print(
        _(
            "note: git tracks files in {path}. The hook names this machine's Python: do not commit it; "
            "to share a hook with others, put `aliscan hook pre-commit` into your own script there."
        ).format(path=show(hooks.folder))
    )


def _everywhere(wanted: tuple[str, ...]) -> int:
    folder, previous = everywhere.install(wanted)
    print(_("installed the hooks of all your repositories in {path}").format(path=show(folder)))
    if previous:
        print(_("the hooks in {path} are kept and run first").format(path=show(previous)))
    print(_("A repository with a core.hooksPath of its own (husky) is not covered: aliscan doctor tells."))
    return 0

"""`aliscan doctor`: is a hook of ours really live here?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aliscan.finding import EXIT_CLEAN, EXIT_FOUND
from aliscan.git import show
from aliscan.hooks import health
from aliscan.i18n import _

if TYPE_CHECKING:
    import argparse

SCHEMA_VERSION = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("repository", metavar="REPOSITORY", nargs="?", default="", help="default: here")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the answer")


def run(options: argparse.Namespace) -> int:
    """Examine, print, return 0 when live and 1 when not."""
    found = health.examine(options.repository)
    if options.format == "json":
        import json

        json.dump(document(found), sys.stdout, indent=2)
        print()
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found))
    return EXIT_CLEAN if found.live else EXIT_FOUND


def document(found: health.Diagnosis) -> dict[str, Any]:
    """The diagnosis as plain dicts and lists; paths are escaped text."""
    return {
        "schema_version": SCHEMA_VERSION,
        "live": found.live,
        "repository": show(found.hooks.top),
        "hooks_folder": show(found.hooks.folder),
        "hooks_path_scope": found.hooks.scope or None,
        "events": [
            {
                "event": e.name,
                "path": show(e.path),
                "required": e.required,
                "live": e.live,
                "proven": e.proven,
                "runner": e.runner or None,
                "problems": [_problem(p) for p in e.problems],
            }
            for e in found.events
        ],
        "problems": [_problem(p) for p in found.problems],
    }


def _problem(problem: health.Problem) -> dict[str, Any]:
    return {"id": problem.id, "text": problem.text, "repair": problem.repair, "fatal": problem.fatal}


def _lines(found: health.Diagnosis) -> list[str]:
    lines = [_("hooks are run from {folder}").format(folder=show(found.hooks.folder))]
    for event in found.events:
        lines.append(f"{event.name:<17} {_state(event)}")
        for problem in event.problems:
            lines += _told(problem)
    for problem in found.problems:
        lines += _told(problem)
    lines.append("")
    if found.live:
        lines.append(_("live: a key that is staged here does not get into a commit unseen.")
                     if not found.hooks.bare
                     else _("live: a push with a key in it is refused here."))  # fmt: skip
    else:
        lines.append(_("NOT live: nothing stops a key here. Run the repair above, then aliscan doctor."))
    return lines


def _state(event: health.Event) -> str:
    if event.proven:
        return _("live, proven: it refused a made-up key just now")
    if event.live and event.runner == "aliscan":
        return _("live")
    if event.live:
        return _("live by {runner}, as far as its files tell").format(runner=event.runner)
    return _("NOT live") if event.required or event.problems else _("not installed")


def _told(problem: health.Problem) -> list[str]:
    return [f"    {problem.text}", "    " + _("repair: {command}").format(command=problem.repair)]

"""`aliscan uninstall`: take our hooks out and put back what was there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aliscan.git import show
from aliscan.hooks import everywhere, keep, place
from aliscan.i18n import _

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("repository", metavar="REPOSITORY", nargs="?", default="", help="default: here")
    parser.add_argument(
        "--global", dest="everywhere", action="store_true", help="the hooks of all repositories of this user"
    )


def run(options: argparse.Namespace) -> int:
    """Uninstall, and say what was done."""
    if options.everywhere:
        folder = everywhere.uninstall()
        if folder:
            print(_("removed the hooks of all your repositories from {path}").format(path=show(folder)))
        else:
            print(_("nothing to do: no hooks of ours for all repositories"))
        return 0
    hooks = place.find(options.repository)
    # Also where git does not look (any more): a hook left behind would come back to life one day.
    folders = dict.fromkeys(f for f in (hooks.folder, hooks.own) if not (hooks.shared and f == hooks.folder))
    count = 0
    for folder in folders:
        for name, done in keep.take(folder):
            count += 1
            path = show(os.path.join(folder, name))
            text = _("removed {path}") if done == "removed" else _("put back {path} as it was")
            print(text.format(path=path))
    if not count:
        print(_("nothing to do: no hook of ours in {path}").format(path=show(hooks.own)))
    return 0

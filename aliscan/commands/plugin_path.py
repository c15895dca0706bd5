"""`aliscan plugin-path`: the file to name to detect-secrets."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from aliscan.finding import AliscanError
from aliscan.git import show
from aliscan.i18n import _, reason

if TYPE_CHECKING:
    import argparse

SHARED = ".aliscan_detect_secrets_plugin.py"
_TEXT = '''\
"""Lets detect-secrets find Alibaba Cloud credentials: pip install aliscan, where detect-secrets is.

Written by `aliscan plugin-path --shared` and kept in the repository, so that .secrets.baseline names
a path that everybody has. detect-secrets runs this file; aliscan never does.
"""

from aliscan.plugin.detectors import classes as _classes

globals().update(_classes(__file__))
'''


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument(
        "--shared",
        action="store_true",
        help=f"write a small plugin file {SHARED} here, to be committed: "
        "a shared .secrets.baseline then names no path of one machine",
    )


def run(options: argparse.Namespace) -> int:
    """Print the path, alone on a line."""
    if not options.shared:
        # As bytes: a path that is no text must still be one that can be opened.
        sys.stdout.buffer.write(installed() + b"\n")
        return 0
    try:
        with open(SHARED, "w", encoding="ascii", newline="\n") as file:
            file.write(_TEXT)
    except OSError as error:
        raise AliscanError(
            _("cannot write {path}: {reason}.").format(path=show(SHARED.encode()), reason=_(reason(error)))
        ) from None
    print(SHARED)
    return 0


def installed() -> bytes:
    """The absolute path of the plugin file in this package."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.fsencode(os.path.join(package, "detect_secrets_plugin.py"))

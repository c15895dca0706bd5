"""Where aliscan keeps what it can make again: the user's cache folder.

It never makes the user's home. A service's account has one that is not there (`nobody`: /nonexistent),
and a tool that runs as root would make it, for everybody who counts on its absence.
"""

from __future__ import annotations

import os
import sys


def cache(*names: str) -> str:
    """The path of aliscan's file or folder of this name; nothing is made.

    XDG_CACHE_HOME or ~/.cache, as the XDG Base Directory Specification says; %LOCALAPPDATA% on Windows.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "aliscan", *names)


def make(folder: str) -> None:
    """Make a folder that only this user can read, and those above it.

    :raises OSError: it cannot be made, FileNotFoundError: it would be in a home that is not there.
    """
    home = os.path.abspath(os.path.expanduser("~"))
    if os.path.abspath(folder).startswith(os.path.join(home, "")):
        os.stat(home)
    os.makedirs(folder, mode=0o700, exist_ok=True)

"""`aliscan detect-secrets`: detect-secrets' own commands, with our plugin, in UTF-8 whatever the locale.

Three things that no plugin can do from inside: `detect-secrets audit` does not load plugins from files
(Yelp/detect-secrets issue 611); in a locale that is not UTF-8 detect-secrets silently leaves out every
file with, say, Chinese text in it (6.6); and unless told not to, its own plugins ask their services
whether a key that they found is live: here only ``--only-verified`` lets them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from aliscan.commands.plugin_path import SHARED, installed
from aliscan.git import executable
from aliscan.masking import mask, mask_known

if TYPE_CHECKING:
    import argparse
    from typing import TextIO


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    from argparse import REMAINDER

    parser.add_argument("tool", choices=("scan", "hook", "audit"), help="detect-secrets' command")
    parser.add_argument("arguments", nargs=REMAINDER, help="what that command takes, as it takes it")


def run(options: argparse.Namespace) -> int:
    """Run it in this process; its exit code is returned as it is."""
    if not sys.flags.utf8_mode and _encoding() != "utf-8":
        _again_in_utf8()
    if options.tool == "audit":
        return _tool(options)  # it shows values: that is what it is for
    executable()  # detect-secrets asks git for the files, and would end in a traceback
    with _masked(mask_known if options.tool == "scan" else mask):
        return _tool(options)


def _tool(options: argparse.Namespace) -> int:
    plugin = SHARED if os.path.isfile(SHARED) else os.fsdecode(installed())
    if options.tool == "hook":
        from detect_secrets.pre_commit_hook import main

        return int(main(["-p", plugin, *_quiet(options.arguments), *options.arguments]))
    from detect_secrets.main import main

    if options.tool == "audit":
        _register(plugin)
        return int(main(["audit", *options.arguments]))
    return int(main(["scan", "-p", plugin, *_quiet(options.arguments), *options.arguments]))


@contextmanager
def _masked(how: Callable[[str], str]) -> Iterator[None]:
    """Around detect-secrets: what it prints are also file names as they are, and a key may be in one.

    In the baseline that a scan prints, a name that only looks random has to stay what it is.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream and cast("TextIO", _Masked(stream, how)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class _Masked:
    """A text stream that masks whatever is written to it at once."""

    def __init__(self, stream: TextIO, how: Callable[[str], str]) -> None:
        self._stream = stream
        self._how = how

    def write(self, text: str) -> int:
        self._stream.write(self._how(text))
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def _quiet(arguments: list[str]) -> list[str]:
    """What keeps detect-secrets off the network, unless the user asks for verification."""
    own = ("-n", "--no-verify", "--only-verified")
    asked = any(len(a) > 4 and name.startswith(a) for a in arguments for name in own)
    return [] if asked or "-n" in arguments else ["--no-verify"]


def _encoding() -> str:
    """The encoding in which detect-secrets would open files."""
    import codecs
    import locale

    return codecs.lookup(locale.getpreferredencoding(False)).name


def _again_in_utf8() -> None:
    """Start over: the encoding of a Python process cannot be changed. -I: see aliscan.hooks.script."""
    home = os.path.dirname(os.path.dirname(installed()))
    code = (
        f"import os, sys; sys.path.append(os.fsdecode({home!r}))\n"
        "from aliscan.cli import main; sys.exit(main())"
    )
    os.execv(sys.executable, [sys.executable, "-I", "-X", "utf8", "-c", code, *sys.argv[1:]])  # noqa: S606


def _register(plugin: str) -> None:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    from aliscan.plugin.detectors import classes

    known = get_mapping_from_secret_type_to_class()
    for detector in classes(plugin).values():
        known[detector.secret_type] = detector  # type: ignore[attr-defined]

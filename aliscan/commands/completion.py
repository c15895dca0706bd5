"""`aliscan completion`: a script for the shell, written once. Nothing of it runs when aliscan starts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aliscan.finding import AliscanError
from aliscan.i18n import _

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="whose completion")


def run(options: argparse.Namespace) -> int:
    """Print the script; the library that makes it (shtab) is the extra ``completion``."""
    try:
        import shtab
    except ImportError:
        text = _("completion needs shtab: pip install 'aliscan[completion]'")
        raise AliscanError(text) from None
    top: argparse.ArgumentParser = options.whole_parser()
    _plain(top)
    sys.stdout.write(shtab.complete(top, shell=options.shell) + "\n")
    return 0


def _plain(parser: argparse.ArgumentParser) -> None:
    """shtab takes every argument whose choices are a mapping for one with subcommands."""
    import argparse

    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                _plain(sub)
        elif isinstance(action.choices, dict):
            action.choices = tuple(action.choices)

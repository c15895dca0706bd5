"""An argument parser that speaks the user's language: help strings are msgids, translated when shown."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from aliscan.git import show
from aliscan.i18n import LANGUAGES, _, use

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any, NoReturn

# argparse looks its own words ("usage: ", "invalid choice") up through this name, when it shows them.
setattr(argparse, "_", _)  # noqa: B010


class Formatter(argparse.HelpFormatter):
    """Help in the user's language, with lines as written in the source kept readable."""

    def __init__(self, prog: str, **options: Any) -> None:
        options.setdefault("width", _columns() - 2)
        super().__init__(prog, **options)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return _(action.help) if action.help else action.help

    def add_text(self, text: str | None) -> None:
        """Add a description or epilog."""
        super().add_text(_(text) if text and text is not argparse.SUPPRESS else text)

    def start_section(self, heading: str | None) -> None:
        """Open a titled section."""
        super().start_section(_(heading) if heading else heading)


def _columns() -> int:
    """The width of the terminal, as `shutil` tells it; that takes two milliseconds to import."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        assert sys.__stdout__ is not None
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80
    except (AssertionError, ValueError, OSError):
        return 80


class Parser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` for commands: translated, without abbreviations, with ``--lang``."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", Formatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)
        self.add_argument(
            "--lang",
            choices=LANGUAGES,
            default=argparse.SUPPRESS,
            help="language of messages: English or Chinese",
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, exit 2. It may have been given a key by mistake."""
        safe = show(message.encode("utf-8", "surrogateescape"))
        try:
            self.print_usage(sys.stderr)
            said = _("%(prog)s: error: %(message)s\n") % {"prog": self.prog, "message": safe}
            self._print_message(said, sys.stderr)
        except OSError:  # nobody can read it; Python 3.10 does not pass over that
            pass
        self.exit(2)


def choose_language(arguments: Iterable[str]) -> None:
    """Obey ``--lang`` before the parser is built: its help texts depend on it.

    A wrong value is left for the parser to complain about.
    """
    given = iter(arguments)
    for argument in given:
        if argument == "--":
            return
        if argument == "--lang":
            argument = f"--lang={next(given, '')}"
        name, _sign, value = argument.partition("=")
        if name == "--lang" and value in LANGUAGES:
            use(value)

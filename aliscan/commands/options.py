"""Options that several commands share, so that they are called and work the same everywhere.

A command that reports does three things::

    def add_arguments(parser):
        options.add_report_arguments(parser)

    def run(opts):
        outputs = options.outputs(opts)      # before the work: what cannot be written ends here, exit 2
        report = engine.run(...)
        return outputs.deliver(report)       # writes every report; returns the report's exit code

``--lang`` needs nothing: aliscan.cli adds it to every command.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aliscan.finding import AliscanError
from aliscan.formats import FORMATS
from aliscan.git import show
from aliscan.i18n import _

if TYPE_CHECKING:
    from aliscan.commands.output import Outputs


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--format NAME[=FILE]`` and ``--output FILE``, each as often as wanted."""
    group = parser.add_argument_group(title="report")
    group.add_argument(
        "--format", metavar="NAME[=FILE]", action=_Format, dest="reports", default=[],
        help="form of the report, and the file it goes to (else standard output); "
        "may be given several times, with a file each: text, json, jsonl, sarif, gitlab, github, junit, "
        "csv, markdown, html",
    )  # fmt: skip
    group.add_argument(
        "--output", metavar="FILE", action=_Output, dest="reports", help="the file for the --format before it"
    )


def outputs(options: argparse.Namespace) -> Outputs:
    """Where the reports of this run go, by the options of `add_report_arguments`.

    Raises AliscanError (exit 2) for files that could not be written later, and for two reports to
    one place.
    """
    from aliscan.commands.output import Outputs, Target

    return Outputs(tuple(Target(name, file) for name, file in options.reports) or (Target("text"),))


class _Format(argparse.Action):
    """``--format sarif``, ``--format sarif=out.sarif``, ``--format sarif:out.sarif``."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        name, file = split(str(values))
        if name not in FORMATS:
            import difflib

            near = difflib.get_close_matches(name, FORMATS, 1)
            hint = _(" Did you mean {near}?").format(near=near[0]) if near else ""
            raise AliscanError(
                _("unknown format {name}; the formats are {formats}.").format(
                    name=show(name.encode("utf-8", "surrogateescape")), formats=", ".join(FORMATS)
                )
                + hint
            )
        namespace.reports = [*namespace.reports, (name, file)]


class _Output(argparse.Action):
    """``--output FILE`` belongs to the --format before it, or to the text report."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        reports = list(namespace.reports)
        name, file = reports.pop() if reports else ("text", "")
        if file:
            raise AliscanError(
                _("--output follows a --format that has a file already; give a --format each.")
            )
        namespace.reports = [*reports, (name, str(values))]


def split(value: str) -> tuple[str, str]:
    """``NAME[=FILE]`` or ``NAME[:FILE]`` taken apart; the file is "" for standard output."""
    for i, char in enumerate(value):
        if char in "=:":
            return value[:i], value[i + 1 :]
    return value, ""

"""Options that several commands share, so that they are called and work the same everywhere.

They are read back with aliscan.commands.chosen, which needs no argparse.

A command that reports does three things::

    def add_arguments(parser):
        options.add_report_arguments(parser)

    def run(opts):
        outputs = chosen.outputs(opts)       # before the work: what cannot be written ends here, exit 2
        report = engine.run(...)
        return outputs.deliver(report)       # writes every report; returns the report's exit code

``--lang`` needs nothing: aliscan.cli adds it to every command.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from aliscan.commands.chosen import SEVERITIES, split
from aliscan.finding import AliscanError
from aliscan.formats import FORMATS
from aliscan.git import show
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any


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


def add_policy_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what decides which findings count; read it back with `chosen.choices`."""
    group = parser.add_argument_group(title="what counts")
    group.add_argument(
        "--config", metavar="FILE", default="",
        help="configuration instead of .aliscan.toml or [tool.aliscan] of pyproject.toml",
    )  # fmt: skip
    group.add_argument(
        "--no-config", action="store_true", help="use neither configuration nor baseline of the repository"
    )
    group.add_argument("--baseline", metavar="FILE", default="", help="baseline instead of .secrets.baseline")
    group.add_argument("--no-baseline", action="store_true", help="use no baseline")
    group.add_argument(
        "--threshold", "--severity", metavar="SEVERITY", choices=SEVERITIES, default=None,
        help="what counts: low, medium (the default), high or critical and above",
    )  # fmt: skip
    group.add_argument(
        "--strict", action="store_true",
        help="comments and baseline entries without effect count too, and so do known real leaks",
    )  # fmt: skip


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

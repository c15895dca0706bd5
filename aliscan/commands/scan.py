"""`aliscan scan`: files, directories, standard input."""

from __future__ import annotations

import argparse

from aliscan import engine, sweep
from aliscan.commands.chosen import choices, outputs
from aliscan.commands.options import add_policy_arguments, add_report_arguments
from aliscan.commands.verifying import add_verify_arguments, check_verify_arguments, verified
from aliscan.detect.anchors import is_container
from aliscan.finding import AliscanError
from aliscan.i18n import _
from aliscan.sources import text as given


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_scan_arguments(parser)
    add_verify_arguments(parser)


def add_scan_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a scan; `aliscan verify` has them too."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or directories; - is standard input")
    add_policy_arguments(parser)
    add_report_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Scan, print the report, return the exit code."""
    check_verify_arguments(options)
    reports = outputs(options)
    paths = options.paths or ["."]
    if "-" in paths and paths != ["-"]:
        raise AliscanError(_("- is standard input, and no other path may stand beside it; a file: ./-"))
    jobs = 1 if options.strict else 0  # strict: the comments of every file are judged
    with sweep.ahead(paths, jobs) as begun:
        from aliscan.triage.tops import Tops

        policies = Tops(paths, choices(options))
        items = (
            given.stdin(is_container) if paths == ["-"] else sweep.walk(paths, policies.limits, jobs, begun)
        )
        report = policies.finish(engine.run(policies.watch(items), policies.judge, policies.limits()))
    if options.verify:
        report = verified(report, options)
    return reports.deliver(report)

"""`aliscan scan`: files, directories, standard input."""

from __future__ import annotations

import argparse

from aliscan import engine
from aliscan.commands.options import add_report_arguments, outputs
from aliscan.finding import Blob, Finding, Match
from aliscan.sources import files
from aliscan.sources import text as given


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or directories; - is standard input")
    add_report_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Scan, print the report, return the exit code."""
    reports = outputs(options)
    paths = options.paths or ["."]
    items = given.stdin() if paths == ["-"] else files.walk(paths)
    return reports.deliver(engine.run(items, judge))


def judge(blob: Blob, match: Match) -> Finding:
    """Take every match as it is."""
    return Finding(match, blob.origin, match.severity)

"""`aliscan scan`: files, directories, standard input."""

from __future__ import annotations

import argparse
import sys

from aliscan import engine
from aliscan.finding import Blob, Finding, Match
from aliscan.formats import json, text
from aliscan.sources import files
from aliscan.sources import text as given


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or directories; - is standard input")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="the form of the report")


def run(options: argparse.Namespace) -> int:
    """Scan, print the report, return the exit code."""
    paths = options.paths or ["."]
    items = given.stdin() if paths == ["-"] else files.walk(paths)
    report = engine.run(items, judge)
    write = json.write if options.format == "json" else text.write
    write(report, sys.stdout)
    return report.exit_code


def judge(blob: Blob, match: Match) -> Finding:
    """Take every match as it is."""
    return Finding(match, blob.origin, match.severity)

"""`aliscan history`: every object that a repository holds, and the story of each leak."""

from __future__ import annotations

import argparse

from aliscan.commands.options import add_report_arguments, outputs
from aliscan.finding import EXIT_INTERRUPTED, Blob, Finding, Match
from aliscan.history.scan import Choices, State, scan
from aliscan.sources.narrow import Narrow
from aliscan.sources.store import open_store, open_untrusted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("repository", metavar="REPO", nargs="?", default=".", help="a directory (default: .)")
    narrow = parser.add_argument_group("narrow the scan")
    narrow.add_argument("--reachable", action="store_true", help="only what branches, tags, other refs reach")
    narrow.add_argument("--branch", metavar="REF", action="append", default=[], help="only what REF reaches")
    narrow.add_argument("--since", metavar="DATE", default="", help="only what commits after DATE hold")
    narrow.add_argument(
        "--not", metavar="REF", action="append", default=[], dest="without", help="leave out what REF reaches"
    )
    how = parser.add_argument_group("how")
    how.add_argument(
        "--untrusted",
        action="store_true",
        help="read objects only and obey none of the repository's configuration",
    )
    how.add_argument("--engine", choices=("auto", "git", "packs"), default="auto", help="who reads objects")
    how.add_argument(
        "--jobs", metavar="N", type=int, default=0, help="processes (default: one a processor, at most 8)"
    )
    how.add_argument("--quiet", action="store_true", help="no progress")
    add_report_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Scan, print the reports, return the exit code."""
    reports = outputs(options)
    narrow = Narrow(options.reachable, tuple(options.branch), options.since, tuple(options.without))
    choices = Choices(narrow, options.engine, options.jobs)
    last: list[State] = []

    def tick(state: State) -> None:
        last[:] = [state]

    if options.untrusted:
        with open_untrusted(options.repository) as store:
            report = scan(store, judge, choices, tick)
    else:
        report = scan(open_store(options.repository), judge, choices, tick)
    status = reports.deliver(report)
    return EXIT_INTERRUPTED if last and last[0].interrupted else status


def judge(blob: Blob, match: Match) -> Finding:
    """Take every match as it is."""
    return Finding(match, blob.origin, match.severity)

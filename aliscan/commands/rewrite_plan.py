"""`aliscan rewrite-plan`: how to take leaked values out of the history, step by step."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext

from aliscan.commands.history import policy_of
from aliscan.commands.options import add_policy_arguments
from aliscan.finding import EXIT_CLEAN, EXIT_INCOMPLETE
from aliscan.git import Git, show
from aliscan.history.progress import progress
from aliscan.history.rewrite import Rewrite, collect, plan, write_private
from aliscan.history.scan import Choices, examine
from aliscan.i18n import _
from aliscan.sources.store import open_store, open_untrusted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("repository", metavar="REPO", nargs="?", default=".", help="a directory (default: .)")
    parser.add_argument(
        "--write-secrets",
        metavar="FILE",
        help="write the files for git filter-repo; they hold the whole values, mode 0600",
    )
    parser.add_argument(
        "--untrusted",
        action="store_true",
        help="read objects only and obey none of the repository's configuration",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")
    add_policy_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Scan, write the plan to standard output; 0 when there is a plan or nothing to do."""
    untrusted = options.untrusted
    opened = open_untrusted(options.repository) if untrusted else nullcontext(open_store(options.repository))
    with opened as store, progress(options.quiet) as tick:
        policy = policy_of(store, options)
        report, cases = examine(store, policy.judge, Choices(), tick)
        report = policy.finish(report)
        for gap in report.gaps:
            print(_("aliscan: not scanned: {reason}").format(reason=gap.reason), file=sys.stderr)
        findings = list(report.counted())
        if not findings:
            print(_("Nothing to rewrite: no credential counts in this history."))
            return EXIT_INCOMPLETE if report.gaps else EXIT_CLEAN
        wanted = {f.fingerprint for f in findings}
        todo = collect(store.git, (c for value, c in cases.by_value.items() if value in wanted))
        file = options.write_secrets or "../replacements.txt"
        if options.write_secrets:
            _write(store.git, options.write_secrets, todo)
        print(plan(todo, findings, show(store.label), file, bool(options.write_secrets)))
    return EXIT_INCOMPLETE if report.gaps else EXIT_CLEAN


def _write(git: Git, file: str, todo: Rewrite) -> None:
    write_private(git, file, todo.replacements())
    if todo.blobs:
        write_private(git, file + ".blobs", "".join(f"{oid}\n" for oid in todo.blobs).encode())
    if todo.paths:
        write_private(git, file + ".paths", todo.renames())
    print(
        _("aliscan: {file} holds whole secrets: do not commit or send it, delete it when done.").format(
            file=show(file.encode("utf-8", "surrogateescape"))
        ),
        file=sys.stderr,
    )

"""`aliscan history`: every object that a repository holds, and the story of each leak."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from aliscan.commands.chosen import choices, outputs
from aliscan.commands.options import add_policy_arguments, add_report_arguments
from aliscan.commands.verifying import add_verify_arguments, check_verify_arguments, verified
from aliscan.finding import EXIT_INTERRUPTED, AliscanError, Report
from aliscan.git import show
from aliscan.history.progress import progress
from aliscan.history.scan import Choices, State, scan
from aliscan.i18n import _
from aliscan.record import replace
from aliscan.sources import packs
from aliscan.sources.clone import cloned, is_url, without_password
from aliscan.sources.narrow import Narrow
from aliscan.sources.store import Store, open_store, open_untrusted, submodules
from aliscan.triage.policy import Policy, load
from aliscan.triage.shelf import Commit, Disk, Shelf

_LONG = 5.0  # seconds; a wait that one remembers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument(
        "repository", metavar="REPO|URL", nargs="?", default=".", help="a directory or a URL (default: .)"
    )
    add_narrow_arguments(parser)
    how = parser.add_argument_group("how")
    how.add_argument(
        "--untrusted",
        action="store_true",
        help="read objects only and obey none of the repository's configuration",
    )
    how.add_argument("--submodules", action="store_true", help="also scan submodules that are cloned here")
    how.add_argument("--engine", choices=("auto", "git", "packs"), default="auto", help="who reads objects")
    how.add_argument(
        "--jobs", metavar="N", type=number, default=0, help="processes (default: one a processor, at most 8)"
    )
    how.add_argument(
        "--cache", metavar="DIR", nargs="?", const="", help="remember which objects are clean, and skip them"
    )
    how.add_argument("--quiet", action="store_true", help="no progress")
    add_policy_arguments(parser)
    add_verify_arguments(parser)
    add_report_arguments(parser)


def number(text: str) -> int:
    """How many processes; argparse says of a ValueError: "invalid number value: '-3'"."""
    if int(text) < 0:
        raise ValueError
    return int(text)


def add_narrow_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that narrow a scan."""
    narrow = parser.add_argument_group("narrow the scan")
    narrow.add_argument("--reachable", action="store_true", help="only what branches, tags, other refs reach")
    narrow.add_argument("--branch", metavar="REF", action="append", default=[], help="only what REF reaches")
    narrow.add_argument("--since", metavar="DATE", default="", help="only what commits after DATE hold")
    narrow.add_argument(
        "--not", metavar="REF", action="append", default=[], dest="without", help="leave out what REF reaches"
    )


def run(options: argparse.Namespace) -> int:
    """Scan, print the reports, return the exit code."""
    check_verify_arguments(options)
    reports = outputs(options)
    _check_cache(options.cache)
    narrow = Narrow(options.reachable, tuple(options.branch), options.since, tuple(options.without))
    found: list[Report] = []
    states: list[State] = []
    with progress(options.quiet) as tick, opened(options, tick) as (store, is_clone):
        how = Choices(narrow, options.engine, options.jobs, is_clone, options.cache)
        found.append(_scan(store, options, how, tick, states))
        if options.submodules and not states[-1].interrupted:
            for folder in submodules(store):
                found.append(_scan(open_store(folder), options, replace(how, narrow=Narrow()), tick, states))
    for state in states:
        for text in state.warnings:
            print(f"aliscan: {text}", file=sys.stderr)
    report = _together(found)
    if not options.quiet and report.seconds > _LONG and not packs.available():
        hint = _('with its faster libraries this takes a fraction of the time: pip install "aliscan[fast]"')
        print(f"aliscan: {hint}", file=sys.stderr)
    if options.verify and not any(s.interrupted for s in states):
        report = verified(report, options)
    status = reports.deliver(report)
    return EXIT_INTERRUPTED if any(s.interrupted for s in states) else status


def _check_cache(folder: str | None) -> None:
    """`history --cache .` means another folder than it seems: what follows --cache is its own."""
    inside = (".git", os.path.join("objects", "pack"))  # the first is a file in a linked work tree
    if folder and any(os.path.exists(os.path.join(folder, name)) for name in inside):
        raise AliscanError(
            _("--cache {path}: this is a repository, no folder for a cache. Write it before --cache.").format(
                path=show(os.fsencode(folder))
            )
        )


@contextmanager
def opened(options: argparse.Namespace, tick: Callable[[State], None]) -> Iterator[tuple[Store, bool]]:
    """The store that the command line names, and whether it is a clone made for this run."""
    with ExitStack() as stack:
        if is_url(options.repository):
            say = _say(options.quiet)
            path = stack.enter_context(cloned(options.repository, say))
            label = without_password(options.repository).encode()
            yield replace(open_store(path), label=label, trusted=False), True
        elif options.untrusted:
            yield stack.enter_context(open_untrusted(options.repository)), False
        else:
            yield open_store(options.repository), False


def _say(quiet: bool) -> Callable[[str], None]:
    if quiet or not sys.stderr.isatty():
        return lambda _: None
    return lambda line: print(f"\r\x1b[K{show(line.encode())[:78]}", end="", file=sys.stderr, flush=True)


def _scan(
    store: Store,
    options: argparse.Namespace,
    how: Choices,
    tick: Callable[[State], None],
    states: list[State],
) -> Report:
    policy = policy_of(store, options)

    def keep(state: State) -> None:
        if not states or states[-1] is not state:
            states.append(state)
        tick(state)

    return policy.finish(scan(store, policy.judge, how, keep))


def policy_of(store: Store, options: argparse.Namespace) -> Policy:
    """The policy of a repository that is trusted: of its work tree, or of HEAD where there is none.

    A stranger's repository has no say in what counts.
    """
    chosen = choices(options)
    if not store.trusted:
        return load(_Nothing(), chosen)
    top = store.git.top()
    if top is not None:
        return load(Disk(top), chosen)
    head = store.git.resolve("HEAD^{commit}")
    shelf: Shelf = Commit(store.git, head) if head else _Nothing()
    return load(shelf, chosen)


class _Nothing:
    """A shelf without files."""

    def read(self, name: bytes) -> bytes | None:
        return None

    def label(self, name: bytes) -> str:
        return show(name)


def _together(reports: list[Report]) -> Report:
    """One report of several repositories; the first one's facts stay."""
    first, *others = reports
    for other in others:
        first = replace(
            first,
            findings=first.findings + other.findings,
            gaps=first.gaps + other.gaps,
            blobs=first.blobs + other.blobs,
            bytes=first.bytes + other.bytes,
            seconds=first.seconds + other.seconds,
            notes=first.notes + other.notes,
            failed=first.failed or other.failed,
        )
    return first

"""`aliscan scan`: files, directories, standard input."""

from __future__ import annotations

from aliscan import ahead
from aliscan.commands import chosen
from aliscan.finding import AliscanError
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

# What argparse gives for an empty command line (tests/commands/test_chosen.py)
DEFAULTS = {
    "config": "", "no_config": False, "baseline": "", "no_baseline": False, "threshold": None,
    "strict": False, "verify": False, "endpoint": "", "model_studio_endpoint": "", "timeout": 10.0,
    "verify_cache": False,
}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this command."""
    from aliscan.commands.verifying import add_verify_arguments

    add_scan_arguments(parser)
    add_verify_arguments(parser)


def add_scan_arguments(parser: ArgumentParser) -> None:
    """The options of a scan; `aliscan verify` has them too."""
    from aliscan.commands.options import add_policy_arguments, add_report_arguments

    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or directories; - is standard input")
    add_policy_arguments(parser)
    add_report_arguments(parser)


def start(arguments: list[str]) -> int | None:
    """Run with a usual command line; None for one that needs argparse."""
    options = usual(arguments)
    if options is None:
        return None
    options.command = "scan"
    return run(options)


def usual(arguments: list[str]) -> Namespace | None:
    """As `aliscan.commands.chosen.usual`, of a line whose paths stand last."""
    at = next((n for n, a in enumerate(arguments) if a == "--" or a[:1] != "-"), len(arguments))
    paths = arguments[at:]
    if paths[:1] == ["--"]:
        del paths[0]
    if any(path[:1] in ("-", "") for path in paths):
        return None
    options = chosen.usual(arguments[:at], DEFAULTS)
    if options is not None:
        options.paths = paths
    return options


def run(options: Namespace) -> int:
    """Scan, print the report, return the exit code."""
    paths = options.paths or ["."]
    jobs = 1 if options.strict else 0  # strict: the comments of every file are judged
    with ahead.begin(paths, jobs) as begun:
        # What follows is loaded while others work
        from aliscan import engine, sweep
        from aliscan.detect.anchors import is_container
        from aliscan.sources import text as given
        from aliscan.triage.tops import Tops

        if options.verify:
            from aliscan.commands.verifying import check_verify_arguments

            check_verify_arguments(options)
        reports = chosen.outputs(options)
        if "-" in paths and paths != ["-"]:
            raise AliscanError(_("- is standard input, and no other path may stand beside it; a file: ./-"))
        policies = Tops(paths, chosen.choices(options))
        items = (
            given.stdin(is_container) if paths == ["-"] else sweep.walk(paths, policies.limits, jobs, begun)
        )
        report = policies.finish(engine.run(policies.watch(items), policies.judge, policies.limits()))
    if options.verify:
        from aliscan.commands.verifying import verified

        report = verified(report, options)
    return reports.deliver(report)

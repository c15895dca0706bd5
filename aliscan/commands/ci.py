"""`aliscan ci`: the gate of a pull request or a push, at any provider of continuous integration.

Here is its command line, and its way from that to a report; the gate itself is aliscan.commands.change.
"""

from __future__ import annotations

import sys

from aliscan.commands import chosen
from aliscan.finding import AliscanError, Report
from aliscan.git import Git, GitError
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aliscan.git import Asked

_NAMED = ("head", "base", "policy")  # options that name a commit
# What argparse gives for an empty command line (tests/commands/test_chosen.py)
DEFAULTS = {
    "base": "", "head": "", "full": False, "policy": "", "config": "", "no_config": False, "baseline": "",
    "no_baseline": False, "threshold": None, "strict": False, "verify": False, "endpoint": "",
    "model_studio_endpoint": "", "timeout": 10.0, "verify_cache": False,
}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this command."""
    from aliscan.commands.options import add_policy_arguments, add_report_arguments
    from aliscan.commands.verifying import add_verify_arguments

    group = parser.add_argument_group(title="range")
    group.add_argument(
        "--base", metavar="REV", default="", help="what the change is compared with; else the provider tells"
    )
    group.add_argument(
        "--head", metavar="REV", default="", help="the end of the change; else the provider tells"
    )
    group.add_argument(
        "--full", action="store_true", help="everything that the head reaches, whatever the base"
    )
    group.add_argument(
        "--policy", metavar="REV", default="",
        help="commit whose configuration, baseline and comments count; else the base",
    )  # fmt: skip
    add_policy_arguments(parser)
    add_verify_arguments(parser)
    add_report_arguments(parser)


def start(arguments: list[str], ahead: Asked | None) -> int | None:
    """Run with a usual command line; None for one that needs argparse.

    ``ahead`` is git, looking up names that stand in the line already.
    """
    options = chosen.usual(arguments, DEFAULTS)
    if options is None:
        return None
    options.command = "ci"
    return run(options, ahead)


def run(options: Namespace, ahead: Asked | None = None) -> int:
    """Find the range, scan it, print the report, return the exit code."""
    git, names = Git(), {f"--{name}": getattr(options, name) for name in _NAMED}
    needed = [name for name in names.values() if name]
    asked = ahead if ahead and ahead[1] and {*needed} <= {*ahead[0]} else git.ask_commits(needed)
    from aliscan.commands import change  # while git looks them up

    if options.verify:
        from aliscan.commands.verifying import check_verify_arguments

        check_verify_arguments(options)
    reports = chosen.outputs(options)
    try:
        gate = change.gate(git, options, names, asked)
    except GitError as error:
        raise change.unreadable(error) from None
    if gate is None:
        sys.stderr.write(_("aliscan ci: a branch or tag was deleted: nothing is published.") + "\n")
        return reports.deliver(Report((), (), 0, 0))
    report, broken = change.judge(gate, options)
    if options.verify:
        from aliscan.commands.verifying import verified

        report = verified(report, options)
    status = reports.deliver(report)
    if broken:
        sys.stderr.write(_("aliscan: the policy would be unusable: {reason}").format(reason=broken) + "\n")
        return status or AliscanError.exit_code
    return status

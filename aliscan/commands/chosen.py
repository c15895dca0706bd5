"""What the command line chose, once it is read: by argparse, or by `usual`, without it.

To import argparse, make a parser and read a line with it takes longer than a gate looks at a pull request.
"""

from __future__ import annotations

from collections.abc import Mapping

from aliscan.finding import AliscanError
from aliscan.formats import FORMATS
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from argparse import Namespace

    from aliscan.commands.output import Outputs
    from aliscan.triage.policy import Choices
else:
    from types import SimpleNamespace as Namespace

SEVERITIES = ("low", "medium", "high", "critical")
_FREE = ("base", "head", "policy", "config", "baseline")  # take any value


def usual(arguments: list[str], defaults: Mapping[str, object]) -> Namespace | None:
    """What argparse would make of ``arguments``, or None for a line that it has to read itself.

    ``defaults`` holds every option of the command by the name of its attribute. Understood are flags,
    a few options with a value, and ``--format``; what is odd in any way is argparse's, and so is every
    complaint.
    """
    found = {**defaults, "reports": []}
    reports: list[tuple[str, str]] = []
    rest = iter(arguments)
    for argument in rest:
        option, equals, value = argument.partition("=")
        name = option[2:].replace("-", "_")
        if option[:2] != "--" or "_" in option or (name not in defaults and name != "format"):
            return None
        if defaults.get(name) is False:
            if equals:
                return None
            found[name] = True
            continue
        value = value if equals else next(rest, "")
        if not value or value[0] == "-":
            return None
        if name == "format":
            reports.append(split(value))
            if reports[-1][0] not in FORMATS:
                return None
        elif name in _FREE or (name == "threshold" and value in SEVERITIES):
            found[name] = value
        else:
            return None
    found["reports"] = reports
    return Namespace(**found)


def choices(options: Namespace) -> Choices:
    """What `options.add_policy_arguments` read; for aliscan.triage.policy.load."""
    from aliscan.finding import Severity
    from aliscan.triage.policy import Choices

    if options.config and options.no_config:
        raise AliscanError(_("--config and --no-config contradict each other; give one."))
    if options.baseline and options.no_baseline:
        raise AliscanError(_("--baseline and --no-baseline contradict each other; give one."))
    return Choices(
        config=options.config,
        baseline=options.baseline,
        no_config=options.no_config,
        no_baseline=options.no_baseline,
        threshold=Severity.parse(options.threshold) if options.threshold else None,
        strict=options.strict,
    )


def outputs(options: Namespace) -> Outputs:
    """Where the reports of this run go, by the options of `options.add_report_arguments`.

    Raises AliscanError (exit 2) for files that could not be written later, and for two reports to
    one place.
    """
    from aliscan.commands.output import Outputs, Target

    targets = tuple(Target(name, file) for name, file in options.reports)
    paths = [p for p in getattr(options, "paths", None) or [] if p != "-"]
    return Outputs(
        targets or (Target("text"),), command=str(options.command), about=paths[0] if paths else ""
    )


def split(value: str) -> tuple[str, str]:
    """``NAME[=FILE]`` or ``NAME[:FILE]`` taken apart; the file is "" for standard output."""
    for i, char in enumerate(value):
        if char in "=:":
            return value[:i], value[i + 1 :]
    return value, ""

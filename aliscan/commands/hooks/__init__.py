"""The git hooks, a file each. A hook is a function of the arguments that git gives it.

`start` is the only way in. Options may stand before what git gives (``args:`` of the pre-commit framework,
a hook that somebody wrote). git's own arguments are never parsed as options, whatever they are called:
they are the last ones, and their number is fixed (1.9, R6).
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.triage.policy import Choices

# hook -> its one-line help (a msgid); the module is aliscan.commands.hooks.<hook with _>, but that
# pre-commit, the fast one, is aliscan.commands.hook
HOOKS = {
    "pre-commit": "what the next commit would hold",
    "pre-merge-commit": "what a merge brings in, and no remote has yet",
    "commit-msg": "the message of the commit",
    "pre-push": "everything that a push publishes",
    "pre-receive": "everything that a server receives",
}
# How many arguments git gives, where it gives any
_GIVEN = {"commit-msg": 1, "pre-push": 2}
FRAMEWORK = ("PRE_COMMIT_REMOTE_NAME", "PRE_COMMIT_REMOTE_URL")  # it tells pre-push by these instead
_WITH_VALUE = ("--config", "--baseline", "--threshold", "--severity", "--lang")


def start(name: str, arguments: list[str], choices: Choices | None = None) -> int:
    """Run a hook of `HOOKS`; returns the exit code. ``arguments`` are options of ours, then git's own."""
    options, rest = split(name, arguments)
    if options:
        choices = _choices(name, options)
    # not importlib, which would import warnings
    module = __import__(f"aliscan.commands.hooks.{name.replace('-', '_')}", fromlist=["run"])
    status: int = module.run(rest, choices)
    return status


def split(name: str, arguments: list[str]) -> tuple[list[str], list[str]]:
    """The options before git's arguments, and those; ``--`` between them belongs to neither."""
    given = 0 if name == "pre-push" and any(map(os.environ.get, FRAMEWORK)) else _GIVEN.get(name, 0)
    end, at = len(arguments) - given, 0
    while at < end and arguments[at].startswith("--"):
        if arguments[at] == "--":
            return arguments[:at], arguments[at + 1 :]
        at += 2 if arguments[at] in _WITH_VALUE else 1
    return arguments[:at], arguments[at:]


def _choices(name: str, options: list[str]) -> Choices:
    from aliscan.commands.chosen import choices
    from aliscan.commands.options import add_policy_arguments
    from aliscan.parser import Parser, choose_language

    choose_language(options)
    parser = Parser(prog=f"aliscan hook {name}", add_help=False)
    add_policy_arguments(parser)
    return choices(parser.parse_args(options))

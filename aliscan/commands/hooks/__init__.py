"""The git hooks, a file each. A hook is a function of the arguments that git gives it.

`start` is the only way in and knows no options: what git or the pre-commit framework appends, file
names above all, is never parsed as one (1.9, R6).
"""

from __future__ import annotations

import importlib

# hook -> its one-line help (a msgid); the module is aliscan.commands.hooks.<hook with _>, but that
# pre-commit, the fast one, is aliscan.commands.hook
HOOKS = {
    "pre-commit": "what the next commit would hold",
    "pre-merge-commit": "what a merge brings in, and no remote has yet",
    "commit-msg": "the message of the commit",
    "pre-push": "everything that a push publishes",
    "pre-receive": "everything that a server receives",
}


def start(name: str, arguments: list[str]) -> int:
    """Run a hook of `HOOKS` with the arguments git gave; returns the exit code."""
    module = importlib.import_module(f"aliscan.commands.hooks.{name.replace('-', '_')}")
    status: int = module.run(arguments)
    return status

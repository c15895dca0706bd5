"""`aliscan hook`: what git and the pre-commit framework start."""

from __future__ import annotations

import os
import sys

from aliscan.git import Git
from aliscan.sources import staged
from aliscan.triage.lazy import Triage

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from aliscan.finding import Blob, Clean, Gap
    from aliscan.triage.policy import Choices, Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    from aliscan.commands.hooks import HOOKS
    from aliscan.commands.options import add_policy_arguments

    parser.add_argument("hook", choices=tuple(HOOKS))
    add_policy_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Run the named hook. git's own way in does not pass here (aliscan.cli)."""
    from aliscan.commands.chosen import choices

    if options.hook != "pre-commit":
        from aliscan.commands import hooks

        return hooks.start(options.hook, [], choices(options))
    return pre_commit(choices(options))


# A commit that changes one of these is judged by it at once, also when nothing is found.
POLICY_FILES = (b".aliscan.toml", b"pyproject.toml", b".secrets.baseline")


MANY = 256  # staged objects, from which on several processes pay


def pre_commit(choices: Choices | None = None) -> int:
    """Scan what the commit would hold; nothing is imported for the report unless there is one."""
    git = Git()
    asked = staged.ask(git)
    from aliscan import engine  # while git works
    from aliscan.detect.anchors import is_container

    listed = staged.entries(git, asked)
    if not listed and _started_by_hand():
        listed = staged.whole_index(git)
    for parent in _merged_in(git):
        differs = set(staged.entries(git, staged.ask(git, parent)))
        listed = [entry for entry in listed if entry in differs]
    items: Iterable[Blob | Gap | Clean]
    triage = Triage(lambda: staged_policy(git, choices))
    if choices or any(path in POLICY_FILES for _, _, path in listed):
        items = triage.watch(staged.blobs(git, listed, is_container))
    elif len(listed) >= MANY:
        from aliscan import sweep

        items = sweep.staged(git, listed, triage.limits)
    else:
        items = staged.blobs(git, listed, is_container)
    report = triage.finish(engine.run(items, triage.judge, triage.limits))
    if report.exit_code:
        from aliscan.commands import refused

        refused.commit(git, report, sys.stderr)
    return report.exit_code


def _started_by_hand() -> bool:
    """Whether the pre-commit framework runs us, but git does not run it.

    ``pre-commit run --all-files`` in a clean clone has nothing staged: "nothing to do" would be a
    pass without a look (1.7). git names its index when it runs hooks (1.1), so an empty commit or
    an amended message stays cheap.
    """
    return "PRE_COMMIT" in os.environ and "GIT_INDEX_FILE" not in os.environ


def _merged_in(git: Git) -> list[str]:
    """The commits that `git merge` is merging in and that a remote has; none in any other commit.

    What comes unchanged from a remote is public already: reported here, it would stop every pull of a
    repository with an old leak. What comes from a branch of ours is looked at like any other change.
    MERGE_HEAD is written after the hook; git tells its children by variables called GITHEAD_<id>.
    """
    found = []
    for variable in os.environ:
        oid = variable.removeprefix("GITHEAD_")
        if oid == variable or not oid or oid.strip("0123456789abcdef"):
            continue
        commit = git.resolve(f"{oid}^{{commit}}")
        if commit and not git.run("rev-list", "-1", commit, "--not", "--remotes"):
            found.append(commit)
    return found


def staged_policy(git: Git, choices: Choices | None = None) -> Policy:
    """The staged policy: what the commit will hold is what it is judged by."""
    from aliscan.triage.policy import NO_CHOICES, load
    from aliscan.triage.shelf import Index

    return load(Index(git), choices or NO_CHOICES)

"""`aliscan hook`: what git and the pre-commit framework start."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from aliscan import engine
from aliscan.git import Git
from aliscan.sources import staged

if TYPE_CHECKING:
    import argparse

    from aliscan.finding import Blob, Finding, Match


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("hook", choices=("pre-commit",))


def run(options: argparse.Namespace) -> int:
    """Run the named hook."""
    return pre_commit()


def pre_commit() -> int:
    """Scan what the commit would hold; nothing is imported for the report unless there is one."""
    git = Git()
    listed = staged.entries(git)
    if not listed and _started_by_hand():
        listed = staged.whole_index(git)
    report = engine.run(staged.blobs(git, listed), _judge)
    if report.exit_code:
        from aliscan.formats import text

        text.write(report, sys.stderr)
    return report.exit_code


def _started_by_hand() -> bool:
    """Whether the pre-commit framework runs us, but git does not run it.

    ``pre-commit run --all-files`` in a clean clone has nothing staged: "nothing to do" would be a
    pass without a look (1.7). git names its index when it runs hooks (1.1), so an empty commit or
    an amended message stays cheap.
    """
    return "PRE_COMMIT" in os.environ and "GIT_INDEX_FILE" not in os.environ


def _judge(blob: Blob, match: Match) -> Finding:
    from aliscan.finding import Finding

    return Finding(match, blob.origin, match.severity)

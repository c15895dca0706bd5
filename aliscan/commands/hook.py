"""`aliscan hook`: what git and the pre-commit framework start."""

from __future__ import annotations

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
    report = engine.run(staged.blobs(git, listed), _judge)
    if report.exit_code:
        from aliscan.formats import text

        text.write(report, sys.stderr)
    return report.exit_code


def _judge(blob: Blob, match: Match) -> Finding:
    from aliscan.finding import Finding

    return Finding(match, blob.origin, match.severity)

"""aliscan over its own tree: clean, with no configuration, baseline or comment to help."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import aliscan

TOP = Path(__file__).parent.parent


def in_git() -> bool:
    done = subprocess.run(["git", "rev-parse", "--git-dir"], cwd=TOP, capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(not in_git(), reason="not a checkout")
def test_tree_is_clean_without_exceptions() -> None:
    done = aliscan("scan", "--no-config", "--threshold", "low", cwd=TOP)
    assert done.returncode == 0, done.stdout.decode()
    assert b"suppressed" not in done.stdout, done.stdout.decode()

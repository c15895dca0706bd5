"""aliscan over our own history is clean, without exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import aliscan

TOP = Path(__file__).parent.parent


@pytest.mark.skipif(not (TOP / ".git").exists(), reason="not a checkout: there is no history here")
def test_history_is_clean() -> None:
    done = aliscan("history", "--quiet", "--no-config", str(TOP))
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()

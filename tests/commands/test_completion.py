"""Completion scripts are what their shells accept; start-up pays nothing for them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.conftest import aliscan


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_is_in_the_script(shell: str) -> None:
    from aliscan.cli import COMMANDS

    done = aliscan("completion", shell)
    assert done.returncode == 0, done.stderr
    for command in COMMANDS:
        assert command.encode() in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, check=True)

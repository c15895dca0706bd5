"""When aliscan itself fails: exit 3, one line, no values; whatever was in the message or in the variables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aliscan import crash
from tests.support import keys

# Runs the real main with a command that fails in the middle of its work, holding a value.
SCRIPT = """
import sys, threading
from aliscan import cli, engine
secret = sys.stdin.read()
class Holder:
    def __init__(self): self.me = secret
    def __repr__(self): return secret
    def __del__(self): raise ValueError(secret)
def fail(*args, **more):
    local = secret
    where = sys.argv[1]
    if where == "thread":
        t = threading.Thread(target=lambda: {}[secret], name=secret); t.start(); t.join(); sys.exit(3)
    if where == "destructor":
        Holder(); sys.exit(3)
    if where == "recursion":
        return fail(*args, Holder)
    if where == "chain":
        try:
            int(secret)
        except ValueError as error:
            raise type(secret, (Exception,), {})(secret) from error
    if where == "memory":
        raise MemoryError(secret)
    if where == "group" and sys.version_info >= (3, 11):
        raise ExceptionGroup(secret, [ValueError(secret)])
    raise KeyError(secret, {secret: local})
engine.run = fail
sys.exit(cli.main(["scan", "."]))
"""


def run(where: str, secret: str, *options: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *options, "-c", SCRIPT, where], input=secret.encode(), env=env,
        capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("where", ["thread", "destructor", "recursion", "chain", "memory", "group", "plain"])
@pytest.mark.parametrize("debug", ["", "1"])
def test_nothing_of_a_value_is_printed(where: str, debug: str) -> None:
    secret = keys.secret()
    done = run(where, secret, "-X", "dev", ALISCAN_DEBUG=debug, PATH="/usr/bin:/bin")
    text = done.stdout + done.stderr
    assert done.returncode == 3
    assert secret.encode() not in text
    assert secret[:12].encode() not in text
    assert text.count(b"out of memory" if where == "memory" else b"internal error") == 1
    assert b"Traceback" not in text
    assert (b" in fail" in text) is bool(debug) or where in ("thread", "destructor")


def test_place_is_ours_and_relative() -> None:
    from aliscan.finding import Severity

    with pytest.raises(ValueError, match="unknown") as wrong:
        Severity.parse("x")
    line = crash.sentence(wrong.value)
    assert "ValueError at aliscan/finding.py:" in line
    assert line.isprintable()
    assert str(Path.home()) not in line


def test_closed_standard_error_is_still_exit_3() -> None:
    script = f"import sys; sys.argv = ['x', 'plain']; exec({SCRIPT!r})"
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, script], input=b"x",
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3


def test_ctrl_c_ends_it_where_python_could_only_print_it(tmp_path: Path) -> None:
    """As in the callback that ends each import: the program went on, and a gate passed."""
    script = """
import sys
from aliscan import cli, engine
class Callback:
    def __del__(self): raise KeyboardInterrupt
def interrupted(*args, **more):
    Callback()
    return engine_run(*args, **more)
engine_run, engine.run = engine.run, interrupted
sys.exit(cli.main(["scan", "."]))
"""
    (tmp_path / "a.txt").write_text("nothing\n")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (130, b"")

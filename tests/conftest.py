"""Fixtures for all tests: an environment that knows nothing of this machine, and real git repositories."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextvars import ContextVar
from pathlib import Path

import pytest
from hypothesis import settings

from aliscan import i18n
from tests.support.repo import Repo

# No clock in tests: a busy machine must not fail a property.
settings.register_profile("aliscan", deadline=None)
settings.load_profile("aliscan")


# A runner in the background (`&`, nohup) hands down ignored signals, and what the tests start would ignore
# them too. One that is handled here has its default again in every program that is started.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for _signal in (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
        if signal.getsignal(_signal) == signal.SIG_IGN:
            signal.signal(_signal, lambda _number, _frame: None)


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No user's git configuration, no locale, no hook's variables: tests are the same everywhere."""
    monkeypatch.setattr(i18n, "_chosen", ContextVar("language", default=None))
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("GIT_", "PRE_COMMIT", "ALISCAN_", "ALIBABA", "ALICLOUD")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = T\n\temail = t@example.invalid\n[init]\n\tdefaultBranch = main\n"
        "[protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n"
    )  # fmt: skip


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A new, empty git repository."""
    return Repo.init(tmp_path / "repo")


@pytest.fixture
def in_repo(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """The same, as the current directory."""
    monkeypatch.chdir(repo.path)
    return repo


def aliscan(
    *args: str | bytes, cwd: Path | None = None, stdin: bytes = b"", **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the real command line in a process of its own."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("aliscan")), *args],
        cwd=cwd, input=stdin, capture_output=True, check=False, env={**os.environ, **env},
    )  # fmt: skip

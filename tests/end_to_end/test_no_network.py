"""Without the flag no socket is opened at all: by any command, in any process that it starts.

Two watches: an audit hook of Python sees every socket and every name that is looked up (a
``sitecustomize`` puts it into each Python that runs under the test), and where there is a C compiler, a
library loaded before all others sees those of every other program too, of git and of hooks that start
Python in isolation. The commands are those of the table: a new one is run too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aliscan.cli import COMMANDS
from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo

WATCH = """
import os, sys
seen = os.environ["ALISCAN_TEST_SOCKETS"]
def watch(event, arguments):
    if not event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        return
    if event == "socket.__new__" and arguments[1] == 1:  # AF_UNIX: how processes on one machine talk
        return
    if event != "socket.__new__" and arguments and getattr(arguments[0], "family", 0) == 1:
        return
    if event == "socket.gethostname":
        return
    # urllib3, which detect-secrets imports through requests, tries at import whether there is IPv6:
    # it binds a socket of its own to ::1 and closes it, and nothing is sent
    frame = sys._getframe(1)
    if "_has_ipv6" in (frame.f_code.co_name, frame.f_back and frame.f_back.f_code.co_name):
        return
    with open(seen, "a") as file:
        file.write(f"{event} {sys.argv}\\n")
    raise RuntimeError("a socket was opened")
sys.addaudithook(watch)
"""

PRELOADED = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static void tell(const char *what) {
    const char *seen = getenv("ALISCAN_TEST_SOCKETS");
    int file = seen ? open(seen, O_WRONLY | O_APPEND | O_CREAT, 0600) : -1;
    if (file < 0) return;
    if (write(file, what, strlen(what)) < 0) {}
    close(file);
}
int connect(int handle, const struct sockaddr *address, socklen_t size) {
    if (address->sa_family != AF_UNIX) { tell("connect\\n"); errno = EACCES; return -1; }
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    return real(handle, address, size);
}
ssize_t sendto(int handle, const void *data, size_t length, int flags,
               const struct sockaddr *address, socklen_t size) {
    if (address && address->sa_family != AF_UNIX) { tell("sendto\\n"); errno = EACCES; return -1; }
    ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) =
        dlsym(RTLD_NEXT, "sendto");
    return real(handle, data, length, flags, address, size);
}
"""

ASKS = {"verify", "disable"}  # these two are the flag

# command -> what it is run with, beside nothing at all; a command that is not here is run with nothing
ARGUMENTS: dict[str, list[list[str]]] = {
    "scan": [["."], ["--format", "sarif", "."], ["--format", "html", "--format", "json=r.json", "."]],
    "hook": [
        ["pre-commit"],
        ["commit-msg", "message"],
        ["pre-push", "origin", "https://example.invalid/x.git"],
    ],
    "install": [["--force"]],
    "baseline": [["create"], ["update"], ["audit"]],
    "history": [["."], ["--engine", "git", "."], ["--jobs", "2", "."]],
    "ci": [["--base", "HEAD~1"]],
    "rewrite-plan": [["."]],
    "advise": [["alibaba-access-key-pair"], ["found.json"], ["--example", "java"]],
    "detect-secrets": [["scan", "--all-files", "."], ["hook", "a.py"]],
    "completion": [["bash"]],
    "verify": [["clean.txt"], ["--help"]],
    "disable": [["--help"], ["no-id"]],
}


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library that watches programs that are no Python; empty where it cannot be built."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return ""
    folder = tmp_path_factory.mktemp("preloaded")
    (folder / "watch.c").write_text(PRELOADED)
    library = folder / "watch.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(folder / "watch.c"), "-ldl"]
    done = subprocess.run(command, check=False, capture_output=True)
    return str(library) if done.returncode == 0 else ""


@pytest.fixture
def watched(repo: Repo, tmp_path: Path, preloaded: str, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with leaks everywhere, in which every Python tells what sockets it opens."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("ALISCAN_TEST_SOCKETS", str(tmp_path / "sockets"))
    if preloaded:
        monkeypatch.setenv("LD_PRELOAD", preloaded)
    text = f"id='{keys.key_id()}'\nsecret='{keys.secret()}'\nDASHSCOPE_API_KEY='{keys.model_key()}'\n"
    # what plugins of detect-secrets would ask AWS and Slack about
    text += f"aws_key='AKIA{keys.draw('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}'\n"
    text += f"aws_secret='{keys.draw(keys.BASE62, 40)}'\n"
    text += f"slack='xoxb-{'1' * 12}-{'2' * 12}-{keys.draw(keys.BASE62, 24)}'\n"
    repo.commit("first", **{"clean.txt": "nothing\n"})
    repo.commit("second", **{"a.py": text})
    repo.stage("b.py", text.replace("id", "key_id"))
    (repo.path / "message").write_text(text)
    (repo.path / "found.json").write_text(json.dumps({"findings": [{"rule": "alibaba-access-key-pair"}]}))
    return repo


def sockets() -> str:
    file = Path(os.environ["ALISCAN_TEST_SOCKETS"])
    return file.read_text() if file.exists() else ""


def test_the_watch_sees_a_socket_even_one_that_is_caught(watched: Repo) -> None:
    code = "import socket\ntry: socket.socket()\nexcept Exception: pass"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "socket.__new__" in sockets()


def test_the_watch_sees_isolated_python_and_git(watched: Repo, preloaded: str) -> None:
    if not preloaded:
        pytest.skip("no C compiler here: only Python is watched")
    code = "import socket; socket.socket().connect(('127.0.0.1', 1))"
    subprocess.run([sys.executable, "-I", "-c", code], check=False, stderr=subprocess.DEVNULL)
    assert sockets()
    Path(os.environ["ALISCAN_TEST_SOCKETS"]).unlink()
    watched.run("ls-remote", "git://127.0.0.1:1/x")
    assert sockets()


def test_the_watch_sees_verify(watched: Repo) -> None:
    aliscan("verify", "--endpoint", "http://127.0.0.1:1", "a.py", cwd=watched.path)
    assert sockets()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_opens_a_socket(watched: Repo, command: str) -> None:
    runs = ARGUMENTS.get(command, []) + ([] if command in ASKS else [[]])
    for arguments in runs:
        done = aliscan(command, *arguments, cwd=watched.path, CI="")
        assert sockets() == "", arguments
        assert b"a socket was opened" not in done.stderr
        assert done.returncode in (0, 1, 2), (arguments, done.stderr)


def test_every_command_that_works_has_arguments_with_which_it_does(watched: Repo) -> None:
    """Else the test above would be content with a usage error of a command that never ran."""
    for command in set(COMMANDS) - ASKS:
        codes = [
            aliscan(command, *arguments, cwd=watched.path, CI="").returncode
            for arguments in [*ARGUMENTS.get(command, []), []]
        ]
        assert {0, 1} & set(codes), f"{command}: give it arguments in ARGUMENTS"


def test_a_real_commit_and_push_with_installed_hooks(watched: Repo) -> None:
    assert aliscan("install", cwd=watched.path).returncode == 0
    assert watched.run("commit", "-m", "leak").returncode != 0
    assert sockets() == ""
    watched.run("commit", "-qm", "past the hook", "--no-verify")
    bare = watched.path.parent / "bare.git"
    watched.git("init", "-q", "--bare", str(bare))
    assert watched.run("push", str(bare), "HEAD").returncode != 0
    assert sockets() == ""


def test_the_plugin_in_detect_secrets_itself(watched: Repo) -> None:
    plugin = aliscan("plugin-path").stdout.decode().strip()
    tool = str(Path(sys.executable).with_name("detect-secrets"))
    done = subprocess.run(
        [tool, "scan", "--all-files", "--no-verify", "-p", plugin, "."],
        cwd=watched.path, capture_output=True, check=True,
    )  # fmt: skip
    assert b"alibaba-access-key-pair" in done.stdout
    assert sockets() == ""

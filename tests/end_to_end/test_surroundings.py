"""What is around a gate does not open it: every hook and command, where something is missing, closed,
read-only, planted or interrupted. A change with a key is never let in, a clean one only when it was read."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.gates import ALISCAN, COMMANDS, EVERY, HOOKS, environment, way
from tests.support.repo import Repo

FORMATS = ("text", "json", "jsonl", "sarif", "gitlab", "github", "junit", "csv", "markdown", "html")

every = pytest.mark.parametrize("name", EVERY)


def leak() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


def both(repo: Repo, name: str, *under: str, **env: str | None) -> None:
    """A leak is refused and a clean change let in, under some command and environment."""
    text = leak()
    done = way(repo, name, text).ask(under=under, **env)
    assert done.returncode == 1, done
    assert b"alibaba-access-key-pair" in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
    assert text.split('"')[3].encode() not in done.stdout + done.stderr
    repo.git("update-ref", "-d", "refs/heads/change")
    repo.git("reflog", "expire", "--expire=all", "--all")
    repo.git("gc", "-q", "--prune=now")
    done = way(repo, name, "x = 1\n").ask(under=under, **env)
    assert done.returncode == 0, done


@every
def test_as_it_should_be(repo: Repo, name: str) -> None:
    both(repo, name)


@every
def test_without_a_home(repo: Repo, name: str) -> None:
    who = {f"GIT_{who}_{what}": "t@t" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    without = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "USERPROFILE"))
    both(repo, name, **without, **who)


@every
def test_without_a_place_for_temporary_files(repo: Repo, name: str) -> None:
    both(repo, name, TMPDIR="/nowhere", TMP="/nowhere", TEMP="/nowhere")


@every
def test_where_nothing_can_be_written(repo: Repo, name: str) -> None:
    """A read-only file system, /tmp and all."""
    readonly = ("unshare", "-m", "sh", "-c", 'mount -o bind,remount,ro / && exec "$@"', "sh")
    probe = subprocess.run([*readonly, "sh", "-c", f": > {repo.path}/x"], capture_output=True, check=False)
    if b"ead-only" not in probe.stderr:
        pytest.skip("needs the right to mount")
    both(repo, name, *readonly)


@every
def test_git_is_not_there(repo: Repo, name: str, tmp_path: Path) -> None:
    """A scan of files reads them all then; everything else says that git is missing."""
    asked = way(repo, name, leak())
    done = asked.ask(PATH=str(tmp_path))
    if name.startswith("scan"):
        assert done.returncode == 1, done
        return
    assert done.returncode == 2, done
    assert b"git was not found on PATH" in done.stderr
    clean = way(repo, name, "x = 1\n").ask(PATH=str(tmp_path))
    assert clean.returncode == (0 if name == "commit-msg" else 2)  # for a clean message it needs none


@every
@pytest.mark.parametrize("path", [".:{}", ":{}", "bin:{}", "{}:."])
def test_a_git_in_the_repository_is_not_run(repo: Repo, name: str, path: str) -> None:
    """5.4: an empty or relative part of PATH."""
    marker = repo.path.parent / "executed"
    for place in ("git", "bin/git", "git.exe"):
        repo.write(place, f'#!/bin/sh\ntouch {marker}\nexec {shutil.which("git")} "$@"\n').chmod(0o755)
    both(repo, name, PATH=path.format(os.environ["PATH"]))
    assert not marker.exists()


MODULES = (
    *("argparse", "regex", "re", "subprocess", "json", "aliscan", "detect_secrets", "git", "yaml", "zlib"),
    *("sitecustomize", "usercustomize", "signal", "tomllib", "gettext"),
)


@every
def test_modules_in_the_repository_are_not_imported(repo: Repo, name: str) -> None:
    marker = repo.path.parent / "executed"
    code = f"open({str(marker)!r}, 'w').close()\n"
    for module in MODULES:
        repo.write(f"{module}.py", code)
    both(repo, name)
    assert not marker.exists()


@every
def test_closed_streams(repo: Repo, name: str) -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>&1", ">&- 2>&- <&-"):
        under = ("sh", "-c", f'exec "$@" {closed}', "sh")
        done = way(repo, name, leak()).ask(under=under)
        assert done.returncode in (1, 2, 3), (closed, done)


@pytest.mark.parametrize(
    "args", [("scan", "nothere"), ("scan", "--nonsense"), ("nonsense",), ("history", "nothere")]
)
def test_an_error_that_nobody_can_read_keeps_its_exit_code(repo: Repo, args: tuple[str, ...]) -> None:
    for closed in (">/dev/full 2>&1", "2>/dev/full", "2>&-"):
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}', "sh", ALISCAN, *args], cwd=repo.path, check=False
        )
        assert done.returncode == 2, closed


@every
def test_a_clean_result_that_nobody_can_read_is_none(repo: Repo, name: str) -> None:
    """A hook that has nothing to say needs no stream; a report that cannot be written is exit 3."""
    for closed in (">&-", ">/dev/full"):
        done = way(repo, name, "x = 1\n").ask(under=("sh", "-c", f'exec "$@" {closed}', "sh"))
        assert done.returncode == (0 if name in HOOKS else 3), (closed, done)
        repo.git("update-ref", "-d", "refs/heads/change")


@pytest.mark.parametrize(
    ("name", "form"), [*(("scan", form) for form in FORMATS), *((name, "text") for name in COMMANDS)]
)
def test_a_reader_that_leaves(repo: Repo, name: str, form: str) -> None:
    """``| head -1``: not 0, whether something was found or not."""
    many = "".join(leak() + "\n" * 30 for _ in range(300))
    asked = way(repo, name, many)
    process = subprocess.Popen(
        [ALISCAN, *asked.args, "--format", form], cwd=repo.path, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(asked.stdin)
    process.stdin.close()
    process.stdout.read(1)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() in (1, 3), said
    assert b"Traceback" not in said
    assert b"Exception ignored" not in said


@every
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(repo: Repo, name: str, number: signal.Signals, tmp_path: Path) -> None:
    """While git works (a slow one, put in its place), and while a file is read."""
    if name == "scan-stdin":
        args: tuple[str, ...] = ("scan", "-")
        stdin = None  # it waits for input that does not come
    else:
        asked = way(repo, name, "aliyun secret\n" + leak() if name == "commit-msg" else "x = 1\n")
        args, stdin = asked.args, asked.stdin
    started = tmp_path / "started"
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "git").write_text(f"#!/bin/sh\ntouch {started}\nexec sleep 60\n")
    (slow / "git").chmod(0o755)
    process = subprocess.Popen(
        [ALISCAN, *args], cwd=repo.path, env=environment(PATH=f"{slow}:{os.environ['PATH']}"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    if stdin is not None:
        process.stdin.write(stdin)
        process.stdin.close()
        end = time.monotonic() + 60
        while not started.exists():
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.01)
    else:
        time.sleep(1)
    process.send_signal(number)
    assert process.stdout is not None
    assert process.stderr is not None
    out, said = process.stdout.read(), process.stderr.read()
    status = process.wait(timeout=60)
    assert status == (130 if number == signal.SIGINT else -number) or status == -number, (out, said)
    assert b"Traceback" not in said
    assert b"nothing found" not in out


@every
def test_several_at_once(repo: Repo, name: str) -> None:
    asked = way(repo, name, leak())
    with ThreadPoolExecutor(6) as pool:
        statuses = [done.returncode for done in pool.map(lambda _: asked.ask(), range(6))]
    assert statuses == [1] * 6
    assert not list(repo.path.glob(".git/*.lock"))


@every
def test_a_broken_configuration_opens_nothing(repo: Repo, name: str) -> None:
    for config in (
        "threshold = ",
        "[paths]\nallow = 3\n",
        "unknown = 1\n",
        "threshold = 'none'\n",
        b"\xff\xfe",
    ):
        repo.commit("config", **{".aliscan.toml": config})
        done = way(repo, name, leak()).ask()
        assert done.returncode == 2, (config, done)
        assert b"Traceback" not in done.stderr
        assert b".aliscan.toml" in done.stderr


@pytest.mark.parametrize("name", ["pre-commit", "pre-merge-commit", "scan"])
@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "folder", "future"])
def test_a_broken_index(repo: Repo, name: str, damage: str) -> None:
    asked = way(repo, name, leak())
    index = repo.path / ".git/index"
    data = index.read_bytes()
    if damage == "folder":
        index.unlink()
        index.mkdir()
    else:
        broken = {"cut": data[:-30], "garbage": b"DIRC" + os.urandom(200), "empty": b"",
                  "future": data[:4] + b"\0\0\0\x63" + data[8:]}  # fmt: skip
        index.write_bytes(broken[damage])
    done = asked.ask()
    assert done.returncode in (1, 3), done
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("damage", ["head", "objects", "config", "refs"])
@pytest.mark.parametrize("name", [n for n in EVERY if n not in ("scan-stdin", "commit-msg")])
def test_a_broken_repository(repo: Repo, name: str, damage: str) -> None:
    asked = way(repo, name, leak())
    git = repo.path / ".git"
    if damage == "head":
        (git / "HEAD").write_bytes(b"\0\0\0")
    elif damage == "objects":
        shutil.rmtree(git / "objects")
    elif damage == "config":
        (git / "config").write_text("[core\n")
    else:
        (git / "refs/heads/main").write_text("nothing\n")
    done = asked.ask()
    assert done.returncode in (1, 2, 3), done
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("target", ["/nowhere/report", ".", "/dev/full", "readme.txt/x", "x" * 300])
def test_a_report_that_cannot_be_written(repo: Repo, name: str, target: str) -> None:
    for text in (leak(), "x = 1\n"):
        done = way(repo, name, text).ask("--format", f"json={target}")
        assert done.returncode in (2, 3), (target, done)
        assert b"Traceback" not in done.stderr
        repo.git("update-ref", "-d", "refs/heads/change")


def test_intent_to_add(repo: Repo) -> None:
    """Nothing is staged yet, and what is committed in the end is looked at."""
    repo.commit("base", **{"readme.txt": "hello\n"})
    assert aliscan("install", cwd=repo.path).returncode == 0
    repo.write("later.py", leak())
    repo.git("add", "-N", "later.py")
    repo.stage("b.py", "b = 1\n")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0
    assert repo.run("commit", "-m", "b").returncode == 0
    assert repo.run("commit", "-a", "-m", "all").returncode == 1
    assert repo.run("commit", "-m", "one", "later.py").returncode == 1
    repo.git("add", "later.py")
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 1


@pytest.mark.parametrize("sparse", [(), ("--cone",), ("--cone", "--sparse-index"), ("--no-cone",)])
def test_sparse_checkout(repo: Repo, sparse: tuple[str, ...]) -> None:
    """Most files are not on disk, and with a sparse index not even in the index one by one."""
    for folder in ("in", "out/deep", "other"):
        repo.stage(f"{folder}/f.txt", f"{folder}\n")
    repo.commit("base")
    assert aliscan("install", "--hooks", "pre-commit,pre-push", cwd=repo.path).returncode == 0
    if sparse:
        repo.git("sparse-checkout", "set", *sparse, "in")
        assert not (repo.path / "out").exists()
    repo.stage("in/clean.txt", "clean\n")
    assert repo.run("commit", "-m", "clean").returncode == 0
    assert aliscan("scan", cwd=repo.path).returncode == 0
    repo.stage("in/leak.py", leak())
    assert repo.run("commit", "-m", "leak").returncode == 1
    repo.git("rm", "-q", "-f", "--cached", "in/leak.py")
    (repo.path / "in/leak.py").unlink()
    oid = repo.git("hash-object", "-w", "--stdin", stdin=leak().encode())
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{oid},out/deep/leak.py")
    done = repo.run("commit", "-m", "leak")
    assert done.returncode == 1, done
    assert b"out/deep/leak.py" in done.stderr
    done = aliscan("hook", "pre-commit", cwd=repo.path, PRE_COMMIT="1")  # all files
    assert done.returncode == 1


def test_nothing_is_written_into_the_repository(repo: Repo) -> None:
    """Neither a cache nor a refreshed index: what git has there stays byte for byte."""
    for name in EVERY:
        asked = way(repo, name, leak())
        (repo.path / "readme.txt").touch()  # git would like to refresh the index
        before = _contents(repo.path)
        assert asked.ask().returncode == 1
        assert _contents(repo.path) == before, name


def _contents(top: Path) -> dict[str, tuple[int, bytes]]:
    found = {}
    for path in sorted(top.rglob("*")):
        info = path.lstat()
        data = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
        found[str(path)] = (info.st_mtime_ns, data)
    return found


def test_the_python_of_a_hook_is_isolated(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell exports for Python does not reach the hook: PYTHONPATH above all."""
    repo.commit("base", **{"readme.txt": "hello\n"})
    hooks = ("pre-commit", "commit-msg", "pre-push", "pre-merge-commit")
    assert aliscan("install", "--hooks", ",".join(hooks), cwd=repo.path).returncode == 0
    remote = Repo.init(repo.path.parent / "remote.git", "--bare")
    assert aliscan("install", cwd=remote.path).returncode == 0
    repo.git("remote", "add", "origin", str(remote.path))
    marker = repo.path.parent / "executed"
    code = f"open({str(marker)!r}, 'w').close()\n"
    for module in ("argparse", "regex", "signal", "aliscan", "sitecustomize"):
        repo.stage(f"{module}.py", code)
        (remote.path / f"{module}.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", f"{repo.path}:{remote.path}")
    monkeypatch.setenv("PYTHONSTARTUP", "argparse.py")
    assert repo.run("commit", "-q", "-m", "clean").returncode == 0
    assert repo.run("push", "-q", "origin", "HEAD").returncode == 0
    assert repo.run("commit", "-q", "--allow-empty", "-m", leak()).returncode == 1
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("leak", **{"leak.py": leak()})
    assert repo.run("push", "-q", "origin", "HEAD").returncode == 1
    assert repo.run("push", "-q", "--no-verify", "origin", "HEAD").returncode == 1
    repo.git("checkout", "-q", "main")
    repo.commit("other", **{"other.txt": "o\n"})
    assert repo.run("merge", "-q", "--no-edit", "side").returncode != 0
    assert not marker.exists()

"""The message of a commit, as git keeps it: real commits through the installed hook (F11)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from aliscan.commands.hooks.commit_msg import split
from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


@pytest.fixture
def guarded(repo: Repo) -> Repo:
    repo.commit("base", **{"readme.txt": "hello\n"})
    assert aliscan("install", "--hooks", "commit-msg,pre-merge-commit", cwd=repo.path).returncode == 0
    return repo


def commit(repo: Repo, *args: str, editor: str = "true") -> subprocess.CompletedProcess[bytes]:
    return repo.run("commit", "-q", "--allow-empty", *args, GIT_EDITOR=editor)


def writes(tmp_path: Path, text: str) -> str:
    """An editor that puts text before what git wrote."""
    editor = tmp_path / "editor"
    (tmp_path / "text").write_text(text)
    editor.write_text(f'#!/bin/sh\ncat "{tmp_path}/text" "$1" > "$1.new" && mv "$1.new" "$1"\n')
    editor.chmod(0o755)
    return str(editor)


def test_key_in_the_body(guarded: Repo) -> None:
    key, secret = keys.key_id(), keys.secret()
    done = commit(guarded, "-m", f"subject\n\n{key}\n{secret}\n")
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stderr
    assert b"git commit -e -F .git/COMMIT_EDITMSG" in done.stderr
    assert secret.encode() not in done.stderr
    assert commit(guarded, "-m", "clean").returncode == 0


def test_comment_lines_count_where_git_keeps_them(guarded: Repo, tmp_path: Path) -> None:
    line = f"# {keys.key_id()}"
    assert commit(guarded, "-m", f"x\n\n{line}").returncode == 1  # no editor: comments are kept
    assert commit(guarded, "--cleanup=verbatim", "-m", f"x\n\n{line}").returncode == 1
    editor = writes(tmp_path, f"subject\n\n{line}\n")
    done = commit(guarded, editor=editor)
    assert done.returncode == 0  # with one they are dropped
    assert b"comment line" in done.stderr
    assert "LTAI" not in guarded.git("log", "-1", "--format=%B")
    guarded.git("config", "commit.cleanup", "verbatim")
    assert commit(guarded, editor=editor).returncode == 1
    guarded.git("config", "commit.cleanup", "strip")
    assert commit(guarded, "-m", f"x\n\n{line}").returncode == 0
    assert "LTAI" not in guarded.git("log", "-1", "--format=%B")


def test_cleanup_from_the_command_line_is_obeyed(guarded: Repo, tmp_path: Path) -> None:
    editor = writes(tmp_path, f"subject\n\n# {keys.key_id()}\n")
    done = guarded.run("-c", "commit.cleanup=whitespace", "commit", "-q", "--allow-empty", GIT_EDITOR=editor)
    assert done.returncode == 1


def test_another_comment_character(guarded: Repo, tmp_path: Path) -> None:
    guarded.git("config", "core.commentChar", ";")
    assert commit(guarded, editor=writes(tmp_path, f"subject\n\n# {keys.key_id()}\n")).returncode == 1
    assert commit(guarded, editor=writes(tmp_path, f"subject\n\n; {keys.key_id()}\n")).returncode == 0


def test_diff_below_the_scissors_is_no_message(guarded: Repo, tmp_path: Path) -> None:
    guarded.commit("leak", **{"a.py": f'id = "{keys.key_id()}"\n'})
    guarded.stage("a.py", "clean\n")
    assert commit(guarded, "-v", editor=writes(tmp_path, "takes it out\n")).returncode == 0
    assert guarded.git("log", "-1", "--format=%B") == "takes it out\n"


def test_typed_scissors_hide_nothing(guarded: Repo, tmp_path: Path) -> None:
    text = f"subject\n\n# ------------------------ >8 ------------------------\n{keys.key_id()}\n"
    assert commit(guarded, "-m", text).returncode == 1
    assert commit(guarded, editor=writes(tmp_path, text)).returncode == 1


def test_merge_messages_amends_and_worktrees(guarded: Repo, tmp_path: Path) -> None:
    guarded.git("checkout", "-q", "-b", "side")
    guarded.commit("side", s="s")
    guarded.git("checkout", "-q", "main")
    guarded.commit("main", m="m")
    assert guarded.run("merge", "-m", f"merge {keys.key_id()}", "side").returncode != 0
    guarded.git("reset", "-q", "--hard")
    assert guarded.run("merge", "-m", "merge", "side").returncode == 0
    assert commit(guarded, "--amend", "-m", keys.key_id()).returncode == 1
    guarded.git("worktree", "add", "-q", str(tmp_path / "wt"))
    assert commit(Repo(tmp_path / "wt"), "-m", keys.key_id()).returncode == 1


def test_message_that_cannot_be_read(guarded: Repo) -> None:
    assert aliscan("hook", "commit-msg", "nowhere", cwd=guarded.path).returncode == 3
    assert aliscan("hook", "commit-msg", cwd=guarded.path).returncode == 2
    assert aliscan("hook", "commit-msg", "--help", cwd=guarded.path).returncode == 3


def test_file_called_like_an_option(guarded: Repo) -> None:
    guarded.write("--help", keys.key_id())
    assert aliscan("hook", "commit-msg", "--help", cwd=guarded.path).returncode == 1


CUT = b"# ------------------------ >8 ------------------------\n# Do not modify\ndiff --git\n-removed\n"


@pytest.mark.parametrize(
    ("cleanup", "comment", "editor", "kept", "dropped"),
    [
        ("default", "#", True, b"a\n\nb\n", b"\n# c\n\n"),
        ("default", "#", False, b"a\n# c\nb\n" + CUT, b""),
        ("whitespace", "#", True, b"a\n# c\nb\n", b""),
        ("scissors", "#", True, b"a\n# c\nb\n", b""),
        ("verbatim", "#", True, b"a\n# c\nb\n" + CUT, b""),
        ("strip", "#", False, b"a\n\nb\n\n\ndiff --git\n-removed\n", None),
        ("default", "auto", True, b"a\n\nb\n", b"\n# c\n\n"),
        ("default", "//", True, b"a\n# c\nb\n" + CUT, None),
    ],
)
def test_split(cleanup: str, comment: str, editor: bool, kept: bytes, dropped: bytes | None) -> None:
    assert split(b"a\n# c\nb\n" + CUT, cleanup, comment, editor)[0] == kept
    if dropped is not None:
        assert split(b"a\n# c\nb\n" + CUT, cleanup, comment, editor)[1] == dropped


def test_merges_bring_in_what_a_remote_has(guarded: Repo, tmp_path: Path) -> None:
    """F12: what is public already does not stop a pull; a branch of ours and an evil merge do."""
    leak = f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'
    upstream = Repo.init(tmp_path / "up.git", "--bare")
    guarded.git("remote", "add", "origin", str(upstream.path))
    guarded.git("checkout", "-q", "-b", "theirs")
    guarded.commit("old leak", **{"old.py": leak})
    guarded.git("push", "-q", "--no-verify", "origin", "theirs")
    guarded.git("checkout", "-q", "-b", "ours", "main")
    guarded.commit("ours", o="o")
    guarded.git("branch", "mine", "main")
    assert guarded.run("merge", "-q", "-m", "pull", "origin/theirs").returncode == 0
    guarded.git("checkout", "-q", "mine")
    guarded.commit("new leak", **{"new.py": leak})
    guarded.git("checkout", "-q", "ours")
    assert guarded.run("merge", "-q", "-m", "local", "mine").returncode != 0

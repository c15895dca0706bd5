"""A refused commit: everything that a person needs, within 25 lines, with commands that work."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace

import pytest

from aliscan.finding import Finding, Origin
from aliscan.formats import refusal
from tests.conftest import aliscan
from tests.formats.samples import finding, pair, report
from tests.support import keys
from tests.support.repo import Repo

LEAK = 'ALIBABA_CLOUD_ACCESS_KEY_ID = "{}"\nALIBABA_CLOUD_ACCESS_KEY_SECRET = "{}"\n'


def leak() -> str:
    _match, ident, secret = pair()
    return LEAK.format(ident, secret)


def refuse(repo: Repo, cwd: str = ".", **env: str) -> list[str]:
    done = aliscan("hook", "pre-commit", cwd=repo.path / cwd, stdin=b"", **env)
    assert done.returncode == 1
    assert done.stdout == b""
    return done.stderr.decode().splitlines()


def test_it_says_what_where_why_and_what_to_do(repo: Repo) -> None:
    repo.stage("src/配置.py", "# x\n" + leak())
    lines = refuse(repo)
    text = "\n".join(lines)
    assert len(lines) <= 25
    assert re.search(r"critical  alibaba-access-key-pair  src/配置.py:2:\d+", text)
    assert re.search(r"AccessKey ID +LTAI5t..\*{4}.. +2:\d+  fingerprint [0-9a-f]{16}", text)
    assert re.search(r"AccessKey secret +\*{4}.. \(30 characters\) +3:\d+  fingerprint [0-9a-f]{16}", text)
    for words in (
        "1. Take it out",
        "2. Rotate",
        "3. Keep it",
        "~/.alibabacloud/credentials",
        "RAM role or STS",
    ):
        assert words in text
    assert "aliscan: allow[alibaba-access-key-pair]" in text
    assert "baseline" in text


def test_plain_text_where_no_terminal_is(repo: Repo) -> None:
    repo.stage("a.py", leak())
    text = "\n".join(refuse(repo))
    assert text.isascii()
    assert "\x1b" not in text
    assert "\x1b[" in "\n".join(refuse(repo, FORCE_COLOR="1"))
    assert "\x1b" not in "\n".join(refuse(repo, FORCE_COLOR="1", NO_COLOR="1"))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40])
def test_25_lines_however_many_there_are(count: int, repo: Repo) -> None:
    for i in range(count):
        repo.stage(f"f{i}.py", leak())
    lines = refuse(repo)
    assert len(lines) <= 25
    told = sum("alibaba-access-key-pair  f" in line for line in lines)
    assert told >= min(count, 2)
    if told < count:
        assert f"  and {count - told} more: run aliscan scan" in lines


def test_25_lines_in_chinese_too(repo: Repo) -> None:
    for i in range(9):
        repo.stage(f"f{i}.py", leak())
    lines = refuse(repo, ALISCAN_LANG="zh")
    assert len(lines) <= 25


def test_one_value_in_many_files_is_told_once(repo: Repo) -> None:
    same = leak()
    for i in range(5):
        repo.stage(f"f{i}.py", same)
    text = "\n".join(refuse(repo))
    assert "f0.py:1:32 (and 4 more places)" in text
    assert "it holds an Alibaba Cloud credential" in text


def test_a_finding_with_very_many_parts_fits() -> None:
    base = finding()
    many = replace(base.match, parts=base.match.parts * 30)
    out = io.StringIO()
    refusal.write(report(Finding(many, Origin("file", b"a"), base.severity)), out, title="t", remove=["r"])
    assert out.getvalue().count("\n") <= 25


def commands(lines: list[str]) -> list[str]:
    """The git commands of step 1, as a person would paste them."""
    found = [re.sub(r"^or leave the whole file out of it: ", "", line.strip()) for line in lines]
    return [line for line in found if line.startswith("git ")]


def paste(repo: Repo, command: str, cwd: str = ".") -> None:
    subprocess.run(["bash", "-ec", command], cwd=repo.path / cwd, check=True, capture_output=True)


NAMES = [
    b"a.py",
    "目录/密 钥.py".encode(), b"it's.py", b"-rf.py", b"*.py", b"a\nb.py", b"\xff.py", b":x.py", b"[a].py",
    b"##vso[x].py", b"b\\c.py", b"$(touch pwned).py",
]  # fmt: skip


def stage(repo: Repo, name: bytes, text: str) -> None:
    """`Repo.stage` for names that are pathspec magic."""
    repo.write(name, text)
    repo.git("add", "-f", "--", name, GIT_LITERAL_PATHSPECS="1")


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_take_a_new_file_out(name: bytes, repo: Repo) -> None:
    repo.stage("other.txt", "x")
    stage(repo, name, leak())
    add, leave = commands(refuse(repo))
    paste(repo, leave)
    assert repo.git("ls-files", "-z") == "other.txt\0"
    repo.write(name, "clean")
    paste(repo, add.replace("git commit", "git commit -qm x"))
    assert repo.git("ls-files").count("\n") == 1
    assert aliscan("hook", "pre-commit", cwd=repo.path).returncode == 0
    assert not (repo.path / "pwned").exists()


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_take_a_changed_file_back(name: bytes, repo: Repo) -> None:
    stage(repo, name, "old")
    repo.commit()
    stage(repo, name, leak())
    paste(repo, commands(refuse(repo))[1])
    assert repo.git("diff", "--cached", "--name-only") == ""


def test_the_commands_work_where_the_user_stands(repo: Repo) -> None:
    repo.commit(**{"sub/x": "x"})
    repo.stage("a.py", leak())
    paste(repo, commands(refuse(repo, GIT_PREFIX="sub/"))[1], cwd="sub")
    assert repo.git("diff", "--cached", "--name-only") == ""


def test_a_key_in_a_path_is_renamed(repo: Repo) -> None:
    repo.stage(f"backup-{keys.key_id()}.txt", "x")
    text = "\n".join(refuse(repo))
    assert "git mv -- backup-LTAI" in text or "git mv" in text

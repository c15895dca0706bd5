"""Path rules: every answer is compared with the real `git check-ignore`."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aliscan.triage.ignore import PatternError, Rules, rule
from tests.support.repo import Repo


def git_says(repo: Repo, lines: list[bytes], paths: list[bytes]) -> set[bytes]:
    """The paths that git ignores under the rules. Nothing is on disk, so no path is a folder."""
    (repo.path / ".git/info/exclude").write_bytes(b"\n".join(lines) + b"\n")
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=repo.path, input=b"".join(b"./" + p + b"\0" for p in paths), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return {p.removeprefix(b"./") for p in done.stdout.split(b"\0")[:-1]}  # "./": ":x" would be magic


def ours(lines: list[bytes], paths: list[bytes]) -> set[bytes]:
    rules = Rules(map(rule, lines))
    return {p for p in paths if rules.match(p)}


def usable(line: bytes) -> bool:
    try:
        rule(line)
    except PatternError:
        return False
    return True


NAMES = st.lists(st.sampled_from(b"ab-]\\*!#[. \xe9\xff^:"), min_size=1, max_size=4).map(bytes)
PATHS = (
    st.lists(NAMES, min_size=1, max_size=4)
    .map(b"/".join)
    .filter(lambda p: not any(part in (b".", b"..", b"") for part in p.split(b"/")))
)
PIECES = st.sampled_from(
    [b"*", b"**", b"***", b"?", b"/", b"a", b"b", b"ab", b"[ab]", b"[!a]", b"[^b-]", b"[a-b]", b"[]a]", b"[",
     b"]", b"\\", b"\\*", b"\\a", b"[[:alpha:]]", b"[[:punct:]a]", b"[[:bad:]]", b"[[:a]", b"[\\]]",
     b"[a-\\b]", b"-", b" ", b"\\ ", b"!", b"#", b"\xe9", b"**/", b"/**", b"/**/", b"[a/b]",
     b"\\/", b".", b":"]
)  # fmt: skip
LINES = st.lists(PIECES, min_size=1, max_size=6).map(b"".join).filter(usable)


@pytest.fixture(scope="module")
def bare_tree(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    return Repo.init(tmp_path_factory.mktemp("ignore"))


@settings(max_examples=120, deadline=None)
@given(
    lines=st.lists(LINES, min_size=1, max_size=4),
    paths=st.lists(PATHS, min_size=5, max_size=40, unique=True),
)
def test_agrees_with_git(bare_tree: Repo, lines: list[bytes], paths: list[bytes]) -> None:
    assert ours(lines, paths) == git_says(bare_tree, lines, paths)


@pytest.mark.parametrize(
    ("lines", "path", "covered"),
    [
        ([b"docs/"], b"docs/a.md", True),
        ([b"docs/"], b"docs", False),
        ([b"docs/"], b"x/docs/a.md", True),
        ([b"/docs/"], b"x/docs/a.md", False),
        ([b"*.env"], b"a/b/.env", True),
        ([b"a/*.py"], b"a/b/c.py", False),
        ([b"a/**/c.py"], b"a/c.py", True),
        ([b"a/**"], b"a/b/c.py", True),
        ([b"*.md", b"!keys.md"], b"keys.md", False),
        ([b"docs/", b"!docs/keys.md"], b"docs/keys.md", True),  # git: the folder is out, all below is out
        ([b"docs/*", b"!docs/keys.md"], b"docs/keys.md", False),
        ([b"caf\xe9*"], b"caf\xe9.txt", True),
        (["测试/".encode()], "测试/钥匙.txt".encode(), True),
    ],
)
def test_the_usual_forms(bare_tree: Repo, lines: list[bytes], path: bytes, covered: bool) -> None:
    assert bool(Rules(map(rule, lines)).match(path)) is covered
    assert git_says(bare_tree, lines, [path]) == ({path} if covered else set())


@pytest.mark.parametrize("line", [b"", b"   ", b"# note", b"!", b"/", b"a\nb", b"a\0b", b"x" * 2000])
def test_what_is_no_pattern_is_refused(line: bytes) -> None:
    with pytest.raises(PatternError):
        rule(line)


@pytest.mark.parametrize(
    "line", [b"*a" * 400 + b"b", b"**/" * 300 + b"b", b"?*" * 400 + b"b", b"[a-z]*" * 150]
)
def test_hostile_patterns_take_linear_time(line: bytes, tmp_path: Path) -> None:
    rules = Rules([rule(line)])
    start = time.process_time()
    for path in (b"a" * 4000, b"a/" * 2000 + b"a"):
        rules.match(path)
    assert time.process_time() - start < 5


def test_last_rule_that_matches_is_named() -> None:
    found = Rules([rule(b"*.txt"), rule(b"a.*")]).match(b"a.txt")
    assert found is not None
    assert found.text == b"a.*"

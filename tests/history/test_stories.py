"""Each leaked value once, with what the history knows of it."""

from __future__ import annotations

from random import Random

import pytest

from tests.conftest import aliscan
from tests.history.support import need, only, report
from tests.support import keys
from tests.support.repo import Repo


def test_an_added_and_removed_key_has_first_last_and_paths(repo: Repo) -> None:
    repo.commit("start", **{"a.txt": "clean\n"})
    key = keys.key_id()
    added = repo.commit("add a key", **{"config.ini": f"id = {key}\n"})
    repo.commit("something else", **{"b.txt": "b\n"})
    repo.git("mv", "config.ini", "moved.ini")
    moved = repo.commit("move it")
    repo.git("rm", "-q", "moved.ini")
    repo.commit("remove the key")
    _, story = only(report(repo.path))
    assert story.first
    assert story.last
    assert (story.first.commit, story.first.subject) == (added, b"add a key")
    assert story.last.commit == moved
    assert sorted(story.paths) == [b"config.ini", b"moved.ini"]
    assert story.branches == (b"main",)
    assert not story.in_head
    assert story.reachable
    assert (story.commits, story.blobs) == (3, 1)
    done = aliscan("history", str(repo.path))
    assert done.returncode == 1
    assert key.encode() not in done.stdout + done.stderr


def test_one_key_in_many_blobs_is_one_finding(repo: Repo) -> None:
    key = keys.key_id()
    for i in range(5):
        repo.commit(f"version {i}", **{"a.txt": f"{i}\n{key}\n"})
    repo.git("tag", "v1", "HEAD~2")
    repo.git("branch", "old", "HEAD~4")
    _, story = only(report(repo.path))
    assert (story.blobs, story.commits) == (5, 5)
    assert story.branches == (b"main", b"old")
    assert story.tags == (b"v1",)
    assert story.in_head


def test_commits_that_share_a_root_tree_are_told_apart(repo: Repo) -> None:
    def commit(text: str, when: int) -> str:
        (repo.path / "a.txt").write_text(text)
        repo.git("add", "a.txt")
        date = f"{1_700_000_000 + when} +0000"
        repo.git("commit", "-qm", f"at {when}", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
        return repo.git("rev-parse", "HEAD")

    leaked = f"id = {keys.key_id()}\n"
    commit("clean\n", 0)
    first = commit(leaked, 60)
    commit("clean\n", 120)
    repo.git("branch", "clean")
    repo.git("branch", "side")
    last = commit(leaked, 180)
    repo.git("branch", "leaky")
    commit("clean\n", 240)
    repo.git("checkout", "-q", "side")
    repo.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "the tree of side", "leaky")
    repo.git("branch", "-qD", "leaky")
    _, story = only(report(repo.path))
    assert story.first
    assert story.last
    assert (story.first.commit, story.last.commit, story.commits) == (first, last, 2)
    assert story.paths == (b"a.txt",)
    assert story.branches == (b"clean", b"main", b"side")
    assert story.lay == 240 - 60, "until it went the last time"
    assert not story.in_head


@pytest.mark.parametrize("engine", ["git", "packs"])
@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_a_name_that_holds_a_key_is_followed_through_other_changes(
    repo: Repo, engine: str, folder: bool
) -> None:
    """Its file changes, moves and goes; other hits are beside it."""
    choices = need(engine)
    rng = Random(5)
    named, other = keys.key_id(rng), keys.key_id(rng)
    inside = "/x.txt" if folder else ""
    steps = {
        "first": {f"a/{named}{inside}": "one\n", "code.py": f"id = {other}\n"},
        "second": {f"a/{named}{inside}": "two\n"},
        "third": {f"b/{named}{inside}": "two\n", "code.py": "nothing\n"},
    }
    for subject, files in steps.items():
        for path, text in files.items():
            repo.write(path, text.encode())
        repo.git("add", ".")
        repo.git("commit", "-qm", subject)
    repo.git("rm", "-qr", "a", "b")
    repo.git("commit", "-qm", "last")
    repo.git("repack", "-adq")
    found = report(repo.path, choices)
    stories = {f.parts[0].secret.reveal().decode(): f.story for f in found.findings}
    story = stories[named]
    assert story
    assert story.first
    assert story.last
    assert (story.first.subject, story.last.subject) == (b"first", b"third")
    assert set(story.paths) == {f"{top}/{named}{inside}".encode() for top in "ab"}
    assert story.commits == 3
    assert not story.in_head
    assert stories[other]


@pytest.mark.parametrize("engine", ["git", "packs"])
def test_a_root_tree_that_is_missing_leaves_no_story_half_told(repo: Repo, engine: str) -> None:
    """git compares the pairs of trees that it can read, and says nothing of the others."""
    choices = need(engine)
    for number, text in enumerate((f"id = {keys.key_id()}\n", "clean\n", "clean too\n")):
        repo.commit(f"c{number}", **{"a.txt": text})
    tree = repo.git("rev-parse", "HEAD~1^{tree}")
    (repo.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    found = report(repo.path, choices)
    (finding,) = found.findings
    assert finding.story is None
    assert any("stories are missing" in gap.reason for gap in found.gaps)
    assert any(gap.origin.oid == tree for gap in found.gaps)

"""A push is refused, whichever way the key travels: real git, real remotes on disk, the installed hook."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


@dataclass(frozen=True)
class Pushing:
    """A repository whose hook guards pushes to ``remote``, called origin; main is there already."""

    repo: Repo
    remote: Repo

    def push(self, *args: str) -> subprocess.CompletedProcess[bytes]:
        return self.repo.run("push", *(args or ("-q", "origin", "HEAD")))

    def refused(self, *args: str) -> str:
        """Push, which must be refused and leave no object on the remote; what was said."""
        before = self.remote.git("count-objects", "-v")
        done = self.push(*args)
        assert done.returncode != 0, done
        assert self.remote.git("count-objects", "-v") == before
        return done.stderr.decode(errors="surrogateescape")

    def passes(self, *args: str) -> str:
        done = self.push(*args)
        assert done.returncode == 0, done
        return done.stderr.decode()


def build(tmp_path: Path, *options: str, name: str = "origin") -> Pushing:
    remote = Repo.init(tmp_path / "remote.git", "--bare", *options)
    repo = Repo.init(tmp_path / "work", *options)
    repo.git("remote", "add", name, str(remote.path))
    repo.commit("base", **{"readme.txt": "hello\n"})
    repo.git("push", "-q", name, "main")
    assert aliscan("install", "--hooks", "pre-push", cwd=repo.path).returncode == 0
    return Pushing(repo, remote)


@pytest.fixture(params=["sha1", "sha256"])
def pushing(request: pytest.FixtureRequest, tmp_path: Path) -> Pushing:
    return build(tmp_path, f"--object-format={request.param}")


@pytest.fixture
def pushing1(tmp_path: Path) -> Pushing:
    return build(tmp_path)


def pair() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


def test_clean_push_says_nothing(pushing: Pushing) -> None:
    pushing.repo.commit("clean", a="nothing here\n")
    assert pushing.passes() == ""


def test_key_in_a_commit_is_refused_and_amend_repairs_it(pushing: Pushing) -> None:
    leak = pair()
    bad = pushing.repo.commit("adds config", **{"conf/app.py": leak})
    said = pushing.refused()
    assert "alibaba-access-key-pair" in said
    assert "conf/app.py:1" in said
    assert bad[:12] in said
    assert "adds config" in said
    assert "git commit --amend" in said
    assert leak.split('"')[3] not in said
    pushing.repo.stage("conf/app.py", "id = environ['ID']\n")
    pushing.repo.git("commit", "-q", "--amend", "--no-edit")
    pushing.passes()


def test_added_and_removed_inside_one_push(pushing: Pushing) -> None:
    """F14"""
    bad = pushing.repo.commit("adds", **{"a.py": pair()})
    removes = pushing.repo.commit("removes", **{"a.py": "clean\n"})
    said = pushing.refused()
    assert bad[:12] in said
    assert f"taken out again in {removes[:12]}" in said
    assert f"git rebase -i {bad[:12]}^" in said


def test_the_rebase_that_is_advised_works(pushing1: Pushing) -> None:
    repo = pushing1.repo
    bad = repo.commit("adds", **{"a.py": pair()})
    repo.commit("other", **{"b.py": "b\n"})
    said = pushing1.refused()
    (base,) = [line.split()[-1] for line in said.split("\n") if line.strip().startswith("git rebase -i")]
    done = repo.run(
        "rebase", "-q", "-i", base, GIT_SEQUENCE_EDITOR=f"sed -i s/^pick.{bad[:7]}/edit\\ {bad[:7]}/"
    )
    assert done.returncode == 0, done
    repo.stage("a.py", "clean\n")
    repo.git("commit", "-q", "--amend", "--no-edit")
    repo.git("rebase", "--continue", GIT_EDITOR="true")
    pushing1.passes()


def test_root_commit_of_a_first_push(tmp_path: Path) -> None:
    remote = Repo.init(tmp_path / "remote.git", "--bare")
    repo = Repo.init(tmp_path / "work")
    repo.git("remote", "add", "origin", str(remote.path))
    aliscan("install", "--hooks", "pre-push", cwd=repo.path)
    repo.commit("root", **{"a.py": pair()})
    repo.commit("more", b="b")
    assert "git rebase -i --root" in Pushing(repo, remote).refused()


def test_second_of_two_branches(pushing: Pushing) -> None:
    """F13"""
    pushing.repo.git("branch", "x1")
    pushing.repo.git("checkout", "-q", "-b", "x2")
    pushing.repo.commit("leak", **{"a.py": pair()})
    pushing.repo.git("checkout", "-q", "main")
    assert "git switch x2" in pushing.refused("-q", "origin", "x1", "x2")
    pushing.refused("-q", "--all", "origin")
    pushing.passes("-q", "origin", "x1")


def test_tags_blobs_and_notes(pushing: Pushing) -> None:
    """F15"""
    repo = pushing.repo
    repo.git("tag", "-a", "v1", "-m", pair())
    said = pushing.refused("-q", "origin", "v1")
    assert "git tag -d v1" in said
    repo.git("tag", "-a", "-m", "outer", "v2", "v1", check=False)
    pushing.refused("-q", "origin", "v2")
    blob = repo.git("hash-object", "-w", "--stdin", stdin=pair().encode())
    repo.git("tag", "light", blob)
    assert "git tag -d light" in pushing.refused("-q", "origin", "light")
    repo.git("tag", "-a", "heavy", "-m", "of a blob", blob)
    assert "git tag -d heavy" in pushing.refused("-q", "origin", "heavy")
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tx\n".encode())
    repo.git("tag", "-a", "woody", "-m", "of a tree", tree)
    pushing.refused("-q", "origin", "woody")
    repo.git("notes", "add", "-m", pair())
    assert "git update-ref -d refs/notes/commits" in pushing.refused("-q", "origin", "refs/notes/commits")
    repo.git("tag", "-a", "clean", "-m", "nothing")
    pushing.passes("-q", "origin", "clean")


def test_deletions_dry_runs_and_nothing_to_push(pushing: Pushing) -> None:
    """F16"""
    pushing.repo.git("branch", "b2")
    pushing.passes("-q", "origin", "b2")
    pushing.passes("-q", "--dry-run", "origin", "main")
    pushing.passes("-q", "origin", "--delete", "b2")
    pushing.passes("-q", "origin", "main")
    pushing.repo.commit("leak", **{"a.py": pair()})
    assert pushing.push("-q", "--dry-run", "origin", "main").returncode != 0


def test_branch_that_is_not_checked_out_and_pushes_by_url(pushing: Pushing) -> None:
    """F17"""
    repo = pushing.repo
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("leak", shared=pair())
    repo.git("checkout", "-q", "main")
    repo.commit("clean", shared="clean\n")
    pushing.refused("-q", "origin", "side")
    pushing.refused("-q", str(pushing.remote.path), "side")
    pushing.refused("-q", "origin", "side:refs/heads/other")
    pushing.refused("-q", "origin", f"{repo.git('rev-parse', 'side')}:refs/heads/other")
    pushing.passes("-q", f"file://{pushing.remote.path}", "main")


def test_remote_with_a_slash_in_its_name(tmp_path: Path) -> None:
    """F17: and a remote called `up` does not count what `up/stream` has as its own."""
    pushing = build(tmp_path, name="up/stream")
    pushing.repo.commit("leak", **{"a.py": pair()})
    pushing.refused("-q", "up/stream", "main")
    pushing.push("-q", "--no-verify", "up/stream", "main")
    other = Repo.init(tmp_path / "other.git", "--bare")
    pushing.repo.git("config", "remote.up.url", str(other.path))
    pushing.repo.git("config", "remote.up.fetch", "+refs/heads/*:refs/remotes/up/*")
    Pushing(pushing.repo, other).refused("-q", "up", "main")
    pushing.passes("-q", "up/stream", "main:two")


def test_empty_remote_name_is_a_usage_error(repo: Repo) -> None:
    """F17"""
    head = repo.commit("c", a="a")
    line = f"refs/heads/main {head} refs/heads/main {'0' * 40}\n".encode()
    assert aliscan("hook", "pre-push", "", "u", cwd=repo.path, stdin=line).returncode == 2


def test_force_push_over_an_unknown_commit(pushing: Pushing, tmp_path: Path) -> None:
    """F19"""
    pushing.repo.git("clone", "-q", str(pushing.remote.path), str(tmp_path / "colleague"))
    colleague = Repo(tmp_path / "colleague")
    colleague.commit("theirs", t="t")
    colleague.git("push", "-q", "origin", "HEAD:main")
    pushing.repo.commit("leak", **{"a.py": pair()})
    pushing.refused("-q", "--force", "origin", "main")
    pushing.repo.git("reset", "-q", "--hard", "HEAD~1")
    pushing.repo.commit("clean", b="b")
    pushing.passes("-q", "--force", "origin", "main")


def merge(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "b", "main")
    repo.commit("b", **{"b.txt": "b\n"})
    repo.git("checkout", "-q", "main")
    repo.commit("m", **{"m.txt": "m\n"})


def test_merges(pushing: Pushing) -> None:
    """F12"""
    merge(pushing.repo)
    pushing.repo.git("merge", "-q", "-m", "clean merge", "b")
    pushing.passes()
    merge_two(pushing)


def merge_two(pushing: Pushing) -> None:
    repo = pushing.repo
    repo.git("branch", "-D", "b")
    merge(repo)
    repo.git("merge", "-q", "--no-commit", "b")
    repo.stage("evil.env", pair())
    repo.git("commit", "-q", "-m", "evil merge")
    said = pushing.refused()
    assert "evil merge" in said
    assert "--rebase-merges" in said


def test_octopus_and_conflict_resolution(pushing: Pushing) -> None:
    """F12"""
    repo = pushing.repo
    for name in ("x", "y"):
        repo.git("checkout", "-q", "-b", name, "main")
        repo.commit(name, **{name: name, f"both-{name}": "one\n"})
    repo.git("checkout", "-q", "main")
    repo.commit("m", **{"both-x": "two\n"})
    assert repo.run("merge", "-q", "x").returncode != 0
    repo.stage("both-x", pair())
    repo.git("commit", "-q", "-m", "resolved")
    assert "resolved" in pushing.refused()
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("rm", "-q", "both-x")
    repo.git("commit", "-q", "-m", "makes room")
    repo.git("checkout", "-q", "-b", "oct", "HEAD~1")
    repo.git("rm", "-q", "both-x")
    repo.commit("room")
    repo.git("merge", "-q", "--no-commit", "x", "y")
    repo.stage("evil", pair())
    repo.git("commit", "-q", "-m", "octopus")
    assert "octopus" in pushing.refused("-q", "origin", "oct")


def test_messages_authors_headers_and_text_after_nul(pushing: Pushing) -> None:
    """F08, F39"""
    repo = pushing.repo
    repo.commit(pair())
    said = pushing.refused()
    assert "git commit --amend" in said
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("commit", "-q", "--allow-empty", "-m", "x", f"--author={keys.key_id()} <a@b.invalid>")
    pushing.refused()
    repo.git("reset", "-q", "--hard", "HEAD~1")
    raw = repo.git("cat-file", "commit", "HEAD").encode()
    head, _, body = raw.partition(b"\n\n")
    for forged in (
        head + f"\nx-extra {keys.key_id()}".encode() + b"\n\n" + body,
        head + b"\n\n" + body + b"\n\0" + pair().encode(),
        head.replace(b"author T", b"author " + b"x <" * 2000) + b"\nencoding UTF-7\n\n" + pair().encode(),
    ):
        oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=forged)
        pushing.refused("-q", "origin", f"{oid}:refs/heads/forged")


def test_names_of_files_folders_and_branches(pushing: Pushing) -> None:
    """F08"""
    repo = pushing.repo
    name = f"keys/{keys.key_id()}.txt"
    repo.git("mv", "readme.txt", "moved.txt")  # the blob is known to the remote, only the name is new
    repo.commit("moves")
    pushing.passes()
    (repo.path / "keys").mkdir()
    repo.git("mv", "moved.txt", name)
    repo.commit("moves")
    assert "the name keys/LTAI" in pushing.refused()
    repo.git("reset", "-q", "--hard", "HEAD~1")
    pushing.refused("-q", "origin", f"HEAD:refs/heads/{keys.key_id()}")


def test_old_names_are_not_new(pushing: Pushing) -> None:
    pushing.repo.commit("leaked name", **{keys.key_id(): "x"})
    assert pushing.push("-q", "--no-verify", "origin", "main").returncode == 0
    pushing.repo.commit("same folder, other file", other="x")
    pushing.passes()


def test_every_path_of_one_blob_is_named(pushing1: Pushing) -> None:
    """F28, 3.18"""
    leak = pair()
    pushing1.repo.commit("both", **{"aaa/allowed": leak, "prod/key": leak})
    said = pushing1.refused()
    assert "aaa/allowed:1" in said
    assert "prod/key:1" in said


def test_purged_secret_that_a_tracking_branch_still_has(pushing1: Pushing) -> None:
    """2.1: stale tracking branches hide; a setting of the user stops trusting them."""
    repo = pushing1.repo
    repo.commit("leak", **{"a.py": pair()})
    pushing1.push("-q", "--no-verify", "origin", "main")
    pushing1.remote.git("update-ref", "refs/heads/main", "main~1")
    pushing1.passes("-q", "origin", "main:again")
    repo.git("config", "aliscan.trackingBranches", "false")
    pushing1.refused("-q", "origin", "main:more")


@pytest.mark.parametrize("line", ["x", "a b c", "refs/heads/m zz refs/heads/m 00", "a b c d e"])
def test_line_that_is_not_understood_is_never_passed_over(repo: Repo, line: str) -> None:
    repo.commit("c", a="a")
    assert aliscan("hook", "pre-push", "o", "u", cwd=repo.path, stdin=f"{line}\n".encode()).returncode == 2


def test_usage(repo: Repo) -> None:
    for args in (["x"], ["--help"], ["a", "b", "c"], []):
        assert aliscan("hook", "pre-push", *args, cwd=repo.path).returncode == 2, args


def test_missing_object_is_not_clean(pushing1: Pushing) -> None:
    repo = pushing1.repo
    head = repo.commit("c", **{"a.txt": "lost"})
    oid = repo.git("rev-parse", "HEAD:a.txt")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    line = f"refs/heads/main {head} refs/heads/main {'0' * 40}\n".encode()
    done = aliscan("hook", "pre-push", "origin", "u", cwd=repo.path, stdin=line)
    assert done.returncode == 3
    assert oid[:12].encode() in done.stderr


def test_credentials_of_the_remote_are_never_printed(repo: Repo) -> None:
    head = repo.commit("c", **{"a.py": pair()})
    line = f"refs/heads/main {head} refs/heads/main {'0' * 40}\n".encode()
    url = "https://user:hunter2@github.com/a/b.git?token=hunter3"
    done = aliscan("hook", "pre-push", "origin", url, cwd=repo.path, stdin=line)
    assert done.returncode == 1
    assert b"hunter" not in done.stderr
    assert b"origin (https://github.com/a/b.git)" in done.stderr
    assert b"public-facing" in done.stderr


def test_hostile_configuration_runs_nothing_and_hides_nothing(pushing1: Pushing) -> None:
    """F23"""
    repo = pushing1.repo
    marker = repo.path.parent / "executed"
    trap = repo.path.parent / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    trap.chmod(0o755)
    leak = pair()
    bad = repo.commit("c", **{"a.env": leak, ".gitattributes": "*.env -diff binary diff=z\n"})
    (repo.path / ".git/info/attributes").write_text("* binary\n")
    for name, value in {
        "core.fsmonitor": str(trap), "diff.external": str(trap), "diff.z.textconv": str(trap),
        "diff.z.command": str(trap), "log.showSignature": "true", "gpg.program": str(trap),
        "core.pager": str(trap), "color.ui": "always", "log.showRoot": "false", "diff.noprefix": "true",
        "core.bigFileThreshold": "10", "diff.orderFile": "/nowhere", "filter.z.clean": str(trap),
    }.items():  # fmt: skip
        repo.git("config", name, value)
    marker.unlink(missing_ok=True)
    line = f"refs/heads/main {bad} refs/heads/main {'0' * len(bad)}\n".encode()
    done = aliscan("hook", "pre-push", "origin", "u", cwd=repo.path, stdin=line)
    assert done.returncode == 1
    assert b"a.env:1" in done.stderr
    assert not marker.exists()
    assert os.path.exists(trap)


def test_shallow_and_partial_clones_push(pushing1: Pushing, tmp_path: Path) -> None:
    """4.4, 4.5: what is pushed is here; what is not here is fetched by nobody, and is not called clean."""
    repo, remote = pushing1.repo, pushing1.remote
    repo.commit("two", **{"readme.txt": "second\n"})
    pushing1.passes()
    remote.git("config", "uploadpack.allowFilter", "true")
    for name, option in (("shallow", "--depth=1"), ("partial", "--filter=blob:none")):
        repo.git("clone", "-q", option, "-b", "main", f"file://{remote.path}", str(tmp_path / name))
        clone = Repo(tmp_path / name)
        assert aliscan("install", "--hooks", "pre-push", cwd=clone.path).returncode == 0
        pushing = Pushing(clone, remote)
        clone.commit("clean", **{"new.txt": f"{name}\n"})
        pushing.passes("-q", "origin", f"HEAD:{name}")
        clone.commit("leak", **{"a.py": pair()})
        pushing.refused("-q", "origin", f"HEAD:{name}")
    head = Repo(tmp_path / "partial").git("rev-parse", "HEAD~1")
    line = f"refs/heads/main {head} refs/heads/main {'0' * 40}\n".encode()
    done = aliscan("hook", "pre-push", "elsewhere", "u", cwd=tmp_path / "partial", stdin=line)
    assert done.returncode == 3  # the first version of readme.txt was never fetched
    assert b"git fetch --refetch" in done.stderr

"""A self-hosted server refuses, and keeps nothing: real bare repositories with our hook."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


@dataclass(frozen=True)
class Hosted:
    repo: Repo
    server: Repo

    def push(self, *args: str) -> subprocess.CompletedProcess[bytes]:
        return self.repo.run("push", *(args or ("-q", "origin", "HEAD")))

    def objects(self) -> str:
        return self.server.git("cat-file", "--batch-all-objects", "--batch-check")

    def refused(self, *args: str) -> str:
        before, refs = self.objects(), self.server.git("for-each-ref")
        done = self.push(*args)
        assert done.returncode != 0, done
        assert self.objects() == before
        assert self.server.git("for-each-ref") == refs
        return done.stderr.decode(errors="surrogateescape")

    def passes(self, *args: str) -> None:
        done = self.push(*args)
        assert done.returncode == 0, done


def build(tmp_path: Path, *options: str) -> Hosted:
    server = Repo.init(tmp_path / "server.git", "--bare", *options)
    repo = Repo.init(tmp_path / "work", *options)
    repo.git("remote", "add", "origin", str(server.path))
    repo.commit("base", **{"readme.txt": "hello\n"})
    repo.git("push", "-q", "origin", "main")
    assert aliscan("install", cwd=server.path).returncode == 0
    return Hosted(repo, server)


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    return build(tmp_path)


def pair() -> str:
    return f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'


@pytest.mark.parametrize("format", ["sha1", "sha256"])
@pytest.mark.parametrize("files", [1, 150])  # fewer than 100 objects arrive loose, more as a pack
def test_key_in_the_last_of_several_refs(tmp_path: Path, format: str, files: int) -> None:
    """F20"""
    hosted = build(tmp_path, f"--object-format={format}")
    hosted.repo.git("branch", "one")
    hosted.repo.commit("many", **{f"f{n}": f"{n} clean\n" for n in range(files)})
    hosted.passes()
    hosted.repo.git("branch", "two")
    bad = hosted.repo.commit("leak", **{f"f{n}": f"{n} other\n" for n in range(files)}, **{"z/a.py": pair()})
    said = hosted.refused("-q", "origin", "one", "two", "main")
    assert f"{bad[:12]}  leak  (z/a.py:1)" in said
    assert "git commit --amend" in said
    hosted.repo.git("commit", "-q", "--amend", "-m", "still")
    hosted.refused()
    hosted.repo.stage("z/a.py", "clean\n")
    hosted.repo.git("commit", "-q", "--amend", "-m", "clean")
    hosted.passes("-q", "origin", "one", "two", "main")


def test_tags_notes_messages_and_ref_names(hosted: Hosted) -> None:
    repo = hosted.repo
    repo.git("tag", "-a", "t", "-m", pair())
    hosted.refused("-q", "origin", "t")
    repo.git("notes", "add", "-m", pair())
    hosted.refused("-q", "origin", "refs/notes/commits")
    hosted.refused("-q", "origin", f"HEAD:refs/heads/{keys.key_id()}")
    repo.commit(pair())
    hosted.refused()


def test_added_and_removed(hosted: Hosted) -> None:
    bad = hosted.repo.commit("adds", **{"a.py": pair()})
    hosted.repo.commit("removes", **{"a.py": "clean\n"})
    assert f"git rebase -i {bad[:12]}^" in hosted.refused()


def send_pack(hosted: Hosted, head: str, extra: str) -> subprocess.CompletedProcess[bytes]:
    """Push like `git push`, but with one object more in the pack than any ref reaches."""
    base = hosted.server.git("rev-parse", "main")
    oids = hosted.repo.git("rev-list", "--objects", "--no-object-names", head, f"^{base}").split("\n")
    pack = hosted.repo.run(
        "pack-objects", "-q", "--stdout", stdin="\n".join([*oids, extra, ""]).encode()
    ).stdout
    command = f"{base} {head} refs/heads/main\0report-status".encode()
    request = b"%04x" % (len(command) + 4) + command + b"0000" + pack
    return subprocess.run(
        ["git", "receive-pack", str(hosted.server.path)], input=request, capture_output=True
    )


def test_object_that_no_ref_reaches(hosted: Hosted) -> None:
    """F21"""
    head = hosted.repo.commit("clean", a="a")
    clean = hosted.repo.git("hash-object", "-w", "--stdin", stdin=b"unreachable, but clean")
    blob = hosted.repo.git("hash-object", "-w", "--stdin", stdin=pair().encode())
    before = hosted.objects()
    done = send_pack(hosted, head, blob)
    assert b"ng refs/heads/main pre-receive hook declined" in done.stdout
    assert hosted.objects() == before
    assert b"ok refs/heads/main" in send_pack(hosted, head, clean).stdout


def test_bases_of_a_thin_pack_are_not_new(hosted: Hosted) -> None:
    """1.14: git copies them into the quarantine; the server had them already."""
    lines = [f"line {n} of a long file {n * 7919 % 1000}\n" for n in range(400)]
    lines[5] = pair()
    hosted.repo.commit("leak of long ago", **{"big.txt": "".join(lines)})
    (hosted.server.path / "hooks/pre-receive").rename(hosted.server.path / "hooks/off")
    hosted.passes()
    (hosted.server.path / "hooks/off").rename(hosted.server.path / "hooks/pre-receive")
    hosted.server.git("config", "receive.unpackLimit", "1")
    lines[5] = "gone\n"
    hosted.repo.commit("takes it out", **{"big.txt": "".join(lines)})
    hosted.repo.git("repack", "-qad")
    hosted.passes()


def test_deadline(hosted: Hosted) -> None:
    """F22"""
    hosted.repo.commit("clean", **{f"f{n}": f"{n}\n" * 100 for n in range(200)})
    hosted.server.git("config", "aliscan.preReceiveSeconds", "0.001")
    assert "not all of it could be searched in time" in hosted.refused()
    hosted.server.git("config", "aliscan.preReceiveOnTimeout", "accept")
    assert b"let in" in (done := hosted.push("origin", "main")).stderr
    assert done.returncode == 0
    hosted.repo.commit("leak", **{"a.py": pair()})
    hosted.server.git("config", "aliscan.preReceiveSeconds", "0")
    hosted.refused()


@pytest.mark.parametrize(
    ("name", "value"),
    [("preReceiveSeconds", "soon"), ("preReceiveSeconds", "-1"), ("preReceiveOnTimeout", "x")],
)
def test_wrong_setting_refuses(hosted: Hosted, name: str, value: str) -> None:
    hosted.server.git("config", f"aliscan.{name}", value)
    hosted.repo.commit("clean", a="a")
    assert name in hosted.refused()


def test_the_push_cannot_allow_itself(hosted: Hosted) -> None:
    """F36 on a server: comments, configuration, baseline and push options of the push do not count."""
    repo = hosted.repo
    hosted.server.git("config", "receive.advertisePushOptions", "true")
    leak = "".join(
        f"{line}  # aliscan: allow[alibaba-access-key-pair] test\n" for line in pair().splitlines()
    )
    repo.commit("leak", **{"a.py": leak, ".aliscan.toml": '[paths]\nallow = ["*"]\n'})
    hosted.refused()
    hosted.refused("-q", "-o", "aliscan.skip", "-o", "breakglass", "origin", "main")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.commit("policy first", **{".aliscan.toml": '[paths]\nallow = ["samples/"]\n'})
    hosted.passes()
    repo.commit("allowed by what the server has", **{"samples/a.py": pair()})
    hosted.passes()
    hosted.server.git("config", "aliscan.preReceiveComments", "true")
    repo.commit("commented", **{"b.py": leak})
    hosted.passes()


def test_deletion_and_nothing(hosted: Hosted) -> None:
    hosted.repo.git("branch", "b")
    hosted.passes("-q", "origin", "b")
    hosted.passes("-q", "origin", "--delete", "b")
    hosted.passes()


def test_line_that_is_not_understood(hosted: Hosted) -> None:
    assert aliscan("hook", "pre-receive", cwd=hosted.server.path, stdin=b"x y\n").returncode == 2


def test_broken_policy_on_the_server_refuses(hosted: Hosted) -> None:
    """F37"""
    hosted.repo.commit("broken", **{".aliscan.toml": "threshold = 7\n"})
    hosted.passes()
    hosted.repo.commit("leak", **{"a.py": pair()})
    assert ".aliscan.toml" in hosted.refused()

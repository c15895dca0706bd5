"""`aliscan history` on repositories as they are in the world: F12, F14, F15, F27 to F35."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aliscan.history.scan import Choices, State
from aliscan.history.scan import scan as scan_store
from aliscan.sources.store import open_store
from tests.conftest import aliscan
from tests.history.support import judge
from tests.support import keys
from tests.support.repo import Repo


def scan(path: Path | str, *options: str, status: int, **env: str) -> dict[str, Any]:
    """The JSON report of ``aliscan history``."""
    done = aliscan("history", "--quiet", "--format", "json", *options, str(path), cwd=None, stdin=b"", **env)
    assert done.returncode == status, (done.returncode, done.stdout[-3000:], done.stderr)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def only(document: dict[str, Any]) -> dict[str, Any]:
    """The one finding."""
    (finding,) = document["findings"]
    assert isinstance(finding, dict)
    return finding


def reasons(document: dict[str, Any]) -> str:
    """All that was not scanned, as text."""
    return "\n".join(g["reason"] for g in document["not_scanned"])


def merge_base(repo: Repo) -> None:
    repo.commit("base", f="1\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side", s="s\n")
    repo.git("checkout", "-q", "main")
    repo.commit("main", m="m\n")


def test_f12_a_clean_merge(repo: Repo) -> None:
    merge_base(repo)
    repo.git("merge", "-q", "--no-edit", "side")
    assert scan(repo.path, status=0)["not_scanned"] == []


def test_f12_an_evil_merge(repo: Repo) -> None:
    merge_base(repo)
    repo.git("merge", "-q", "--no-commit", "side")
    merge = repo.commit("evil", **{"evil.env": f"id={keys.key_id()}\n"})
    repo.git("rm", "-q", "evil.env")
    repo.commit("gone")
    story = only(scan(repo.path, status=1))["story"]
    assert story["first"]["commit"] == story["last"]["commit"] == merge
    assert story["paths"] == ["evil.env"]


def test_f14_added_and_removed(repo: Repo) -> None:
    first = repo.commit("add", a=f"{keys.key_id()}\n")
    repo.commit("remove", a="clean\n")
    finding = only(scan(repo.path, status=1))
    assert finding["story"]["first"]["commit"] == first
    assert not finding["story"]["in_head"]


def test_f15_tags_and_notes(repo: Repo) -> None:
    repo.commit("c", a="a\n")
    repo.git("tag", "-a", "v1", "-m", f"key {keys.key_id()}")
    blob = repo.git("hash-object", "-w", "--stdin", stdin=f"{keys.key_id()}\n".encode())
    repo.git("tag", "blobby", blob)
    repo.git("notes", "add", "-m", f"see {keys.key_id()}")
    found = scan(repo.path, status=1)["findings"]
    assert sorted((tuple(f["story"]["tags"]), tuple(f["story"]["branches"])) for f in found) == [
        ((), ("refs/notes/commits",)),
        (("blobby",), ()),
        (("v1",), ()),
    ]


def test_messages_authors_and_names(repo: Repo) -> None:
    in_message, in_name, in_branch = keys.key_id(), keys.key_id(), keys.key_id()
    commit = repo.commit(f"oops {in_message}", **{f"dir/{in_name}/x": "1\n"})
    repo.git("branch", f"fix/{in_branch}")
    found = scan(repo.path, status=1)["findings"]
    assert len(found) == 3
    assert {f["source"] for f in found} == {"commit", "name"}
    assert {f["story"]["first"]["commit"] for f in found if f["story"]["first"]} == {commit}


def test_f27_a_huge_blob_in_bounded_memory(repo: Repo) -> None:
    line = b"x" * 99 + b"\n"
    big = repo.path / "big"
    with big.open("wb") as file:
        for _ in range(300):
            file.write(line * 10486)
        file.write(f"id = {keys.key_id()}\n".encode())
    repo.git("add", "big", "-f")
    repo.git("commit", "-qm", "big")
    big.unlink()
    code = (
        "import resource,subprocess,sys; d=subprocess.run(sys.argv[1:],capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.stderr.buffer.write(d.stdout)"
    )
    tool = str(Path(sys.executable).with_name("aliscan"))
    done = subprocess.run(
        [sys.executable, "-c", code, tool, "history", "--quiet", "--format", "json", str(repo.path)],
        capture_output=True, check=True,
    )  # fmt: skip
    finding = only(json.loads(done.stderr))
    assert (finding["line"], finding["column"]) == (300 * 10486 + 1, 6)
    assert int(done.stdout) < 150_000  # kB, of the largest process


def test_f29_history_that_lies(repo: Repo) -> None:
    repo.commit("one", a=f"{keys.key_id()}\n")
    repo.commit("two", a="clean\n")
    repo.commit("three", b="b\n")
    blob = repo.git("rev-parse", "HEAD~2:a")
    clean = repo.git("rev-parse", "HEAD:a")
    repo.git("replace", blob, clean)
    assert only(scan(repo.path, status=1))["story"]["reachable"]
    (repo.path / ".git/info").mkdir(exist_ok=True)
    (repo.path / ".git/info/grafts").write_text(repo.git("rev-parse", "HEAD") + "\n")
    assert only(scan(repo.path, status=1))["story"]["first"]
    (repo.path / ".git/info/grafts").unlink()
    (repo.path / ".git/shallow").write_text(repo.git("rev-parse", "HEAD") + "\n")
    document = scan(repo.path, status=1)
    assert len(document["findings"]) == 1
    assert "shallow" in reasons(document)


def test_f30_what_no_branch_holds(repo: Repo) -> None:
    repo.commit("c", a="a\n")
    repo.write("a", f"stash {keys.key_id()}\n")
    repo.git("stash", "-q")
    repo.write("a", f"dropped {keys.key_id()}\n")
    repo.git("stash", "-q")
    repo.git("stash", "drop", "-q")
    repo.stage("b", f"staged {keys.key_id()}\n")
    repo.git("reset", "-q", "--hard")
    found = scan(repo.path, status=1)["findings"]
    stories = sorted((f["story"]["branches"], f["story"]["reachable"]) for f in found)
    assert stories == [([], False), ([], False), (["refs/stash"], True)]
    assert not any(f["story"]["published"] for f in found)


def test_published_on_a_remote(repo: Repo, tmp_path: Path) -> None:
    repo.commit("c", a=f"{keys.key_id()}\n")
    Repo.init(tmp_path / "server", "--bare")
    repo.git("remote", "add", "origin", str(tmp_path / "server"))
    repo.git("push", "-q", "origin", "main")
    assert only(scan(repo.path, status=1))["story"]["published"] == ["origin/main"]


def test_f31_a_shallow_clone(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", a=f"{keys.key_id()}\n")
    repo.commit("two", a="clean\n")
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    assert "git fetch --unshallow" in reasons(scan(tmp_path / "shallow", status=3))


def test_f32_a_partial_clone_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", a=f"{keys.key_id()}\n")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    repo.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "partial"))
    partial = Repo(tmp_path / "partial")
    marker = tmp_path / "marker"
    partial.git("config", "remote.origin.uploadpack", f"touch {marker}; git-upload-pack")
    partial.git("config", "core.sshCommand", f"touch {marker}")
    document = scan(partial.path, status=3)
    assert repo.git("rev-parse", "HEAD:a") in {g["object_id"] for g in document["not_scanned"]}
    assert "full clone" in reasons(document)
    assert not marker.exists()


@pytest.mark.parametrize("fault", ["missing", "empty", "cut", "no index", "flip"])
def test_f33_damage_is_named_and_the_rest_scanned(repo: Repo, fault: str) -> None:
    for i in range(20):
        repo.commit(f"{i}", **{"a": f"{i}\n" * 50 + keys.key_id() + "\n", f"b{i}": f"{i}" * 500})
    victim = repo.git("rev-parse", "HEAD:b7")
    if fault in ("missing", "empty"):
        path = repo.path / ".git/objects" / victim[:2] / victim[2:]
        path.chmod(0o644)
        path.write_bytes(b"")
        if fault == "missing":
            path.unlink()
        document = scan(repo.path, status=1)
        assert victim in {g["object_id"] for g in document["not_scanned"]} or victim in reasons(document)
        assert len(document["findings"]) == 20
        return
    repo.git("repack", "-adfq")
    (pack,) = (repo.path / ".git/objects/pack").glob("*.pack")
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    if fault == "no index":
        pack.with_suffix(".idx").unlink()
    elif fault == "flip":
        data[len(data) // 2] ^= 0xFF
        pack.write_bytes(data)
    else:
        pack.write_bytes(data[: len(data) // 2])
    document = scan(repo.path, status=1 if fault == "flip" else 3)
    assert document["not_scanned"]


def test_f34_a_hostile_configuration_runs_nothing(repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    repo.commit("c", **{"a": f"{keys.key_id()}\n", ".gitattributes": "* filter=x diff=x\n"})
    touch = f"touch {marker}; cat"
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "filter.x.clean", "filter.x.smudge",
                 "diff.x.textconv", "diff.x.command", "diff.external", "core.sshCommand",
                 "alias.cat-file"):  # fmt: skip
        repo.git("config", name, f"!{touch}" if name.startswith("alias") else touch)
    repo.git("config", "log.showSignature", "true")
    for options in ((), ("--untrusted",), ("--engine", "git"), ("--reachable",)):
        assert len(scan(repo.path, *options, status=1)["findings"]) == 1
    assert not marker.exists()


def test_f35_formats_git_does_not_know(repo: Repo) -> None:
    repo.commit("c", a=f"{keys.key_id()}\n")
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.unheardOf", "true")
    done = aliscan("history", str(repo.path))
    assert done.returncode == 2
    assert b"--untrusted" in done.stderr
    story = only(scan(repo.path, "--untrusted", status=1))["story"]
    assert story["branches"] == ["main"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to change the owner")
def test_f35_somebody_elses_repository(repo: Repo) -> None:
    repo.commit("c", a=f"{keys.key_id()}\n")
    subprocess.run(["chown", "-R", "12345", str(repo.path)], check=True)
    done = aliscan("history", str(repo.path))
    assert done.returncode == 2
    assert b"safe.directory" in done.stderr
    assert len(scan(repo.path, "--untrusted", status=1)["findings"]) == 1


def test_not_a_repository_and_an_empty_one(tmp_path: Path, repo: Repo) -> None:
    (tmp_path / "plain").mkdir()
    done = aliscan("history", str(tmp_path / "plain"))
    assert (done.returncode, b"not a git repository" in done.stderr) == (2, True)
    assert aliscan("history", str(tmp_path / "nowhere")).returncode == 2
    assert "no objects" in reasons(scan(repo.path, status=3))


def test_a_url_is_cloned_and_removed(repo: Repo, tmp_path: Path) -> None:
    repo.commit("c", a=f"{keys.key_id()}\n")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    story = only(scan(f"file://{repo.path}", status=1, TMPDIR=str(temporary)))["story"]
    assert story["published"] == ["refs/heads/main"]
    assert not list(temporary.iterdir())
    done = aliscan("history", f"file://user:word@{tmp_path}/none")
    assert done.returncode == 3
    assert b"cannot be cloned" in done.stderr
    assert b"word" not in done.stderr


def test_narrowing(repo: Repo) -> None:
    repo.commit("one", a=f"{keys.key_id()}\n")
    repo.git("tag", "v1")
    repo.commit("two", a="clean\n")
    repo.git("checkout", "-q", "--orphan", "other")
    repo.git("rm", "-rfq", ".")
    repo.commit("three", b="b\n")
    assert scan(repo.path, "--branch", "other", status=0)["findings"] == []
    assert scan(repo.path, "--not", "v1", status=0)["findings"] == []
    assert len(scan(repo.path, "--branch", "main", status=1)["findings"]) == 1
    assert aliscan("history", "--branch", "nowhere", str(repo.path)).returncode == 2


def test_submodules(repo: Repo, tmp_path: Path) -> None:
    inner = Repo.init(tmp_path / "inner")
    inner.commit("c", a=f"{keys.key_id()}\n")
    repo.git("submodule", "--quiet", "add", str(inner.path), "sub")
    repo.commit("sub")
    assert scan(repo.path, status=0)["findings"] == []
    assert len(scan(repo.path, "--submodules", status=1)["findings"]) == 1


def test_the_cache_skips_what_was_clean_and_nothing_else(repo: Repo, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    repo.commit("c", a=f"{keys.key_id()}\n", b="b\n")
    first = scan(repo.path, "--cache", str(cache), status=1)
    again = scan(repo.path, "--cache", str(cache), status=1)
    assert [f["fingerprint"] for f in again["findings"]] == [f["fingerprint"] for f in first["findings"]]
    assert again["scanned"]["blobs"] == 1 < first["scanned"]["blobs"]
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    repo.commit("d", c=f"{keys.key_id()}\n")
    assert len(scan(repo.path, "--cache", str(cache), status=1)["findings"]) == 2
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(data)
    assert len(scan(repo.path, "--cache", str(cache), status=1)["findings"]) == 2
    for engine in ("git", "packs"):
        repo.git("repack", "-adq")
        document = scan(repo.path, "--cache", str(cache), "--engine", engine, status=1)
        assert len(document["findings"]) == 2


def test_ctrl_c_reports_what_was_found_so_far(repo: Repo) -> None:
    repo.commit("c", a=f"{keys.key_id()}\n")

    def tick(state: State) -> None:
        if state.phase == "look" and state.counts.hits:
            raise KeyboardInterrupt

    found = scan_store(open_store(str(repo.path)), judge, Choices(jobs=1), tick)
    assert len(found.findings) == 1
    assert any("interrupted" in gap.reason for gap in found.gaps)


def test_ctrl_c_is_never_0(repo: Repo) -> None:
    for i in range(3):
        repo.stage(f"big{i}", os.urandom(3 << 20).hex())
    repo.commit("big")
    tool = str(Path(sys.executable).with_name("aliscan"))
    process = subprocess.Popen([tool, "history", "--quiet", str(repo.path)], stdout=subprocess.PIPE)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)

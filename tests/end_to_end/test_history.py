"""`aliscan history` on repositories as they are in the world: F12, F14, F15, F27 to F35."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aliscan.history.scan import Choices, State
from aliscan.history.scan import scan as scan_store
from aliscan.sources.packs import available
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


ENGINES = [
    "git",
    pytest.param("packs", marks=pytest.mark.skipif(not available(), reason="needs the extra fast")),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_f27_a_huge_blob_in_bounded_memory(repo: Repo, engine: str) -> None:
    line = b"x" * 99 + b"\n"
    big = repo.path / "big"
    with big.open("wb") as file:
        for _ in range(300):
            file.write(line * 10486)
        file.write(f"id = {keys.key_id()}\n".encode())
    repo.git("add", "big", "-f")
    repo.git("commit", "-qm", "big")
    big.unlink()
    repo.git("-c", "core.bigFileThreshold=1m", "repack", "-adq")
    code = (
        "import resource,subprocess,sys; d=subprocess.run(sys.argv[1:],capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.stderr.buffer.write(d.stdout)"
    )
    tool = str(Path(sys.executable).with_name("aliscan"))
    done = subprocess.run(
        [sys.executable, "-c", code, tool, "history", "--quiet", "--engine", engine, "--format", "json",
         str(repo.path)],
        capture_output=True, check=True,
    )  # fmt: skip
    finding = only(json.loads(done.stderr))
    assert (finding["line"], finding["column"]) == (300 * 10486 + 1, 6)
    assert int(done.stdout) < 100_000  # kB, of the largest process


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


def forge_commit_graph(repo: Repo, commit: str) -> None:
    """Make git's cache of the history say that a commit has no parents."""
    repo.git("commit-graph", "write", "--reachable")
    path = repo.path / ".git/objects/info/commit-graph"
    data = bytearray(path.read_bytes())
    chunks = {
        bytes(data[at : at + 4]): int.from_bytes(data[at + 4 : at + 12], "big")
        for at in range(8, 8 + 12 * (data[6] + 1), 12)
    }
    count = int.from_bytes(data[chunks[b"OIDF"] + 1020 : chunks[b"OIDF"] + 1024], "big")
    ids = [bytes(data[chunks[b"OIDL"] + 20 * i :][:20]).hex() for i in range(count)]
    at = chunks[b"CDAT"] + 36 * ids.index(commit) + 20
    data[at : at + 4] = b"\x70\0\0\0"  # GRAPH_PARENT_NONE
    path.chmod(0o644)
    path.write_bytes(data[:-20] + hashlib.sha1(data[:-20]).digest())


@pytest.mark.parametrize("engine", ENGINES)
def test_f29_a_forged_commit_graph(repo: Repo, engine: str) -> None:
    first = repo.commit("one", a=f"{keys.key_id()}\n")
    repo.commit("two", a="clean\n")
    last = repo.commit("three", b="b\n")
    forge_commit_graph(repo, last)
    assert repo.git("rev-list", "--count", "HEAD") == "1"  # git itself believes it
    for options in ((), ("--reachable",), ("--branch", "main"), ("--untrusted",)):
        story = only(scan(repo.path, "--engine", engine, *options, status=1))["story"]
        assert story["first"]["commit"] == story["last"]["commit"] == first
        assert story["branches"] == ["main"]
        assert not story["in_head"]


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


@pytest.mark.parametrize("engine", ENGINES)
def test_f32_a_planted_promisor_fetches_nothing(repo: Repo, tmp_path: Path, engine: str) -> None:
    repo.commit("one", a="a\n", b="b\n")
    marker = tmp_path / "marker"
    victim = repo.git("rev-parse", "HEAD:b")
    (repo.path / ".git/objects" / victim[:2] / victim[2:]).unlink()
    repo.git("config", "core.repositoryFormatVersion", "1")
    for name, value in {
        "extensions.partialClone": "evil",
        "remote.evil.promisor": "true",
        "remote.evil.url": "ssh://example.invalid/x",
        "remote.evil.uploadpack": f"touch {marker}; git-upload-pack",
        "core.sshCommand": f"touch {marker}; ssh",
    }.items():
        repo.git("config", name, value)
    for options in ((), ("--reachable",), ("--untrusted",)):
        document = scan(repo.path, "--engine", engine, *options, status=3)
        assert victim in {g["object_id"] for g in document["not_scanned"]}
    assert not marker.exists()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", ["gone", "garbage"])
def test_f33_a_ref_to_nothing(repo: Repo, engine: str, fault: str) -> None:
    repo.commit("one", a=f"{keys.key_id()}\n")
    content = "0123456789" * 4 if fault == "gone" else "no object id"
    (repo.path / ".git/refs/heads/broken").write_text(content + "\n")
    document = scan(repo.path, "--engine", engine, status=1)
    assert only(document)["fingerprint"]
    assert "broken" in reasons(document) or content in reasons(document)
    assert document["not_scanned"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", ["missing", "empty", "cut", "no index", "flip"])
def test_f33_damage_is_named_and_the_rest_scanned(repo: Repo, fault: str, engine: str) -> None:
    for i in range(20):
        repo.commit(f"{i}", **{"a": f"{i}\n" * 50 + keys.key_id() + "\n", f"b{i}": f"{i}" * 500})
    victim = repo.git("rev-parse", "HEAD:b7")
    if fault in ("missing", "empty"):
        path = repo.path / ".git/objects" / victim[:2] / victim[2:]
        path.chmod(0o644)
        path.write_bytes(b"")
        if fault == "missing":
            path.unlink()
        document = scan(repo.path, "--engine", engine, status=1)
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
    document = scan(repo.path, "--engine", engine, status=1 if fault == "flip" else 3)
    assert document["not_scanned"]
    if fault == "flip":
        damaged = {g["object_id"] for g in document["not_scanned"]} - {""}
        whole = [i for i in range(20) if repo.run("cat-file", "-e", f"HEAD~{i}:a").returncode == 0]
        assert damaged
        assert len(document["findings"]) >= len(whole) - len(damaged)


def test_f34_a_hostile_configuration_runs_nothing(repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    repo.commit("c", **{"a": f"{keys.key_id()}\n", ".gitattributes": "* filter=x diff=x\n"})
    touch = f"touch {marker}; cat"
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "filter.x.clean", "filter.x.smudge",
                 "diff.x.textconv", "diff.x.command", "diff.external", "core.sshCommand",
                 "core.alternateRefsCommand", "uploadpack.packObjectsHook", "core.editor", "sequence.editor",
                 "credential.helper", "core.askPass", "core.gitProxy", "filter.x.process",
                 "alias.cat-file"):  # fmt: skip
        repo.git("config", name, f"!{touch}" if name.startswith("alias") else touch)
    repo.git("config", "log.showSignature", "true")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    repo.git("config", "core.hooksPath", str(hooks))
    for options in (
        (), ("--untrusted",), ("--engine", "git"), ("--reachable",), ("--since", "2001-01-01"),
        ("--branch", "main"), ("--cache", str(tmp_path / "cache")), ("--submodules",),
    ):  # fmt: skip
        assert len(scan(repo.path, *options, status=1)["findings"]) == 1
    assert aliscan("rewrite-plan", "--quiet", str(repo.path)).returncode == 0
    assert len(scan(f"file://{repo.path}", status=1)["findings"]) == 1
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


def test_f35_refs_in_tables(repo: Repo) -> None:
    """This git need not know reftable: a repository that says it has such refs is read by objects alone."""
    repo.commit("c", a=f"{keys.key_id()}\n")
    for name in ("HEAD", "refs/heads/main", "packed-refs"):
        (repo.path / ".git" / name).unlink(missing_ok=True)
    shutil.rmtree(repo.path / ".git/refs")
    (repo.path / ".git/refs").mkdir()
    (repo.path / ".git/refs/heads").write_text("this repository uses the reftable format\n")
    (repo.path / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")
    (repo.path / ".git/reftable").mkdir()
    (repo.path / ".git/reftable/tables.list").write_text("0x000000000001-0x000000000002-abc.ref\n")
    repo_config = repo.path / ".git/config"
    repo_config.write_text(
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n\tnewer = 1\n"
    )
    assert aliscan("history", str(repo.path)).returncode == 2
    document = scan(repo.path, "--untrusted", status=1)
    assert len(document["findings"]) == 1
    assert "reftable" in reasons(document)


def test_f35_an_embedded_bare_repository(repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    inner = Repo.init(repo.path / "inner", "--bare")
    blob = inner.git("hash-object", "-w", "--stdin", stdin=f"{keys.key_id()}\n".encode())
    tree = inner.git("mktree", stdin=f"100644 blob {blob}\ta\n".encode())
    inner.git("update-ref", "refs/heads/main", inner.git("commit-tree", tree, "-m", "c"))
    inner.git("config", "core.fsmonitor", f"touch {marker}; false")
    inner.git("config", "core.pager", f"touch {marker}")
    repo.commit("outer")
    assert scan(repo.path, status=0)["findings"] == []  # its files are not in the history
    for options in ((), ("--untrusted",)):
        assert len(scan(inner.path, *options, status=1)["findings"]) == 1
    assert not marker.exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_f39_strange_commits(repo: Repo, engine: str) -> None:
    first = repo.commit("c", a="a\n")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    person = "T <t@example.invalid> 1700000000 +0000"
    values = [keys.key_id() for _ in range(6)]
    head = f"tree {tree}\nparent {first}\n"
    texts = [
        f"{head}author {'x <' * 2000} 1700000000 +0000\ncommitter {person}\n\nkey {values[0]}\n",
        f"{head}author {person}\ncommitter {person}\n\nmessage\0 behind {values[1]}\n",
        f"{head}author {person}\ncommitter {person}\nx-extra {values[2]}\n\nmessage\n",
        f"{head}author {values[3]} <k@example.invalid> 1 +0000\ncommitter {person}\n\nmessage\n",
        f"{head}author {person}\ncommitter {person}\nencoding UTF-7\n\nkey {values[4]}\n",
        f"{head}author {person}\ncommitter {person}\nencoding GBK\n\n密钥{values[5]}密钥\n",
    ]
    for number, text in enumerate(texts):
        data = text.encode("gbk" if "GBK" in text else "utf-8")
        oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=data)
        repo.git("update-ref", f"refs/heads/b{number}", oid)
    repo.git("repack", "-adq")
    started = time.monotonic()
    document = scan(repo.path, "--engine", engine, status=1)
    assert time.monotonic() - started < 15  # a busy machine; quadratic work on the author would take longer
    expected = {hashlib.sha256(value.encode()).hexdigest()[:16] for value in values}
    assert {f["fingerprint"] for f in document["findings"]} == expected
    assert all(len(f["story"]["branches"]) == 1 for f in document["findings"])


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
    assert {file.stat().st_mode & 0o777 for file in cache.iterdir()} == {0o600}
    (file,) = (f for f in cache.iterdir() if f.suffix == ".ids" and not f.name.startswith("told-"))
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


@pytest.mark.parametrize("date", ["garbage", "", "now"])
def test_a_date_that_is_none_is_not_an_empty_history(repo: Repo, date: str) -> None:
    """git takes what it does not understand for now, and nothing is after that: a clean scan of nothing."""
    repo.commit("c", a=f"{keys.key_id()}\n")
    done = aliscan("history", f"--since={date}", str(repo.path))
    assert done.returncode == (2 if date else 1)
    assert (b"no date in the past" in done.stderr) is bool(date)


def test_processes_are_counted_from_none(repo: Repo) -> None:
    done = aliscan("history", "--jobs", "-3", str(repo.path))
    assert done.returncode == 2
    assert b"-3" in done.stderr


def test_a_server_that_does_not_answer_is_said_in_its_words(tmp_path: Path) -> None:
    done = aliscan("history", "http://127.0.0.1:9/x.git", cwd=tmp_path)
    assert done.returncode == 3
    assert b"no message" not in done.stderr
    assert b"127.0.0.1" in done.stderr.partition(b"cloned:")[2]


def test_a_repository_is_no_folder_for_a_cache(repo: Repo) -> None:
    repo.commit("c", a="x\n")
    for place in (".", ".git"):
        done = aliscan("history", "--cache", place, cwd=repo.path)
        assert done.returncode == 2
        assert b"this is a repository" in done.stderr
    assert sorted(p.name for p in repo.path.iterdir()) == [".git", "a"]
    repo.git("worktree", "add", "-q", "--detach", "../linked")
    assert aliscan("history", "--cache", ".", cwd=repo.path.parent / "linked").returncode == 2


@pytest.mark.parametrize("extra", [False, True])
def test_a_long_scan_without_the_extra_names_it(repo: Repo, extra: bool) -> None:
    repo.commit("c", **{"a.txt": "x\n"})
    script = (
        "import sys; from aliscan.commands import history; from aliscan.sources import packs\n"
        f"history._LONG = -1.0; packs.available = lambda: {extra}\n"
        "from aliscan.cli import main; sys.exit(main())"
    )
    for options in ([], ["--quiet"]):
        command = [sys.executable, "-c", script, "history", "--engine", "git", *options, str(repo.path)]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr
        assert ("aliscan[fast]" in done.stderr) is not (extra or bool(options))

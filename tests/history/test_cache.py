"""The cache of clean objects costs an answer nothing, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.history import cache as module
from aliscan.history import scan as scan_module
from aliscan.history import told
from aliscan.history.cache import Cache
from aliscan.history.scan import Choices
from aliscan.sources.known import Known
from tests.conftest import aliscan
from tests.history.support import history, need, report
from tests.support import keys
from tests.support.faults import FAULTS, damage
from tests.support.repo import Repo

TOOL = str(Path(sys.executable).with_name("aliscan"))


def fill(repo: Repo, commits: int, seed: int = 1) -> set[str]:
    """Commits with a file each, every fifth with a key; the fingerprints come from a scan without a cache."""
    rng = Random(seed)
    for number in range(commits):
        text = "\n".join(f"{rng.random()} line" for _ in range(50))
        repo.stage(f"f{seed}/{number}", text + (f"\nk = {keys.key_id()}\n" if number % 5 == 0 else "\n"))
    repo.commit(f"{commits} files")
    return {f.fingerprint for f in report(repo.path).findings}


def test_a_second_scan_reads_only_what_is_new(repo: Repo, tmp_path: Path) -> None:
    choices = Choices(cache=str(tmp_path / "cache"))
    expected = fill(repo, 40)
    first = report(repo.path, choices)
    again = report(repo.path, choices)
    assert {f.fingerprint for f in again.findings} == {f.fingerprint for f in first.findings} == expected
    assert [f.story and f.story.first for f in again.findings] == [
        f.story and f.story.first for f in first.findings
    ]
    assert again.blobs == 8  # the ones with a key: they are judged each time
    assert dict(again.notes)["objects"] == (
        f"8 announced, 8 scanned, {first.blobs - 8} more were clean before (cache)"
    )
    fill(repo, 10, seed=2)
    third = report(repo.path, choices)
    assert third.blobs == 8 + 10 + 1 + 2  # files, a commit, the top and a folder
    assert len(third.findings) == 10


@pytest.mark.parametrize("engine", ["packs", "git"])
def test_packed_or_loose_the_ids_are_the_same(repo: Repo, tmp_path: Path, engine: str) -> None:
    need(engine)
    folder = str(tmp_path / "cache")
    fill(repo, 40)
    report(repo.path, Choices(cache=folder))
    repo.git("repack", "-adq")
    assert report(repo.path, Choices(cache=folder, engine=engine)).blobs == 8


def test_two_scans_at_once(repo: Repo, tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    expected = fill(repo, 60)
    command = [TOOL, "history", "--quiet", "--format", "json", "--cache", folder, str(repo.path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    outputs = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [1, 1, 1]
    assert all(value.encode() in output for output in outputs for value in expected)
    assert [name for name in os.listdir(folder) if not name.endswith(".ids")] == []
    assert report(repo.path, Choices(cache=folder)).blobs == 12


def test_killed_in_the_middle_the_next_scan_finds_everything(repo: Repo, tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    expected = fill(repo, 200)
    command = [TOOL, "history", "--quiet", "--cache", folder, "--jobs", "2", str(repo.path)]
    killed = 0
    for delay in (0.05, 0.15, 0.25, 0.35, 0.45):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        found = report(repo.path, Choices(cache=folder))
        assert {f.fingerprint for f in found.findings} == expected
        assert not found.gaps
    assert killed


def test_killed_while_writing_nothing_is_left_for_ever(tmp_path: Path) -> None:
    store = Cache(str(tmp_path), "/objects", 20)
    store.save([b"a" * 20])
    (name,) = os.listdir(tmp_path)
    left = tmp_path / (name.split("-")[0] + "-abc.new")
    left.write_bytes(b"half")
    store.save([b"b" * 20])
    assert left.exists()  # another scan may be writing it
    os.utime(left, (0, 0))
    store.save([b"c" * 20])
    assert not left.exists()
    assert store.load().ids() == {b"a" * 20, b"b" * 20, b"c" * 20}


def test_other_rules_other_cache(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choices = Choices(cache=str(tmp_path / "cache"))
    fill(repo, 10)
    first = report(repo.path, choices)
    monkeypatch.setattr(module, "rules", lambda: "0" * 64)
    assert report(repo.path, choices).blobs == first.blobs
    # What the old rules found clean is gone: objects, and where the hits are
    assert len(os.listdir(tmp_path / "cache")) == 2
    assert report(repo.path, choices).blobs == 2


def test_the_rules_are_all_that_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    real = Path.read_bytes

    def spy(self: Path) -> bytes:
        read.add(self.as_posix().rpartition("/aliscan/")[2])
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", spy)
    module.rules()
    for name in ("detect/bulk.py", "detect/rules/sts.py", "history/look.py", "sources/delta.py"):
        assert name in read, name


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_cache_is_no_cache(repo: Repo, tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "cache"
    expected = fill(repo, 20)
    whole = report(repo.path, Choices(cache=str(folder))).blobs
    files = list(folder.iterdir())
    assert len(files) == 2  # objects, and where the hits are
    for file in files:
        damage(file, fault)
    document = history(repo.path, "--cache", str(folder), status=1)
    assert {f["fingerprint"] for f in document["findings"]} == expected
    assert document["scanned"]["blobs"] == whole
    if fault != "a folder":
        assert report(repo.path, Choices(cache=str(folder))).blobs == 4


def test_a_cache_that_cannot_be_written_is_said_and_changes_nothing(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    clean = Repo.init(tmp_path / "clean")
    clean.commit("clean", a="a\n")
    fill(repo, 1)
    for one, status in ((repo, 1), (clean, 0)):
        done = aliscan("history", "--cache", str(tmp_path / "cache"), "--format", "json", str(one.path))
        assert done.returncode == status
        assert b"aliscan: the cache in " in done.stderr
        assert b"cannot be written: " in done.stderr
        assert b"cannot be written: " in done.stdout


def test_a_name_that_an_older_tree_shares_is_not_forgotten_with_the_newer(repo: Repo, tmp_path: Path) -> None:
    """A tree is searched only where it differs from the one that it is a delta of."""
    pytest.importorskip("numpy")
    pytest.importorskip("isal")
    pytest.importorskip("dulwich")
    choices = Choices(cache=str(tmp_path / "cache"), engine="packs")
    for number in range(200):
        repo.write(f"some-long-name-of-a-file-{number}.txt", f"{number}\n")
    repo.git("add", ".")
    repo.commit("one", **{f"some-long-name-of-a-file-5.{keys.key_id()}.txt": "x\n"})
    repo.commit("two", **{"some-long-name-of-a-file-10.txt": "other\n"})
    repo.git("repack", "-adfq")
    assert len(report(repo.path, choices).findings) == 1
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    assert len(report(repo.path, choices).findings) == 1


TWINS = st.binary(max_size=1).map(lambda end: b"\7" * 18 + end.rjust(2, b"\0"))


@given(st.sets(st.binary(min_size=20, max_size=20) | TWINS), st.sets(TWINS))
def test_known_ids_are_found_one_by_one_and_together(some: set[bytes], others: set[bytes]) -> None:
    np = pytest.importorskip("numpy")
    pytest.importorskip("isal")
    pytest.importorskip("dulwich")
    from aliscan.sources.packs.plan import _listed

    known = Known(b"".join(sorted(some)), 20)
    assert known.ids() == some
    every = sorted(some | others)
    assert [oid in known for oid in every] == [oid in some for oid in every]
    if some:
        rows = np.frombuffer(b"".join(every), np.uint8).reshape(-1, 20)
        assert _listed(known, rows).tolist() == [oid in some for oid in every]


def test_what_is_missing_is_told_again_however_often(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "cache")
    fill(repo, 3)
    assert not report(repo.path, Choices(cache=folder)).gaps
    assert not report(repo.path, Choices(cache=folder)).gaps
    oid = repo.git("rev-parse", "HEAD:f1/1").strip()
    loose = repo.path / ".git" / "objects" / oid[:2] / oid[2:]
    loose.rename(tmp_path / "away")
    with monkeypatch.context() as patch:
        for _ in range(2):
            assert [gap.origin.oid for gap in report(repo.path, Choices(cache=folder)).gaps] == [oid]
            patch.delattr(scan_module, "Connected", raising=False)  # git is not asked the second time
    (tmp_path / "away").rename(loose)
    assert not report(repo.path, Choices(cache=folder)).gaps


def test_the_stories_are_those_of_a_first_scan(repo: Repo, tmp_path: Path) -> None:
    """Commits that touched nothing are not compared again; with other hits all are."""
    folder = str(tmp_path / "cache")
    for seed in (1, 2, 3):
        fill(repo, 6, seed)
        repo.stage(f"f{seed}/0", "nothing\n")
        repo.commit("taken away")
        with_cache, without, again = (
            [(f.fingerprint, f.story and replace(f.story, lay=0)) for f in report(repo.path, c).findings]
            for c in (Choices(cache=folder), Choices(), Choices(cache=folder))
        )  # how long a key has lain in HEAD grows while the test runs
        assert with_cache == without == again
        assert len(without) == 2 * seed


def told_of(repo: Repo, folder: str) -> list[object]:
    """All that a scan with the cache says of each value; how long a key has lain in HEAD grows."""
    found = report(repo.path, Choices(cache=folder))
    assert not found.gaps
    return [(f.fingerprint, f.origin, f.story and replace(f.story, lay=0)) for f in found.findings]


def test_of_an_unchanged_repository_nothing_is_listed_or_compared(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "cache")
    fill(repo, 12)
    repo.stage(b"odd-\xff", f"k = {keys.key_id()}\n")
    repo.commit("a name", **{f"name-{keys.key_id()}": "x\n"})
    first = told_of(repo, folder)
    assert len(first) == 5
    with monkeypatch.context() as patch:
        for name in ("Connected", "Lineage", "_engine"):
            patch.delattr(scan_module, name)
        assert told_of(repo, folder) == first
    repo.git("branch", "other")
    assert [f.story and f.story.branches for f in report(repo.path, Choices(cache=folder)).findings] == [
        (b"main", b"other")
    ] * 5


def test_what_was_not_asked_the_last_time_is_compared_again(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "cache")
    fill(repo, 12)
    repo.git("checkout", "-q", "--detach")
    repo.commit("nobody's", x=f"k = {keys.key_id()}\n")
    repo.git("checkout", "-q", "main")
    expected = told_of(repo, folder)
    real = told.load

    def forgetful(cache: Cache) -> told.Told | None:
        found = real(cache)
        if found:
            found.known.clear()
        return found

    monkeypatch.setattr(told, "load", forgetful)
    assert told_of(repo, folder) == expected
    assert len(expected) == 4


def test_a_policy_that_changed_judges_what_was_found_before(repo: Repo, tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    fill(repo, 1)
    history(repo.path, "--cache", folder, status=1)
    (repo.path / ".aliscan.toml").write_text('[paths]\nallow = ["f1/**"]\n')
    document = history(repo.path, "--cache", folder, status=0)
    assert [bool(f["suppressed"]) for f in document["findings"]] == [True]

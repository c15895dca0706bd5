"""Several processes find what one finds, in the same order, also when one of them dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from aliscan import ahead, engine, glance, sweep, workers
from aliscan.detect import LIMITS, Limits
from aliscan.finding import AliscanError, Blob, Clean, Finding, Gap, Match, Report
from aliscan.git import Git, GitError
from aliscan.record import replace
from aliscan.sources import staged
from fixtures import corpus
from fixtures.render import render
from tests.support import keys
from tests.support.repo import Repo

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A thousand files, a pair in every hundredth, a key in a name, a link and an unreadable one."""
    for number in range(1000):
        text = f"nothing {number}\n" * 20
        if number % 100 == 7:
            text += f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'
        path = tmp_path / f"{number % 7}/{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / keys.key_id()).write_text("")
    (tmp_path / "link").symlink_to(f"/nowhere/{keys.key_id()}")
    (tmp_path / "dir-link").symlink_to("3")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def judge(blob: Blob, match: Match) -> Finding:
    return Finding(match, blob.origin, match.severity)


def scan(jobs: int) -> Report:
    return engine.run(sweep.walk(["."], jobs=jobs), judge)


def seen(report: Report) -> list[tuple[bytes, str, str]]:
    return [(f.origin.path, f.rule, f.fingerprint) for f in report.findings]


def test_more_processes_find_the_same(folder: Path) -> None:
    one, three = scan(1), scan(3)
    assert seen(one) == seen(three)
    assert len(seen(one)) == 12
    assert (one.blobs, one.bytes, one.gaps) == (three.blobs, three.bytes, three.gaps)


def test_most_files_are_summed_up(folder: Path) -> None:
    items = list(sweep.walk(["."], jobs=2))
    assert sum(len(i.paths) for i in items if isinstance(i, Clean)) == 1003 - 12
    paths = [p for i in items if isinstance(i, Clean) for p in i.paths]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("after", [0, 3])
def test_a_worker_that_dies_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    expected = seen(scan(1))
    parent, look, done = os.getpid(), glance.Files.look, 0

    def die(files: glance.Files, batch: list[bytes]) -> bytes:
        nonlocal done
        done += 1
        if os.getpid() != parent and done > after:
            os._exit(9)
        return look(files, batch)

    monkeypatch.setattr(glance.Files, "look", die)
    assert seen(scan(2)) == expected


@pytest.mark.parametrize("when", ["prepare", "obey"])
def test_a_leader_that_dies_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    expected = seen(scan(1))
    monkeypatch.setattr(ahead, when, lambda *_: os._exit(9))
    assert seen(scan(2)) == expected
    with ahead.begin(["."], 2) as begun:
        assert seen(engine.run(sweep.walk(["."], jobs=2, begun=begun), judge)) == expected


def test_what_is_begun_ahead_finds_the_same(folder: Path) -> None:
    with ahead.begin(["."], 3) as begun:
        assert begun.team is not None
        report = engine.run(sweep.walk(["."], jobs=3, begun=begun), judge)
    assert seen(report) == seen(scan(1))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_is_begun_ahead_with_other_limits_is_begun_anew(folder: Path) -> None:
    tight = replace(LIMITS, findings=1)
    with ahead.begin(["."], 2) as begun:
        assert begun.team is not None
        assert begun.team.has_orders
        items = sweep.walk(["."], lambda: tight, 2, begun)
        report = engine.run(items, judge, tight)
    assert seen(report) == seen(engine.run(sweep.walk(["."], lambda: tight, 1), judge, tight))


def test_what_git_tracks_comes_first_then_the_others(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    leak = f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'
    for number in range(700):
        repo.write(f"{number % 2}/{number:03}.txt", leak if number % 100 == 6 or number % 100 == 7 else "x\n")
    repo.git("add", "0")
    repo.write(".gitignore", "*7.txt\n")
    monkeypatch.chdir(repo.path)
    with ahead.begin(["."], 2) as begun:
        report = engine.run(sweep.walk(["."], jobs=2, begun=begun), judge)
    assert seen(report) == seen(scan(1)) == seen(scan(2))
    paths = [path for path, *_ in seen(report)]
    assert paths == [b"0/%d06.txt" % n if n else b"0/006.txt" for n in range(7)]
    repo.write(".gitignore", "nothing\n")
    paths = [path for path, *_ in seen(scan(2))]
    assert len(paths) == 14
    assert paths == sorted(paths)


def test_more_orders_than_a_pipe_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the leader, which is not yet ready."""
    folder = tmp_path / ("d" * 200) / ("e" * 200)
    folder.mkdir(parents=True)
    for number in range(6000):
        (folder / f"{number:04}").write_text(f"id = {keys.key_id()}\n" if number % 2000 == 7 else "x\n")
    monkeypatch.chdir(tmp_path)
    prepare = ahead.prepare

    def later(loaded: int) -> None:
        os.read(ready, 1)
        prepare(loaded)

    ready, go = os.pipe()
    monkeypatch.setattr(ahead, "prepare", later)
    with ahead.begin(["."], 2) as begun:
        os.write(go, b"1")  # only after it has its orders, 2.4 MB
        assert len(seen(engine.run(sweep.walk(["."], jobs=2, begun=begun), judge))) == 3
    os.close(ready)
    os.close(go)


def test_what_is_begun_ahead_and_not_wanted_is_ended(folder: Path) -> None:
    open_files = os.listdir("/proc/self/fd")
    for paths in (["."], ["0"], ["nowhere"], ["0/7.txt"], [".", "0"]):
        with ahead.begin(paths, 2):
            pass
    assert os.listdir("/proc/self/fd") == open_files
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("early", [True, False])
def test_git_is_asked_once_and_its_failures_are_told(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, early: bool
) -> None:
    """A broken index is not a folder without a repository."""
    repo.write("a.txt", "nothing\n")
    repo.git("add", "-A")
    (repo.path / ".git/index").write_bytes(b"garbage")
    monkeypatch.chdir(repo.path)
    begin = ahead.begin(["."], 2) if early else ahead.NOTHING
    with begin as begun, pytest.raises(GitError, match="index"):
        list(sweep.walk(["."], jobs=2, begun=begun))


def test_no_process_is_left_behind(folder: Path) -> None:
    items = sweep.walk(["."], jobs=3)
    next(items)
    items.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_of_several_paths_a_missing_one_is_a_gap(folder: Path) -> None:
    items = list(sweep.walk(["nowhere", "0"]))
    assert next(i for i in items if isinstance(i, Gap)).origin.path == b"nowhere"
    assert len(items) > 100
    with pytest.raises(AliscanError, match="nowhere"):
        list(sweep.walk(["nowhere"]))


def test_staged_objects_are_found_by_several_processes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(400):
        repo.write(f"{number:03}.txt", f"nothing {number}\n")
    for number in (0, 200, 399):
        repo.write(f"{number:03}.txt", f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n')
    repo.git("add", "-A")
    monkeypatch.chdir(repo.path)
    listed = staged.entries(Git(), staged.ask(Git()))
    one, three = (engine.run(sweep.staged(Git(), listed, LIMITS, jobs), judge) for jobs in (1, 3))
    assert sorted(seen(one)) == sorted(seen(three))
    assert len(seen(one)) == 3
    assert (one.blobs, one.bytes, one.gaps) == (three.blobs, three.bytes, three.gaps)


def test_a_key_in_a_later_stage_of_a_conflict(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    leak = f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'
    info = []
    for stage, text in ((1, "base"), (2, "ours"), (3, leak)):
        oid = repo.git("hash-object", "-w", "--stdin", stdin=text.encode())
        info.append(f"100644 {oid} {stage}\tconflict.txt")
    repo.git("update-index", "--index-info", stdin="\n".join(info).encode())
    for number in range(300):
        repo.write(f"{number:03}.txt", f"nothing {number}\n")
    repo.git("add", *[f"{number:03}.txt" for number in range(300)])
    monkeypatch.chdir(repo.path)
    report = engine.run(sweep.staged(Git(), staged.whole_index(Git()), LIMITS, 2), judge)
    assert [f.origin.path for f in report.findings] == [b"conflict.txt"]


def test_hyperscan_finds_what_python_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the whole corpus: so many files are looked at with it."""
    pytest.importorskip("hyperscan")
    for number, case in enumerate(corpus.cases()):
        path = tmp_path / str(number) / case.path.partition("!/")[0]
        path.parent.mkdir(parents=True)
        path.write_bytes(render(case, 20240607).data)
    monkeypatch.chdir(tmp_path)
    one, two = scan(1), scan(2)
    assert one.blobs > ahead.MANY
    assert seen(one) == seen(two)
    assert {(g.origin.path, g.reason) for g in one.gaps} == {(g.origin.path, g.reason) for g in two.gaps}
    assert len(seen(one)) > 900


def test_limits_reach_the_workers(folder: Path) -> None:
    limits = Limits(**{name: n + 2 for n, name in enumerate(Limits.__match_args__)})
    batches, look = ahead.obey(ahead.orders([b"a", b"b"], replace(limits, seconds=0.5)))
    assert batches == [[b"a", b"b"]]
    assert look.__self__._limits == replace(limits, seconds=0.5)  # type: ignore[attr-defined]


def test_who_has_time_takes_the_next_batch_and_lines_stay_in_order() -> None:
    batches = [[n] for n in range(300)]

    def look(batch: Sequence[int]) -> bytes:
        if not batch[0]:
            time.sleep(0.3)  # the others do the rest meanwhile
        return b"%d %d\n" % (batch[0], os.getpid())

    said = [line.split() for line in workers.lines(batches, look, 3)]
    assert [int(number) for number, _ in said] == list(range(300))
    by_first = sum(process == said[0][1] for _, process in said)
    assert by_first < 100

"""Files on disk, as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aliscan.finding import Blob, Gap
from aliscan.sources import files
from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def content(path: Path) -> bytes:
    first = next(files.read(os.fsencode(path)))
    assert isinstance(first, Blob)
    return first.data


NOBODY = 65534


@pytest.fixture
def somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder, here, and we are not root, whom no permission stops."""
    root = os.geteuid() == 0
    if root:
        reachable = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folder is root's alone
        os.chown(reachable, NOBODY, NOBODY)
    folder = reachable if root else tmp_path
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    if root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
            shutil.rmtree(reachable)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.parametrize("repository", [True, False])
def test_a_folder_that_cannot_be_opened_is_not_passed_over(somebody: Path, repository: bool) -> None:
    if repository:
        subprocess.run(["git", "init", "-q", "."], check=True)
    for name in ("a/locked", "b"):
        (somebody / name).mkdir(parents=True)
        (somebody / name / "file").write_text("text\n")
    (somebody / "a/locked").chmod(0)
    found = list(files.walk(["."]))
    (somebody / "a/locked").chmod(0o700)
    gaps = [item for item in found if isinstance(item, Gap)]
    assert len(gaps) == 1
    assert "locked" in gaps[0].reason or gaps[0].origin.path == b"a/locked"
    assert [item.origin.path for item in found if isinstance(item, Blob)] == [b"b/file"] * 2


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_001])
def test_every_byte(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "f").write_bytes(data)
    assert content(tmp_path / "f") == data


def test_a_file_that_tells_no_size() -> None:
    place = Path("/proc/self/status")
    if not place.exists():
        pytest.skip("needs /proc")
    assert place.stat().st_size == 0
    assert b"VmPeak" in content(place)


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    """/tmp is a link on some machines, and so is ``current`` beside many releases."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there/a").write_text(f"k = {keys.key_id()}\n")
    (tmp_path / "folder").symlink_to("there")
    (tmp_path / "file").symlink_to("there/a")
    (tmp_path / "nothing").symlink_to("nowhere")
    (tmp_path / "around").symlink_to("around")
    assert aliscan("scan", "folder", cwd=tmp_path).returncode == 1
    assert aliscan("scan", "file", cwd=tmp_path).returncode == 1
    assert aliscan("scan", "nothing", "around", cwd=tmp_path).returncode == 0
    done = aliscan("scan", cwd=tmp_path)  # what is met on the way is text, and its target is met anyway
    assert done.stdout.count(b"alibaba-access-key-id") == 1 + done.stdout.count(
        b"advise alibaba-access-key-id"
    )


def test_a_pipe_that_is_named_is_not_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").write_text("x\n")
    (tmp_path / "to-pipe").symlink_to("pipe")
    for name in ("pipe", "to-pipe", "/dev/null", "/dev/stdin"):
        done = aliscan("scan", name, cwd=tmp_path, stdin=f"k = {keys.key_id()}\n".encode())
        assert done.returncode == 2, done
        assert b"aliscan scan -" in done.stderr
        assert aliscan("scan", "a", name, cwd=tmp_path).returncode == 3
    assert aliscan("scan", cwd=tmp_path).returncode == 0


def test_an_empty_name_is_shown(tmp_path: Path) -> None:
    assert b"cannot read '': " in aliscan("scan", "", cwd=tmp_path).stderr


@pytest.mark.parametrize("args", [("scan",), ("install",), ("doctor",), ("baseline", "check"), ("verify",)])
def test_in_a_folder_that_is_gone(tmp_path: Path, args: tuple[str, ...]) -> None:
    program = str(Path(sys.executable).with_name("aliscan"))
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir ../gone; exec "$@"', "sh", program, *args],
        cwd=gone,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (2, 3)
    assert done.stderr.count(b"\n") == 1
    assert b"gone" in done.stderr


def test_where_no_file_may_grow(repo: Repo) -> None:
    """What git is asked is written down for it: where that has no room, the reason is said."""
    repo.commit("x", a="x\n")
    limited = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); import os; os.execv(sys.argv[1], sys.argv[1:])"
    )
    program = str(Path(sys.executable).with_name("aliscan"))
    done = subprocess.run(
        [sys.executable, "-c", limited, program, "history"], cwd=repo.path, capture_output=True, check=False
    )
    assert done.returncode == 3
    assert b"File too large" in done.stderr
    assert b"internal error" not in done.stderr


def test_a_bare_repository_is_not_called_clean(repo: Repo, tmp_path: Path) -> None:
    repo.commit("leak", a=f"k = {keys.key_id()}\n")
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    done = aliscan("scan", "bare.git", cwd=tmp_path)
    assert done.returncode in (1, 3)
    assert b"aliscan history looks at its objects" in done.stdout
    assert aliscan("scan", ".git/refs", cwd=repo.path).returncode == 0


def test_standard_input_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "-").write_text("x\n")
    assert aliscan("scan", "-", "a", cwd=tmp_path).returncode == 2
    assert aliscan("scan", "./-", cwd=tmp_path, stdin=f"k = {keys.key_id()}\n".encode()).returncode == 0

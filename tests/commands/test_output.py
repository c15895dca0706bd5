"""`--format` and `--output`: several reports, each whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from aliscan.commands.chosen import split
from aliscan.commands.output import Outputs, Target, to_file
from aliscan.finding import AliscanError
from tests.conftest import aliscan
from tests.support import keys


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    path = tmp_path / "leak.py"
    path.write_text(f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n')
    return path


def test_several_formats_each_to_its_place(leak: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = aliscan("scan", str(leak), "--format", "text", "--format", f"json={out}")
    assert done.returncode == 1
    assert b"alibaba-access-key-pair" in done.stdout
    assert json.loads(out.read_text())["exit_code"] == 1
    assert sorted(os.listdir(tmp_path)) == ["leak.py", "out.json"]


def test_output_belongs_to_the_format_before_it(leak: Path, tmp_path: Path) -> None:
    done = aliscan("scan", str(leak), "--format", "json", "--output", str(tmp_path / "a"), "--format", "text")
    assert json.loads((tmp_path / "a").read_text())["findings"]
    assert b"alibaba-access-key-pair" in done.stdout


def test_all_reports_in_files_leave_one_line_on_stderr(leak: Path, tmp_path: Path) -> None:
    done = aliscan("scan", str(leak), "--format", f"json={tmp_path / 'a'}")
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--format", "sariff"], b"unknown format"),
        (["--format", "json=no/x"], b"cannot write the report to no/x"),
        (["--format", "json=/"], b"cannot write the report to /"),
        (["--format", "json", "--format", "text"], b"two reports"),
        (["--format", "json=a", "--format", "text=./a"], b"two reports"),
        (["--format", "json=a", "--output", "b"], b"--output follows"),
    ],
)
def test_what_cannot_be_written_is_one_sentence_and_exit_2(
    leak: Path, tmp_path: Path, args: list[str], words: bytes
) -> None:
    done = aliscan("scan", str(leak), *args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert words in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert os.listdir(tmp_path) == ["leak.py"]


def test_a_report_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_text("old")

    def fail(out: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(AliscanError, match="No space left"):
        to_file(str(path), fail)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["r"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")
def test_mode_and_link_survive(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    to_file(str(link), lambda out: out.write("new"))
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_device_is_exit_2(leak: Path) -> None:
    done = aliscan("scan", str(leak), "--format", "json=/dev/full")
    assert done.returncode == 2
    assert b"No space left" in done.stderr


def test_split_takes_the_first_sign() -> None:
    assert split("sarif") == ("sarif", "")
    assert split("sarif=a:b=c") == ("sarif", "a:b=c")
    assert split("json:C:\\x") == ("json", "C:\\x")


def test_dash_is_standard_output() -> None:
    assert Target("json", "-").on_stdout
    with pytest.raises(AliscanError, match="standard output"):
        Outputs((Target("json", "-"), Target("text")))

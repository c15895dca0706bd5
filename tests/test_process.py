"""Programs are started, fed, read, judged and ended, with `posix_spawn` and without."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aliscan.process import Process, scratch

BIG = b"x" * (1 << 20)


@pytest.fixture(params=["spawn", "subprocess"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Once as on POSIX, once as elsewhere."""
    if request.param == "subprocess":
        monkeypatch.delattr(os, "posix_spawn")
        monkeypatch.setattr(subprocess, "_USE_POSIX_SPAWN", False)  # Python 3.14 uses it wherever it can
    way: str = request.param
    return way


def python(code: str, stdin: bytes = b"", **env: str) -> Process:
    return Process([sys.executable, "-I", "-S", "-c", code], env, stdin)


@pytest.mark.usefixtures("way")
def test_input_output_complaints_and_status() -> None:
    code = (
        "import sys, os; data = sys.stdin.buffer.read(); sys.stderr.buffer.write(data);"
        "sys.stdout.buffer.write(data + os.environ['V'].encode()); sys.stdout.flush(); os._exit(7)"
    )
    started = python(code, BIG, V="end")
    assert started.output() == BIG + b"end"
    assert started.returncode == 7
    assert started.wait() == 7
    assert started.complaints() == BIG


@pytest.mark.usefixtures("way")
def test_no_input_is_the_end_of_input() -> None:
    started = python("import sys; sys.exit(len(sys.stdin.read()))")
    started.output()
    assert started.returncode == 0
    assert started.complaints() == b""


@pytest.mark.usefixtures("way")
def test_one_program_reads_another() -> None:
    first = python("print('a' * 200_000)")
    assert first.stdout is not None
    code = "import sys; print(len(sys.stdin.read()))"
    second = Process([sys.executable, "-I", "-c", code], {}, first.stdout)
    first.stdout.close()
    assert second.output() == b"200001\n"
    assert first.wait() == 0
    first.complaints()
    second.complaints()


@pytest.mark.usefixtures("way")
def test_a_reader_that_leaves_ends_the_writer() -> None:
    started = Process(["/bin/sh", "-c", "while echo y; do :; done"], {})
    assert started.stdout is not None
    started.stdout.read(10)
    started.stdout.close()
    assert started.wait() == -13  # SIGPIPE, which Python itself ignores
    started.complaints()


@pytest.mark.usefixtures("way")
def test_kill() -> None:
    started = Process(["/bin/sleep", "60"], {})
    assert started.poll() is None
    started.kill()
    assert started.wait() == -9
    started.kill()  # it is gone: nobody else's process is hit
    assert started.stdout is not None
    started.stdout.close()
    started.complaints()


@pytest.mark.usefixtures("way")
def test_output_into_a_file() -> None:
    with scratch() as file:
        started = Process(["/bin/echo", "hello"], {}, stdout=file)
        assert started.wait() == 0
        file.seek(0)
        assert file.read() == b"hello\n"
    started.complaints()


@pytest.mark.usefixtures("way")
def test_a_program_that_is_not_there() -> None:
    before = _open_files()
    with pytest.raises(FileNotFoundError):
        Process(["/no/such/program"], {}, b"input")
    assert _open_files() == before


def _open_files() -> set[str]:
    return set(os.listdir("/dev/fd"))


def test_scratch_without_memory_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def forbidden(_name: str) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "memfd_create", forbidden, raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with scratch(b"abc") as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-", "<&- 2>&- 3<&-"])
def test_closed_standard_streams(closed: str, tmp_path: Path) -> None:
    # 0, 1 and 2 are free numbers then, and belong to pipes of ours
    code = (
        "import sys; from aliscan.process import Process\n"
        "p = Process(['/bin/sh', '-c', 'cat; echo said >&2; echo out'], {}, b'in ')\n"
        "out = p.output()\n"
        "open(sys.argv[1], 'wb').write(out + p.complaints())\n"
    )
    place = tmp_path / "out"
    command = ["sh", "-c", f'exec "$0" -c "$1" "$2" {closed}', sys.executable, code, str(place)]
    subprocess.run(command, check=True)
    assert place.read_bytes() == b"in out\nsaid\n"


def test_a_lost_status_is_no_success() -> None:
    # SIGCHLD ignored by whoever started us: the kernel keeps no status
    code = (
        "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "from aliscan.process import Process\n"
        "p = Process(['/bin/true'], {}); p.output(); print(p.returncode)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"255\n"


def test_interrupted_it_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started = Process(["/bin/sh", "-c", "exec >&-; exec sleep 60"], {})

    def interrupted() -> int:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Process, "wait", lambda _self: interrupted())
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        started.output()
    assert started.returncode == -9
    assert time.monotonic() - begin < 30
    started.complaints()

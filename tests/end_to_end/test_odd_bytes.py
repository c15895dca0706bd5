"""F24 to F26: odd bytes, odd line ends and baits, by `aliscan scan` and by `aliscan history`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo

Encode = Callable[[str], bytes]
ENCODINGS: dict[str, Encode] = {
    "nul": lambda text: b"\0\1\2\0" + text.encode() + b"\0",
    "utf-16 with a mark": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "gbk": lambda text: f"# 阿里云密钥\n{text}".encode("gbk"),
    "one bad byte": lambda text: text.encode() + b"\xff\n",
}


def found(repo: Repo) -> list[list[dict[str, int]]]:
    """The findings of a scan of the files, and of the history, by line and column."""
    repo.git("add", "-A")
    repo.git("commit", "-qm", "c")
    results = []
    for command in ("scan", "history"):
        done = aliscan(command, "--format", "json", "--no-config", str(repo.path))
        assert done.returncode == 1, done.stderr
        findings = json.loads(done.stdout)["findings"]
        results.append([{"line": f["line"], "column": f["column"]} for f in findings])
    return results


@pytest.mark.parametrize("name", ENCODINGS)
def test_f24_encodings(repo: Repo, name: str) -> None:
    repo.write("a.conf", ENCODINGS[name](f"# first line\nid = {keys.key_id()}\n# last\n"))
    scanned, history = found(repo)
    assert scanned == history
    assert [place["line"] for place in scanned] == [3 if name == "gbk" else 2]


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\u2028", "\x85", "\x1c"])
def test_f25_only_lf_ends_a_line(repo: Repo, end: str) -> None:
    repo.write("a.txt", f"one{end}two{end}\nthree\n密钥{keys.key_id()}密钥\n")
    assert found(repo) == [[{"line": 3, "column": 3}]] * 2


BAITS = {
    "one long line": lambda: b"aliyun accessKeySecret='x', " * 190_000,
    "empty lines": lambda: b"aliyun\n" + b"\n" * 300_000,
    "password": lambda: b"aliyun " + b"password" * 100_000,
    "nested quantifiers": lambda: b"accessKeySecret" + b"'\"= +" * 200_000 + b"aliyun",
    "ids without end": lambda: b"LTAI" * 300_000,
    "escapes": lambda: b"aliyun \\u004c" + b"\\u0041" * 200_000,
    "base64": lambda: b"aliyun TFRBSQ" + b"QUFB" * 300_000,
    "authors": lambda: b"x <" * 400_000 + b"aliyun",
}


@pytest.mark.parametrize("name", BAITS)
def test_f26_baits_take_no_time(repo: Repo, name: str) -> None:
    repo.write("bait.txt", BAITS[name]())
    repo.git("add", "-A")
    repo.git("commit", "-qm", "c")
    for command in ("scan", "history"):
        started = time.monotonic()
        done = aliscan(command, "--no-config", str(repo.path))
        assert done.returncode in (0, 3), done.stdout
        assert done.returncode == 0 or b"could not be scanned" in done.stdout
        assert time.monotonic() - started < 20  # 2 s on a quiet machine; quadratic work takes minutes

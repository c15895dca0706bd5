"""Whatever the bytes of a file are, a key in them stops the commit (F24, F25, F26)."""

from __future__ import annotations

import json
import resource

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.gates import way
from tests.support.repo import Repo

ENCODED = {
    "a NUL": lambda text: b"\0binary\0" + text.encode(),
    "NULs on both sides": lambda text: b"\0" + text.encode().replace(b'"', b"\0") + b"\0",
    "UTF-16 LE with a BOM": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 BE with a BOM": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-8 with a BOM": lambda text: text.encode("utf-8-sig"),
    "GBK": lambda text: ("密钥：\r\n" + text).encode("gbk"),
    "GB18030": lambda text: ("密钥𠮷：\n" + text).encode("gb18030"),
    "one byte that is nothing": lambda text: b"\xff" + text.encode(),
    "an image before it": lambda text: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) + text.encode(),
}


@pytest.mark.parametrize("name", ["pre-commit", "pre-push", "scan"])
@pytest.mark.parametrize("encoding", ENCODED)
def test_in_any_encoding(repo: Repo, name: str, encoding: str) -> None:
    """F24"""
    text = f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'
    done = way(repo, name, ENCODED[encoding](text)).ask()
    assert done.returncode == 1, done
    assert b"alibaba-access-key-pair" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(("密钥是", "，请勿外传"), ("（", "）"), ("キー", "です"), ("key：", "。")),
        *(("\u200b", "\u200b"), ("é", "é"), ("🔑", "🔑")),
    ],
)
def test_beside_other_scripts(repo: Repo, before: str, after: str) -> None:
    """F25"""
    key = keys.key_id()
    repo.write("a.txt", f"first\n{before}{key}{after}\n")
    done = aliscan("scan", "--format", "json", cwd=repo.path)
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    place = finding["parts"][0]
    assert (place["line"], place["column"]) == (2, 1 + len(before))


@pytest.mark.parametrize("character", "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_only_lf_counts_as_a_line(repo: Repo, character: str) -> None:
    """F25: editors, git and every report agree on it."""
    repo.write("a.txt", f"one{character}still one{character}\ntwo\r\nthree {keys.key_id()}\n".encode())
    done = aliscan("scan", "--format", "json", cwd=repo.path)
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["parts"][0]["line"], finding["parts"][0]["column"]) == (3, 7)


def _slow() -> dict[str, bytes]:
    key = keys.key_id().encode()
    bait = b"aliyun secret accessKeyId = "
    return {
        "one line of 5 MB": bait + b"x" * (5 << 20) + b" " + key,
        "one line of 5 MB, words": bait + b"word " * (1 << 20) + key,
        "300,000 empty lines": bait + b"\n" * 300_000 + key,
        "password, 100,000 times": b"aliyun " + b"password" * 100_000 + b" " + key,
        "secret =, 100,000 times": b"aliyun " + b"secret = \n" * 100_000 + key,
        "quotes": bait + b"\"'`" * 300_000 + b" " + key,
        "brackets": bait + b"[({<" * 250_000 + b" " + key,
        "spaces": bait + b" \t" * 500_000 + b"= " + key,
        "backslashes": bait + b"\\" * 1_000_000 + b" " + key,
        "percent signs": bait + b"%4c%54%41%" * 100_000 + b" " + key,
        "base64": bait + b"TFRBSQ" * 150_000 + b" " + key,
        "ids without end": b"LTAI" * 250_000 + b" " + key,
    }


@pytest.mark.parametrize("bait", _slow())
def test_bait_for_expressions(repo: Repo, bait: str) -> None:
    """F26: processor time, so that a busy machine changes nothing."""
    repo.write("a.txt", _slow()[bait])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = aliscan("scan", "--format", "json", cwd=repo.path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 1, done
    assert after.ru_utime - before.ru_utime < 5

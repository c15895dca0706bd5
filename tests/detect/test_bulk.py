"""The gate opens for what detect finds, whatever the engine; its reach covers every needle."""

from __future__ import annotations

import base64
import importlib.util
import re
import sys
from typing import Any

import pytest

from aliscan.detect import anchors, bulk, detect
from aliscan.detect.views.triggers import TRIGGERS
from tests.support import keys

NEEDED = pytest.mark.skipif(importlib.util.find_spec("hyperscan") is None, reason="not installed")


def texts() -> list[bytes]:
    """Leaks of several families, plain and encoded."""
    ident, secret = keys.key_id(), keys.secret()
    plain = [
        f"aliyun\nid = {ident}\nsecret = {secret}\n",
        f"aliyun:\n  accessKeySecret: {secret}\n",
        f"x = '{ident}'",
        f"aliyun dashscope api_key = sk-{keys.draw(keys.HEX, 32)}\n",
        f"dingtalk secret SEC{keys.draw(keys.HEX, 64)}\n",
    ]
    return [t.encode() for t in plain] + [t.encode("utf-16-le") for t in plain]


@pytest.mark.parametrize("engine", ["python", "hyperscan"])
def test_the_gate_opens_for_every_find(engine: str) -> None:
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    gate = bulk.gate(engine)
    for text in texts():
        for padded in (text, b"\n" * 3000 + text, text + b"\n" * 3001):
            if detect(padded).matches:
                assert gate.bits(padded) & ~bulk.ZERO, text[:20]


def test_no_needle_is_longer_than_the_reach() -> None:
    parser: Any = getattr(re, "_parser", None)
    if parser is None:
        pytest.skip("re has no parser to ask before Python 3.11")
    for expression, _ in bulk.expressions():
        assert parser.parse(expression).getwidth()[1] + 2 <= bulk.REACH, expression


def random_words() -> list[str]:
    """Secrets with and without digits where hyperscan looks for them."""
    letters, digits = keys.BASE62[10:], keys.BASE62[:10]
    return [
        keys.secret(),
        keys.draw(letters, 20) + keys.draw(digits, 1) + keys.draw(letters, 9),
        keys.draw(letters, 21) + keys.draw(digits, 1) + keys.draw(letters, 8),
        keys.draw(letters, 29) + keys.draw(digits, 1),
        keys.draw(letters, 30),
    ]


ROWS = [
    "aliyun\naccessKeySecret = '{}'\n", "aliyun accessKeySecret={}", "aliyun\n<secret>{}</secret>",
    "aliyun secret: {}/", "aliyun secret: {}+\n", "aliyun ACCESS_KEY_SECRET={}+", "aliyun\nsecret\n{}\n",
    "aliyun sk: {}\n", "{}",
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_hyperscan_tells_the_words_that_python_tells(row: str) -> None:
    pytest.importorskip("hyperscan")
    fast, plain = bulk.gate("hyperscan"), bulk.gate("python")
    for word in random_words():
        for coded in (word, base64.b64encode(word.encode()).decode(), word.encode().hex()):
            text = row.format(coded).encode()
            assert fast.scan(text, True) >= plain.scan(text, True), row
            assert set(fast.evidence(text, True)) >= set(plain.evidence(text, True)), row


def test_a_secret_without_digits_is_found_beside_a_clear_name_on_its_line() -> None:
    word = "aB" + keys.draw("bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ", 28)  # no vowel: no words of a name
    for text in (f"aliyun accessKeySecret = {word}\n", f"aliyun\nALIYUN_ACCESS_KEY = '{word}'\n"):
        assert len(detect(text.encode()).matches) == 1
    assert not detect(f"aliyun\nsk = {word}\n".encode()).matches
    assert not detect(f"aliyun\nsecret\n= {word}\n".encode()).matches


@pytest.mark.parametrize("engine", ["python", "hyperscan"])
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_secret_beside_very_many_hashes_is_seen(engine: str, place: str) -> None:
    """So many words that hyperscan is stopped and Python looks for them."""
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    gate = bulk.gate(engine)
    hashes = [keys.draw(keys.HEX, 64) for _ in range(3000)]
    leak = f"aliyun accessKeySecret = {keys.secret()}"
    lines = [leak, *hashes] if place == "first" else [*hashes, leak]
    assert gate.scan("\n".join(lines).encode(), True)
    assert not gate.scan("\n".join(hashes).encode(), True)
    assert "access_key" in gate.evidence("\n".join(lines).encode(), True)


ENGINES = ["python", pytest.param("hyperscan", marks=NEEDED)]


@pytest.mark.parametrize("engine", ENGINES)
def test_bits_of_a_text(engine: str) -> None:
    bits = bulk.gate(engine).bits
    leak = f"id = {keys.key_id()}\n".encode()
    wide = leak.decode().encode("utf-16-le")
    for data, expected in (
        (b"", 0),
        (b"x = 1", 0),
        (b"aliyun secret: ", 0),
        (leak, bulk.WORTH),
        (b"\0", bulk.ZERO),
        (b"\0" * 90 + b"text" * 90, bulk.ZERO),
        (leak + b"\0", bulk.WORTH | bulk.ZERO),
        (wide, bulk.WORTH | bulk.ZERO),
        (("text " * 20).encode("utf-16-le"), bulk.ZERO),
        (b"PK\x03\x04", bulk.CONTAINER),
        (b"PK\x03\x04" + leak, bulk.CONTAINER | bulk.WORTH),
        (b"PK\x03\x04\0", bulk.CONTAINER | bulk.ZERO),
        (b"PK\x03\x04\0" + leak, bulk.CONTAINER | bulk.ZERO | bulk.WORTH),
        (f"sha = {word()}".encode(), 0),
        (f"accessKeySecret = {word()}".encode(), bulk.WORTH),
    ):
        assert bits(data) == expected, data[:20]


def word() -> str:
    """A secret with a digit that is not near its end."""
    return next(s for s in iter(keys.secret, "") if any(c.isdigit() for c in s[:21]))


@pytest.mark.parametrize("engine", ENGINES)
def test_families_as_without_a_gate(engine: str) -> None:
    gate = bulk.gate(engine)
    for text in (b"x", b"aliyun secret: ", *texts()):
        assert set(gate.families(text)) >= set(anchors.families(text))
    assert gate.families(b"aliyun secret: ") == ("encoded",)
    assert gate.families(b"aliyun secret: ", context=False) == ()
    assert gate.families(f"aliyun sha = {word()}".encode()) == ()
    assert gate.families(f"aliyun accessKeySecret = {word()}".encode())[0] == "access_key"
    assert gate.families(f"aliyun accessKeySecret = /{word()}".encode())[0] == "access_key"


def test_a_lone_word_is_no_needle() -> None:
    needle = bulk.gate("python").needle
    assert needle(keys.key_id().encode())
    assert not needle(word().encode())
    assert not needle(b"secret")


def test_without_hyperscan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    assert bulk.gate().bits(keys.key_id().encode()) == bulk.WORTH
    assert bulk.gate("python").bits(b"x") == 0
    with pytest.raises(ImportError):
        bulk.gate("hyperscan")


class Shelf:
    """Keeps bytes in memory, and counts."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.saved = 0
        self.usable = True

    def is_usable(self) -> bool:
        return self.usable

    def load(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def save(self, key: str, data: bytes) -> None:
        self.kept[key] = data
        self.saved += 1


@NEEDED
def test_what_was_compiled_is_kept() -> None:
    shelf, leak = Shelf(), keys.key_id().encode()
    assert bulk.gate("hyperscan", shelf).bits(leak) == bulk.WORTH
    assert shelf.saved == 1
    assert bulk.gate("hyperscan", shelf).bits(leak) == bulk.WORTH
    assert shelf.saved == 1, "compiled once"
    for key, data in list(shelf.kept.items()):
        shelf.kept[key] = data[: len(data) // 2]
    assert bulk.gate("hyperscan", shelf).bits(leak) == bulk.WORTH
    assert shelf.saved == 2, "what is damaged is made anew"


@NEEDED
def test_what_cannot_be_kept_is_not_compiled_for_a_few_texts() -> None:
    shelf = Shelf()
    views = bulk.gate("hyperscan", None, shelf).views
    assert views is not None
    assert views(b"nothing to undo") == frozenset()
    assert shelf.saved == 1
    shelf = Shelf()
    shelf.usable = False
    views = bulk.gate("hyperscan", None, shelf).views
    assert views is not None
    assert views(b"nothing to undo") == frozenset(TRIGGERS)
    assert shelf.saved == 0


@pytest.mark.parametrize("vendor", ["aliyun", "ALIYUN", "阿里云", "Alibaba", "alicloud"])
def test_what_is_called_a_secret_counts_where_somebody_speaks_of_the_vendor(vendor: str) -> None:
    pytest.importorskip("hyperscan")
    gate, plain = bulk.gate("hyperscan"), bulk.gate("python")
    called = b"the client secret is elsewhere\n"
    assert gate.evidence(called, True) == set()
    assert not gate.families(called)
    for text in (called + vendor.encode(), called + vendor.encode("utf-16-le"), vendor.encode() + called):
        readable = b"\0" in text or vendor.encode() in text  # Chinese in UTF-16 is neither
        assert ("named" in gate.evidence(text, True)) is readable, text
        assert gate.families(text) == plain.families(text), text

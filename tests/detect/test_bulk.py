"""The gate opens for what detect finds, whatever the engine; its reach covers every needle."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aliscan.detect import bulk, detect
from tests.support import keys


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

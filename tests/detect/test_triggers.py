"""Where a view has something to say, its triggers are in the text: hyperscan lets none be left out."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aliscan.detect import bulk, document
from aliscan.detect.views import VIEWS, base64, numbers
from aliscan.detect.views.triggers import TRIGGERS
from fixtures import corpus
from fixtures.render import render
from tests.support.adversarial import TEXTS

COMPILED = {name: [re.compile(t, re.DOTALL) for t in triggers] for name, triggers in TRIGGERS.items()}


def speaking(data: bytes) -> set[str]:
    """The views that say something of a text."""
    found = {view.NAME for view in VIEWS if next(iter(view.edits(data)), None) is not None}
    if next(iter(base64.containers(data)), None) is not None:
        found.add(base64.CONTAINERS)
    return found


def triggered(data: bytes) -> set[str]:
    """The views that hyperscan would have asked."""
    return {name for name, triggers in COMPILED.items() if any(t.search(data) for t in triggers)}


def test_every_view_has_its_triggers() -> None:
    assert set(TRIGGERS) == {view.NAME for view in VIEWS} | {base64.CONTAINERS}
    assert numbers.Base32.NAME in TRIGGERS


# What views look for, and what stands around it, in pieces that chance joins
PIECES = (
    *(
        b"LTAI",
        b"secret",
        b"accessKey",
        b"aliyun",
        b" = ",
        b'"',
        b"'",
        b"`",
        b"\\",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
    ),
    *(b"\\u004c", b"\\x4c", b"\\114", b"\\0114", b"\\n", b'\\"', b"%4C", b"%25", b"%22", b"&#76;", b"&quot;"),
    *(b"&#x4c;", b"=4C", b"=3D", b"=\n", b"=E5=AF=86", b"\x1b[0m", b"\x1b[31", b"<w:t>", b"<si>", b"</w:t>"),
    *(
        b"<text:span ",
        b"0x4c",
        b"0x",
        b", ",
        b"76",
        b"84,",
        b"4c 54 41 49 ",
        b"4c544149",
        b"JRKECSJ",
        b"TFRBSQ",
    ),
    *("密钥".encode(), "密".encode("gbk"), b"\x10", b"\x18", b"\x1d", b"\x1e", b"\x23sk-", b"\0", b"a\0b\0"),
    *(
        b"\xca\xfe\xba\xbe",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"H4sI",
        b"UEsDB",
        b"eJwa",
        b"eNo",
        b"VGhpc",
        b"dGhpcyBpcw",
    ),
    *(
        b"+",
        b".",
        b"&",
        b"~",
        b"||",
        b"<>",
        b"_",
        b"-",
        b"/",
        b"//",
        b"#",
        b"*",
        b"@",
        b"r",
        b"sk-",
        b"=",
        b";",
    ),
    *(
        b"abcdefghijkl",
        b"Zm9vYmFy",
        b"5oiR55qE",
        b"0123456789ab",
        b"ABCDEFGH234567",
        b"7u/",
        b"A",
        b"7",
        b"f",
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=60).map(b"".join))
def test_what_a_view_says_was_triggered(data: bytes) -> None:
    assert speaking(data) <= triggered(data)


def test_what_a_view_says_was_triggered_by_many_texts() -> None:
    draw = random.Random(20261129)
    spoke: set[str] = set()
    for _ in range(6000):
        data = b"".join(draw.choices(PIECES, k=draw.randrange(4, 40)))
        found = speaking(data)
        spoke |= found
        assert found <= triggered(data), data
    assert len(spoke) >= 12  # or the texts say nothing


def test_over_the_corpus() -> None:
    for case in corpus.cases():
        text = document.read(render(case, 20261129).data).text
        assert speaking(text) <= triggered(text), case.path


@pytest.mark.parametrize("name", TEXTS)
def test_over_dense_texts(name: str) -> None:
    data = TEXTS[name](20_000)
    assert speaking(data) <= triggered(data)


def test_hyperscan_is_of_the_same_opinion() -> None:
    pytest.importorskip("hyperscan")
    views = bulk.gate("hyperscan").views
    assert views is not None
    draw = random.Random(20261130)
    for _ in range(3000):
        data = b"".join(draw.choices(PIECES, k=draw.randrange(4, 40)))
        assert views(data) == triggered(data), data
    assert bulk.gate("python").views is None

"""Both engines give the same answer, and the answer is never too small."""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect import anchors, bulk, engines
from aliscan.detect.needles import CORES, ENCODED, Needle, base64_forms, encoded, escaped, thin
from aliscan.detect.needs import BESIDE_LONG_WORDS, NEEDS
from tests.support import keys

ALL = [n for n in (*NEEDS, *BESIDE_LONG_WORDS, *escaped(), *encoded()) if n.names]
PIECES = [n.literal for n in ALL if n.literal] + [h for n in ALL for h in n.hints]
PIECES += [
    b'LT" + "AI',
    b"\\u004cTAI",
    b"LT=\nAI",
    b"L\0T\0A\0I\0",
    b"%4C%54%41%49",
    b"LTA",
    b"Q",
    b"\n",
    b"/",
    b"+",
]
PIECES += [
    b"appCode=",
    b"sk-",
    b"SEC",
    b"token=",
    b"c2st",
    keys.secret().encode(),
    keys.draw(keys.HEX, 32).encode(),
]
PIECES += [base64.b64encode(keys.secret().encode() + end) for end in (b"", b"\n", b"\r\n")]

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=8).map(b"".join)


@given(data=texts, pad=st.sampled_from([0, 600, 32_000, 65_000]))
def test_what_opens_the_gate_in_python_opens_it_in_hyperscan(data: bytes, pad: int) -> None:
    pytest.importorskip("hyperscan")
    data = b"." * pad + data + b"." * pad
    python, hyperscan = gates()["python"], gates()["hyperscan"]
    assert python.scan(data, True) <= hyperscan.scan(data, True)
    assert set(python.families(data)) <= set(hyperscan.families(data))


@cache
def gates() -> dict[str, bulk.Gate]:
    return {name: bulk.gate(name) for name in ("python", "hyperscan")}


@given(at=st.integers(31_000, 35_000), piece=st.sampled_from([n for n in ALL if n.literal and not n.pattern]))
def test_a_literal_is_met_wherever_it_stands(at: int, piece: Needle) -> None:
    found = engines.python(ALL)(b"." * at + piece.literal + b"." * (70_000 - at))
    assert piece.names <= found


@pytest.mark.parametrize(
    "form",
    [
        lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
        lambda v: "".join(f"\\u{ord(c):04X}" for c in v),
        lambda v: "".join(f"\\u{{{ord(c):x}}}" for c in v),
        lambda v: "".join(f"\\x{ord(c):02x}" for c in v),
        lambda v: "".join(f"\\{ord(c):o}" for c in v),
        lambda v: "".join(f"%{ord(c):02X}" for c in v),
        lambda v: "".join(f"%25{ord(c):02X}" for c in v),
        lambda v: "".join(f"={ord(c):02X}" for c in v),
        lambda v: "".join(f"&#{ord(c)};" for c in v),
        lambda v: "".join(f"&#x{ord(c):x};" for c in v),
        lambda v: v.encode().hex(),
        lambda v: v.encode().hex().upper(),
        lambda v: "\\u004c" + v[1:],
        lambda v: "&#76;" + v[1:],
        lambda v: "%4c" + v[1:],
        lambda v: f'"{v[:2]}" + "{v[2:]}"',
        lambda v: f"'{v[:3]}' .\n    '{v[3:]}'",
        lambda v: f'"{v[:1]}" & _\n "{v[1:]}"',
        lambda v: f"{v[:2]}=\n{v[2:]}",
        lambda v: base64.b64encode(v.encode()).decode(),
        lambda v: base64.b64encode(b"x" + v.encode()).decode(),
        lambda v: base64.b64encode(b"xy" + v.encode()).decode(),
        lambda v: base64.b64encode(base64.b64encode(b"xy" + v.encode())).decode(),
        lambda v: base64.b64encode(v.encode("utf-16-le")).decode(),
    ],
)
def test_an_encoded_id_is_noticed(form: object) -> None:
    value = keys.key_id()
    text = form(value).encode()  # type: ignore[operator]
    for data in (text, b"." * 3000 + text + b"." * 3000):
        assert ENCODED in anchors.families(data)


def test_utf_16_is_read_as_text() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert "access_key" in anchors.families(f"id = {keys.key_id()}".encode(encoding))


@given(text=st.binary(min_size=3, max_size=20), before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_base64_forms_are_what_every_base64_text_holds(text: bytes, before: bytes, after: bytes) -> None:
    coded = base64.b64encode(before + text + after)
    assert base64_forms(text)[len(before) % 3] in coded


def test_every_pattern_has_hints_or_a_literal() -> None:
    for needle in ALL:
        assert needle.literal or all(len(hint) > 2 for hint in needle.hints), needle
    for needle in escaped():
        if needle.literal:
            assert len(thin(needle.literal)) > 2, "costs a pass over every text"


def test_each_core_is_in_a_hint() -> None:
    for core in CORES:
        assert any(core in hint for needle in ALL for hint in needle.hints)


@pytest.mark.parametrize(
    "head",
    [b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"%PDF-1.7", b"SQLite format 3\0", b"MZ..PK\x05\x06" + b"\0" * 18],
)
def test_containers_are_noticed(head: bytes) -> None:
    assert anchors.families(head) == ("container",)


def test_no_pattern_is_longer_than_what_is_searched_around_its_literal() -> None:
    parser: Any = getattr(re, "_parser", None)
    if parser is None:
        pytest.skip("re has no parser to ask before Python 3.11")
    for needle in ALL:
        if needle.literal and needle.pattern:
            assert parser.parse(needle.pattern).getwidth()[1] <= engines.NEAR, needle.pattern


@given(
    needle=st.sampled_from([n for n in ALL if n.literal and n.pattern]),
    gaps=st.lists(st.integers(0, 400), min_size=1, max_size=6),
    data=st.data(),
)
def test_a_pattern_is_met_where_it_matches(needle: Needle, gaps: list[int], data: st.DataObject) -> None:
    match = data.draw(st.from_regex(re.compile(needle.pattern, re.ASCII), fullmatch=True))
    words = [needle.literal + b" " * gap for gap in gaps]
    text = b" ".join([*words, match, *words])
    assert bool(engines.python([needle])(text)) is (re.search(needle.pattern, text) is not None)
    assert engines.python([needle])(text)

"""Pieces of something long: each is read as the whole would be, wherever it begins."""

from __future__ import annotations

import base64
import io
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aliscan.detect
from aliscan import cuts, engine
from aliscan.detect import detect
from aliscan.finding import Blob, Finding, Match, Origin
from aliscan.sources import pieces, staged
from tests.support import keys

CODECS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
Seen = list[tuple[str, list[tuple[str, int, int, int, int]]]]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "PIECE", 32_000)
    monkeypatch.setattr(cuts, "OVERLAP", 16_000)


def judge(blob: Blob, match: Match) -> Finding:
    return Finding(match, blob.origin, match.severity)


def seen(matches: list[Match]) -> Seen:
    """Rule, values and places."""
    return sorted(
        (m.rule, [(p.fingerprint, p.place.line, p.place.column, p.start, p.end) for p in m.parts])
        for m in matches
    )


def in_pieces(data: bytes) -> list[Match]:
    blobs = pieces.pieces(io.BytesIO(data).read, Origin("file", b"x"))
    return [f.match for f in engine.run(blobs, judge).findings]


def lines(seed: int, words: str, end: str = "\n") -> str:
    """Pairs and words; a line is short, or as long as a piece."""
    rng = Random(seed)
    text = ["aliyun" + end]
    while sum(map(len, text)) < 120_000:
        text.append(words * rng.choice((3, 10, 2000)))
        if rng.randrange(3) == 0:
            text.append(f" accessKeyId: {keys.key_id(rng)} accessKeySecret: {keys.secret(rng)} ")
        text.append(end * rng.randrange(2))
    return "".join(text)


def test_the_stretches_are_the_whole_each_byte_once(small: None) -> None:
    data = lines(3, "some words ").encode()
    found = list(cuts.cut(cuts.reading(data)))
    assert len(found) > 3
    assert b"".join(p.data[p.own : p.upto] for p in found) == data
    for piece in found:
        assert data[piece.start :].startswith(piece.data)
        assert piece.line == data.count(b"\n", 0, piece.start) + 1


@settings(max_examples=12, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32), codec=st.sampled_from(CODECS), marked=st.booleans())
def test_wide_characters_are_never_parted(seed: int, codec: str, marked: bool) -> None:
    if not marked and "32" in codec:
        return  # without a mark nobody takes it for a text
    text = "english first, to be told without a mark. " * 120 + lines(seed, "配置上下文 \U0001f511 words ")
    data = (("\ufeff" if marked else "") + text).encode(codec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "PIECE", 62_000)
        patch.setattr(cuts, "OVERLAP", 32_000)
        found = in_pieces(data)
    assert found
    assert seen(found) == seen(list(detect(data, b"x").matches))


@pytest.mark.parametrize("shift", range(4))
def test_four_letters_of_base64_stay_together(small: None, shift: int) -> None:
    rng = Random(shift)
    text = "".join(f"secret{i} of aliyun\naccessKeySecret: {keys.secret(rng)}\n" for i in range(2000))
    data = b"x" * shift + b': "' + base64.b64encode(text.encode()) + b'"'
    found = in_pieces(data)
    assert seen(found) == seen(list(detect(data, b"x").matches))
    assert len(found) == 2000


@pytest.mark.parametrize("before", range(0, 16_000, 500))
def test_nothing_is_lost_behind_a_line_that_ends_late(small: None, before: int) -> None:
    """The first line that ends in the overlap decides where the next piece begins."""
    pair = f"\naccessKeyId: {keys.key_id()} accessKeySecret: {keys.secret()} ".encode()
    words = b"some words " * 8000
    start = cuts.PIECE - cuts.OVERLAP
    for end in (3_990, 7_990):
        for at in (start + before, start + 8_000 + end - 30):
            data = words[: start + end] + b"\n" + words[start + end + 1 :]
            data = data[:at] + pair + data[at + len(pair) :]
            found = in_pieces(data)
            assert len(found) == 1
            assert seen(found) == seen(list(detect(data, b"x").matches))


def test_who_need_not_import_the_numbers_has_them() -> None:
    assert aliscan.detect.LONG == cuts.LONG
    assert staged.WHOLE == pieces.WHOLE == cuts.PIECE


def test_a_mark_alone_is_no_utf_16(small: None) -> None:
    data = b"\xff\xfe" + lines(5, "some words ").encode()
    found = in_pieces(data)
    assert found
    assert seen(found) == seen(list(detect(data, b"x").matches))


def test_the_end_of_gbk_is_no_half_character(small: None) -> None:
    line = f"密钥文件 a accessKeyId: {keys.key_id()} accessKeySecret: {keys.secret()} "
    data = "".join(line + "密钥文件" * (40 + n % 40) + "\n" for n in range(400)).encode("gb18030")
    found = in_pieces(data)
    assert len(found) == 400
    assert seen(found) == seen(list(detect(data, b"x").matches))

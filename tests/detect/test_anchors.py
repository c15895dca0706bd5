"""What could be found in a text, before anybody looks for it."""

from __future__ import annotations

import random

import pytest

from aliscan.detect import anchors
from aliscan.detect.anchors import SHORT, families, is_container, is_silent
from aliscan.detect.needs import NAMED
from tests.support import keys

END = b"PK\x05\x06"


@pytest.mark.parametrize(
    "magic", [b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF-", b"SQLite format 3\x00", b"BZh", b"Rar!\x1a\x07"]
)
def test_containers_are_told_by_their_first_bytes(magic: bytes) -> None:
    assert is_container(magic + b"x")
    assert not is_container(b"x" + magic)


def test_a_tar_is_told_by_its_257th_byte() -> None:
    assert is_container(b"\0" * 257 + b"ustar")
    assert not is_container(b"\0" * 256 + b"ustar\0\0")
    assert not is_container(b"\0" * 258 + b"ustar")


@pytest.mark.parametrize("program", [b"MZ", b"\x7fELF", b"#!"])
def test_a_zip_behind_a_program(program: bytes) -> None:
    assert is_container(program + b"..." + END + bytes(18))
    assert not is_container(program + b"...")
    assert not is_container(b"..." + END + bytes(18)), "no program"
    for comment, there in ((65_535, True), (65_536, True), (65_537, False)):
        assert is_container(program + bytes(9) + END + bytes(18 + comment)) is there, comment


def test_what_names_a_secret_may_be_encoded_in_a_short_text_about_the_vendor() -> None:
    text = b"aliyun secret: "
    assert families(text) == ("encoded",)
    assert families(b"secret: ") == ()
    assert families(b"aliyun: ") == ()
    assert families(text, context=False) == ()
    assert families(text.ljust(SHORT)) == ("encoded",)
    assert families(text.ljust(SHORT + 1)) == ()
    assert SHORT == 32_768


def test_families_come_in_order_and_need_their_words() -> None:
    i, t = keys.key_id(), keys.sts_token()
    assert families(f"{t} {i}".encode()) == ("access_key", "sts")
    assert families(b"PK\x03\x04" + i.encode()) == ("access_key", "container")
    assert families(i.encode("utf-16-le")) == ("access_key",)
    assert families("secret: aliyun".encode("utf-16-le")) == ("encoded",)
    assert families(b"x = 1") == ()


def test_silence_holds_for_every_part() -> None:
    assert is_silent(b"x = 1")
    assert is_silent(b"secret: ")
    assert is_silent(b"aliyun: ")
    assert not is_silent(b"aliyun secret: ")
    assert not is_silent(keys.key_id().encode())
    assert is_silent(b"x", lambda data, named: {NAMED})
    assert not is_silent(b"aliyun", lambda data, named: {NAMED})
    assert not is_silent(b"x", lambda data, named: {NAMED, "sts"})
    assert not is_silent(b"x", lambda data, named: {"sts"})


WORDS = (
    *(b"aliyun", b"alibaba", "阿里".encode(), b"secret", b"SECRET", b"nothing", b"x = 1", b"\0", b"password"),
    *(b"com.alibaba.nacos.Secret", b"dashscope", b"Secrets", b"\n" * 9, b"y" * 40_000),
)


def test_what_is_only_named_is_told_by_two_words() -> None:
    draw = random.Random(20261129)
    met = set()
    for _ in range(2000):
        parts = [b" ".join(draw.choices(WORDS, k=draw.randrange(5))) for _ in range(draw.randrange(1, 5))]
        if draw.random() < 0.1:
            parts.append(keys.key_id().encode())
        how = anchors.loudness(b"\n".join(parts))
        met.add(how)
        for part in parts:
            if how == anchors.Loudness.SILENT:
                assert anchors.families(part) == ()
            elif how == anchors.Loudness.NAMED:
                assert (anchors.families(part) == ("encoded",)) == anchors.may_be_written(part)
                assert anchors.may_be_written(part) or anchors.families(part) == ()
    assert met == {anchors.Loudness.SILENT, anchors.Loudness.NAMED, anchors.Loudness.LOUD}

"""What a text says of a vendor, and where."""

from __future__ import annotations

import pytest

from aliscan.detect.text import Text


def contexts(text: str | bytes) -> list[tuple[int, bool]]:
    data = text.encode() if isinstance(text, str) else text
    return [(c.at, c.ours) for c in Text(data).contexts]


@pytest.mark.parametrize("word", ["aliyun", "Alibaba", "ALICLOUD", "ali-oss", "aliOss", "dysms", "阿里"])
def test_words_about_this_vendor(word: str) -> None:
    assert contexts(f"x {word} y")[-1] == (2 + len(word.encode()), True)
    assert all(ours for _, ours in contexts(f"x {word} y"))


@pytest.mark.parametrize("word", ["jwt", "Qiniu", "TENCENT", "github", "session", "alipay", "minio"])
def test_words_about_others(word: str) -> None:
    assert contexts(f"x{word}y") == [(1 + len(word), False)]


@pytest.mark.parametrize("word", ["oss", "RAM", "Sls", "ots", "odps", "sms", "aws"])
def test_short_words_stand_alone(word: str) -> None:
    for before in ("", ".", "_", "7", "\\n", "\\t", "\\r"):
        for after in ("", ".", "_", "7"):
            assert contexts(before + word + after) == [(len(before + word), word != "aws")], (before, after)
    for text in (f"b{word}", f"{word}ia", f"\\q{word}", f"n{word}", f"xn{word}"):
        assert contexts(text) == [], text


def test_classes_of_the_sdk() -> None:
    assert contexts("x = OSSClient()") == [(4 + 5, True)]
    assert contexts("x = BOSSClient()") == []
    assert contexts("x = OSSCLIENT()") == []
    assert contexts("jwt oss jwt") == [(3, False), (7, True), (11, False)]


def test_who_is_spoken_of() -> None:
    assert Text(b"SMS_123456").speaks_of_alibaba
    assert not Text(b"SMS_12345").speaks_of_alibaba
    assert Text(b"x", b"aliyun.yml").speaks_of_alibaba
    assert not Text(b"x", b"a.yml").speaks_of_alibaba


def test_a_longer_word_between_two_offsets() -> None:
    text = Text(b"k" * 31)
    assert text.has_word_over(30, 0, 31)
    assert not text.has_word_over(30, 0, 30)
    assert not text.has_word_over(30, 1, 40)

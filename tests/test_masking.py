"""Keys that nobody looked for, in paths and messages."""

from __future__ import annotations

import random

import pytest

from aliscan.git import show
from aliscan.masking import mask
from tests.support import keys


def test_keys_are_masked_wherever_they_stand() -> None:
    rng = random.Random(1)
    for make in [keys.key_id, keys.old_key_id, keys.secret] * 100:
        value = make(rng)
        for text in (value, f"conf/{value}.txt", f"a={value};b", f"中{value}中", f"x_{value}_"):
            assert value not in show(text.encode())
            assert value[:-2] not in mask(text)


def test_model_studio_and_sts() -> None:
    lengths = {
        "sk-": (keys.HEX, 32),
        "sk-sp-": (keys.BASE62, 40),
        "STS.": (keys.BASE62, 24),
        "CAIS": (keys.BASE62, 200),
    }
    for head, (alphabet, length) in lengths.items():
        tail = keys.draw(alphabet, length)
        assert mask(head + tail) == f"{head}****{tail[-2:]}"


@pytest.mark.parametrize(
    "text",
    [
        "src/main/java/com/example/OssS3CompatibleClientConfiguration.java",
        "0123456789abcdef0123456789abcdef01234567",
        "assets/5d41402abc4b2a76b9719d911017c592.js",
        "internationalizationAndLocalization2Test",
        "task-runner/task-1234",
        "中文/测试文件.txt",
        "THE_QUICK_BROWN_FOX_JUMPS_OVER_THE_LAZY_DOG",
    ],
)
def test_names_stay(text: str) -> None:
    assert show(text.encode()) == text

"""What a path adds: a history judges a key again only under the names that can tell whose it is."""

from __future__ import annotations

import pytest

from aliscan.detect import detect
from aliscan.detect.paths import RULES, speaks
from fixtures import corpus
from fixtures.render import render

SEED = 20261130
SILENT = b"src/main/java/com/example/Key.java"


def test_a_path_that_does_not_speak_adds_nothing() -> None:
    """Over the whole corpus: what is found of these rules under a silent path is found under none."""
    assert not speaks(SILENT)
    told = 0
    for case in corpus.cases():
        data, path = render(case, SEED).data, case.path.encode()
        named = {(m.rule, m.key.start) for m in detect(data, path).matches if m.rule in RULES}
        alone = {(m.rule, m.key.start) for m in detect(data).matches if m.rule in RULES}
        if named != alone:
            told += 1
            assert speaks(path), case.name
    assert told


@pytest.mark.parametrize(
    "path", [b"conf/alipay.pem", b"home/.aliyun/config.json", b"DashScope.key", b"codeup/token", b"qwen/.env"]
)
def test_names_that_speak(path: bytes) -> None:
    assert speaks(path)

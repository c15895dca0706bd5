"""What a path adds: a history judges a key again only under the names that can tell whose it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect import detect
from aliscan.detect.paths import WORDS, families_of, listener, speaks
from aliscan.detect.rules import family
from fixtures import corpus
from fixtures.render import render

SEED = 20261130
SILENT = b"src/main/java/com/example/Key.java"
RULES = {rule.id for name in WORDS for rule in family(name).RULES}


def test_a_path_that_does_not_speak_adds_nothing() -> None:
    """Over the whole corpus: what a path adds, it adds by its words."""
    assert not speaks(SILENT, WORDS)
    told = 0
    for case in corpus.cases():
        data, path = render(case, SEED).data, case.path.encode()
        named = {(m.rule, m.key.start) for m in detect(data, path).matches}
        alone = {(m.rule, m.key.start) for m in detect(data).matches}
        more = families_of(rule for rule, _ in named - alone if rule in RULES)
        if more:
            told += 1
            assert speaks(path, more), case.name
    assert told


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"conf/alipay.pem", "alipay"),
        (b"home/.aliyun/config.json", "cli_oauth"),
        (b"DashScope.key", "model_studio"),
        (b"qwen/.env", "model_studio"),
        (b"codeup/token", "yunxiao"),
    ],
)
def test_names_that_speak(path: bytes, name: str) -> None:
    assert speaks(path, [name])


def test_a_name_speaks_of_one_vendor_only() -> None:
    assert not speaks(b"conf/alipay.pem", WORDS.keys() - {"alipay"})


def test_rules_of_others_are_no_matter_of_paths() -> None:
    assert families_of(["alibaba-alipay-private-key"]) == ("alipay",)
    assert families_of(["alibaba-alipay-private-key", "alibaba-access-key-pair"]) == ()


def speaking(name: str) -> st.SearchStrategy[bytes]:
    module: Any = family(name)
    return st.from_regex(module.PATH)


@pytest.mark.parametrize("engine", ["python", "hyperscan"])
@pytest.mark.parametrize("name", sorted(WORDS))
def test_whatever_speaks_holds_a_word(name: str, engine: str) -> None:
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    listen = listener(engine)

    @given(speaking(name))
    def check(path: bytes) -> None:
        assert listen(path, [name]) == {name}
        assert listen(b"\n".join(path.split(b"/")), [name]) == {name}, "in trees, folder by folder"

    check()
    assert listen(SILENT, WORDS) == set()

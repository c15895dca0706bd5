"""What the READMEs show is what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import aliscan

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_help_is_what_the_command_prints(name: str, lang: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    (shown,) = re.findall(r"```text\n(\S+ ?aliscan \[.*?)```", text, re.DOTALL)
    done = aliscan("--lang", lang, "--help", COLUMNS="100", NO_COLOR="1")
    # argparse of Python 3.13 and later wraps and colours otherwise: words are compared, not lines
    assert shown.split() == done.stdout.decode().split(), "make readme"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / name).read_text("utf-8")):
        assert (ROOT / target).exists(), target


def test_both_languages_have_the_same_blocks() -> None:
    counts = [(ROOT / n).read_text("utf-8").count("```") for n in ("README.md", "README.zh-CN.md")]
    sections = [(ROOT / n).read_text("utf-8").count("\n## ") for n in ("README.md", "README.zh-CN.md")]
    assert counts[0] == counts[1]
    assert sections[0] == sections[1]


def test_documents_are_listed() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    for path in (ROOT / "docs").glob("*.md"):
        assert path.name == "README.md" or f"({path.name})" in index, path.name

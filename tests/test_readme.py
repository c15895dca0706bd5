"""What the READMEs show is what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import aliscan

ROOT = Path(__file__).parents[1]


def shown_and_printed(name: str, lang: str) -> tuple[str, str]:
    (shown,) = re.findall(r"```text\n(\S+ ?aliscan \[.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    done = aliscan("--lang", lang, "--help", COLUMNS="100", NO_COLOR="1")
    return shown, done.stdout.decode()


def test_help_is_what_the_command_prints() -> None:
    shown, printed = shown_and_printed("README.md", "en")
    # argparse of Python 3.13 and later wraps and colours otherwise: words are compared, not lines
    assert shown.split() == printed.split(), "make readme"


def test_chinese_help_names_the_same_commands() -> None:
    """The wording is the catalogue's, which may be a step ahead: make readme."""
    commands = [
        re.findall(r"^    ([a-z-]+)", text, re.M) for text in shown_and_printed("README.zh-CN.md", "zh")
    ]
    assert commands[0] == commands[1]
    assert len(commands[0]) > 10


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / name).read_text("utf-8")):
        assert (ROOT / target).exists(), target


def test_both_languages_have_the_same_blocks() -> None:
    counts = [(ROOT / n).read_text("utf-8").count("```") for n in ("README.md", "README.zh-CN.md")]
    sections = [(ROOT / n).read_text("utf-8").count("\n## ") for n in ("README.md", "README.zh-CN.md")]
    assert counts[0] == counts[1]
    assert sections[0] == sections[1]

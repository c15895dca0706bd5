"""Compiled expressions between runs: faster, never another answer."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from aliscan import expressions
from aliscan.detect.rules import all_rules
from aliscan.kept import Folder
from tests.support.faults import FAULTS, damage

PATTERNS: list[tuple[Any, int]] = [
    (rb"(?P<first>a+)(?P<second>b)?(?=c)", re.DOTALL),
    (r"[\w\u4e00-\u9fff]{2,5}?(?!x)", re.IGNORECASE),
    (rb"(?i:x)(y)|(?<!z)q", 0),
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(str(tmp_path / "cache" / "expressions"))


@pytest.fixture
def nothing_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on whatever is not kept fails."""
    module = "re._compiler" if sys.version_info >= (3, 11) else "sre_compile"
    monkeypatch.setattr(f"{module}.compile", None)


def test_what_is_kept_is_what_was_compiled(folder: Folder, request: pytest.FixtureRequest) -> None:
    re.purge()
    before = [re.compile(pattern, flags) for pattern, flags in PATTERNS]
    assert expressions.load(folder) == 0
    expressions.save(folder, 0)
    re.purge()
    assert expressions.load(folder) >= len(PATTERNS)
    request.getfixturevalue("nothing_compiles")
    after = [re.compile(pattern, flags) for pattern, flags in PATTERNS]
    assert after == before  # compares their code
    assert all(a is not b for a, b in zip(after, before, strict=True))
    found = after[0].search(b"xaabc")
    assert found is not None
    assert found.groupdict() == {"first": b"aa", "second": b"b"}
    assert after[0].groupindex == before[0].groupindex


def test_every_expression_of_detect_can_be_kept() -> None:
    import _sre  # type: ignore[import-not-found]

    all_rules()
    modules = [module for name, module in sys.modules.items() if name.startswith("aliscan.detect")]
    every = [value for module in modules for value in vars(module).values() if isinstance(value, re.Pattern)]
    assert len(every) > 100
    for expression in every:
        assert _sre.compile(*expressions._arguments(expression.pattern, expression.flags)) == expression


def test_nothing_new_is_not_saved_again(folder: Folder) -> None:
    re.purge()
    re.compile(rb"one")
    expressions.save(folder, 0)
    (file,) = Path(folder.path).iterdir()
    file.unlink()
    expressions.save(folder, len(expressions._table()))
    assert list(Path(folder.path).iterdir()) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_file_changes_nothing(folder: Folder, fault: str) -> None:
    re.purge()
    expected = [re.compile(pattern, flags) for pattern, flags in PATTERNS]
    expressions.save(folder, 0)
    (file,) = Path(folder.path).iterdir()
    damage(file, fault)
    re.purge()
    expressions.load(folder)
    assert [re.compile(pattern, flags) for pattern, flags in PATTERNS] == expected


def test_what_is_kept_but_makes_no_sense_is_compiled(folder: Folder) -> None:
    folder.save(expressions._KEY, b"not what was expected")
    assert expressions.load(folder) == 0
    assert re.compile(rb"[0-9]+").fullmatch(b"12")


def test_without_the_table_of_re(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(re, "_cache")
    expressions.save(folder, 0)
    assert expressions.load(folder) == 0

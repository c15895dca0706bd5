"""What the history tests share: scan a repository in this process, or by the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aliscan.finding import Blob, Finding, Match, Report, Story
from aliscan.history.scan import Choices, scan
from aliscan.sources.store import open_store
from tests.conftest import aliscan


def judge(blob: Blob, match: Match) -> Finding:
    """Take every match as it is."""
    return Finding(match, blob.origin, match.severity)


def report(path: Path, choices: Choices | None = None) -> Report:
    """The report of a history scan, as an object."""
    return scan(open_store(str(path)), judge, choices or Choices(), lambda _: None)


def need(engine: str) -> Choices:
    """The choice of an engine; skips the test where its libraries are not installed."""
    if engine == "packs":
        for library in ("numpy", "isal", "dulwich"):
            pytest.importorskip(library)
    return Choices(engine=engine)


def only(found: Report) -> tuple[Finding, Story]:
    """The one finding of a report and its story; the report must be complete."""
    assert not found.gaps
    (finding,) = found.findings
    assert finding.story is not None
    return finding, finding.story


def history(path: Path, *options: str, status: int) -> dict[str, Any]:
    """``aliscan history --format json`` of a repository, as a dict; checks the exit code."""
    done = aliscan("history", "--quiet", "--format", "json", *options, str(path))
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    document: dict[str, Any] = json.loads(done.stdout)
    return document

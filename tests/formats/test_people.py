"""The reports that people hand on: HTML, Markdown, GitHub's summary; CSV and JUnit for their readers."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from aliscan import i18n
from aliscan.finding import AliscanError, Finding, Gap, Origin, Severity
from aliscan.formats import FORMATS, github
from tests.formats.samples import everything, finding, pair, render, report


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_no_format_shows_a_value(name: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALISCAN_LANG", language)
    match, ident, secret = pair()
    text = render(name, report(Finding(match, Origin("file", b"a.py"), match.severity)))
    assert match.key.fingerprint in text
    assert secret[-2:] in text
    assert ident[:8] not in text.replace(ident[:8] + "****", "")
    assert secret not in text
    assert secret[:8] not in text


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_a_report_for_people_says_it_all(name: str) -> None:
    text = render(name, everything())
    for words in (
        "leaked credentials need action",
        "src/a.py:12:7",
        "src/b.py",
        "What to do now",
        "known test key",
        "comment in the file",
        "larger than 512 MiB",
        "What was scanned",
        "scanned 3 files",
        "Li Lei",
        "published",
        "a..b",
        "https://example.invalid/a/b",
    ):
        assert words in text, words


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_one_value_in_fifty_places_is_one_credential(name: str) -> None:
    base = finding()
    copies = [replace(base, origin=Origin("file", b"f%d.py" % i)) for i in range(50)]
    text = render(name, report(*copies))
    assert "1 leaked credential needs action" in text
    assert "and 30 more" in text


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (report(), "No leaked credentials were found."),
        (report(gaps=(Gap(Origin("file", b"x"), "y"),)), "but not everything could be scanned"),
        (report(finding(severity=Severity.LOW)), "1 low below the threshold"),
    ],
)
def test_the_verdict_is_never_better_than_the_facts(about: object, words: str) -> None:
    for name in ("markdown", "html"):
        assert words in render(name, about)  # type: ignore[arg-type]


def test_github_shows_the_worst_and_counts_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    found = [finding(b"low%d.py" % i, severity=Severity.LOW) for i in range(30)]
    found += [finding(b"bad%d.py" % i) for i in range(12)]
    lines = render("github", report(*found)).splitlines()
    assert [line.partition(" ")[0] for line in lines[:10]] == ["::error"] * 10
    assert sum(line.startswith("::") for line in lines) == 20
    assert "aliscan: 22 more are in the summary of this step." in lines
    text = summary.read_text()
    assert text.startswith("before\n# ")
    assert "bad11.py" in text


def test_github_annotates_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    text = render("github", report(finding(b"a,b:c%d.py", line=4)))
    assert text.startswith(
        "::error file=a%2Cb%3Ac%25d.py,line=4,endLine=4,col=7,endColumn=31,title=critical%3A "
    )


def test_github_summary_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    base = finding()
    one = replace(base, origin=Origin("file", "密".encode() * 1300))
    other = replace(base.match, rule="alibaba-other")
    many = [replace(one, match=replace(other, rule=f"alibaba-r{i}")) for i in range(300)]
    render("github", report(*many))
    assert summary.stat().st_size < 1 << 20
    assert summary.stat().st_size > github.SUMMARY_LIMIT - 50_000
    assert summary.read_text().rstrip().endswith("The rest did not fit into this summary.")


def test_github_summary_that_cannot_be_written_is_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "no" / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    with pytest.raises(AliscanError, match=f"cannot write the report to {re.escape(str(summary))}") as caught:
        render("github", report())
    assert caught.value.exit_code == 2


def test_csv_is_a_row_a_finding() -> None:
    rows = list(csv.DictReader(io.StringIO(render("csv", everything()))))
    about = everything()
    assert len(rows) == len(about.findings) + len(about.gaps)
    assert rows[0]["severity"] == "critical"
    assert {r["suppressed_by"] for r in rows} == {"", "baseline", "pragma"}
    assert rows[-1]["rule"] == "not-scanned"
    assert {r["counts"] for r in rows} == {"yes", "no", ""}


def test_junit_counts() -> None:
    about = everything()
    suite = ET.fromstring(render("junit", about))[0]
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == len(about.findings) + 1
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 6
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) == 2
    assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error")) == 1


def test_junit_of_nothing_is_one_passed_test() -> None:
    suite = ET.fromstring(render("junit", report()))[0]
    assert suite.attrib["tests"] == "1"
    assert [c.attrib["name"] for c in suite.findall("testcase")] == ["nothing found"]

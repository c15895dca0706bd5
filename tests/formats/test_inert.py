"""Nothing that a repository says is obeyed by anything that shows a report: all formats, all hostile text."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.advice.examples import LANGUAGES
from aliscan.formats import FORMATS, inert
from aliscan.formats.advised import code_pair
from aliscan.git import show
from tests.formats.samples import HOSTILE, hostile, render

# Every character that may stand in a report besides what `str.isprintable` allows.
_ALLOWED = {"\n"}


@pytest.fixture(autouse=True)
def _no_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def check_log(text: str) -> None:
    """No terminal and no CI log obeys a line of this."""
    for line in text.split("\n"):
        assert not {c for c in line if not c.isprintable()}, ascii(line[:200])
        assert not re.search(r"##\w*\[", line), ascii(line[:200])
        assert not line.lstrip().startswith("##")
        assert not re.match(r"\s*(section_(start|end):|travis_\w+:)", line)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("attack", HOSTILE)
def test_every_format_is_inert(name: str, attack: str) -> None:
    text = render(name, hostile(HOSTILE[attack]))
    if name == "markdown":
        check_log("\n".join(line for line in text.split("\n") if not line.startswith("## ")))
    else:
        check_log(text)
    if name != "github":
        assert not re.search(r"(?m)^\s*::", text)
    CHECKS.get(name, lambda _text: None)(text)


def check_json(text: str) -> None:
    json.loads(text)
    assert text.isascii()


def check_json_lines(text: str) -> None:
    for line in text.splitlines():
        check_json(line)


def check_github(text: str) -> None:
    """Only our own commands, with our own properties."""
    for line in text.splitlines():
        if line.lstrip().startswith("::"):
            command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
            assert command, ascii(line[:300])
            names = [p.partition("=")[0] for p in command[2].split(",")]
            assert set(names) <= {"file", "line", "endLine", "col", "endColumn", "title"}, ascii(line[:300])
            assert "%0A" not in re.sub(r"%25", "", line)


def check_xml(text: str) -> None:
    tree = ET.fromstring(text)
    tags = {element.tag for element in tree.iter()}
    assert tags <= {"testsuites", "testsuite", "testcase", "failure", "skipped", "error", "system-out"}


def check_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    assert not [c for row in rows for c in row if c.lstrip()[:1] in set("=+-@") and c.lstrip()]


class Page(HTMLParser):
    """Collects what a page would do."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}


def check_html(text: str) -> None:
    page = Page()
    page.feed(text)
    assert not page.tags & {"script", "img", "iframe", "object", "embed", "link", "base", "form", "svg", "x"}
    assert not {a for a in page.attributes if a.startswith("on")}
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "href", "rel"}
    assert all(a.startswith("https://help.aliyun.com/") for a in page.addresses)
    assert "url(" not in text


def check_markdown(text: str) -> None:
    """No raw tag, no broken table; links and mentions can only stand inside code spans.

    Our own examples of code stand in blocks, whole; the vendor's pages and console are named as they are.
    """
    for language in LANGUAGES:
        for example in code_pair(language)[1::2]:
            text = text.replace(f"```\n{example}```\n", "")
    assert "<" not in text
    columns: int | None = None
    for line in text.split("\n"):
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line))
            assert columns in (None, cells), ascii(line[:300])
            columns = cells
        else:
            columns = None
        assert line.count("`") % 2 == 0
        outside = re.sub(r"`[^`]*`", "", line)
        assert not re.search(r"\]\(|@|\\x", outside), ascii(line[:300])
        for address in re.findall(r"\w+://\S*", outside):
            ours = ("https://ram.console.aliyun.com/", "https://help.aliyun.com/")
            assert address.startswith(ours), ascii(line[:300])


CHECKS = {
    "json": check_json,
    "jsonl": check_json_lines,
    "sarif": check_json,
    "gitlab": check_json,
    "github": check_github,
    "junit": check_xml,
    "csv": check_csv,
    "html": check_html,
    "markdown": check_markdown,
}


@given(st.binary(max_size=60))
def test_any_bytes_are_one_inert_line(raw: bytes) -> None:
    check_log(show(raw))
    check_log(inert.plain(raw.decode("utf-8", "surrogateescape")))
    assert show(show(raw).encode()) == show(raw)


@given(st.text(st.characters(), max_size=40))
def test_any_text_is_one_inert_line(text: str) -> None:
    assert "\n" not in inert.plain(text)
    inert.plain(text).encode()


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_quoted_path_is_the_path_for_bash(attack: str) -> None:
    raw = HOSTILE[attack].replace(b"\0", b"")
    word = inert.shell(raw)
    check_log(word)
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
    assert done.stdout == raw


def test_sarif_uris_are_encoded() -> None:
    for attack in HOSTILE.values():
        for result in json.loads(render("sarif", hostile(attack)))["runs"][0]["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:file://)?(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)

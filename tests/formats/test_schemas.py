"""Reports against the schemas of those who read them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

import aliscan
from aliscan.finding import Report
from tests.formats.samples import HOSTILE, everything, hostile, render, report

SCHEMAS = Path(__file__).parent.parent / "schemas"
OURS = Path(aliscan.__file__).parent / "schemas" / "report.schema.json"


def sample_named(name: str) -> Report:
    """``empty``, ``everything``, or hostile text by its name."""
    if name in HOSTILE:
        return hostile(HOSTILE[name])
    return everything() if name == "everything" else report()


@pytest.fixture(params=["empty", "everything", *HOSTILE])
def sample(request: pytest.FixtureRequest) -> Report:
    return sample_named(request.param)


def load(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def test_json_keeps_its_schema(sample: Report) -> None:
    schema = load(OURS)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(render("json", sample)))


def test_jsonl_lines_are_the_parts_of_the_json_report(sample: Report) -> None:
    schema = load(OURS)
    whole = json.loads(render("json", sample))
    lines = [json.loads(line) for line in render("jsonl", sample).splitlines()]
    names = {"run": "run", "finding": "finding", "not_scanned": "notScanned", "advice": "advice"}
    for line in lines:
        part = {**schema, "$ref": f"#/$defs/{names[line['type']]}"}
        for word in ("allOf", "required", "properties", "type"):
            part.pop(word)
        jsonschema.Draft202012Validator(part).validate(line)
    kinds: dict[str, list[Any]] = {name: [] for name in names}
    for line in lines:
        kinds[line.pop("type")].append(line)
    assert kinds["finding"] == whole["findings"]
    assert {line.pop("id"): line for line in kinds["advice"]} == whole["advice"]
    assert {f["advice"] for f in whole["findings"]} - {None} == set(whole["advice"])


def test_every_field_we_write_is_in_our_schema() -> None:
    """A new field that nobody documented fails here; the published schema itself allows more."""
    text = OURS.read_text()

    def closed(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                assert f'"{key}":' in text or key == "range", key
                if key == "advice" and isinstance(value, dict):
                    closed(list(value.values()))
                elif key != "notes":
                    closed(value)
        elif isinstance(node, list):
            for value in node:
                closed(value)

    closed(json.loads(render("json", everything())))


@pytest.mark.parametrize("broken", ["exit_code", "findings", "tool"])
def test_our_schema_can_fail(broken: str) -> None:
    document = json.loads(render("json", everything()))
    del document[broken]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(load(OURS)).validate(document)


def test_gitlab_accepts_its_report(sample: Report) -> None:
    document = json.loads(render("gitlab", sample))
    jsonschema.Draft7Validator(load(SCHEMAS / "gitlab-secret-detection.json")).validate(document)
    original = os.environ.get("ALISCAN_GITLAB_SCHEMA")
    if original:
        jsonschema.Draft7Validator(load(Path(original))).validate(document)


def test_gitlab_ids_are_stable_and_unique() -> None:
    about = everything()
    first, second = (json.loads(render("gitlab", about))["vulnerabilities"] for _ in range(2))
    assert first == second
    assert len({v["id"] for v in first}) == len(first)
    assert not [v for v in first if "raw_source_code_extract" in v]


def test_gitlab_time_has_no_zone() -> None:
    scan = json.loads(render("gitlab", everything()))["scan"]
    assert scan["start_time"] == "2023-11-14T22:13:20"
    assert scan["status"] == "failure"  # something could not be scanned


# What Jenkins demands of a JUnit report, restated in our own words from junit-10.xsd of its xUnit plugin
# (jenkinsci/xunit-plugin, src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd, MIT), for the
# elements that we write: the elements inside, the attributes that must be there, and those that may.
# Set ALISCAN_JUNIT_SCHEMA to the original file to validate against it too (needs lxml).
JUNIT = {
    "testsuites": (["testsuite"], [], ["name", "time", "tests", "failures", "errors"]),
    "testsuite": (
        ["testsuite", "properties", "testcase", "system-out", "system-err"],
        ["name", "tests", "failures", "errors"],
        ["time", "skipped", "timestamp", "hostname", "id", "package", "group", "file", "log", "url"],
    ),
    "testcase": (
        ["skipped", "error", "failure", "system-out", "system-err"],
        ["name"],
        ["time", "classname", "group"],
    ),
    "failure": ([], [], ["type", "message"]),
    "error": ([], [], ["type", "message"]),
    "skipped": ([], [], ["type", "message"]),
    "system-out": ([], [], []),
}


def _against_junit(element: ElementTree.Element) -> None:
    children, needed, allowed = JUNIT[element.tag]
    assert {child.tag for child in element} <= set(children), element.tag
    assert set(needed) <= set(element.attrib) <= {*needed, *allowed}, (element.tag, element.attrib.keys())
    assert re.fullmatch(r"[0-9,]*(\.[0-9]*)?", element.get("time", ""))
    if children:
        assert not (element.text or "").strip()
        assert not any((child.tail or "").strip() for child in element)
    for child in element:
        _against_junit(child)


def test_jenkins_accepts_the_junit_report(sample: Report) -> None:
    text = render("junit", sample)
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    _against_junit(root)
    (suite,) = root
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases)
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[name]) == sum(case.find(tag) is not None for case in cases), name
    original = os.environ.get("ALISCAN_JUNIT_SCHEMA")
    if original:
        etree = pytest.importorskip("lxml.etree")
        etree.XMLSchema(etree.parse(original)).assertValid(etree.fromstring(text.encode()))


@pytest.mark.parametrize("broken", ["<other/>", "text", "<testcase/>", '<testcase name="x" other="y"/>'])
def test_the_check_of_junit_can_fail(broken: str) -> None:
    text = f'<testsuite name="" tests="1" failures="0" errors="0">{broken}</testsuite>'
    with pytest.raises((AssertionError, KeyError)):
        _against_junit(ElementTree.fromstring(text))

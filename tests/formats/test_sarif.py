"""SARIF: what GitHub needs beyond the schema, and the checks of Microsoft's multitool."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aliscan.finding import Place, Report
from tests.conftest import aliscan
from tests.formats.samples import HOSTILE, everything, finding, hostile, render, report
from tests.support import keys
from tests.support.repo import Repo

ROOT = Path(__file__).parents[2]


def run_of(about: Report) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(render("sarif", about))["runs"][0]
    return run


def test_a_value_has_one_line_hash_wherever_it_moves() -> None:
    first = finding(b"a.py", line=3)
    moved = replace(first, origin=replace(first.origin, path=b"b/c.py"))
    hashes = [
        run_of(report(f))["results"][0]["partialFingerprints"]["primaryLocationLineHash"]
        for f in (first, moved)
    ]
    assert hashes[0] == hashes[1]
    assert re.fullmatch(r"[0-9a-f]{16}:1", hashes[0])


def test_the_same_value_twice_in_a_file_is_two_results() -> None:
    one = finding(b"a.py")
    hashes = [
        r["partialFingerprints"]["primaryLocationLineHash"] for r in run_of(report(one, one))["results"]
    ]
    assert [h.partition(":")[2] for h in hashes] == ["1", "2"]


def test_regions_are_full_and_nothing_has_a_snippet() -> None:
    text = render("sarif", everything())
    assert "snippet" not in text
    for result in json.loads(text)["runs"][0]["results"]:
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            region = location["physicalLocation"]["region"]
            assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
            assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])


def test_the_partner_is_linked_from_the_message() -> None:
    (result,) = run_of(report(finding(line=5)))["results"]
    (related,) = result["relatedLocations"]
    assert f"[{related['message']['text']}]({related['id']})" in result["message"]["text"]
    assert related["physicalLocation"]["region"]["startLine"] == 5
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 6


def test_rules_have_what_github_shows() -> None:
    run = run_of(everything())
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert 0.0 < float(rule["properties"]["security-severity"]) <= 10.0
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert len(rule["properties"]["tags"]) <= 10


def test_suppressions_say_where_they_come_from() -> None:
    suppressions = [r["suppressions"][0] for r in run_of(everything())["results"] if "suppressions" in r]
    assert {(s["kind"], s["status"]) for s in suppressions} == {
        ("inSource", "accepted"),
        ("external", "accepted"),
    }
    assert all(s["justification"] for s in suppressions)


def test_what_was_not_scanned_makes_the_run_a_failed_one() -> None:
    (invocation,) = run_of(everything())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"]


def test_a_member_of_an_archive_is_named_and_points_at_the_archive() -> None:
    base = finding(line=40)
    inside = replace(base, origin=replace(base.origin, path=b"a.zip", member=(b"b.txt",)))
    location = run_of(report(inside))["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "a.zip"
    assert location["physicalLocation"]["region"]["startLine"] == 1
    assert location["logicalLocations"][0]["fullyQualifiedName"].startswith("a.zip!b.txt:")


def test_columns_are_code_points() -> None:
    assert run_of(report())["columnKind"] == "unicodeCodePoints"
    assert finding().place == Place(1, 7, 1, 31)


def test_paths_are_relative_to_the_repository_from_any_folder(repo: Repo) -> None:
    repo.write("sub/目录/a b.py", f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n')
    expected = "sub/%E7%9B%AE%E5%BD%95/a%20b.py"
    for cwd, where in ((repo.path, "."), (repo.path / "sub", "."), (repo.path / "sub", str(repo.path))):
        done = aliscan("scan", where, "--format", "sarif", cwd=cwd)
        (result,) = json.loads(done.stdout)["runs"][0]["results"]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": expected, "uriBaseId": "%SRCROOT%"}


def test_provenance_names_the_checkout_without_its_password(repo: Repo) -> None:
    head = repo.commit(**{"a.py": "x"})
    repo.git("remote", "add", "origin", "https://user:hunter2@example.invalid/a/b.git")
    done = aliscan("scan", ".", "--format", "sarif", cwd=repo.path)
    (provenance,) = json.loads(done.stdout)["runs"][0]["versionControlProvenance"]
    assert provenance == {
        "repositoryUri": "https://example.invalid/a/b.git",
        "revisionId": head,
        "branch": "main",
        "mappedTo": {"uriBaseId": "%SRCROOT%"},
    }
    assert b"hunter2" not in done.stdout


MULTITOOL = ROOT / ".cache" / "node_modules" / "@microsoft" / "sarif-multitool-linux"
needs_multitool = pytest.mark.skipif(
    not MULTITOOL.is_dir() or sys.platform != "linux",
    reason="Microsoft's multitool is not here: `make test` installs it where npm is",
)

# What the validator asks for and we leave out on purpose, or cannot know.
_ACCEPTED = {
    "SARIF2002": "messages by id: GitHub shows text only",
    "SARIF2003": "provenance: there is none outside a repository",
    "SARIF2005": "informationUri: the project has no home of its own yet",
    "SARIF2006": "it tries to reach every link over the network",
    "SARIF2007": "a checkout without a remote",
    "SARIF2009": "rule ids like CS2001: ours are words, and public",
    "SARIF2010": "a snippet would hold the value",
    "SARIF2011": "and so would its surroundings",
    "SARIF2012": "a run that found nothing names no rules",
    "SARIF2016": "a file outside the repository has no relative URI",
}


@needs_multitool
@pytest.mark.parametrize(
    "name", ["empty", "everything", "scan", "quote", "not-utf8", "absolute", "braces", "rich"]
)
def test_the_multitool_finds_no_fault(name: str, repo: Repo, tmp_path: Path) -> None:
    path = tmp_path / "r.sarif"
    if name == "scan":
        repo.commit(**{"a.py": f'id = "{keys.key_id()}"\nsecret = "{keys.secret()}"\n'})
        repo.git("remote", "add", "origin", "https://example.invalid/a/b.git")
        aliscan("scan", ".", "--format", f"sarif={path}", cwd=repo.path)
    else:
        made = {"empty": report, "everything": everything}.get(name, lambda: hostile(HOSTILE[name]))
        path.write_text(render("sarif", made()))
    faults = multitool(path, tmp_path)
    assert not [f for f in faults if f[0] not in _ACCEPTED], faults


def multitool(path: Path, folder: Path) -> list[tuple[str, str, Any]]:
    """(rule, level, arguments) of everything that Microsoft's validator says of a SARIF file."""
    program = MULTITOOL / "Sarif.Multitool"
    program.chmod(0o755)  # npm's install scripts are not run
    out = folder / "validated.sarif"
    home = folder / "home"
    home.mkdir()
    done = subprocess.run(
        [
            str(program), "validate", str(path), "--rule-kind", "Sarif;Ghas;Gh",
            "--level", "Error;Warning;Note", "-o", str(out), "--log", "ForceOverwrite",
        ],
        capture_output=True, check=False,
        env={
            **os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
            "DOTNET_BUNDLE_EXTRACT_BASE_DIR": str(home),
        },
    )  # fmt: skip
    assert out.exists(), done
    results = json.loads(out.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    return [(r["ruleId"], r.get("level", "warning"), r["message"].get("arguments")) for r in results]


@needs_multitool
def test_the_multitool_can_find_faults(tmp_path: Path) -> None:
    document = json.loads(render("sarif", everything()))
    del document["runs"][0]["tool"]["driver"]["rules"][0]["help"]
    path = tmp_path / "r.sarif"
    path.write_text(json.dumps(document))
    assert "GH2012" in {f[0] for f in multitool(path, tmp_path)} or shutil.which("npm") is None


@needs_multitool
@pytest.mark.parametrize("name", ["everything", *HOSTILE])
def test_the_official_schema_holds(name: str) -> None:
    schema = json.loads((MULTITOOL / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    made = everything() if name == "everything" else hostile(HOSTILE[name])
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(render("sarif", made)))

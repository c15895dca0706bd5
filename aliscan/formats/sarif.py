"""SARIF 2.1.0, for GitHub code scanning and every other reader of it.

GitHub knows a finding again by ``partialFingerprints.primaryLocationLineHash`` alone, so it is written
here, of rule and value: it survives moved lines, renames and squashed commits. No snippet is ever
written: it would hold the value.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, TextIO

from aliscan.detect.text import RuleInfo
from aliscan.finding import Confidence, Finding, Part, Place, Report, Severity
from aliscan.formats import advised, facts, inert, remedy
from aliscan.formats.json import instant
from aliscan.formats.place import below_top, literal, relative, uri
from aliscan.i18n import _
from aliscan.version import __version__

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note",
}  # fmt: skip
# GitHub's scale: over 9.0 critical, from 7.0 high, from 4.0 medium.
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
PRECISION = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out`` as one SARIF log."""
    out.write(inert.dumps(document(report), indent=2) + "\n")


def document(report: Report) -> dict[str, Any]:
    """The SARIF log as plain dicts and lists."""
    rules = facts.rules_of(report.findings)
    index = {rule.id: i for i, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": _driver(rules, report)},
        "automationDetails": {"id": f"aliscan/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": _("The top of the repository.")}}},
        "invocations": [_invocation(report)],
        "results": _results(report, index),
    }
    if report.provenance and report.provenance.uri:
        run["versionControlProvenance"] = [_provenance(report)]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(rules: list[RuleInfo], report: Report) -> dict[str, Any]:
    precision: dict[str, Confidence] = {}
    for finding in report.findings:
        known = precision.get(finding.rule, Confidence.LOW)
        precision[finding.rule] = max(known, finding.match.confidence)
    examples = {f.rule: f for f in report.findings}
    return {
        "name": "aliscan",
        "semanticVersion": __version__,
        "version": __version__,
        "rules": [_rule(rule, precision[rule.id], examples[rule.id]) for rule in rules],
    }


def _rule(rule: RuleInfo, precision: Confidence, example: Finding) -> dict[str, Any]:
    title, why = _sentence(_(rule.title)), _(rule.description) or _sentence(_(rule.title))
    comment = remedy.allow(example)
    what_to_do = "\n".join(f"{n}. {s}" for n, s in enumerate(advised.steps_of_rule(rule.id), 1))
    pages = advised.pages_of_rule(rule.id)
    steps = f"{why}\n\n{what_to_do}\n\n" + _("Not a credential? Put this in a comment there: {comment}")
    plain = "".join(f"\n* {text} {page}" for text, page in pages)
    links = "".join(f"* {text} [{page}]({page})\n" for text, page in pages)
    links += "".join(f"* [{name}]({address})\n" for name, address in remedy.links(example))
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": why},
        "help": {
            "text": steps.replace("{comment}", comment) + f"\n{plain}",
            "markdown": steps.replace("{comment}", f"`{comment}`") + f"\n\n{links}",
        },
        "helpUri": remedy.links(example)[0][1],
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "security-severity": SCORES[rule.severity],
            "precision": PRECISION[precision],
            "problem.severity": {"note": "recommendation"}.get(LEVELS[rule.severity], LEVELS[rule.severity]),
            "tags": ["security", "secret", "alibaba-cloud", "external/cwe/cwe-798"],
        },
    }  # fmt: skip


def _results(report: Report, index: dict[str, int]) -> list[dict[str, Any]]:
    seen: Counter[tuple[str, bytes]] = Counter()
    results = []
    for finding in facts.worst_first(report.findings):
        line_hash = value_hash(finding)
        path = relative(finding.origin, report)
        seen[line_hash, path] += 1
        results.append(_result(finding, report, index, f"{line_hash}:{seen[line_hash, path]}"))
    return results


def value_hash(finding: Finding) -> str:
    """16 hex digits of rule and value: the same wherever the value moves."""
    return hashlib.sha256(f"{finding.rule}\0{finding.fingerprint}".encode()).hexdigest()[:16]


def _result(f: Finding, report: Report, index: dict[str, int], line_hash: str) -> dict[str, Any]:
    key = f.match.key
    result: dict[str, Any] = {
        "ruleId": f.rule,
        "ruleIndex": index[f.rule],
        "level": LEVELS[f.severity],
        "message": {"text": _message(f)},
        "locations": [_location(f, key, report)],
        "partialFingerprints": {
            "primaryLocationLineHash": line_hash,
            "aliscan/v1": f.fingerprint,
        },
        "properties": {
            "severity": f.severity.label,
            "confidence": f.match.confidence.label,
            "fingerprint": f.fingerprint,
            **({"commit": f.origin.commit} if f.origin.commit else {}),
            **({"notes": _facts(f)} if _facts(f) else {}),
        },
    }
    partners = [p for p in f.parts if p is not key]
    if partners:
        result["relatedLocations"] = [
            {"id": i, "message": {"text": facts.kind_title(p.kind)}, **_location(f, p, report)}
            for i, p in enumerate(partners, 1)
        ]
    if f.suppressed:
        result["suppressions"] = [
            {
                "kind": "inSource" if f.suppressed.kind == "pragma" else "external",
                "status": "accepted",
                "justification": inert.plain(f.suppressed.reason)
                or facts.suppression_title(f.suppressed.kind),
            }
        ]
    return result


def _facts(f: Finding) -> dict[str, str]:
    """Further facts for programs: the same words in every language."""
    return {inert.label(k): inert.plain(v) for k, v in (*f.match.notes, *f.notes)}


def _message(f: Finding) -> str:
    """The first sentence is GitHub's title. Only our own words and masked values: brackets are links here."""
    key = f.match.key
    words = [
        _("{title}: {kind} {value}.").format(
            title=_(facts.rule_info(f).title), kind=facts.kind_title(key.kind), value=facts.value(key)
        )
    ]
    words += [
        _("It belongs to the {kind} {value} here.").format(
            kind=f"[{facts.kind_title(p.kind)}]({i})", value=facts.value(p)
        )
        for i, p in enumerate((p for p in f.parts if p is not key), 1)
    ]
    if f.origin.commit:
        words.append(_("In commit {id}.").format(id=f.origin.commit[:12]))
    words += [f"{name}: {_words(text)}." for name, text in facts.notes(f)]
    words.append(_words(advised.numbered(f)))
    return " ".join(words)


def _location(f: Finding, part: Part, report: Report) -> dict[str, Any]:
    path = relative(f.origin, report)
    artifact = {"uri": uri(path)}
    if below_top(path):
        artifact["uriBaseId"] = "%SRCROOT%"
    inside = literal(f.origin)
    place = part.place if inside else Place(1, 1, 1, 2)
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": artifact,
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": max(place.end_column, 2),
            },
        }
    }
    if not inside:
        exact = f"{inert.where(f.origin)}:{part.place.line}:{part.place.column}"
        location["logicalLocations"] = [{"fullyQualifiedName": exact}]
    return location


def _invocation(report: Report) -> dict[str, Any]:
    """How the run went; what could not be scanned makes it a failed one."""
    invocation: dict[str, Any] = {
        "executionSuccessful": not report.gaps,
        "exitCode": report.exit_code,
        "startTimeUtc": instant(report.started),
        "endTimeUtc": instant(report.started + report.seconds),
    }
    if report.gaps:
        invocation["toolExecutionNotifications"] = [
            {
                "level": "error",
                "message": {"text": f"{_('not scanned')}: {_words(inert.plain(_(gap.reason)))}"},
                "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": uri(relative(gap.origin, report))}}}
                ],
            }
            for gap in report.gaps
        ]
    return invocation


def _provenance(report: Report) -> dict[str, Any]:
    provenance = report.provenance
    assert provenance is not None
    details: dict[str, Any] = {"repositoryUri": provenance.uri, "mappedTo": {"uriBaseId": "%SRCROOT%"}}
    if provenance.revision:
        details["revisionId"] = provenance.revision
    if provenance.branch:
        details["branch"] = inert.plain(provenance.branch)
    return details


def _sentence(text: str) -> str:
    return text if text.endswith((".", "。", "!")) else text + ("。" if not text.isascii() else ".")


def _words(text: str) -> str:
    """Text without brackets and braces, which mean links and placeholders in a SARIF message."""
    for char in "[]{}":
        text = text.replace(char, f"\\x{ord(char):02x}")
    return text

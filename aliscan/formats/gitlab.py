"""GitLab's secret detection report (``gl-secret-detection-report.json``), schema 15.

GitLab refuses an invalid report as a whole. No ``raw_source_code_extract``: by its definition that is
the unmasked text.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timezone
from typing import Any, TextIO

from aliscan.finding import Finding, Report
from aliscan.formats import advised, facts, inert, remedy
from aliscan.formats.place import literal, relative
from aliscan.formats.sarif import value_hash
from aliscan.git import show
from aliscan.i18n import _
from aliscan.version import __version__

VERSION = "15.0.7"
_NAMESPACE = uuid.UUID("9b6f6f0e-3b0c-5d6e-8a51-6d6f2f9f4a10")


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``."""
    out.write(inert.dumps(document(report), indent=2) + "\n")


def document(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists. Suppressed findings are left out: GitLab has no place for them."""
    tool = {
        "id": "aliscan", "name": "aliscan", "version": __version__, "vendor": {"name": "aliscan"},
    }  # fmt: skip
    scan: dict[str, Any] = {
        "analyzer": tool,
        "scanner": tool,
        "start_time": _time(report.started),
        "end_time": _time(report.started + report.seconds),
        "status": "failure" if report.gaps else "success",
        "type": "secret_detection",
    }
    messages = [
        {"level": "warn", "value": f"{_('not scanned')}: {inert.where(g.origin)}: {inert.plain(_(g.reason))}"}
        for g in report.gaps
    ]
    hidden = len(facts.suppressed(report))
    if hidden:
        messages.append({"level": "info", "value": _("{n} suppressed").format(n=hidden)})
    messages.append({"level": "info", "value": facts.scanned(report)})
    scan["messages"] = messages
    return {
        "version": VERSION,
        "scan": scan,
        "vulnerabilities": [_vulnerability(f, report) for f in facts.shown(report)],
    }


def _vulnerability(f: Finding, report: Report) -> dict[str, Any]:
    rule = facts.rule_info(f)
    path = show(relative(f.origin, report))
    place = f.match.key.place if literal(f.origin) else f.place
    signature = f"{value_hash(f)}:{path}"
    lines = {"start_line": place.line, "end_line": place.end_line}
    what = "; ".join(f"{facts.kind_title(p.kind)} {facts.value(p)}" for p in f.parts)
    what = "; ".join([what, *(f"{k}: {v}" for k, v in facts.notes(f))])
    links = [*advised.pages(f), *remedy.links(f)]
    return {
        "id": _identity(value_hash(f), path, f"{place.line}:{place.column}", f.origin.commit),
        "name": _(rule.title)[:255],
        "description": f"{_(rule.description)} {what} ({f.fingerprint})".strip(),
        "severity": f.severity.label.capitalize(),
        "solution": advised.numbered(f)[:7000],
        "identifiers": [
            {"type": "aliscan_rule_id", "name": f"aliscan rule {f.rule}", "value": f.rule},
            {
                "type": "cwe", "name": "CWE-798", "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "links": [{"name": name[:255], "url": address} for name, address in links],
        "location": {"file": path, **lines, "commit": {"sha": _sha(f, report)}},
        "tracking": {
            "type": "source",
            "items": [
                # of value and file: two files with one value stay two vulnerabilities, moved lines stay one
                {"file": path, **lines, "signatures": [{"algorithm": "hash", "value": signature}]}
            ],
        },
    }  # fmt: skip


def _identity(*words: str) -> str:
    """The same UUID for the same finding in every run."""
    return str(uuid.uuid5(_NAMESPACE, " ".join(words)))


def _sha(f: Finding, report: Report) -> str:
    """The commit; GitLab's own analyzer writes zeros where there is none."""
    sha = f.origin.commit or (report.provenance.revision if report.provenance else "")
    return sha if re.fullmatch(r"[0-9a-f]{7,64}", sha) else "0000000"


def _time(epoch: float) -> str:
    """UTC without zone or fraction, as the schema demands."""
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")

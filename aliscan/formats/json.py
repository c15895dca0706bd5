"""The report for programs. The schema is aliscan/schemas/report.schema.json."""

from __future__ import annotations

import json
from typing import Any, TextIO

from aliscan.finding import Finding, Gap, Origin, Part, Place, Report
from aliscan.git import show
from aliscan.version import __version__

SCHEMA_VERSION = 1


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out`` as one JSON object."""
    json.dump(document(report), out, ensure_ascii=True, indent=2)
    out.write("\n")


def document(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "aliscan", "version": __version__},
        "exit_code": report.exit_code,
        "threshold": report.threshold.label,
        "scanned": {"blobs": report.blobs, "bytes": report.bytes},
        "findings": [finding(f) for f in report.findings],
        "not_scanned": [_gap(g) for g in report.gaps],
    }


def finding(f: Finding) -> dict[str, Any]:
    """One finding; its values are masked."""
    return {
        "rule": f.rule,
        "severity": f.severity.label,
        "confidence": f.match.confidence.label,
        "fingerprint": f.fingerprint,
        **origin(f.origin),
        **_place(f.place),
        "parts": [_part(p) for p in f.parts],
        "notes": dict((*f.match.notes, *f.notes)),
        "suppressed": {"by": f.suppressed.kind, "reason": f.suppressed.reason} if f.suppressed else None,
    }


def origin(o: Origin) -> dict[str, Any]:
    """Where it is: ``path`` is escaped text; ``members`` the way through containers."""
    return {
        "source": o.kind,
        "path": show(o.path) or None,
        "members": [show(m) for m in o.member],
        "object_id": o.oid or None,
        "commit": o.commit or None,
        "ref": show(o.ref) or None,
    }


def _place(p: Place) -> dict[str, int]:
    return {"line": p.line, "column": p.column, "end_line": p.end_line, "end_column": p.end_column}


def _part(p: Part) -> dict[str, Any]:
    return {
        "kind": p.kind,
        "fingerprint": p.fingerprint,
        "masked": p.masked,
        **_place(p.place),
        "via": list(p.via),
    }


def _gap(g: Gap) -> dict[str, Any]:
    return {**origin(g.origin), "reason": g.reason}

"""The report for programs. The schema is aliscan/schemas/report.schema.json.

Within a schema version fields are only added; a reader passes over those it does not know.
"""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from typing import Any, TextIO

from aliscan.finding import Finding, Gap, Origin, Part, Place, Report, Sighting, Story
from aliscan.formats import advised, facts
from aliscan.formats.inert import dumps, plain
from aliscan.git import show
from aliscan.version import __version__

SCHEMA_VERSION = 1


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out`` as one JSON object."""
    out.write(dumps(document(report), indent=2) + "\n")


def document(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists."""
    return {
        **head(report),
        "findings": [finding(f) for f in report.findings],
        "not_scanned": gaps(report),
        "advice": advice(report),
    }


def head(report: Report) -> dict[str, Any]:
    """What a report says of the run itself."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "aliscan", "version": __version__},
        "command": report.command,
        "exit_code": report.exit_code,
        "threshold": report.threshold.label,
        "started": instant(report.started),
        "scanned": {"blobs": report.blobs, "bytes": report.bytes, "seconds": round(report.seconds, 3)},
        "counted": sum(1 for _ in report.counted()),
        "suppressed": len(facts.suppressed(report)),
        "notes": [{"name": plain(k), "text": plain(v)} for k, v in report.notes],
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
        "notes": {plain(k): plain(v) for k, v in (*f.match.notes, *f.notes)},
        "suppressed": (
            {"by": f.suppressed.kind, "reason": plain(f.suppressed.reason)} if f.suppressed else None
        ),
        "story": _story(f.story) if f.story else None,
        "advice": None if f.suppressed else advised.advice_id(f),
    }


def advice(report: Report) -> dict[str, dict[str, Any]]:
    """What to do, by the id that findings name: each advice once, in the user's language."""
    return advised.objects(facts.shown(report))


def origin(o: Origin) -> dict[str, Any]:
    """Where it is: ``path`` is escaped text; ``members`` the way through containers.

    ``path_base64`` has the exact bytes of a path that could not be shown as it is.
    """
    shown = show(o.path)
    exact = None if shown.encode() == o.path else base64.b64encode(o.path).decode()
    return {
        "source": o.kind,
        "path": shown or None,
        "path_base64": exact,
        "members": [show(m) for m in o.member],
        "object_id": o.oid or None,
        "commit": o.commit or None,
        "ref": show(o.ref) or None,
    }


def gaps(report: Report) -> list[dict[str, Any]]:
    """What could not be looked at, and why."""
    return [_gap(g) for g in report.gaps]


def instant(epoch: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(p: Place) -> dict[str, int]:
    return {"line": p.line, "column": p.column, "end_line": p.end_line, "end_column": p.end_column}


def _part(p: Part) -> dict[str, Any]:
    return {
        "kind": p.kind,
        "fingerprint": p.fingerprint,
        "masked": plain(p.masked),
        **_place(p.place),
        "via": list(p.via),
    }


def _story(s: Story) -> dict[str, Any]:
    return {
        "first": _sighting(s.first) if s.first else None,
        "last": _sighting(s.last) if s.last else None,
        "lay_seconds": s.lay,
        "paths": [show(p) for p in s.paths],
        "branches": [show(r) for r in s.branches],
        "tags": [show(r) for r in s.tags],
        "published": [show(r) for r in s.published],
        "in_head": s.in_head,
        "reachable": s.reachable,
        "blobs": s.blobs,
        "commits": s.commits,
    }


def _sighting(s: Sighting) -> dict[str, Any]:
    return {"commit": s.commit, "author": show(s.author), "date": plain(s.date), "subject": show(s.subject)}


def _gap(g: Gap) -> dict[str, Any]:
    return {**origin(g.origin), "reason": plain(g.reason)}

"""CSV, one finding a row, for spreadsheets: every cell quoted, none a formula.

What could not be scanned is a row too, with ``not-scanned`` for a rule: a table without findings must
not look like a clean one.
"""

from __future__ import annotations

import csv
from typing import TextIO

from aliscan.finding import IDENTIFIER_KINDS, Finding, Gap, Report
from aliscan.formats import advised, facts, inert
from aliscan.git import show

# The first column is never anything that the repository says: a CI log sees it at the start of a line.
COLUMNS = (
    "severity", "rule", "path", "line", "column", "end_line", "end_column", "identifier", "secret",
    "fingerprint", "confidence", "counts", "suppressed_by", "suppressed_reason", "commit", "object_id", "ref",
    "source", "encoding", "notes", "advice", "pages",
)  # fmt: skip


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out`` with a row of column names first."""
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(COLUMNS)
    counted = set(map(id, report.counted()))
    for finding in facts.worst_first(report.findings):
        table.writerow([inert.cell(str(c)) for c in _row(finding, id(finding) in counted)])
    for gap in report.gaps:
        table.writerow([inert.cell(str(c)) for c in _gap(gap)])


def _row(f: Finding, counts: bool) -> list[object]:
    place = f.place
    identifiers = [facts.value(p) for p in f.parts if p.kind in IDENTIFIER_KINDS]
    secrets = [facts.value(p) for p in f.parts if p.kind not in IDENTIFIER_KINDS]
    notes = [f"{k}: {v}" for k, v in facts.notes(f)]
    return [
        f.severity.label, f.rule, inert.where(f.origin), place.line, place.column, place.end_line,
        place.end_column, " ".join(identifiers), " ".join(secrets), f.fingerprint, f.match.confidence.label,
        "yes" if counts else "no", f.suppressed.kind if f.suppressed else "",
        f.suppressed.reason if f.suppressed else "", f.origin.commit, f.origin.oid, show(f.origin.ref),
        f.origin.kind, " > ".join(f.match.key.via), "; ".join(notes),
        "" if f.suppressed else advised.numbered(f),
        "" if f.suppressed else " ".join(dict.fromkeys(page for _text, page in advised.pages(f))),
    ]  # fmt: skip


def _gap(g: Gap) -> list[object]:
    row: list[object] = [""] * len(COLUMNS)
    row[:3] = "unknown", "not-scanned", inert.where(g.origin)
    row[COLUMNS.index("source")], row[COLUMNS.index("notes")] = g.origin.kind, g.reason
    return row

"""The report for a person at a terminal."""

from __future__ import annotations

from typing import TextIO

from aliscan.finding import Finding, Origin, Report
from aliscan.git import show


def where(origin: Origin) -> str:
    """One inert line that names the place bytes came from."""
    base = show(origin.path) or {"stdin": "<stdin>", "message": "<message>"}.get(
        origin.kind, f"<{origin.kind} {origin.oid[:12]}>"
    )
    return "!".join([base, *map(show, origin.member)])


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``."""
    for finding in report.findings:
        _finding(finding, out)
    for gap in report.gaps:
        out.write(f"not scanned: {where(gap.origin)}: {gap.reason}\n")
    count = sum(1 for _ in report.counted())
    out.write(f"{count} found in {report.blobs} items, {report.bytes} bytes\n")


def _finding(finding: Finding, out: TextIO) -> None:
    at = f"{where(finding.origin)}:{finding.place.line}:{finding.place.column}"
    out.write(f"{at}: {finding.severity.label} {finding.rule} {finding.fingerprint}\n")
    for part in finding.parts:
        out.write(f"    {part.kind} {part.masked} at {part.place.line}:{part.place.column}\n")

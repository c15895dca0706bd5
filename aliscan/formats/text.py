"""The report for a person at a terminal."""

from __future__ import annotations

from typing import TextIO

from aliscan.finding import Finding, Report
from aliscan.formats.inert import where


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``."""
    for finding in report.findings:
        _finding(finding, out)
    for gap in report.gaps:
        out.write(f"not scanned: {where(gap.origin)}: {gap.reason}\n")
    summary(report, out)


def summary(report: Report, out: TextIO) -> None:
    """Write the one line that says what was found, and in how much."""
    count = sum(1 for _ in report.counted())
    out.write(f"{count} found in {report.blobs} files, {report.bytes} bytes\n")


def _finding(finding: Finding, out: TextIO) -> None:
    at = f"{where(finding.origin)}:{finding.place.line}:{finding.place.column}"
    out.write(f"{at}: {finding.severity.label} {finding.rule} {finding.fingerprint}\n")
    for part in finding.parts:
        out.write(f"    {part.kind} {part.masked} at {part.place.line}:{part.place.column}\n")

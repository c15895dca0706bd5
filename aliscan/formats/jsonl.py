"""JSON Lines: a ``run`` object, then a ``finding``, ``not_scanned`` or ``advice`` object a line.

The objects are those of the JSON report (aliscan/schemas/report.schema.json) with a ``type`` before.
"""

from __future__ import annotations

from typing import TextIO

from aliscan.finding import Report
from aliscan.formats import json
from aliscan.formats.inert import dumps


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``, one object a line; the first line is about the run."""
    out.write(dumps({"type": "run", **json.head(report)}) + "\n")
    for finding in report.findings:
        out.write(dumps({"type": "finding", **json.finding(finding)}) + "\n")
    for gap in json.gaps(report):
        out.write(dumps({"type": "not_scanned", **gap}) + "\n")
    for name, advice in json.advice(report).items():
        out.write(dumps({"type": "advice", "id": name, **advice}) + "\n")

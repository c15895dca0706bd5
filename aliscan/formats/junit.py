"""JUnit XML, as Jenkins, Yunxiao Flow and most other CI servers read it.

A finding that counts is a failed test, one below the threshold a passed one with output, a suppressed
one is skipped, and what could not be scanned is an error.
"""

from __future__ import annotations

from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from aliscan.finding import Finding, Gap, Report
from aliscan.formats import advised, facts, inert
from aliscan.formats.json import instant
from aliscan.i18n import _


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``."""
    findings = facts.worst_first(report.findings)
    counted = set(map(id, report.counted()))
    skipped = len(facts.suppressed(report))
    tests = len(findings) + len(report.gaps) or 1
    counts = f'tests="{tests}" failures="{len(counted)}" errors="{len(report.gaps)}"'
    seconds = f'time="{report.seconds:.3f}"'
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="aliscan" {counts} {seconds}>\n')
    out.write(
        f'  <testsuite name="aliscan" {counts} skipped="{skipped}" {seconds} '
        f'timestamp="{instant(report.started)[:-1]}">\n'
    )
    for finding in findings:
        _case(finding, id(finding) in counted, out)
    for gap in report.gaps:
        _gap(gap, out)
    if not findings and not report.gaps:
        out.write(f'    <testcase classname="aliscan" name={_attribute(_("nothing found"))}/>\n')
    out.write(f"    <system-out>{_text(facts.scanned(report))}</system-out>\n")
    out.write("  </testsuite>\n</testsuites>\n")


def _case(f: Finding, counts: bool, out: TextIO) -> None:
    name = f"{f.rule} {f.fingerprint} {f.place.line}:{f.place.column}"
    out.write(f"    <testcase classname={_attribute(inert.where(f.origin))} name={_attribute(name)}>")
    values = "; ".join(f"{facts.kind_title(p.kind)} {facts.value(p)}" for p in f.parts)
    body = "\n".join(
        [
            f"{f.rule} {facts.at(f)}",
            values,
            _(facts.rule_info(f).description),
            *(f"{k}: {v}" for k, v in facts.notes(f)),
            *advised.sentences(f),
            *(f"{text} {page}" for text, page in advised.pages(f)),
        ]
    )
    if f.suppressed:
        why = f"{facts.suppression_title(f.suppressed.kind)}: {inert.plain(f.suppressed.reason)}"
        out.write(f"<skipped message={_attribute(why)}/>")
    elif counts:
        message = f"{facts.severity_title(f.severity)}: {_(facts.rule_info(f).title)}: {values}"
        out.write(f"<failure type={_attribute(f.rule)} message={_attribute(message)}>{_text(body)}</failure>")
    else:
        out.write(f"<system-out>{_text(body)}</system-out>")
    out.write("</testcase>\n")


def _gap(gap: Gap, out: TextIO) -> None:
    message = f"{_('not scanned')}: {inert.plain(_(gap.reason))}"
    out.write(
        f'    <testcase classname={_attribute(inert.where(gap.origin))} name="not-scanned">'
        f'<error type="not-scanned" message={_attribute(message)}/></testcase>\n'
    )


def _attribute(text: str) -> str:
    return quoteattr(inert.plain(text))


def _text(text: str) -> str:
    return "\n".join(escape(inert.plain(line)) for line in text.split("\n"))

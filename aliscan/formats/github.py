"""GitHub Actions: annotations on standard output, and a summary of the step.

GitHub shows about ten errors, ten warnings and ten notices of a step, so the worst come first and the
rest is counted; the summary ($GITHUB_STEP_SUMMARY, at most 1 MiB) has them all as a table.
"""

from __future__ import annotations

import os
from typing import TextIO

from aliscan.finding import AliscanError, Finding, Report, Severity
from aliscan.formats import advised, facts, inert
from aliscan.formats.place import literal, relative
from aliscan.git import show
from aliscan.i18n import _, reason

LIMIT = 10  # of each kind and step
SUMMARY_LIMIT = 900_000  # bytes; GitHub drops a summary over 1 MiB as a whole


def write(report: Report, out: TextIO) -> None:
    """Write annotations to ``out``; add the summary to the step's file where GitHub named one.

    Raises AliscanError when that file cannot be written.
    """
    counted = set(map(id, report.counted()))
    left = {"error": LIMIT, "warning": LIMIT, "notice": LIMIT}
    unsaid = 0
    for finding in facts.shown(report):
        command = _command(finding, id(finding) in counted)
        if left[command]:
            left[command] -= 1
            out.write(_annotation(command, finding, report))
        else:
            unsaid += 1
    for gap in report.gaps:
        if not left["error"]:
            unsaid += 1
            continue
        left["error"] -= 1
        text = f"{inert.where(gap.origin)}: {inert.plain(_(gap.reason))}"
        out.write(f"::error title={prop('aliscan: ' + _('not scanned'))}::{message(text)}\n")
    if unsaid:
        out.write(_("aliscan: {n} more are in the summary of this step.").format(n=unsaid) + "\n")
    out.write(f"aliscan: {facts.found(facts.shown(report))}; {facts.scanned(report)}\n")
    _summary(report)


def _command(finding: Finding, counts: bool) -> str:
    if not counts:
        return "notice"
    return "error" if finding.severity >= Severity.HIGH else "warning"


def _annotation(command: str, f: Finding, report: Report) -> str:
    rule = facts.rule_info(f)
    values = ", ".join(f"{facts.kind_title(p.kind)} {facts.value(p)} ({p.fingerprint})" for p in f.parts)
    notes = "".join(f" {name}: {text}." for name, text in facts.notes(f))
    text = f"{values}. {_(rule.description)}{notes} {advised.numbered(f)}"
    text = " ".join([text, *dict.fromkeys(page for _text, page in advised.pages(f))])
    properties = {"title": f"{facts.severity_title(f.severity)}: {_(rule.title)}"}
    if literal(f.origin):
        properties = {
            "file": show(relative(f.origin, report)),
            "line": str(f.place.line),
            "endLine": str(f.place.end_line),
            "col": str(f.place.column),
            "endColumn": str(f.place.end_column),
            **properties,
        }
    else:
        text = f"{facts.at(f)}: {text}"
    head = ",".join(f"{name}={prop(value)}" for name, value in properties.items())
    return f"::{command} {head}::{message(text)}\n"


def message(text: str) -> str:
    """The message of a workflow command, escaped as the runner undoes it."""
    return inert.plain(text).replace("%", "%25")


def prop(text: str) -> str:
    """A property of a workflow command, escaped as the runner undoes it."""
    return message(text).replace(":", "%3A").replace(",", "%2C")


def _summary(report: Report) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    import io

    from aliscan.formats import markdown

    page = io.StringIO()
    markdown.write(report, page)
    raw = page.getvalue().encode()
    if len(raw) > SUMMARY_LIMIT:
        whole = raw[:SUMMARY_LIMIT].decode("utf-8", "ignore")
        raw = (
            whole[: whole.rindex("\n")] + "\n\n" + _("The rest did not fit into this summary.") + "\n"
        ).encode()
    try:
        with open(path, "ab") as file:
            file.write(raw)
    except OSError as error:
        raise AliscanError(
            _("cannot write the report to {path}: {reason}.").format(
                path=show(os.fsencode(path)), reason=_(reason(error))
            )
        ) from None

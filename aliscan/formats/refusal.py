"""What a refused commit says: what, where, why it is dangerous, what to do now. At most 25 lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from aliscan.finding import Report
from aliscan.formats import facts, inert, remedy
from aliscan.formats.colour import Paint, paint_for
from aliscan.formats.facts import Credential
from aliscan.formats.layout import wrap
from aliscan.formats.text import part_lines
from aliscan.i18n import _

LINES = 25
COLUMNS = 79  # of our own sentences; paths and commands are never wrapped


def write(report: Report, out: TextIO, *, title: str, remove: Sequence[str]) -> None:
    """Write why something was refused, in at most `LINES` lines.

    ``title`` is the first line ("commit refused"); ``remove`` is how to take the value out: one
    sentence, then commands, each on a line of its own. The same value in several places is told once.
    What does not fit is left out from the least important end, and how many that are is said.
    """
    paint = paint_for(out)
    counted = facts.credentials(report.counted())
    tail = _tail(counted[0], remove, paint)
    told, lines = _findings(counted, LINES - 3 - len(tail) - bool(report.gaps), paint)
    if len(counted) > told:
        lines.append("  " + _("and {n} more: run aliscan scan").format(n=len(counted) - told))
    if report.gaps:
        gap = report.gaps[0]
        reason = inert.plain(_(gap.reason))
        lines.append(f"  {paint.warn(_('not scanned'))}: {inert.where(gap.origin)}: {reason}")
    out.writelines(line + "\n" for line in [f"aliscan: {paint.bold(title)}", "", *lines, *tail])


def _findings(counted: list[Credential], room: int, paint: Paint) -> tuple[int, list[str]]:
    """As many credentials as fit, whole, and the danger of each rule once; at least one."""
    lines: list[str] = []
    explained: set[str] = set()
    for told, credential in enumerate(counted):
        rule = credential.worst.rule
        block = _credential(credential, rule not in explained, paint)
        if told and len(lines) + len(block) > room:
            return told, lines
        if len(block) > room:  # one with very many parts
            block = block[:room]
        explained.add(rule)
        lines += block
    return len(counted), lines


def _credential(credential: Credential, explain: bool, paint: Paint) -> list[str]:
    worst = credential.worst
    severity = paint.severity(worst.severity, facts.severity_title(worst.severity))
    head = f"  {severity}  {paint.bold(worst.rule)}  {facts.at(worst)}"
    more = len(credential.places) - 1
    if more:
        head += " " + _("(and {n} more places)").format(n=more)
    lines = [head]
    if explain:
        lines += [f"    {line}" for line in wrap(_(facts.rule_info(worst).description), COLUMNS - 4)]
    return lines + part_lines(worst)


def _tail(worst: Credential, remove: Sequence[str], paint: Paint) -> list[str]:
    first, *commands = remove
    comment = remedy.allow(worst.worst)
    mistaken = _("Not a credential? Put this in a comment there: {comment}").format(comment=comment)
    return [
        "",
        paint.bold(_("What to do now:")),
        *_step(1, first),
        *(f"       {command}" for command in commands),
        *_step(2, remedy.rotate(worst.worst)),
        *_step(3, remedy.keep(worst.worst)),
        mistaken,
        _("or record it in the baseline: {command}").format(command="aliscan baseline update"),
    ]


def _step(number: int, sentence: str) -> list[str]:
    lines = wrap(sentence, COLUMNS - 5)
    return [f"  {number}. {lines[0]}", *(f"     {line}" for line in lines[1:])]

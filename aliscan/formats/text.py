"""The report for a person at a terminal. No line begins with anything that the repository says."""

from __future__ import annotations

from aliscan.finding import Finding, Report, Story
from aliscan.formats import facts, inert
from aliscan.formats.colour import Paint, paint_for
from aliscan.formats.layout import pad, width, wrap
from aliscan.git import show
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import TextIO

SUPPRESSED_SHOWN = 10
GAPS_SHOWN = 20
COLUMNS = 79  # of our own sentences


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``; in colour when that is a terminal."""
    paint = paint_for(out)
    for finding in facts.shown(report):
        out.write("\n".join(finding_lines(finding, paint)) + "\n\n")
    for name, text in facts.run_notes(report):
        out.write(f"{paint.dim(name)}: {text}\n")
    _suppressed(report, out, paint)
    _gaps(report, out, paint)
    _advice(report, out, paint)
    summary(report, out)


def _advice(report: Report, out: TextIO, paint: Paint) -> None:
    """What to do about all of it, each sentence once; last, where a terminal shows it."""
    if not report.findings:
        return  # and nothing of it is imported: this ends every clean gate
    from aliscan.formats import advised

    findings = advised.worth_advice(report)
    if not findings:
        return
    steps, practices, _languages = advised.joined(findings)
    out.write(paint.bold(_("What to do now:")) + "\n")
    for number, step in enumerate(steps, 1):
        _point(f"{number}. ", step, out)
    if practices:
        out.write("\n" + paint.bold(advised.practice_title()) + "\n")
    for practice in practices:
        _point("* ", str(practice.what), out)
        out.write(f"    {practice.page}\n")
    out.write("\n")
    more = _("More, with an example in code: {command}")
    for rule in dict.fromkeys(f.rule for f in findings):
        out.write(more.format(command=f"aliscan advise {rule}") + "\n")
    out.write("\n")


def _point(head: str, sentence: str, out: TextIO) -> None:
    first, *rest = wrap(sentence, COLUMNS - 2 - len(head))
    out.write(f"  {head}{first}\n")
    out.writelines(f"  {' ' * len(head)}{line}\n" for line in rest)


def finding_lines(finding: Finding, paint: Paint) -> list[str]:
    """One finding: its severity, rule and place, then each value on a line of its own."""
    severity = paint.severity(finding.severity, facts.severity_title(finding.severity))
    lines = [f"{severity}  {paint.bold(finding.rule)}  {facts.at(finding)}"]
    lines += part_lines(finding)
    notes = facts.notes(finding)
    lines += [f"    {name}: {text}" for name, text in notes]
    if notes:
        from aliscan.formats import advised

        lines += [f"    {line}" for line in wrap(advised.meaning(finding), COLUMNS - 4) if line]
    if finding.origin.commit:
        lines.append("    " + _("commit {id}").format(id=finding.origin.commit))
    if finding.story:
        lines += [f"    {line}" for line in story_lines(finding.story)]
    return lines


def part_lines(finding: Finding) -> list[str]:
    """The values of a finding, masked: kind, value, place, fingerprint; in columns."""
    rows = []
    for part in finding.parts:
        place = f"{part.place.line}:{part.place.column}"
        rows.append(
            (facts.kind_title(part.kind), facts.value(part), place, part.fingerprint, facts.via(part))
        )
    label = _("fingerprint")
    widths = [max(width(row[i]) for row in rows) for i in range(3)]
    return [
        "    "
        + "  ".join(pad(cell, w) for cell, w in zip(row, widths, strict=False))
        + f"  {label} {row[3]}{row[4]}"
        for row in rows
    ]


def story_lines(story: Story) -> list[str]:
    """What the history knows of a value, a line for each answer."""
    lines = []
    for name, sighting in ((_("first"), story.first), (_("last"), story.last)):
        if sighting:
            who = " ".join(filter(None, [inert.plain(sighting.date[:10]), show(sighting.author)]))
            lines.append(f"{name}: {sighting.commit[:12]} {who}: {show(sighting.subject)}".rstrip(": "))
    lines.append(standing(story))
    return lines


def standing(story: Story) -> str:
    """Where a value is today: in HEAD, published, or only in unreachable objects."""
    words = [_("still in HEAD") if story.in_head else _("no longer in HEAD")]
    if story.published:
        words.append(_("published on {refs}").format(refs=refs(story.published)))
    if not story.reachable:
        words.append(_("held by unreachable objects only"))
    elif story.branches or story.tags:
        words.append(_("in {refs}").format(refs=refs((*story.branches, *story.tags))))
    words.append(
        _("{blobs} versions, {commits} commits, {paths} paths").format(
            blobs=story.blobs, commits=story.commits, paths=max(1, len(story.paths))
        )
    )
    return "; ".join(words)


def refs(names: tuple[bytes, ...], most: int = 3) -> str:
    """The first few of some ref names, inert, and how many more there are."""
    text = ", ".join(map(show, names[:most]))
    return text if len(names) <= most else _("{some} and {n} more").format(some=text, n=len(names) - most)


def _suppressed(report: Report, out: TextIO, paint: Paint) -> None:
    found = facts.suppressed(report)
    for finding in found[:SUPPRESSED_SHOWN]:
        assert finding.suppressed is not None
        reason = inert.plain(finding.suppressed.reason)
        why = facts.suppression_title(finding.suppressed.kind) + (f": {reason}" if reason else "")
        out.write(paint.dim(f"{_('suppressed')}  {finding.rule}  {facts.at(finding)}  ({why})") + "\n")
    if len(found) > SUPPRESSED_SHOWN:
        more = _("{n} more are suppressed; --format json lists them all").format(
            n=len(found) - SUPPRESSED_SHOWN
        )
        out.write(paint.dim(more) + "\n")


def _gaps(report: Report, out: TextIO, paint: Paint) -> None:
    for gap in report.gaps[:GAPS_SHOWN]:
        out.write(
            f"{paint.warn(_('not scanned'))}: {inert.where(gap.origin)}: {inert.plain(_(gap.reason))}\n"
        )
    if len(report.gaps) > GAPS_SHOWN:
        more = _("{n} more could not be scanned; --format json lists them all").format(
            n=len(report.gaps) - GAPS_SHOWN
        )
        out.write(f"{paint.warn(more)}\n")


def summary(report: Report, out: TextIO) -> None:
    """Write the one line that says what was found, and in how much."""
    paint = paint_for(out)
    words = [paint.bold(facts.found(facts.shown(report)))]
    hidden = len(facts.suppressed(report))
    if hidden:
        words.append(_("{n} suppressed").format(n=hidden))
    if report.gaps:
        words.append(paint.warn(_("{n} could not be scanned").format(n=len(report.gaps))))
    out.write(f"aliscan: {', '.join(words)}; {facts.scanned(report)}\n")

"""A report that people read and hand on, as Markdown: what leaked, where, since when, what to do.

All that comes from the repository stands in code spans (`aliscan.formats.inert.code`).
"""

from __future__ import annotations

from typing import TextIO

from aliscan.finding import Report, Sighting
from aliscan.formats import advised, facts
from aliscan.formats.facts import Credential
from aliscan.formats.inert import code, plain
from aliscan.formats.inert import where as place_of
from aliscan.formats.text import standing
from aliscan.git import show
from aliscan.i18n import _

PLACES_SHOWN = 20
GAPS_SHOWN = 100


def write(report: Report, out: TextIO) -> None:
    """Write the report to ``out``."""
    out.write(f"# {_('Alibaba Cloud credentials: report')}\n\n")
    out.write(f"**{verdict(report)}**\n\n")
    listed = facts.credentials(facts.shown(report))
    if listed:
        _overview(listed, out)
        _steps(listed, out)
        for number, credential in enumerate(listed, 1):
            _credential(number, credential, out)
    _suppressed(report, out)
    _scope(report, out)


def verdict(report: Report) -> str:
    """The one sentence that a hurried reader takes away; it counts credentials, not places."""
    counted = facts.credentials(report.counted())
    found = facts.found(c.worst for c in facts.credentials(facts.shown(report)))
    if counted:
        words = (
            _("1 leaked credential needs action.")
            if len(counted) == 1
            else _("{n} leaked credentials need action.").format(n=len(counted))
        )
        return f"{words} ({facts.found(c.worst for c in counted)})"
    if report.gaps:
        return _("Nothing that counts was found, but not everything could be scanned.")
    if facts.shown(report):
        return _("Nothing that counts was found; {found} below the threshold.").format(found=found)
    return _("No leaked credentials were found.")


def _overview(listed: list[Credential], out: TextIO) -> None:
    _row(out, "#", _("severity"), _("what"), _("value"), _("first place"), _("places"), _("published"))
    _row(out, *["---"] * 7)
    for number, credential in enumerate(listed, 1):
        worst = credential.worst
        _row(
            out,
            str(number),
            facts.severity_title(worst.severity),
            _(facts.rule_info(worst).title),
            code(facts.value(worst.parts[0])),
            code(facts.at(worst)),
            str(len(credential.places)),
            published(credential),
        )
    out.write("\n")


def published(credential: Credential) -> str:
    """Whether others can have read the value: yes, no, or nothing where no history was looked at."""
    stories = [f.story for f in credential.findings if f.story]
    if not stories:
        return _("not checked")
    return _("yes") if any(s.published for s in stories) else _("no")


def _steps(listed: list[Credential], out: TextIO) -> None:
    out.write(f"## {_('What to do now')}\n\n")
    told, practices, languages = advised.joined(c.worst for c in listed)
    for number, step in enumerate([*told, hooks()], 1):
        out.write(f"{number}. {step}\n")
    out.write(f"\n**{advised.practice_title()}**\n\n")
    for practice in practices:
        out.write(f"* {practice} {practice.page}\n")
    for language in languages:
        title, before, note, after = advised.code_pair(language)
        out.write(f"\n**{title}.** {_('Before:')}\n\n```\n{before}```\n\n")
        out.write(f"{_('After:')} {note}\n\n```\n{after}```\n")
    out.write("\n")


def hooks() -> str:
    """The last step, whatever was found."""
    return _("Install the hooks (aliscan install), so that the next one is stopped before it leaves.")


def _credential(number: int, credential: Credential, out: TextIO) -> None:
    worst = credential.worst
    title = f"{facts.severity_title(worst.severity)}: {_(facts.rule_info(worst).title)}"
    out.write(f"## {number}. {title}\n\n{_(facts.rule_info(worst).description)}\n\n")
    _row(out, _("kind"), _("value"), _("fingerprint"))
    _row(out, *["---"] * 3)
    for part in worst.parts:
        _row(
            out,
            facts.kind_title(part.kind),
            code(facts.value(part) + facts.via(part)),
            code(part.fingerprint),
        )
    out.write("\n")
    for place in credential.places[:PLACES_SHOWN]:
        out.write(f"* {code(place)}\n")
    if len(credential.places) > PLACES_SHOWN:
        out.write(f"* {_('and {n} more').format(n=len(credential.places) - PLACES_SHOWN)}\n")
    for name, text in details(credential):
        out.write(f"* {name}: {code(text)}\n")
    meaning = advised.meaning(worst)
    if meaning:
        out.write(f"\n{meaning}\n")
    out.write("\n")


def details(credential: Credential) -> list[tuple[str, str]]:
    """What else is known: rule, notes, commits, the story; (name, inert text) pairs."""
    worst = credential.worst
    found = [(_("rule"), worst.rule), (_("confidence"), worst.match.confidence.label), *facts.notes(worst)]
    commits = dict.fromkeys(f.origin.commit for f in credential.findings if f.origin.commit)
    if commits:
        found.append((_("commits"), ", ".join(c[:12] for c in list(commits)[:10])))
    story = credential.story
    if story:
        if story.first:
            found.append((_("first seen"), _sighting(story.first)))
        if story.last:
            found.append((_("last seen"), _sighting(story.last)))
        if story.lay:
            days = story.lay // 86400
            found.append(
                (_("lay there for"), _("{n} days").format(n=days) if days else facts.duration(story.lay))
            )
        found.append((_("today"), standing(story)))
    return found


def _sighting(s: Sighting) -> str:
    return " ".join(filter(None, [plain(s.date[:10]), s.commit[:12], show(s.author), show(s.subject)]))


def _suppressed(report: Report, out: TextIO) -> None:
    found = facts.suppressed(report)
    if not found:
        return
    out.write(f"## {_('Suppressed')}\n\n")
    _row(out, _("rule"), _("place"), _("suppressed by"), _("reason"))
    _row(out, *["---"] * 4)
    for f in found:
        assert f.suppressed is not None
        by, reason = facts.suppression_title(f.suppressed.kind), f.suppressed.reason
        _row(out, code(f.rule), code(facts.at(f)), by, code(reason))
    out.write("\n")


def _scope(report: Report, out: TextIO) -> None:
    out.write(f"## {_('What was scanned')}\n\n")
    for name, text in scope(report):
        out.write(f"* {name}: {code(text)}\n")
    if report.gaps:
        out.write(f"\n## {_('What could not be scanned')}\n\n")
        for gap in report.gaps[:GAPS_SHOWN]:
            out.write(f"* {code(place_of(gap.origin))}: {code(_(gap.reason))}\n")
        if len(report.gaps) > GAPS_SHOWN:
            out.write(f"* {_('and {n} more').format(n=len(report.gaps) - GAPS_SHOWN)}\n")


def scope(report: Report) -> list[tuple[str, str]]:
    """What the run looked at, and when; (name, inert text) pairs."""
    from aliscan.formats.json import instant
    from aliscan.version import __version__

    found = [(_("extent"), facts.scanned(report)), (_("command"), f"aliscan {report.command}")]
    if report.started:
        found.append((_("date"), instant(report.started)))
    provenance = report.provenance
    if provenance:
        found += [(_("repository"), provenance.uri)] if provenance.uri else []
        found += [(_("revision"), provenance.revision)] if provenance.revision else []
        found += [(_("branch"), provenance.branch)] if provenance.branch else []
    return [*found, *facts.run_notes(report), (_("made by"), f"aliscan {__version__}")]


def _row(out: TextIO, *cells: str) -> None:
    out.write("| " + " | ".join(cells) + " |\n")

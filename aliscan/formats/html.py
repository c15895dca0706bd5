"""A report that people read and hand on, as one HTML file: no script, no link to anything it loads.

A Content-Security-Policy in the page forbids scripts and every request even if something slipped in.
"""

from __future__ import annotations

from html import escape
from typing import TextIO

from aliscan.finding import Report, Severity
from aliscan.formats import advised, facts, inert, remedy
from aliscan.formats.facts import Credential
from aliscan.formats.markdown import GAPS_SHOWN, PLACES_SHOWN, details, hooks, published, scope, verdict
from aliscan.i18n import _, language

_STYLE = """
:root{--ink:#1c2330;--soft:#5b6577;--line:#dfe3ea;--paper:#fff;--back:#f4f6f9;--accent:#1f4fa3;
--critical:#a4121f;--high:#c4471a;--medium:#8a6100;--low:#2d6a8f;--good:#1d6b3f}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei",
"Noto Sans CJK SC",sans-serif}
main{max-width:62rem;margin:2rem auto;padding:2.5rem 3rem;background:var(--paper);
border:1px solid var(--line);border-radius:6px}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem}
h2{font-size:1.2rem;margin:2.4rem 0 .7rem;padding-top:1.1rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:0 0 .4rem}
p{margin:.4rem 0}
.soft{color:var(--soft)}
.verdict{font-size:1.1rem;font-weight:600;margin:1.2rem 0;padding:.9rem 1.1rem;border-radius:4px;
border-left:5px solid var(--good);background:#eef6f1}
.verdict.bad{border-color:var(--critical);background:#fbeeee}
.verdict.open{border-color:var(--medium);background:#fbf5e6}
.counts{display:flex;gap:.8rem;flex-wrap:wrap;margin:1rem 0;padding:0;list-style:none}
.counts li{flex:1;min-width:7rem;padding:.7rem .9rem;border:1px solid var(--line);border-radius:4px}
.counts b{display:block;font-size:1.7rem;line-height:1.1}
table{width:100%;border-collapse:collapse;margin:.7rem 0;font-size:.92rem}
th{text-align:left;color:var(--soft);font-weight:600;padding:.4rem .6rem;border-bottom:2px solid var(--line);
white-space:nowrap}
td{padding:.45rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
code{font:.9em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.tag{display:inline-block;padding:.05rem .5rem;border-radius:3px;color:#fff;font-size:.85rem;font-weight:600;
white-space:nowrap}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
.tag.critical{background:var(--critical);color:#fff}.tag.high{background:var(--high);color:#fff}
.tag.medium{background:var(--medium);color:#fff}.tag.low{background:var(--low);color:#fff}
.card{margin:1rem 0;padding:1.1rem 1.3rem;border:1px solid var(--line);border-left:5px solid var(--line);
border-radius:4px;break-inside:avoid}
.card.critical{border-left-color:var(--critical);color:inherit}.card.high{border-left-color:var(--high);color:inherit}
.card.medium{border-left-color:var(--medium);color:inherit}.card.low{border-left-color:var(--low);color:inherit}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.1rem;margin:.7rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul.places{margin:.5rem 0;padding-left:1.2rem}
ol li{margin:.35rem 0}
pre{padding:.7rem .9rem;background:var(--back);border:1px solid var(--line);border-radius:4px;overflow-x:auto;
font:.85em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media(max-width:46rem){main{margin:0;padding:1.2rem;border:0}table{display:block;overflow-x:auto}}
@media print{body{background:#fff;font-size:11pt}main{margin:0;border:0;padding:0;max-width:none}}
""".strip()

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(report: Report, out: TextIO) -> None:
    """Write the page to ``out``."""
    title = _("Alibaba Cloud credentials: report")
    lang = "zh-CN" if language() == "zh" else "en"
    out.write(
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n"
    )
    out.write(f"<h1>{text(title)}</h1>\n")
    about = dict(scope(report))
    subtitle = [about[k] for k in (_("repository"), _("branch"), _("date")) if k in about]
    if subtitle:
        out.write(f'<p class="soft">{" · ".join(map(text, subtitle))}</p>\n')
    out.write(f'<p class="verdict {_mood(report)}">{text(verdict(report))}</p>\n')
    listed = facts.credentials(facts.shown(report))
    if listed:
        _counts(report, out)
        _overview(listed, out)
        _steps(listed, out)
        out.write(f"<h2>{text(_('The credentials one by one'))}</h2>\n")
        for number, credential in enumerate(listed, 1):
            _card(number, credential, out)
    _suppressed(report, out)
    _scope(report, out)
    out.write("</main>\n</body>\n</html>\n")


def text(value: str) -> str:
    """Any text as inert HTML text."""
    return escape(inert.plain(value), quote=True)


def code(value: str) -> str:
    """Untrusted text, set apart in a fixed-width type."""
    return f"<code>{text(value)}</code>"


def _mood(report: Report) -> str:
    if any(True for _finding in report.counted()):
        return "bad"
    return "open" if report.gaps else "good"


def _tag(severity: Severity) -> str:
    return f'<span class="tag {severity.label}">{text(facts.severity_title(severity))}</span>'


def _counts(report: Report, out: TextIO) -> None:
    counts = dict(facts.by_severity(c.worst for c in facts.credentials(facts.shown(report))))
    out.write('<ul class="counts">\n')
    for severity in sorted(Severity, reverse=True):
        label = text(facts.severity_title(severity))
        out.write(f'<li><b class="{severity.label}">{counts.get(severity, 0)}</b>{label}</li>\n')
    out.write("</ul>\n")


def _overview(listed: list[Credential], out: TextIO) -> None:
    heads = ("#", _("severity"), _("what"), _("value"), _("first place"), _("places"), _("published"))
    out.write("<table>\n<tr>" + "".join(f"<th>{text(h)}</th>" for h in heads) + "</tr>\n")
    for number, credential in enumerate(listed, 1):
        worst = credential.worst
        cells = (
            str(number),
            _tag(worst.severity),
            text(_(facts.rule_info(worst).title)),
            code(facts.value(worst.parts[0])),
            code(facts.at(worst)),
            str(len(credential.places)),
            text(published(credential)),
        )
        out.write("<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>\n")
    out.write("</table>\n")


def _steps(listed: list[Credential], out: TextIO) -> None:
    out.write(f"<h2>{text(_('What to do now'))}</h2>\n<ol>\n")
    told, practices, languages = advised.joined(c.worst for c in listed)
    for step in [*told, hooks()]:
        out.write(f"<li>{_commands(step)}</li>\n")
    out.write("</ol>\n")
    out.write(f"<h3>{text(advised.practice_title())}</h3>\n<ul>\n")
    for practice in practices:
        page = escape(practice.page)
        link = f'<a href="{page}" rel="noreferrer">{page}</a>'
        out.write(f"<li>{text(str(practice))} {link}</li>\n")
    out.write("</ul>\n")
    for example in languages:
        title, before, note, after = advised.code_pair(example)
        out.write(f"<h3>{text(title)}</h3>\n<p>{text(_('Before:'))}</p>\n<pre>{escape(before)}</pre>\n")
        out.write(f"<p>{text(_('After:'))} {text(note)}</p>\n<pre>{escape(after)}</pre>\n")
    seen: dict[str, str] = {}
    for credential in listed:
        seen.update({address: name for name, address in remedy.links(credential.worst)})
    anchors = (f'<a href="{escape(a)}" rel="noreferrer">{text(n)}</a>' for a, n in seen.items())
    out.write(f"<p>{text(_('Read more'))}: {' · '.join(anchors)}</p>\n")


def _commands(sentence: str) -> str:
    """A sentence of ours, with the commands in it set apart."""
    words = sentence.split("`")
    return "".join(code(word) if number % 2 else text(word) for number, word in enumerate(words))


def _card(number: int, credential: Credential, out: TextIO) -> None:
    worst = credential.worst
    rule = facts.rule_info(worst)
    out.write(f'<section class="card {worst.severity.label}">\n')
    out.write(f"<h3>{number}. {_tag(worst.severity)} {text(_(rule.title))}</h3>\n")
    out.write(f"<p>{text(_(rule.description))}</p>\n")
    heads = (_("kind"), _("value"), _("place"), _("fingerprint"))
    out.write("<table>\n<tr>" + "".join(f"<th>{text(h)}</th>" for h in heads) + "</tr>\n")
    for part in worst.parts:
        place = f"{part.place.line}:{part.place.column}"
        cells = (facts.kind_title(part.kind), facts.value(part) + facts.via(part), place, part.fingerprint)
        out.write(
            f"<tr><td>{text(cells[0])}</td>" + "".join(f"<td>{code(c)}</td>" for c in cells[1:]) + "</tr>\n"
        )
    out.write('</table>\n<ul class="places">\n')
    for at in credential.places[:PLACES_SHOWN]:
        out.write(f"<li>{code(at)}</li>\n")
    if len(credential.places) > PLACES_SHOWN:
        out.write(f"<li>{text(_('and {n} more').format(n=len(credential.places) - PLACES_SHOWN))}</li>\n")
    out.write("</ul>\n")
    _list(details(credential), out)
    meaning = advised.meaning(worst)
    if meaning:
        out.write(f"<p><b>{text(meaning)}</b></p>\n")
    out.write("</section>\n")


def _list(pairs: list[tuple[str, str]], out: TextIO) -> None:
    out.write("<dl>\n" + "".join(f"<dt>{text(k)}</dt><dd>{code(v)}</dd>\n" for k, v in pairs) + "</dl>\n")


def _suppressed(report: Report, out: TextIO) -> None:
    found = facts.suppressed(report)
    if not found:
        return
    heads = (_("rule"), _("place"), _("suppressed by"), _("reason"))
    out.write(f"<h2>{text(_('Suppressed'))} ({len(found)})</h2>\n<table>\n")
    out.write("<tr>" + "".join(f"<th>{text(h)}</th>" for h in heads) + "</tr>\n")
    for f in found:
        assert f.suppressed is not None
        cells = (code(f.rule), code(facts.at(f)), text(facts.suppression_title(f.suppressed.kind)))
        out.write("<tr>" + "".join(f"<td>{c}</td>" for c in (*cells, text(f.suppressed.reason))) + "</tr>\n")
    out.write("</table>\n")


def _scope(report: Report, out: TextIO) -> None:
    out.write(f"<h2>{text(_('What was scanned'))}</h2>\n")
    _list(scope(report), out)
    if not report.gaps:
        return
    out.write(f"<h2>{text(_('What could not be scanned'))} ({len(report.gaps)})</h2>\n")
    out.write('<ul class="places">\n')
    for gap in report.gaps[:GAPS_SHOWN]:
        out.write(f"<li>{code(inert.where(gap.origin))}: {text(_(gap.reason))}</li>\n")
    if len(report.gaps) > GAPS_SHOWN:
        out.write(f"<li>{text(_('and {n} more').format(n=len(report.gaps) - GAPS_SHOWN))}</li>\n")
    out.write("</ul>\n")

"""The advice of aliscan.advice as reports show it: our own words and the vendor's pages, nothing computed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aliscan.advice.examples import LANGUAGES, example
from aliscan.advice.practice import Practice
from aliscan.advice.steps import PLACES
from aliscan.advice.told import Advice, about, advice, together
from aliscan.finding import Finding, Report
from aliscan.formats import facts, inert
from aliscan.i18n import _


def sentences(finding: Finding) -> list[str]:
    """What a verification means, if there was one, then the steps, the most urgent first."""
    return about(finding).sentences


def meaning(finding: Finding) -> str:
    """What the answer of a verification means, or empty."""
    found = about(finding).result
    return str(found) if found else ""


def numbered(finding: Finding) -> str:
    """The same as one line: the meaning, then the steps with their numbers."""
    found = about(finding)
    steps = [f"{n}. {step.text}" for n, step in enumerate(found.steps, 1)]
    return " ".join([*([str(found.result)] if found.result else []), *steps])


def pages(finding: Finding) -> list[tuple[str, str]]:
    """The vendor's practice that applies, as (sentence, official page)."""
    return [(str(p), p.page) for p in about(finding).practices]


def steps_of_rule(rule: str) -> list[str]:
    """The steps for a rule, wherever it is found."""
    return advice(rule).sentences


def pages_of_rule(rule: str) -> list[tuple[str, str]]:
    """The vendor's practice that applies to a rule, as (sentence, official page)."""
    return [(str(p), p.page) for p in advice(rule).practices]


def practice_title() -> str:
    """What stands above the practices."""
    return _("Alibaba Cloud's own practice for this:")


def worth_advice(report: Report) -> list[Finding]:
    """The findings that advice is given about: those that count, or where none does, all that are shown."""
    counted = facts.worst_first(report.counted())
    return counted or facts.shown(report)


def joined(findings: Iterable[Finding]) -> tuple[list[str], tuple[Practice, ...], tuple[str, ...]]:
    """Steps, practices and languages for several findings, each once and in order.

    A step that is not for all of them says first what it is for.
    """
    listed = list(findings)
    titles = {f.rule: _(facts.rule_info(f).title) for f in listed}
    joint = together(map(about, listed))
    steps = []
    for step, rules in joint.steps:
        label = ", ".join(titles[r] for r in rules)
        if rules and step.place:
            label = str(PLACES[step.place])
        steps.append(_("{what}: {step}").format(what=label, step=step.text) if rules else str(step.text))
    return steps, joint.practices, joint.languages


def code_pair(language: str) -> tuple[str, str, str, str]:
    """An example: the language's name, the text before, what to know of the one after, and that one."""
    before, after = example(language)
    known = LANGUAGES[language]
    return known.title, before.expandtabs(4), str(known.note), after.expandtabs(4)


def advice_id(finding: Finding) -> str:
    """The key of `objects`: findings with the same one have the same advice."""
    return inert.plain(about(finding).id)


def objects(findings: Iterable[Finding]) -> dict[str, dict[str, Any]]:
    """Each distinct advice once, for programs: id -> its parts as plain texts."""
    return {inert.plain(a.id): _object(a) for a in {a.id: a for a in map(about, findings)}.values()}


def _object(told: Advice) -> dict[str, Any]:
    shown = None
    if told.language:
        title, before, note, after = code_pair(told.language)
        shown = {"language": title, "before": before, "note": note, "after": after}
    return {
        "meaning": str(told.result) if told.result else None,
        "steps": [str(s.text) for s in told.steps],
        "practices": [
            {"name": p.name, "what": str(p.what), "why": str(p.why), "page": p.page} for p in told.practices
        ],
        "example": shown,
    }

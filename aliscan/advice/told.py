"""All the advice about one finding, put together; and of several findings, each sentence once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aliscan.advice.examples import language_of
from aliscan.advice.practice import PRACTICES, Practice, fitting
from aliscan.advice.steps import RESULTS, Step, place_of, steps
from aliscan.advice.texts import Text
from aliscan.finding import Finding


@dataclass(frozen=True, slots=True)
class Advice:
    """What a report says about a finding beside what was found.

    Findings with equal ``id`` have the same advice. ``result`` is what a verification means, ``language``
    the one whose before-and-after fits the file; both may be empty.
    """

    id: str
    rule: str
    result: Text | None
    steps: tuple[Step, ...]
    practices: tuple[Practice, ...]
    language: str

    @property
    def sentences(self) -> list[str]:
        """The result and the steps, in the user's language."""
        return [str(text) for text in (self.result, *(s.text for s in self.steps)) if text]


def advice(rule: str, path: bytes = b"", verified: str = "", identity: str = "") -> Advice:
    """The advice for a rule, in a file, with what a verification said of it."""
    language = language_of(path)
    words = (rule, place_of(path), language, verified, identity if verified == "live" else "")
    return Advice(
        "/".join(word for word in words if word),
        rule,
        RESULTS.get(verified),
        steps(rule, path, verified, identity),
        fitting(rule, identity),
        language,
    )


def about(finding: Finding) -> Advice:
    """The advice about a finding."""
    notes = dict(finding.notes)
    return advice(finding.rule, finding.origin.path, notes.get("verified", ""), notes.get("identity", ""))


@dataclass(frozen=True, slots=True)
class Joint:
    """The advice about several findings: each step once, by urgency, with the rules that it is for.

    No rules: the step is for all of them.
    """

    steps: tuple[tuple[Step, tuple[str, ...]], ...]
    practices: tuple[Practice, ...]
    languages: tuple[str, ...]


def together(all_advice: Iterable[Advice]) -> Joint:
    """Put the advice about several findings into one."""
    known = list({a.id: a for a in all_advice}.values())
    found: dict[Step, list[str]] = {}
    for advice in known:
        for step in advice.steps:
            found.setdefault(step, []).append(advice.rule)
    wanted = {p.name for advice in known for p in advice.practices}
    return Joint(
        tuple(
            (step, tuple(dict.fromkeys(rules)) if len(rules) < len(known) else ())
            for step, rules in sorted(found.items(), key=lambda entry: entry[0].phase)
        ),
        tuple(p for p in PRACTICES if p.name in wanted),
        tuple(dict.fromkeys(a.language for a in known if a.language)),
    )

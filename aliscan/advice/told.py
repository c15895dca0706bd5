"""All the advice about one finding, put together; and of several findings, each sentence once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aliscan.advice.examples import language_of
from aliscan.advice.practice import Practice, fitting
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
        RESULTS.get(verified),
        steps(rule, path, verified, identity),
        fitting(rule, identity),
        language,
    )


def about(finding: Finding) -> Advice:
    """The advice about a finding."""
    notes = dict(finding.notes)
    return advice(finding.rule, finding.origin.path, notes.get("verified", ""), notes.get("identity", ""))


def together(all_advice: Iterable[Advice]) -> tuple[list[Step], list[Practice], list[str]]:
    """Steps, practices and languages of several, each once: the steps by urgency, the practices in order."""
    from aliscan.advice.practice import PRACTICES

    known = list(all_advice)
    found = {step: None for advice in known for step in advice.steps}
    wanted = {p.name for advice in known for p in advice.practices}
    languages = dict.fromkeys(a.language for a in known if a.language)
    return (
        sorted(found, key=lambda step: step.phase),
        [p for p in PRACTICES if p.name in wanted],
        list(languages),
    )

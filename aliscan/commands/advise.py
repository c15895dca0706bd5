"""`aliscan advise`: what to do now, in order, with the vendor's practice and an example."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, TextIO

from aliscan.advice import examples, practice, told
from aliscan.detect.rules import all_rules
from aliscan.finding import EXIT_CLEAN, AliscanError
from aliscan.git import show
from aliscan.i18n import _

PLACES_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument(
        "about", metavar="RULE|FINDINGS.json", nargs="?",
        help="a rule id, or a report of --format json (- is standard input); without it, all of the practice",
    )  # fmt: skip
    parser.add_argument("--example", choices=tuple(examples.LANGUAGES), help="only the example of a language")


def run(options: argparse.Namespace) -> int:
    """Print the advice."""
    out = sys.stdout
    if options.example:
        _example(options.example, out)
    elif options.about is None:
        _practices(practice.PRACTICES, out)
        out.write("\n" + _("Best practice: {page}\n").format(page=practice.BEST_PRACTICE))
        out.write(_("What happens otherwise: {page}\n").format(page=practice.WHAT_HAPPENS))
        out.write(_("Where keys are made: {page}\n").format(page=practice.CONSOLE))
        out.write(f"    {practice.RAM_CONSOLE}\n")
    elif options.about in {rule.id for rule in all_rules()}:
        _advise(told.advice(options.about), out)
    elif options.about == "-" or os.path.exists(options.about):
        _report(_findings(options.about), out)
    else:
        raise AliscanError(
            _("{name} is neither a rule nor a file; rules: {rules}.").format(
                name=show(os.fsencode(options.about)), rules=", ".join(rule.id for rule in all_rules())
            )
        )
    return EXIT_CLEAN


def _findings(name: str) -> list[dict[str, Any]]:
    """The findings of a report that are not suppressed. Raises AliscanError for anything else."""
    try:
        if name == "-":
            document = json.load(sys.stdin)
        else:
            with open(name, encoding="utf-8") as file:
                document = json.load(file)
        found = [f for f in document["findings"] if not f.get("suppressed")]
        return [
            {
                "rule": str(f["rule"]),
                "path": str(f.get("path") or ""),
                "line": f.get("line"),
                "notes": dict(f.get("notes") or {}),
            }
            for f in found
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise AliscanError(
            _("{name} is no report of aliscan: make one with --format json.").format(
                name=show(os.fsencode(name))
            )
        ) from None


def _report(entries: list[dict[str, Any]], out: TextIO) -> None:
    """Each distinct advice once, below the places it is about."""
    places: dict[str, list[str]] = {}
    advice: dict[str, told.Advice] = {}
    for entry in entries:
        path, notes = entry["path"].encode("utf-8", "surrogatepass"), entry["notes"]
        verified, identity = str(notes.get("verified", "")), str(notes.get("identity", ""))
        one = told.advice(entry["rule"], path, verified, identity)
        advice[one.id] = one
        line = entry["line"]
        places.setdefault(one.id, []).append(show(path) + (f":{line}" if isinstance(line, int) else ""))
    if not entries:
        out.write(_("The report has no findings: nothing to do.") + "\n")
    for number, one in enumerate(advice.values()):
        out.write("\n" if number else "")
        for place in places[one.id][:PLACES_SHOWN]:
            out.write(f"== {place}: {show(one.rule.encode('utf-8', 'surrogatepass'))}\n")
        more = len(places[one.id]) - PLACES_SHOWN
        if more > 0:
            out.write("== " + _("and {n} more").format(n=more) + "\n")
        _advise(one, out)


def _advise(advice: told.Advice, out: TextIO) -> None:
    if advice.result:
        out.write(f"{advice.result}\n")
    for number, step in enumerate(advice.steps, 1):
        out.write(f"{number}. {step.text}\n")
    if advice.language:
        out.write("\n")
        _example(advice.language, out)
    _practices(advice.practices, out)


def _practices(practices: tuple[practice.Practice, ...], out: TextIO) -> None:
    if practices:
        out.write("\n" + _("Alibaba Cloud's own practice for this:") + "\n")
    for p in practices:
        out.write(f"* {p}\n  {p.page}\n")


def _example(language: str, out: TextIO) -> None:
    before, after = examples.example(language)
    known = examples.LANGUAGES[language]
    out.write(f"{known.title}. {_('Before:')}\n\n")
    _indented(before, out)
    out.write(f"\n{_('After:')} {known.note}\n\n")
    _indented(after, out)


def _indented(text: str, out: TextIO) -> None:
    out.write("".join(f"    {line}\n" if line else "\n" for line in text.rstrip().splitlines()))

"""`aliscan advise`: what to do now, in order, with the vendor's practice and an example."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, TextIO

from aliscan.advice import examples, practice, steps
from aliscan.detect.rules import all_rules
from aliscan.finding import EXIT_CLEAN, AliscanError
from aliscan.git import show
from aliscan.i18n import _


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
        out.write(_("Best practice: {page}\n").format(page=practice.BEST_PRACTICE))
        out.write(_("What happens otherwise: {page}\n").format(page=practice.WHAT_HAPPENS))
        out.write(_("Where keys are made: {page}\n").format(page=practice.CONSOLE))
    elif options.about in {rule.id for rule in all_rules()}:
        _advise(options.about, b"", (), out)
    elif options.about == "-" or os.path.exists(options.about):
        for entry in _findings(options.about):
            _advise_finding(entry, out)
    else:
        raise AliscanError(
            _("{name} is neither a rule nor a file; rules: {rules}.").format(
                name=show(os.fsencode(options.about)), rules=", ".join(rule.id for rule in all_rules())
            )
        )
    return EXIT_CLEAN


def _findings(name: str) -> list[dict[str, Any]]:
    try:
        if name == "-":
            document = json.load(sys.stdin)
        else:
            with open(name, encoding="utf-8") as file:
                document = json.load(file)
        found = [f for f in document["findings"] if not f.get("suppressed")]
        return [
            {"rule": str(f["rule"]), "path": str(f.get("path") or ""), "notes": dict(f.get("notes") or {})}
            for f in found
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise AliscanError(
            _("{name} is no report of aliscan: make one with --format json.").format(
                name=show(os.fsencode(name))
            )
        ) from None


def _advise_finding(entry: dict[str, Any], out: TextIO) -> None:
    path = entry["path"].encode()
    out.write(f"== {show(path)}: {show(entry['rule'].encode())}\n")
    status = str(entry["notes"].get("verified", ""))
    if status in steps.RESULTS:
        out.write(f"{steps.RESULTS[status]}\n")
    _advise(entry["rule"], path, (str(entry["notes"].get("identity", "")),), out)


def _advise(rule: str, path: bytes, signs: tuple[str, ...], out: TextIO) -> None:
    for number, step in enumerate(steps.steps(rule, path), 1):
        out.write(f"{number}. {step}\n")
    language = examples.language_of(path)
    if language:
        _example(language, out)
    _practices(practice.fitting(rule, *signs), out)


def _practices(practices: tuple[practice.Practice, ...], out: TextIO) -> None:
    for p in practices:
        out.write(f"* {p.what} {p.why}\n  {p.page}\n")


def _example(language: str, out: TextIO) -> None:
    before, after = examples.example(language)
    for text in (before, after):
        out.write("".join(f"    {line}\n" if line else "\n" for line in text.splitlines()))
        out.write("\n")

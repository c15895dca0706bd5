"""`aliscan baseline`: accept what is there today, so that only what is new stops a commit."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aliscan import engine
from aliscan.commands.output import to_file
from aliscan.detect.anchors import is_container
from aliscan.finding import EXIT_CLEAN, EXIT_FOUND, EXIT_INCOMPLETE, AliscanError, Report
from aliscan.git import show
from aliscan.i18n import _
from aliscan.sources import files
from aliscan.triage import accept
from aliscan.triage import config as conf
from aliscan.triage.baseline import PLUGIN_FILES, Baseline, Entry, parse
from aliscan.triage.policy import Choices
from aliscan.triage.shelf import Disk, read_file
from aliscan.triage.tops import Tops, top_of

ACTIONS = {
    "create": "accept every finding of the work tree, in a new file",
    "update": "take out what is gone, add what is new; labels and lines stay",
    "check": "say what is new, what is gone, and what is a real leak; change nothing",
    "audit": "ask about every entry that nobody has labelled",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("action", choices=ACTIONS, help=" | ".join(ACTIONS))
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="a folder of the repository")
    parser.add_argument(
        "--config", metavar="FILE", default="", help="configuration instead of the repository's"
    )
    parser.add_argument(
        "--baseline", metavar="FILE", default="", help="baseline instead of .secrets.baseline"
    )
    parser.add_argument("--force", action="store_true", help="create: replace a baseline that is there")
    parser.add_argument("--prune", action="store_true", help="update: only take out what is gone")


def run(options: argparse.Namespace) -> int:
    """Run the action; returns the exit code."""
    work = _work(options)
    if options.action == "create":
        return _create(work, force=options.force)
    if options.action == "update":
        return _update(work, prune=options.prune)
    if options.action == "check":
        return _check(work)
    from aliscan.commands import audit

    return audit.run(work.top, work.name, work.read(), lambda labelled: work.write(labelled))


@dataclass(frozen=True, slots=True)
class _Work:
    """One repository's baseline: ``top`` is its folder, ``file`` the baseline's path, ``name`` as shown."""

    top: bytes
    file: bytes
    name: str
    choices: Choices
    below: bytes | None

    def exists(self) -> bool:
        """Whether there is a file; raises AliscanError for what is no plain file."""
        return read_file(self.file, self.name, below=self.below) is not None

    def read(self) -> Baseline:
        """The baseline; raises AliscanError when there is none, or it cannot be used."""
        data = read_file(self.file, self.name, below=self.below)
        if data is None:
            raise AliscanError(
                _("{name} is not there; make it with: aliscan baseline create").format(name=self.name)
            )
        return parse(data, self.name)

    def write(self, baseline: Baseline) -> None:
        """Replace the file, unless it would stay as it is."""
        text = accept.render(baseline)
        if read_file(self.file, self.name, below=self.below) != text.encode("ascii"):
            to_file(os.fsdecode(self.file), lambda out: out.write(text))

    def known_to_detect_secrets(self, baseline: Baseline) -> Baseline:
        """The same, naming our plugin where `aliscan plugin-path --shared` has put it into the repository."""
        there = os.path.isfile(os.path.join(self.top, os.fsencode(PLUGIN_FILES[1])))
        return accept.with_plugin(baseline) if there else baseline

    def scan(self) -> tuple[Report, tuple[Entry, ...]]:
        """What is found in the work tree without the baseline, and the entries that would accept it."""
        with _inside(self.top):
            policies = Tops(["."], self.choices)
            report = policies.finish(
                engine.run(files.walk(["."], is_container), policies.judge, policies.limits())
            )
        found = [f for f in report.findings if f.suppressed is None]
        return report, tuple(e for f in found for e in accept.entries(f, os.path.normpath(f.origin.path)))


@contextmanager
def _inside(folder: bytes) -> Iterator[None]:
    """With ``folder`` as the current directory: the paths of findings are then those of the baseline."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _work(options: argparse.Namespace) -> _Work:
    folder = os.fsencode(options.path)
    if not os.path.isdir(folder):
        raise AliscanError(_("{path} is not a folder.").format(path=show(folder)))
    top = top_of(folder) or os.path.realpath(folder)
    config = os.path.abspath(options.config) if options.config else ""
    choices = Choices(config=config, no_baseline=True)
    if options.baseline:
        given = os.fsencode(options.baseline)
        return _Work(top, os.path.abspath(given), show(given), choices, None)
    name = _configured(top, choices)
    return _Work(top, os.path.join(top, name), show(name), choices, top)


def _configured(top: bytes, choices: Choices) -> bytes:
    from aliscan.triage.policy import load

    said = load(Disk(top), choices).config.baseline
    if said == "":
        raise AliscanError(
            _("the configuration says that there is no baseline; name a file with --baseline.")
        )
    return conf.BASELINE if said is None else os.fsencode(said)


def _create(work: _Work, *, force: bool) -> int:
    if work.exists() and not force:
        raise AliscanError(
            _("{name} is there already: aliscan baseline update changes it, --force replaces it.").format(
                name=work.name
            )
        )
    report, found = work.scan()
    change = accept.update(accept.new(), found, _ours())
    work.write(work.known_to_detect_secrets(change.baseline))
    print(_("{name}: {n} accepted").format(name=work.name, n=len(change.added)))
    return _complete(report)


def _update(work: _Work, *, prune: bool) -> int:
    old = work.read()
    report, found = work.scan()
    if report.gaps:
        # What could not be read may hold what seems to be gone.
        _complete(report)
        raise AliscanError(_("{name} was not changed: not everything could be read.").format(name=work.name))
    change = accept.update(old, found, _ours(), add=not prune)
    work.write(work.known_to_detect_secrets(change.baseline))
    for entry in change.added:
        print(f"+ {_place(entry)} {entry.type}")
    for entry in change.gone:
        print(f"- {_place(entry)} {entry.type}")
    text = _("{name}: {added} added, {gone} taken out, {kept} kept")
    print(text.format(name=work.name, added=len(change.added), gone=len(change.gone), kept=len(change.kept)))
    return EXIT_CLEAN


def _check(work: _Work) -> int:
    old = work.read()
    report, found = work.scan()
    ours = _ours()
    # The same value under another type is known: types are for people (see `Baseline.index`).
    known = {e.key for e in old.entries}
    present = {e.key for e in found}
    new = [e for e in found if e.key not in known]
    gone = [e for e in old.entries if e.type in ours and e.key not in present]
    real = [e for e in old.entries if e.label is True and e.type in ours and e.key in present]
    for about, listed in (
        (_("not in the baseline"), new),
        (_("no longer there"), gone),
        (_("a real leak: rotate it"), real),
    ):
        for entry in sorted(listed, key=lambda e: (e.path, e.line)):
            print(f"{_place(entry)}: {entry.type}: {about}")
    text = _("{name}: {entries} entries, {new} new, {gone} gone, {real} real leaks")
    print(text.format(name=work.name, entries=len(old.entries), new=len(new), gone=len(gone), real=len(real)))
    return EXIT_FOUND if new or gone or real else _complete(report)


def _complete(report: Report) -> int:
    from aliscan.formats.inert import where

    for gap in report.gaps:
        print(_("not scanned: {place}: {reason}").format(place=where(gap.origin), reason=gap.reason))
    return EXIT_INCOMPLETE if report.gaps else EXIT_CLEAN


def _place(entry: Entry) -> str:
    path = show(entry.path.encode("utf-8", "surrogateescape"))
    return f"{path}:{entry.line}" if entry.line else path


def _ours() -> frozenset[str]:
    from aliscan.detect.rules import all_rules

    return frozenset(rule.id for rule in all_rules())

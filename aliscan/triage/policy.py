"""What counts: the configuration, the baseline and the comments of one repository, joined.

`load` reads the policy from a `Shelf` (the disk, the index, a commit) and gives a `Policy`;
`Policy.judge` is what aliscan.engine.run wants. Nothing is dropped: what does not count stays a
finding, with the reason. Hooks wrap the load in aliscan.triage.lazy.Triage, so that a clean commit
loads nothing.

    policy = load(Commit(git, base), trust=base_allows(git, base))        # a gate
    report = policy.finish(engine.run(items, policy.judge, policy.limits))

Sources that attribute hits afterwards keep `aliscan.triage.pragmas.allows` of the data beside each
hit, and call `Policy.verdict` with every path that the object has.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from aliscan.detect import LIMITS, Limits
from aliscan.finding import Blob, Finding, Match, Origin, Report, Severity, Suppression
from aliscan.git import show
from aliscan.i18n import _
from aliscan.record import dataclass, field, replace
from aliscan.triage import config as conf
from aliscan.triage.baseline import Baseline, BaselineError, Entry, harmful, hashed, path_text
from aliscan.triage.baseline import parse as parse_baseline
from aliscan.triage.pragmas import Allow, allows
from aliscan.triage.shelf import Shelf, read_file

# Whether a comment that would silence a match may do so: True for one that the base has too.
Trust = Callable[[Match, Origin, Allow], bool]

# Suppression.kind
PRAGMA, BASELINE, PATH, RULE, PLACEHOLDER = "pragma", "baseline", "path", "rule", "placeholder"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line said; it beats the files. Paths are as the user gave them ("" is unset)."""

    config: str = ""
    baseline: str = ""
    no_config: bool = False
    no_baseline: bool = False
    threshold: Severity | None = None
    strict: bool = False


NO_CHOICES = Choices()


@dataclass(slots=True)
class _Used:
    """What had an effect in this run, for `--strict`: the only state of a policy."""

    entries: set[tuple[str, str]] = field(default_factory=set)
    allows: set[tuple[bytes, int]] = field(default_factory=set)
    seen: dict[tuple[bytes, int], Allow] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    last: tuple[bytes, bytes, int] = (b"", b"", 0)  # the data, path and first line that `beside` is of
    beside: tuple[Allow, ...] = ()


def _inside(origin: Origin, match: Match) -> Origin:
    """The origin of a finding: that of the bytes, and the members of containers that detect opened."""
    return replace(origin, member=origin.member + match.member) if match.member else origin


@dataclass(frozen=True, slots=True)
class Policy:
    """How the matches of one repository are judged. Make one with `load`.

    ``locate`` gives the path of an origin as policy files have it: relative to the top.
    """

    config: conf.Config = conf.DEFAULT
    baseline: Baseline | None = None
    strict: bool = False
    threshold: Severity = Severity.MEDIUM
    trust: Trust | None = None
    locate: Callable[[bytes], bytes] = lambda path: path
    known: dict[tuple[str, str], Entry] = field(default_factory=dict)
    used: _Used = field(default_factory=_Used, repr=False)

    @property
    def limits(self) -> Limits:
        """How far detect shall go."""
        return replace(LIMITS, **self.config.limits)  # type: ignore[arg-type]  # checked by conf.parse

    def judge(self, blob: Blob, match: Match) -> Finding:
        """A finding for a match in a blob; the comments of its data count, unless it is a mere name."""
        beside = () if blob.origin.kind == "name" else self._beside(blob)
        return self.verdict(match, (blob.origin,), beside)

    def _beside(self, blob: Blob) -> tuple[Allow, ...]:
        """The allows in a blob's data, read once for all of its matches: there may be thousands."""
        used, (data, path, line) = self.used, self.used.last
        if data is not blob.data or path != blob.origin.path or line != blob.line:
            used.last = (blob.data, blob.origin.path, blob.line)
            used.beside = allows(*used.last)
        return used.beside

    def verdict(self, match: Match, origins: Sequence[Origin], beside: Sequence[Allow] = ()) -> Finding:
        """A finding for a match that stands in every one of ``origins`` (at least one).

        It counts unless each of its places is allowed, and its origin is then one that is not (3.18).
        ``beside`` are the allows in the data that the match was found in.
        """
        severity = self.config.severity(match.rule, match.severity)
        held: Suppression | None = None
        for origin in origins:
            held, notes = self._suppression(match, origin, beside)
            if held is None:
                return Finding(match, _inside(origin, match), severity, None, notes)
        return Finding(match, _inside(origins[0], match), severity, held)

    def _suppression(
        self, match: Match, origin: Origin, beside: Sequence[Allow]
    ) -> tuple[Suppression | None, tuple[tuple[str, str], ...]]:
        if self.config.rules.get(match.rule) == conf.OFF:
            return Suppression(RULE, _("the configuration turns this rule off")), ()
        path = self.locate(origin.path) if origin.path else b""
        covered = self.config.paths.match(path) if path and self.config.paths else None
        if covered:
            pattern = show(covered.text)
            return Suppression(PATH, _("the configuration allows {pattern}").format(pattern=pattern)), ()
        parts = harmful(match)
        if self.config.placeholders.issuperset(p.fingerprint for p in parts):
            return Suppression(PLACEHOLDER, _("the configuration knows the value as an example")), ()
        allowed, notes = self._allowed(match, origin, beside)
        return allowed or self._in_baseline(match, path), notes

    def _allowed(
        self, match: Match, origin: Origin, beside: Sequence[Allow]
    ) -> tuple[Suppression | None, tuple[tuple[str, str], ...]]:
        notes: tuple[tuple[str, str], ...] = ()
        spoken = lines(match) if beside and not match.member else frozenset()
        for allow in beside:
            if allow.covers not in spoken:
                continue
            where = str(allow.line)
            if not allow.speaks_of(match.rule):
                names = ", ".join(map(show, (n.encode("utf-8", "replace")[:60] for n in allow.rules)))
                about = _("the comment on line {line} allows {rules}, not this rule")
                bare = _("the comment on line {line} must name the rule: aliscan: allow[{rule}]")
                text = about if allow.rules else bare
                notes = (("allow", text.format(line=where, rules=names, rule=match.rule)),)
            elif self.trust is not None and not self.trust(match, origin, allow):
                notes = (
                    (
                        "asks-to-be-allowed",
                        _("by the comment on line {line}, which this change adds").format(line=where),
                    ),
                )
            else:
                self.used.allows.add((origin.path, allow.line))
                reason = allow.reason or _("a comment on line {line}").format(line=where)
                return Suppression(PRAGMA, reason), ()
        return None, notes

    def _in_baseline(self, match: Match, path: bytes) -> Suppression | None:
        if not self.known or not path:
            return None
        name = path_text(path)
        entries = [self.known.get((name, hashed(part))) for part in harmful(match)]
        if any(e is None for e in entries):
            return None
        self.used.entries.update(e.key for e in entries if e)
        real = any(e.label is True for e in entries if e)
        if real and self.strict:
            return None
        reason = _("in the baseline as a real leak: rotate it") if real else _("in the baseline")
        return Suppression(BASELINE, reason)

    def note(self, blob: Blob) -> None:
        """Remember that a blob was looked at, for what `finish` says about things without effect."""
        if blob.origin.kind == "name":
            return
        if self.known:
            self.used.paths.add(path_text(self.locate(blob.origin.path)))
        if self.strict:
            for allow in allows(blob.data, blob.origin.path, blob.line):
                self.used.seen[blob.origin.path, allow.line] = allow

    def finish(self, report: Report) -> Report:
        """The report with this policy's threshold, and with what had no effect (see `note`).

        With ``strict`` that counts like a finding.
        """
        unused = _("{path}:{line}: this comment allows nothing: remove it")
        stale = _("{path}: a value of the baseline is no longer there: aliscan baseline update")
        seen = sorted(self.used.seen.keys() - self.used.allows)
        failed = report.failed or (self.strict and bool(seen or self.stale()))
        notes = [("unused-allow", unused.format(path=show(path), line=line)) for path, line in seen]
        notes += [("stale-baseline", stale.format(path=_shown(path))) for path, _hash in self.stale()]
        return replace(report, threshold=self.threshold, notes=(*report.notes, *notes), failed=failed)

    def stale(self) -> list[tuple[str, str]]:
        """Keys of baseline entries that matched nothing, of the files that `note` saw."""
        return sorted(k for k in self.known if k not in self.used.entries and k[0] in self.used.paths)


def _shown(path: str) -> str:
    return show(path.encode("utf-8", "surrogateescape"))


def lines(match: Match) -> frozenset[int]:
    """The lines on which an allow speaks of a match: those of what does harm, and the first."""
    found = {match.parts[0].place.line}
    for part in harmful(match):
        found.update((part.place.line, part.place.end_line))
    return frozenset(found)


def load(
    shelf: Shelf,
    choices: Choices = NO_CHOICES,
    *,
    trust: Trust | None = None,
    locate: Callable[[bytes], bytes] | None = None,
) -> Policy:
    """Read the policy on a shelf. Raises AliscanError (exit 2) for a policy that cannot be used."""
    config = _config(shelf, choices)
    baseline = _baseline(shelf, choices, config)
    return Policy(
        config=config,
        baseline=baseline,
        strict=choices.strict,
        threshold=choices.threshold or config.threshold,
        trust=trust,
        locate=locate or (lambda path: path),
        known=baseline.index() if baseline else {},
    )


def _config(shelf: Shelf, choices: Choices) -> conf.Config:
    if choices.config:
        table = conf.TABLE if os.path.basename(choices.config) == conf.PYPROJECT.decode() else ""
        data = _given(choices.config, _("the configuration"))
        return conf.parse(data, show(os.fsencode(choices.config)), table=table)
    if choices.no_config:
        return conf.DEFAULT
    own, project = shelf.read(conf.FILE), shelf.read(conf.PYPROJECT)
    label, project_label = shelf.label(conf.FILE), shelf.label(conf.PYPROJECT)
    in_project = project is not None and conf.present(project, project_label)
    if own is not None and in_project:
        raise conf.ConfigError(
            _("both {first} and [tool.aliscan] of {second} configure aliscan: keep one of them.").format(
                first=label, second=project_label
            )
        )
    if own is not None:
        return conf.parse(own, label)
    if project is not None and in_project:
        return conf.parse(project, project_label, table=conf.TABLE)
    return conf.DEFAULT


def _baseline(shelf: Shelf, choices: Choices, config: conf.Config) -> Baseline | None:
    if choices.baseline:
        return parse_baseline(
            _given(choices.baseline, _("the baseline")), show(os.fsencode(choices.baseline))
        )
    if choices.no_baseline or config.baseline == "" or (choices.no_config and not choices.config):
        return None
    name = conf.BASELINE if config.baseline is None else config.baseline.encode("utf-8", "surrogatepass")
    data = shelf.read(name)
    if data is None:
        if config.baseline is not None:
            raise BaselineError(
                _(
                    "{config} names the baseline {name}, which is not there: create it, or take the name out."
                ).format(config=config.name, name=shelf.label(name))
            )
        return None
    return parse_baseline(data, shelf.label(name))


def _given(path: str, what: str) -> bytes:
    """A file that the user named: it must be there."""
    raw = os.fsencode(path)
    data = read_file(raw, show(raw))
    if data is None:
        raise conf.ConfigError(_("{what} {path} is not there.").format(what=what, path=show(raw)))
    return data

"""What several formats say of a report in the same words and the same order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from aliscan.finding import Finding, Part, Report, Severity, Story
from aliscan.formats import inert
from aliscan.git import show
from aliscan.i18n import N_, _
from aliscan.record import dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect.text import RuleInfo

KINDS = {
    "access-key-id": N_("AccessKey ID"),
    "access-key-secret": N_("AccessKey secret"),
    "security-token": N_("security token"),
    "api-key": N_("API key"),
    "password": N_("password"),
    "private-key": N_("private key"),
    "token": N_("token"),
    "user": N_("user name"),
    "host": N_("host"),
    "app-id": N_("application ID"),
    "product-key": N_("product key"),
    "device-name": N_("device name"),
}

SEVERITIES = {
    Severity.CRITICAL: N_("critical"),
    Severity.HIGH: N_("high"),
    Severity.MEDIUM: N_("medium"),
    Severity.LOW: N_("low"),
}

# What verification says, in the notes `verified` and `identity`.
ANSWERS = {
    "live": N_("live: it works"),
    "flagged": N_("live, and marked by the vendor as leaked"),
    "disabled": N_("disabled"),
    "dead": N_("dead"),
    "wrong-pair": N_("wrong pair"),
    "expired": N_("expired"),
    "unknown": N_("unknown"),
    "Account": N_("main account: every right there is"),
    "RAMUser": N_("RAM user"),
    "AssumedRoleUser": N_("assumed role"),
    "ModelStudio": N_("Model Studio"),
}

SUPPRESSIONS = {
    "pragma": N_("comment in the file"),
    "baseline": N_("baseline"),
    "path": N_("path rule"),
    "rule": N_("rule switched off"),
}


def kind_title(kind: str) -> str:
    """The name of a part's kind for people; the kind itself where there is no better one."""
    return _(KINDS[kind]) if kind in KINDS else kind


def severity_title(severity: Severity) -> str:
    """The name of a severity for people."""
    return _(SEVERITIES[severity])


def suppression_title(kind: str) -> str:
    """What suppressed a finding, for people."""
    return _(SUPPRESSIONS[kind]) if kind in SUPPRESSIONS else inert.label(kind)


@cache
def _rules() -> dict[str, RuleInfo]:
    from aliscan.detect.rules import all_rules

    return {rule.id: rule for rule in all_rules()}


def rule_info(finding: Finding) -> RuleInfo:
    """What users see of the finding's rule; made up from the finding where no rule file has it."""
    from aliscan.detect.text import RuleInfo

    known = _rules().get(finding.rule)
    return known or RuleInfo(finding.rule, finding.rule, finding.match.severity, "")


def rules_of(findings: Iterable[Finding]) -> list[RuleInfo]:
    """The rules that found something, each once, by id."""
    return [rule for _id, rule in sorted({f.rule: rule_info(f) for f in findings}.items())]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that count before suppressed ones, the worst first, then by place."""
    return sorted(
        findings,
        key=lambda f: (
            f.suppressed is not None,
            -f.severity,
            -f.match.confidence,
            f.origin.path,
            f.place.line,
            f.place.column,
            f.rule,
            f.fingerprint,
        ),
    )


def shown(report: Report) -> list[Finding]:
    """The findings that are not suppressed, the worst first."""
    return worst_first(f for f in report.findings if f.suppressed is None)


def suppressed(report: Report) -> list[Finding]:
    """The suppressed findings, the worst first."""
    return worst_first(f for f in report.findings if f.suppressed is not None)


def by_severity(findings: Iterable[Finding]) -> list[tuple[Severity, int]]:
    """How many of each severity there are, the worst first; severities without any are left out."""
    counts = Counter(f.severity for f in findings)
    return [(s, counts[s]) for s in sorted(counts, reverse=True)]


@dataclass(frozen=True, slots=True)
class Credential:
    """One leaked value with everything that found it: for reports that people read."""

    worst: Finding
    findings: tuple[Finding, ...]

    @property
    def story(self) -> Story | None:
        """What the history knows of the value, where one was looked at."""
        return next((f.story for f in self.findings if f.story), None)

    @property
    def places(self) -> list[str]:
        """Where it is, each place once, inert."""
        seen: dict[str, None] = {}
        for finding in self.findings:
            seen[at(finding)] = None
            for path in finding.story.paths if finding.story else ():
                if path != finding.origin.path:
                    seen[show(path)] = None
        return list(seen)


def credentials(findings: Iterable[Finding]) -> list[Credential]:
    """The same value in fifty places is one credential; the worst first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in worst_first(findings):
        groups.setdefault((finding.rule, finding.fingerprint), []).append(finding)
    return [Credential(group[0], tuple(group)) for group in groups.values()]


def at(finding: Finding) -> str:
    """``path:line:column``, inert; the value that does the harm is what a reader looks for."""
    return f"{inert.where(finding.origin)}:{finding.place.line}:{finding.place.column}"


def value(part: Part) -> str:
    """The masked value, inert; how long a secret is, in the user's language."""
    hidden, sign, length = inert.masked(part.masked).partition(" (")
    number, word, rest = length.partition(" characters)")
    if not (sign and word) or rest:
        return hidden + sign + length
    return f"{hidden} " + _("({n} characters)").format(n=number)


def via(part: Part) -> str:
    """Which encodings were undone to read a part: ``, in base64``; empty when it stands in the clear."""
    return _(", in {encodings}").format(encodings=" > ".join(map(inert.plain, part.via))) if part.via else ""


def notes(finding: Finding) -> list[tuple[str, str]]:
    """Further facts about a finding, inert: of the match, then of triage and verification."""
    return [(inert.label(_(k)), _said(k, v)) for k, v in (*finding.match.notes, *finding.notes)]


def _said(name: str, text: str) -> str:
    """The text of a note, inert; the answers of a verification as people say them."""
    known = name in ("verified", "identity") and text in ANSWERS
    return _(ANSWERS[text]) if known else inert.plain(text)


def run_notes(report: Report) -> list[tuple[str, str]]:
    """Facts about the run, inert."""
    return [(inert.label(_(k)), inert.plain(v)) for k, v in report.notes]


def size(count: int) -> str:
    """A number of bytes for people: ``812 bytes``, ``3.4 MB`` (powers of 1000)."""
    if count < 1000:
        return _("{n} bytes").format(n=count)
    units = ["kB", "MB", "GB", "TB"]
    amount = count / 1000
    while amount >= 999.95 and len(units) > 1:
        amount /= 1000
        del units[0]
    return f"{amount:.1f} {units[0]}"


def duration(seconds: float) -> str:
    """A time for people: ``0.04 s``, ``12.3 s``, ``2 min 5 s``."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return _("{m} min {s} s").format(m=int(seconds) // 60, s=int(seconds) % 60)


def scanned(report: Report) -> str:
    """How much was looked at: every report says so, so that "nothing scanned" never looks like "clean"."""
    one = _("1 file") if report.blobs == 1 else _("{n} files").format(n=f"{report.blobs:,}")
    return _("scanned {files}, {size} in {time}").format(
        files=one, size=size(report.bytes), time=duration(report.seconds)
    )


def found(findings: Iterable[Finding]) -> str:
    """What was found, in a few words: ``1 critical, 2 medium`` or ``nothing found``."""
    counts = by_severity(findings)
    if not counts:
        return _("nothing found")
    return ", ".join(f"{n} {severity_title(s)}" for s, n in counts)

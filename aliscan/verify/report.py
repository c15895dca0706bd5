"""Verify the findings of a report: one question for each distinct credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from aliscan.finding import (
    ACCESS_KEY_ID,
    ACCESS_KEY_SECRET,
    SECURITY_TOKEN,
    Finding,
    Part,
    Report,
    Severity,
)
from aliscan.verify.cache import Cache
from aliscan.verify.client import Client, Identity
from aliscan.verify.identity import STS, Status, Verification, ask, ask_model_studio

MODEL_STUDIO_RULE = "alibaba-model-studio-key"
OTHERS = 3  # other secrets of the same file that are tried when an id's own does not fit


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be asked: how many AccessKeys of STS, how many keys of Model Studio."""

    pairs: int
    model_keys: int


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where to ask; empty ``model_studio`` means by the key's shape."""

    sts: str = STS
    model_studio: str = ""


def plan(report: Report) -> Plan:
    """Count the distinct credentials that can be asked about."""
    pairs = {_keys(f) for f in report.findings if _values(f)}
    models = {f.fingerprint for f in report.findings if f.rule == MODEL_STUDIO_RULE}
    return Plan(len(pairs), len(models))


def verify(report: Report, client: Client, endpoints: Endpoints, cache: Cache) -> Report:
    """Ask about each distinct credential once, and put the answers into the findings."""
    asked: dict[tuple[str, ...], Verification] = {}

    def once(key: tuple[str, ...], question: Callable[[], Verification]) -> Verification:
        if key not in asked:
            asked[key] = cache.get(key) or question()
            cache.put(key, asked[key])
        return asked[key]

    def pair(ident: Part, secret: Part, token: Part | None) -> Verification:
        identity = Identity(
            ident.secret.reveal().decode("ascii", "replace"),
            secret.secret.reveal(),
            token.secret.reveal().decode("ascii", "replace") if token else "",
        )
        key = (ident.fingerprint, secret.fingerprint, token.fingerprint if token else "")
        return once(key, lambda: ask(client, identity, endpoints.sts))

    def model(finding: Finding) -> Verification:
        key = finding.match.key.secret.reveal().decode("ascii", "replace")
        return once((finding.fingerprint,), lambda: ask_model_studio(client, key, endpoints.model_studio))

    secrets = _secrets_by_file(report)
    findings = []
    for finding in report.findings:
        verification = None
        values = _values(finding)
        if values:
            verification = pair(*values)
            if verification.status is Status.WRONG_PAIR and values[2] is None:
                verification = _other(pair, values, secrets.get(finding.origin.path, {})) or verification
        elif finding.rule == MODEL_STUDIO_RULE:
            verification = model(finding)
        findings.append(finding if verification is None else with_answer(finding, verification))
    return replace(report, findings=tuple(findings))


def with_answer(finding: Finding, answer: Verification) -> Finding:
    """The finding with the answer in its notes, and the severity that it deserves now."""
    notes = [("verified", answer.status.value)]
    notes += [
        (k, v) for k, v in (("reason", answer.reason), ("identity", answer.kind), ("arn", answer.arn)) if v
    ]
    severity = max(finding.severity, answer.severity or Severity.LOW)
    return replace(finding, severity=severity, notes=(*finding.notes, *notes))


def _values(finding: Finding) -> tuple[Part, Part, Part | None] | None:
    parts: Mapping[str, Part] = {p.kind: p for p in finding.parts}
    if ACCESS_KEY_ID not in parts or ACCESS_KEY_SECRET not in parts:
        return None
    return parts[ACCESS_KEY_ID], parts[ACCESS_KEY_SECRET], parts.get(SECURITY_TOKEN)


def _keys(finding: Finding) -> tuple[str, ...]:
    return tuple(sorted(p.fingerprint for p in finding.parts))


def _secrets_by_file(report: Report) -> dict[bytes, dict[str, Part]]:
    files: dict[bytes, dict[str, Part]] = {}
    for finding in report.findings:
        for part in finding.parts:
            if part.kind == ACCESS_KEY_SECRET:
                files.setdefault(finding.origin.path, {})[part.fingerprint] = part
    return files


def _other(
    pair: Callable[[Part, Part, Part | None], Verification],
    values: tuple[Part, Part, Part | None],
    secrets: Mapping[str, Part],
) -> Verification | None:
    """Try the other secrets of the file with this id; an answer only when one fits."""
    others = [p for fingerprint, p in secrets.items() if fingerprint != values[1].fingerprint]
    for part in others[:OTHERS]:
        answer = pair(values[0], part, None)
        if answer.status in (Status.LIVE, Status.FLAGGED):
            return replace(answer, reason="with another secret of this file")
    return None

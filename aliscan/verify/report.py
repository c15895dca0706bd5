"""Verify the findings of a report: one question for each distinct credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aliscan.finding import (
    ACCESS_KEY_ID,
    ACCESS_KEY_SECRET,
    IDENTIFIER_KINDS,
    SECURITY_TOKEN,
    Finding,
    Part,
    Report,
    Severity,
)
from aliscan.i18n import N_, _
from aliscan.verify.cache import Cache
from aliscan.verify.client import Client, Identity
from aliscan.verify.endpoint import check
from aliscan.verify.identity import (
    STS,
    Status,
    Verification,
    ask,
    ask_model_studio,
    can_be_asked,
    model_studio_endpoints,
)

MODEL_STUDIO_RULE = "alibaba-model-studio-key"
OTHERS = 3  # other secrets of the same file that are tried when an id's own does not fit

Key = tuple[str, ...]  # what one question is about: the host, then fingerprints
Values = tuple[Part, Part, "Part | None"]  # id, secret, token


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where to ask; an empty ``model_studio`` means by the key's shape."""

    sts: str = STS
    model_studio: str = ""

    def of_model_key(self, key: str) -> tuple[str, ...]:
        """Where a key of Model Studio is asked about."""
        return (self.model_studio,) if self.model_studio else model_studio_endpoints(key)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be asked: how many AccessKeys of STS, how many keys of Model Studio and of which hosts.

    ``known``: how many more were answered within the last hour.
    """

    pairs: int
    model_keys: int
    model_hosts: tuple[str, ...] = ()
    known: int = 0


def plan(report: Report, endpoints: Endpoints, cache: Cache) -> Plan:
    """Count the distinct credentials that will be asked about."""
    pairs: dict[Key, bool] = {}
    models: dict[Key, tuple[str, ...]] = {}
    known: set[Key] = set()
    for finding in report.findings:
        values = _values(finding)
        key = _pair_key(values, endpoints) if values else _model_key(finding, endpoints)
        if key is None or (values and not can_be_asked(_identity(values))):
            continue
        if cache.get(key):
            known.add(key)
        elif values:
            pairs[key] = True
        else:
            models[key] = endpoints.of_model_key(_model(finding))
    hosts = dict.fromkeys(_host(e) for found in models.values() for e in found)
    asked = sum(1 for found in models.values() if found)
    return Plan(len(pairs), asked, tuple(hosts), len(known))


def verify(report: Report, client: Client, endpoints: Endpoints, cache: Cache) -> Report:
    """Ask about each distinct credential once, and put the answers into the findings."""
    asked: dict[Key, Verification] = {}

    def once(key: Key, question: Callable[[], Verification]) -> Verification:
        if key not in asked:
            asked[key] = cache.get(key) or question()
            cache.put(key, asked[key])
        return asked[key]

    def pair(values: Values) -> Verification:
        return once(_pair_key(values, endpoints), lambda: ask(client, _identity(values), endpoints.sts))

    def model(finding: Finding, key: Key) -> Verification:
        value = _model(finding)
        return once(key, lambda: ask_model_studio(client, value, endpoints.of_model_key(value)))

    secrets = _secrets_by_file(report)
    findings = []
    for finding in report.findings:
        answer = None
        values = _values(finding)
        model_key = _model_key(finding, endpoints)
        if values:
            answer = pair(values)
            if answer.status is Status.WRONG_PAIR and values[2] is None:
                answer = _other(pair, values, secrets.get(finding.origin.path, {})) or answer
        elif model_key:
            answer = model(finding, model_key)
        findings.append(finding if answer is None else with_answer(finding, answer))
    return replace(report, findings=tuple(findings))


def with_answer(finding: Finding, answer: Verification) -> Finding:
    """The finding with the answer in its notes, and the severity that it deserves now."""
    facts = (
        (N_("reason"), _(answer.reason) if answer.reason else ""),
        (N_("identity"), answer.kind),
        (N_("account"), answer.account),
        (N_("arn"), answer.arn),
    )
    notes = [(N_("verified"), answer.status.value)]
    notes += [(name, _without_values(text, finding)) for name, text in facts if text]
    severity = max(finding.severity, answer.severity or Severity.LOW)
    return replace(finding, severity=severity, notes=(*finding.notes, *notes))


def _without_values(text: str, finding: Finding) -> str:
    """An answer may say anything, even what it was sent: no value goes from there into a report."""
    for part in finding.parts:
        value = part.secret.reveal().decode("ascii", "replace")
        if part.kind not in IDENTIFIER_KINDS and len(value) >= 6:
            text = text.replace(value, part.masked)
    return text


def _values(finding: Finding) -> Values | None:
    parts: Mapping[str, Part] = {p.kind: p for p in finding.parts}
    if ACCESS_KEY_ID not in parts or ACCESS_KEY_SECRET not in parts:
        return None
    return parts[ACCESS_KEY_ID], parts[ACCESS_KEY_SECRET], parts.get(SECURITY_TOKEN)


def _identity(values: Values) -> Identity:
    key_id, secret, token = values
    return Identity(
        key_id.secret.reveal().decode("ascii", "replace"),
        secret.secret.reveal(),
        token.secret.reveal().decode("ascii", "replace") if token else "",
    )


def _model(finding: Finding) -> str:
    return finding.match.key.secret.reveal().decode("ascii", "replace")


def _pair_key(values: Values, endpoints: Endpoints) -> Key:
    return (_host(endpoints.sts), *(part.fingerprint if part else "" for part in values))


def _model_key(finding: Finding, endpoints: Endpoints) -> Key | None:
    if finding.rule != MODEL_STUDIO_RULE:
        return None
    where = _host(endpoints.model_studio) if endpoints.model_studio else "model-studio"
    return where, finding.fingerprint


def _host(endpoint: str) -> str:
    return urlsplit(check(endpoint, path=True)).netloc


def _secrets_by_file(report: Report) -> dict[bytes, dict[str, Part]]:
    files: dict[bytes, dict[str, Part]] = {}
    for finding in report.findings:
        for part in finding.parts:
            if part.kind == ACCESS_KEY_SECRET:
                files.setdefault(finding.origin.path, {})[part.fingerprint] = part
    return files


def _other(
    pair: Callable[[Values], Verification], values: Values, secrets: Mapping[str, Part]
) -> Verification | None:
    """Try the other secrets of the file with this id, the nearest first; an answer only when one fits."""
    key_id, own, _token = values
    others = [part for fingerprint, part in secrets.items() if fingerprint != own.fingerprint]
    others.sort(key=lambda part: abs(part.place.line - key_id.place.line))
    for part in others[:OTHERS]:
        answer = pair((key_id, part, None))
        if answer.status in (Status.LIVE, Status.FLAGGED):
            text = _("with another secret of this file, in line {line}").format(line=part.place.line)
            return replace(answer, reason=text)
    return None

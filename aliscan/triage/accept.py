"""Writing `.secrets.baseline`: from findings to entries, and to bytes that change only when they must.

The file has no time in it, everything in it is sorted, and an entry whose value only moved to another
line keeps the line that it has: two people who update the baseline on two branches do not conflict.
detect-secrets reads the result (tests/triage/test_detect_secrets.py shows it).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from aliscan.finding import Finding
from aliscan.record import dataclass, replace
from aliscan.triage.baseline import PLUGIN_FILES, Baseline, Entry, harmful, hashed, is_own_plugin, path_text

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

VERSION = "1.5.0"  # of detect-secrets, whose format this is
# Without it detect-secrets would not honour its own pragma; the one that asks the network is left out.
_FILTERS = [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}]


def new() -> Baseline:
    """An empty baseline."""
    return Baseline("", (), {"version": VERSION, "plugins_used": [], "filters_used": _FILTERS})


def with_plugin(baseline: Baseline) -> Baseline:
    """The baseline, naming the plugin file of the repository to detect-secrets, which then knows our
    types; one that names a plugin of ours already stays as it is."""
    from aliscan.detect.rules import all_rules

    plugins: list[dict[str, Any]] = list(baseline.other.get("plugins_used", []))
    if any(is_own_plugin(str(p.get("path", ""))) for p in plugins):
        return baseline
    path = f"file://{PLUGIN_FILES[1]}"
    plugins += [{"name": class_name(rule.id), "path": path} for rule in all_rules()]
    plugins.sort(key=lambda p: str(p.get("name", "")).lower())
    return replace(baseline, other={**baseline.other, "plugins_used": plugins})


def class_name(rule: str) -> str:
    """The plugin class of a rule: what aliscan.plugin calls it."""
    return "".join(word.capitalize() for word in rule.split("-"))


def entries(finding: Finding, path: bytes) -> tuple[Entry, ...]:
    """The entries that accept a finding in the file at ``path`` (from the top): one for every value
    that does harm."""
    name = path_text(path)
    return tuple(Entry(name, hashed(part), finding.rule, part.place.line) for part in harmful(finding.match))


@dataclass(frozen=True, slots=True)
class Change:
    """What an update did: the entries that came, went, and stayed (ours; others always stay)."""

    baseline: Baseline
    added: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    kept: tuple[Entry, ...]


def update(old: Baseline, found: Iterable[Entry], ours: frozenset[str], *, add: bool = True) -> Change:
    """The baseline for what is there now.

    Entries whose value is still there stay as they are, label and line; those that are gone go. An
    entry of a type that is not in ``ours`` belongs to another plugin of detect-secrets and stays. A new
    entry of a value that was labelled in its file under another type gets that label.
    """
    labels = {e.key: e.label for e in old.entries if e.label is not None}
    known = {(e.path, e.hashed, e.type): e for e in old.entries}
    now = {(e.path, e.hashed, e.type): e for e in found}
    added = (
        tuple(replace(e, label=labels.get(e.key)) for k, e in now.items() if k not in known) if add else ()
    )
    gone = tuple(e for k, e in known.items() if k not in now and e.type in ours)
    kept = tuple(e for k, e in known.items() if k in now or e.type not in ours)
    return Change(replace(old, entries=(*kept, *added)), added, gone, kept)


def label(old: Baseline, labels: Mapping[tuple[str, str], bool | None]) -> Baseline:
    """The baseline with the labels of some values (by `Entry.key`) set."""
    changed = (replace(e, label=labels.get(e.key, e.label)) for e in old.entries)
    return replace(old, entries=tuple(changed))


def render(baseline: Baseline) -> str:
    """The file as ASCII text: equal contents are equal bytes."""
    results: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(baseline.entries, key=lambda e: (e.path, e.hashed, e.type)):
        item: dict[str, Any] = {
            "type": entry.type,
            "filename": entry.path,
            "hashed_secret": entry.hashed,
            "is_verified": entry.verified,
        }
        if entry.line:
            item["line_number"] = entry.line
        if entry.label is not None:
            item["is_secret"] = entry.label
        results.setdefault(entry.path, []).append(item)
    other = {key: value for key, value in baseline.other.items() if key != "generated_at"}
    document = {"version": VERSION, "plugins_used": [], "filters_used": _FILTERS, **other, "results": results}
    return json.dumps(document, indent=2) + "\n"

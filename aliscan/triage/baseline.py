"""`.secrets.baseline`: findings that were there when somebody began to look, in detect-secrets' format.

Read as data: no plugin and no filter that it names is ever loaded, and one that names a file to load
is refused unless that file is aliscan's own plugin. An entry binds a value to a path: the same value
in another file is a new finding, another value in the same file is too; lines and types do not count.
The format's ``hashed_secret`` is an unsalted SHA-1 of the whole value.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha1
from typing import Any

from aliscan.finding import IDENTIFIER_KINDS, AliscanError, Match, Part
from aliscan.git import show

MAX_BYTES = 512 << 20
VERSION = "1.5.0"  # of detect-secrets, whose format this is
PLUGIN_FILE = "detect_secrets_plugin.py"
_SHA1 = re.compile(r"[0-9a-f]{40}")
_VERSION = re.compile(r"1\.\d{1,4}\.\d{1,4}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted value. ``path`` is as the file has it; ``label`` True: a person said that it is a
    real secret, False: that it is none, None: nobody has said. ``line`` may be old; 0: unknown."""

    path: str
    hashed: str
    type: str
    line: int = 0
    label: bool | None = None
    verified: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What a finding is looked up by."""
        return self.path, self.hashed


class BaselineError(AliscanError):
    """The baseline cannot be used: which file, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of one file, and what else it holds, kept for writing it back.

    ``other`` is everything beside ``results``, as it was read; never interpreted.
    """

    name: str
    entries: tuple[Entry, ...]
    other: Mapping[str, Any]

    def index(self) -> dict[tuple[str, str], Entry]:
        """The entries by path and hash; of two for one value, a label True counts, then any label."""
        found: dict[tuple[str, str], Entry] = {}
        for entry in self.entries:
            known = found.get(entry.key)
            if known is None or known.label is None or entry.label is True:
                found[entry.key] = entry
        return found


def parse(data: bytes, name: str) -> Baseline:
    """The baseline in ``data``; ``name`` (shown text) names it in errors.

    Raises BaselineError for anything that is not a baseline of detect-secrets 1.x, and for one that
    names plugins or filters to load from files.
    """
    if len(data) > MAX_BYTES:
        raise BaselineError(f"{name} is larger than {MAX_BYTES >> 20} MiB: no baseline is; create it anew.")
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_no_constant, parse_float=_number)
    except UnicodeDecodeError:
        raise BaselineError(f"{name}: not UTF-8; create the baseline anew.") from None
    except json.JSONDecodeError as error:
        raise BaselineError(
            f"{name}:{error.lineno}:{error.colno}: not JSON; create the baseline anew, or restore it."
        ) from None
    except (RecursionError, ValueError):
        raise BaselineError(f"{name}: nested too deeply, or no JSON that a baseline holds.") from None
    if not isinstance(document, dict):
        raise BaselineError(f"{name}: not a baseline: the outermost value must be an object.")
    _version(document, name)
    _harmless(document, name)
    results = document.get("results")
    if not isinstance(results, dict):
        raise BaselineError(f'{name}: not a baseline: "results" is missing or no object.')
    entries = tuple(
        _entry(name, path, item) for path, items in results.items() for item in _items(name, items)
    )
    return Baseline(name, entries, {k: v for k, v in document.items() if k != "results"})


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _number(digits: str) -> float:
    return float(digits[:40])


def _version(document: Mapping[str, Any], name: str) -> None:
    version = document.get("version")
    if isinstance(version, str) and _VERSION.fullmatch(version):
        return
    given = (
        f"version {show(version[:20].encode('utf-8', 'replace'))}"
        if isinstance(version, str)
        else "no version"
    )
    raise BaselineError(
        f"{name}: has {given}; aliscan reads baselines of detect-secrets 1.x: "
        "let `detect-secrets scan --baseline` of a 1.x release rewrite it, or create it anew."
    )


def _harmless(document: Mapping[str, Any], name: str) -> None:
    """Refuse what would make detect-secrets run a file (6.4): aliscan never would, others do."""
    for kind in ("plugins_used", "filters_used"):
        listed = document.get(kind, [])
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise BaselineError(f'{name}: not a baseline: "{kind}" is no list of objects.')
        for item in listed:
            path = item.get("path", "")
            if not isinstance(path, str):
                raise BaselineError(f'{name}: not a baseline: a path in "{kind}" is no text.')
            if ":" in path and not (kind == "plugins_used" and is_own_plugin(path)):
                shown = show(path[:80].encode("utf-8", "replace"))
                raise BaselineError(
                    f'{name}: "{kind}" names a file to execute ({shown}); nothing of it was loaded. '
                    "Remove it, or give aliscan a baseline of its own (baseline = ... in the configuration)."
                )


def is_own_plugin(path: str) -> bool:
    """Whether a ``file://`` path names aliscan's plugin for detect-secrets (wherever it is installed)."""
    parts = path.removeprefix("file://").replace("\\", "/").split("/")
    return path.startswith("file://") and parts[-1] in (PLUGIN_FILE, f".aliscan_{PLUGIN_FILE}")


def _items(name: str, items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise BaselineError(f'{name}: not a baseline: a file in "results" has no list.')
    return items


def _entry(name: str, path: str, item: Any) -> Entry:
    if isinstance(item, dict):
        hashed, kind = item.get("hashed_secret"), item.get("type")
        line, label = item.get("line_number", 0), item.get("is_secret")
        if (
            isinstance(hashed, str)
            and _SHA1.fullmatch(hashed)
            and isinstance(kind, str)
            and isinstance(line, int)
            and label in (None, True, False)
        ):
            return Entry(path, hashed, kind, max(0, line), label, item.get("is_verified") is True)
    raise BaselineError(
        f"{name}: not a baseline: an entry of {show(path[:80].encode('utf-8', 'surrogatepass'))} has no "
        "type, no SHA-1 of a value, or a wrong line or label."
    )


def hashed(part: Part) -> str:
    """The SHA-1 that the format has for a value."""
    return sha1(part.secret.reveal(), usedforsecurity=False).hexdigest()


def path_text(path: bytes) -> str:
    """A path as the format has it: text, with forward slashes; undecodable bytes as lone surrogates."""
    return path.decode("utf-8", "surrogateescape").replace("\\" if os.sep == "\\" else "\0", "/")


def harmful(match: Match) -> tuple[Part, ...]:
    """The parts that must be known: all that are not identifiers, or all where there are no others."""
    return tuple(p for p in match.parts if p.kind not in IDENTIFIER_KINDS) or match.parts


def render(baseline: Baseline) -> bytes:
    """The file: everything sorted, no time, so that equal contents are equal bytes."""
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
    other = {k: v for k, v in baseline.other.items() if k != "generated_at"}
    document = {"version": VERSION, "plugins_used": [], "filters_used": [], **other, "results": results}
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def merge(old: Iterable[Entry], new: Iterable[Entry]) -> tuple[Entry, ...]:
    """``new`` with the labels and lines of ``old``: an entry that is only in another line stays as it is."""
    known = {(e.path, e.hashed, e.type): e for e in old}
    by_value = {e.key: e for e in old if e.label is not None}
    merged = {}
    for entry in new:
        key = (entry.path, entry.hashed, entry.type)
        kept = known.get(key)
        label = by_value[entry.key].label if entry.key in by_value else None
        merged[key] = kept if kept else replace(entry, label=label)
    return tuple(merged.values())

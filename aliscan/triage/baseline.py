"""`.secrets.baseline`: findings that were there when somebody began to look, in detect-secrets' format.

Read as data: no plugin and no filter that it names is ever loaded, and one that names a file to load
is refused unless that file is aliscan's own plugin. An entry binds a value to a path: the same value
in another file is a new finding, another value in the same file is too; lines and types do not count.
The format's ``hashed_secret`` is an unsalted SHA-1 of the whole value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from aliscan.finding import IDENTIFIER_KINDS, AliscanError, Match, Part
from aliscan.git import show
from aliscan.i18n import _
from aliscan.record import dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

MAX_BYTES = 512 << 20
# Our plugin for detect-secrets: as installed, and where `aliscan plugin-path --shared` puts it.
PLUGIN_FILES = ("detect_secrets_plugin.py", ".aliscan_detect_secrets_plugin.py")
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
        text = _("{path} is larger than {limit} MiB: no baseline is; create it anew.")
        raise BaselineError(text.format(path=name, limit=MAX_BYTES >> 20))
    import json  # most repositories have no baseline

    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BaselineError(_("{path}: not UTF-8; save the file as UTF-8.").format(path=name)) from None
    except json.JSONDecodeError as error:
        text = _("{path}: not JSON; restore the baseline, or create it anew.")
        raise BaselineError(text.format(path=f"{name}:{error.lineno}:{error.colno}")) from None
    except (RecursionError, ValueError):
        text = _("{path}: nested too deeply, or a number is out of range; simplify it.")
        raise BaselineError(text.format(path=name)) from None
    if not isinstance(document, dict):
        raise _no_baseline(name, _("the outermost value must be an object"))
    _version(document, name)
    _harmless(document, name)
    results = document.get("results")
    if not isinstance(results, dict):
        raise _no_baseline(name, _("it has no results"))
    entries = tuple(
        _entry(name, path, item) for path, items in results.items() for item in _items(name, items)
    )
    return Baseline(name, entries, {k: v for k, v in document.items() if k != "results"})


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _version(document: Mapping[str, Any], name: str) -> None:
    version = document.get("version")
    if isinstance(version, str) and _VERSION.fullmatch(version):
        return
    given = f'"{show(version[:20].encode("utf-8", "replace"))}"' if isinstance(version, str) else _("none")
    text = _("{path}: version {version} is not one of detect-secrets 1.x; let a 1.x release rewrite it.")
    raise BaselineError(text.format(path=name, version=given))


def _harmless(document: Mapping[str, Any], name: str) -> None:
    """Refuse what would make detect-secrets run a file (6.4): aliscan never would, others do."""
    for kind in ("plugins_used", "filters_used"):
        listed = document.get(kind, [])
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise _no_baseline(name, _("{key} must be a list of objects").format(key=kind))
        for item in listed:
            path = item.get("path", "")
            if not isinstance(path, str):
                raise _no_baseline(name, _("a path in {key} must be text").format(key=kind))
            if ":" in path and not (kind == "plugins_used" and is_own_plugin(path)):
                shown = show(path[:80].encode("utf-8", "replace"))
                text = _(
                    "{path}: {key} names a file to execute ({file}); nothing of it was loaded. Take it out, "
                    "or give aliscan a baseline of its own (baseline = ... in the configuration)."
                )
                raise BaselineError(text.format(path=name, key=kind, file=shown))


def is_own_plugin(path: str) -> bool:
    """Whether a ``file://`` path names aliscan's plugin for detect-secrets (wherever it is installed)."""
    parts = path.removeprefix("file://").replace("\\", "/").split("/")
    return path.startswith("file://") and parts[-1] in PLUGIN_FILES


def _items(name: str, items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise _no_baseline(name, _("the entries of a file must be a list"))
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
    shown = show(path[:80].encode("utf-8", "surrogatepass"))
    text = _("an entry of {file} has no type, no SHA-1, or a wrong line or label")
    raise _no_baseline(name, text.format(file=shown))


def _no_baseline(name: str, why: str) -> BaselineError:
    return BaselineError(_("{path} is not a baseline: {why}; create it anew.").format(path=name, why=why))


def hashed(part: Part) -> str:
    """The SHA-1 that the format has for a value."""
    from hashlib import sha1  # OpenSSL behind it takes long to load

    return sha1(part.secret.reveal(), usedforsecurity=False).hexdigest()


def path_text(path: bytes) -> str:
    """A path as the format has it: text, with forward slashes; undecodable bytes as lone surrogates."""
    return path.decode("utf-8", "surrogateescape").replace("\\" if os.sep == "\\" else "\0", "/")


def path_bytes(path: str) -> bytes:
    """The path of an entry as bytes, for opening: the other way round of `path_text`."""
    return path.encode("utf-8", "surrogateescape")


def harmful(match: Match) -> tuple[Part, ...]:
    """The parts that must be known: all that are not identifiers, or all where there are no others."""
    return tuple(p for p in match.parts if p.kind not in IDENTIFIER_KINDS) or match.parts

"""The configuration: `.aliscan.toml`, or the table ``[tool.aliscan]`` of `pyproject.toml`.

`parse` takes bytes and a name and gives a `Config` or one sentence of what is wrong and where; it
opens nothing. Which bytes those are (the work tree's, the index's, a commit's) is the business of
aliscan.triage.shelf. aliscan/schemas/config.schema.json says the same to editors
(tests/triage/test_config.py holds the two together).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping

from aliscan.finding import AliscanError, Severity
from aliscan.git import show
from aliscan.i18n import _
from aliscan.record import dataclass, field
from aliscan.triage.ignore import PatternError, Rules, rule

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

FILE = b".aliscan.toml"
PYPROJECT = b"pyproject.toml"
TABLE = "tool.aliscan"
BASELINE = b".secrets.baseline"

MAX_BYTES = 256 << 10
MAX_ITEMS = 2000
MAX_DOTS = 256
OFF = "off"
ON = "on"


@dataclass(frozen=True, slots=True)
class Config:
    """What a repository decided about findings in it; the defaults are those of no file at all.

    ``rules`` maps a rule id to ``off``, ``on`` or a severity's label. ``limits`` holds the fields of
    aliscan.detect.Limits that were set. ``baseline`` is a path from the top, "" for none, None when
    nothing was said. ``public_remotes``: hosts, with a path prefix if wished, beyond the known public
    sites; one with "!" before it is private after all. ``placeholders``: fingerprints.
    """

    name: str = ""
    threshold: Severity = Severity.MEDIUM
    baseline: str | None = None
    paths: Rules = field(default_factory=lambda: Rules(()))
    rules: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    public_remotes: tuple[str, ...] = ()
    placeholders: frozenset[str] = frozenset()

    def severity(self, rule_id: str, given: Severity) -> Severity:
        """The severity of a finding of ``rule_id``, ``given`` unless the configuration says another."""
        word = self.rules.get(rule_id, ON)
        return given if word in (OFF, ON) else Severity.parse(word)


DEFAULT = Config()


class ConfigError(AliscanError):
    """The configuration is wrong: which file, which line if known, what, and what to do."""


def parse(data: bytes, name: str, *, table: str = "") -> Config:
    """The configuration in ``data``: all of it, or ``TABLE`` of a `pyproject.toml`.

    ``name`` (shown text) names the file in messages. Raises ConfigError for everything that is not
    exactly right.
    """
    found: Any = _toml(data, name)
    for key in filter(None, table.split(".")):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return _Reader(data, name, f"{table}." if table else "").config(found)


def present(data: bytes, name: str) -> bool:
    """Whether a `pyproject.toml` holds ``[tool.aliscan]``; raises ConfigError for a broken one.

    A file that never says "aliscan" is not parsed: what else is wrong with it is not our business.
    """
    if b"aliscan" not in data:
        return False
    tool = _toml(data, name).get("tool")
    return isinstance(tool, dict) and "aliscan" in tool


def _toml(data: bytes, name: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    if len(data) > MAX_BYTES:
        raise ConfigError(
            _("{path} is larger than {limit} KiB: no configuration is; shorten it.").format(
                path=name, limit=MAX_BYTES >> 10
            )
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            _("{path}: not UTF-8; save the file as UTF-8.").format(path=f"{name}:{line}")
        ) from None
    if text.startswith("\N{BYTE ORDER MARK}"):
        raise ConfigError(
            _("{path}: begins with a byte-order mark; save the file without it.").format(path=f"{name}:1")
        )
    # tomllib needs memory in the square of a dotted key's length: 100,000 dots end the process.
    for number, row in enumerate(text.split("\n"), 1):
        if row.count(".") > MAX_DOTS:
            why = _("{path}: more than {limit} dots in one line; break it up.")
            raise ConfigError(why.format(path=f"{name}:{number}", limit=MAX_DOTS))
    try:
        table: dict[str, Any] = tomllib.loads(text)
        return table
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f":{at[1]}:{at[2]}" if at else ""
        why = _safe(str(error).split(" (at ")[0])
        raise ConfigError(
            _("{path}: not TOML: {why}; correct it.").format(path=name + where, why=why)
        ) from None
    except (RecursionError, ValueError, OverflowError):
        raise ConfigError(
            _("{path}: nested too deeply, or a number is out of range; simplify it.").format(path=name)
        ) from None


_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_REMOTE = re.compile(r"!?[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%/-]*)?")
# the fields of aliscan.detect.Limits, and their highest values here
_LIMITS: dict[str, float] = {
    "depth": 16,
    "inflated": 1 << 34,
    "members": 1_000_000,
    "seconds": 3600,
    "findings": 1_000_000,
}


class _Reader:
    """Checks one file's tables; knows its text, so that a mistake can be given a line."""

    def __init__(self, data: bytes, name: str, prefix: str) -> None:
        self._lines = data.decode("utf-8").splitlines()
        self._name = name
        self._prefix = prefix

    def config(self, table: Any) -> Config:
        keys: dict[str, Callable[[str, Any], Any]] = {
            "threshold": self._severity,
            "baseline": self._path,
            "public_remotes": self._remotes,
            "paths": self._paths,
            "rules": self._rules,
            "limits": self._limits,
            "placeholders": self._placeholders,
        }
        values = {key: keys[key](key, value) for key, value in self._table("", table, keys).items()}
        return Config(name=self._name, **values)

    def _table(self, at: str, value: Any, keys: Mapping[str, object]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(at, _("must be a table"))
        for key in value:
            if key not in keys:
                raise self._unknown(key, at, keys)
        return value

    def _unknown(self, key: str, at: str, keys: Mapping[str, object], *, rules: bool = False) -> ConfigError:
        import difflib

        near = difflib.get_close_matches(key[:80], list(keys), 1, 0.5)
        guess = _("did you mean {word}?").format(word=near[0]) if near else ""
        known = _("known here: {words}").format(words=", ".join(keys))
        text = _("unknown rule {word}; {hint}") if rules else _("unknown key {word}; {hint}")
        why = text.format(word=f'"{_safe(key)}"', hint=guess or known)
        return self._wrong(f"{at}.{key}" if at else key, why, named=False)

    def _wrong(self, at: str, why: str, *, named: bool = True) -> ConfigError:
        line = self._line(at.rsplit(".", 1)[-1])
        where = f"{self._name}:{line}" if line else self._name
        subject = f"{_safe(self._prefix + at).rstrip('.')} " if named else ""
        return ConfigError(f"{where}: {subject}{why}" + ("" if why.endswith(("?", ".")) else "."))

    def _line(self, key: str) -> int:
        """The line on which a key seems to be set, from 1; 0 when it is not to be seen."""
        if not key:
            return 0
        shape = re.compile(rf"""\s*(?:\[.*\b)?["']?{re.escape(key)}["']?\s*(?:=|\.|\])""")
        inline = re.compile(rf"""["']?\b{re.escape(key)}["']?\s*=""")
        for test in (shape.match, inline.search):
            for number, line in enumerate(self._lines, 1):
                if test(line):
                    return number
        return 0

    def _severity(self, at: str, value: Any) -> Severity:
        if isinstance(value, str) and value in _SEVERITIES:
            return Severity.parse(value)
        raise self._wrong(at, _("must be one of {words}").format(words=", ".join(_SEVERITIES)))

    def _text(self, at: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(at, _("must be text"))
        return value

    def _list(self, at: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(at, _("must be a list of texts"))
        if len(value) > MAX_ITEMS:
            raise self._wrong(at, _("may have at most {limit} items").format(limit=MAX_ITEMS))
        return value

    def _path(self, at: str, value: Any) -> str:
        path = self._text(at, value)
        if (
            path.startswith("/")
            or "\\" in path
            or ".." in path.split("/")
            or re.search(r"[\0-\x1f\x7f]|^\w:", path)
        ):
            raise self._wrong(at, _("must be a path below the top of the repository, with forward slashes"))
        return path

    def _remotes(self, at: str, value: Any) -> tuple[str, ...]:
        for item in self._list(at, value):
            if not _REMOTE.fullmatch(item):
                raise self._wrong(
                    at,
                    _("holds {word}, which is no host, host/path or !host/path").format(
                        word=f'"{_safe(item)}"'
                    ),
                )
        return tuple(value)

    def _paths(self, at: str, value: Any) -> Rules:
        table = self._table(at, value, {"allow": None})
        rules = []
        for item in self._list("paths.allow", table.get("allow", [])):
            try:
                rules.append(rule(item.encode("utf-8", "surrogatepass")))
            except PatternError as error:
                raise self._wrong("paths.allow", f'{error}: "{_safe(item)}"') from None
        return Rules(rules)

    def _rules(self, at: str, value: Any) -> dict[str, str]:
        from aliscan.detect.rules import all_rules

        known = {r.id: None for r in all_rules()} if value else {}
        if not isinstance(value, dict):
            raise self._wrong(at, _("must be a table"))
        for key, word in value.items():
            if key not in known:
                raise self._unknown(key, at, known, rules=True)
            if not isinstance(word, str) or word not in (OFF, ON, *_SEVERITIES):
                raise self._wrong(
                    f"{at}.{key}",
                    _("must be one of {words}").format(words=", ".join((OFF, ON, *_SEVERITIES))),
                )
        if known and all(value.get(key) == OFF for key in known):
            raise self._wrong(at, _("turns every rule off: nothing could ever be found; leave one on"))
        return dict(value)

    def _limits(self, at: str, value: Any) -> dict[str, float]:
        for key, number in self._table(at, value, _LIMITS).items():
            whole = key != "seconds"
            kinds = (int,) if whole else (int, float)
            # bool is an int in Python; NaN is the number that is not itself
            if isinstance(number, bool) or not isinstance(number, kinds) or number != number:
                raise self._wrong(
                    f"{at}.{key}", _("must be a whole number") if whole else _("must be a number")
                )
            if not 0 <= number <= _LIMITS[key]:
                raise self._wrong(f"{at}.{key}", _("must be from 0 to {limit}").format(limit=_LIMITS[key]))
        return dict(value)

    def _placeholders(self, at: str, value: Any) -> frozenset[str]:
        for item in self._list(at, value):
            if not _FINGERPRINT.fullmatch(item):
                raise self._wrong(
                    at, _("must hold fingerprints, 16 hex digits as reports show them, never a value")
                )
        return frozenset(value)


_SEVERITIES = tuple(s.label for s in Severity)


def _safe(word: str) -> str:
    """A word of the file as it may be shown: inert, short, and no credential (`show` sees to that)."""
    text = show(word.encode("utf-8", "surrogatepass"))
    return text if len(text) <= 60 else text[:57] + "..."

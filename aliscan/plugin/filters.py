"""Keep detect-secrets' default filters from swallowing what is ours, and change nothing else.

Its heuristics judge a line or a file before any plugin sees it: ``Client("id", "secret")`` is an
"indirect reference", a path with "swagger" in it is left out, a ``.svg`` is "not text". A plugin has
no say in that, so the heuristics are wrapped: where one of them would leave out a line or a file that
holds a credential of ours, the line is looked at, and everything that other plugins find only because
of that is left out again. Filters that a user configures (``--exclude-...``, word lists) and the
pragma stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aliscan.plugin.found import Value, in_file, in_snippet

if TYPE_CHECKING:
    from detect_secrets.util.code_snippet import CodeSnippet

_BY_VALUE = (
    "is_sequential_string",
    "is_potential_uuid",
    "is_likely_id_string",
    "is_templated_secret",
    "is_prefixed_with_dollar_sign",
    "is_not_alphanumeric_string",
)
_BY_FILE = ("is_lock_file", "is_swagger_file", "is_non_text_file")
_spared_files: set[str] = set()
_spared_lines: set[tuple[str, str]] = set()


def spare_ours() -> None:
    """Wrap the heuristics; doing it twice is doing it once."""
    from detect_secrets.filters import heuristic
    from detect_secrets.settings import get_filters

    if getattr(heuristic.is_indirect_reference, "spares_aliscan", False):
        return
    for name in _BY_VALUE:
        _replace(heuristic, name, _by_value(getattr(heuristic, name)))
    for name in _BY_FILE:
        _replace(heuristic, name, _by_file(getattr(heuristic, name)))
    _replace(heuristic, "is_indirect_reference", _by_line(heuristic.is_indirect_reference))
    get_filters.cache_clear()


def _replace(module: Any, name: str, wrapped: Any) -> None:
    wrapped.__name__ = wrapped.__qualname__ = name
    wrapped.__module__ = module.__name__
    wrapped.spares_aliscan = True
    setattr(module, name, wrapped)


# detect-secrets hands a filter the arguments that its signature names: all three need the names here.


def _by_value(original: Callable[..., bool]) -> Callable[..., bool]:
    wants = original.__code__.co_varnames[: original.__code__.co_argcount]

    def judge(secret: str, filename: str = "", line: str = "", plugin: Any = None) -> bool:
        if isinstance(secret, Value):
            return False
        if filename in _spared_files or (filename, line) in _spared_lines:
            return True
        given = {"secret": secret, "line": line, "plugin": plugin}
        return original(**{name: given[name] for name in wants})

    return judge


def _by_file(original: Callable[..., bool]) -> Callable[..., bool]:
    def judge(filename: str) -> bool:
        if not original(filename):
            return False
        if in_file(filename) is None:
            return True
        _spared_files.add(filename)
        return False

    return judge


def _by_line(original: Callable[..., bool]) -> Callable[..., bool]:
    def judge(line: str, filename: str = "", context: CodeSnippet | None = None) -> bool:
        if not original(line):
            return False
        found = in_file(filename)
        if context is None:  # ``scan --only-allowlisted`` does not say where the line stands
            ours = found is not None and found.holds(line)
        elif found is not None and found.shows(number := _number(context), line):
            ours = any(found.at(number))
        else:
            ours = any(in_snippet(line, context))
        if ours:
            _spared_lines.add((filename, line))
        return not ours

    return judge


def _number(context: CodeSnippet) -> int:
    number: int = context.start_line + context.target_index + 1
    return number

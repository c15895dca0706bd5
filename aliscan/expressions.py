"""What `re` compiles, kept between runs: a scan's two hundred expressions take a tenth of its time.

`re` keeps what it has compiled in a table of its own and looks there first. This module fills that
table from a file (`aliscan.kept.Folder`), so that no other code knows of it. All of it are internals
of Python, which differ from version to version: what is saved is compared with what `re` made, and
where anything is not as expected nothing is saved or loaded, and `re` compiles as ever.
"""

from __future__ import annotations

import marshal
import re
import sys
from contextlib import suppress

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from aliscan.kept import Folder

_KEY = f"{sys.implementation.cache_tag} {sys.version} {sys.maxunicode}"  # of what is kept for this Python


def load(folder: Folder) -> int:
    """Hand `re` the expressions that are kept in a folder. How many it had when they were saved, 0: none."""
    data = folder.load(_KEY)
    if data is None:
        return 0
    table = _table()
    with suppress(Exception):  # internals: whatever is wrong, `re` compiles
        import _sre  # type: ignore[import-not-found]

        many: int
        many, found = marshal.loads(data)  # noqa: S302 - nobody else can have written it
        for pattern, flags, arguments in found:
            table[type(pattern), pattern, flags] = _sre.compile(*arguments)
        return many
    return 0


def save(folder: Folder, loaded: int) -> None:
    """Keep what `re` has compiled in this process, if that is more than it had when `load` said so."""
    many = len(_table())
    if many <= loaded:
        return
    with suppress(Exception):
        folder.save(_KEY, marshal.dumps((many, list(_compiled()))))


def _compiled() -> Iterator[tuple[Any, int, tuple[Any, ...]]]:
    """Each expression: what it is looked up by, and the arguments that make it anew."""
    import _sre

    for (kind, pattern, flags), expected in list(_table().items()):
        if kind not in (bytes, str) or flags & re.LOCALE:
            continue
        arguments = _arguments(pattern, flags)
        if _sre.compile(*arguments) == expected:  # compares the code
            yield pattern, flags, arguments


def _arguments(pattern: Any, flags: int) -> tuple[Any, ...]:
    """As `re` computes them to make the expression."""
    if sys.version_info >= (3, 11):
        from re import _compiler, _parser
    else:
        import sre_compile as _compiler
        import sre_parse as _parser
    compiler: Any = _compiler
    parsed = _parser.parse(pattern, flags)
    code = [int(word) for word in compiler._code(parsed, flags)]
    groups = parsed.state.groupdict
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in groups.items():
        names[number] = name
    return pattern, int(flags | parsed.state.flags), code, parsed.state.groups - 1, groups, tuple(names)


def _table() -> dict[Any, Any]:
    """The table of `re`; one that is of no use where it has none."""
    table = getattr(re, "_cache", None)
    return table if isinstance(table, dict) else {}

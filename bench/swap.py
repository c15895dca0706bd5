"""Give one function of a loaded module the code of a mutant. Imported by bench/trials.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

from bench.mutants import TOP, Mutant

_Path = tuple[str, ...]


def named(file: Path) -> str:
    """What the module in a file is called."""
    parts = file.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def swap(mutant: Mutant) -> bool:
    """Whether the one function that a mutant changes was found and has the new code now.

    Who holds a reference to the function runs the new code too, decorated or not. Caches are not emptied.
    """
    file = TOP / mutant.site.path
    before = list(_functions(compile(file.read_text("utf-8"), str(file), "exec", dont_inherit=True)))
    after = list(_functions(compile(mutant.source, str(file), "exec", dont_inherit=True)))
    if [path for path, _ in before] != [path for path, _ in after]:
        return False
    changed = [(path, old, new) for (path, old), (_, new) in zip(before, after, strict=True) if old != new]
    if len(changed) != 1:
        return False
    path, old, new = changed[0]
    function = _found(sys.modules.get(named(file)), path)
    if function is None or function.__code__ != old or old.co_freevars != new.co_freevars:
        return False
    function.__code__ = new
    return True


def _functions(code: CodeType, path: _Path = ()) -> Iterator[tuple[_Path, CodeType]]:
    """The functions of a module and of its classes, those inside of others left out."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & 0x2:  # CO_NEWLOCALS: a function, not the body of a class
                yield (*path, constant.co_name), constant
            else:
                yield from _functions(constant, (*path, constant.co_name))


def _found(thing: object, path: _Path) -> FunctionType | None:
    """The function itself, out of its decorators."""
    for name in path:
        thing = vars(thing).get(name) if hasattr(thing, "__dict__") else None
    for wrapper in ("__wrapped__", "fget", "func", "__func__"):
        thing = getattr(thing, wrapper, thing)
    return thing if isinstance(thing, FunctionType) else None

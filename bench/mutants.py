"""Draw mutants of ``aliscan/detect``: cosmic-ray's operators, a random sample. Imported by bench/mutation.py.

A *site* is one place that one kind of operator can change (a number, a comparison, a condition); of the many
changes that cosmic-ray knows for a site (eleven for a plus sign alone) one is drawn, so that easy ones do
not crowd out the others. Annotations, which nothing evaluates, are no sites.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

TOP = Path(__file__).parent.parent
# `is` beside `==` says the same of None and of small numbers: no test can tell them apart.
_SAME = ("_Eq_Is", "_Is_Eq", "_NotEq_IsNot", "_IsNot_NotEq")


@dataclass(frozen=True, order=True)
class Site:
    """A place in a file, and what cosmic-ray can do there: (operator, which of its occurrences)."""

    path: str  # from the top of the repository
    line: int
    column: int
    kind: str
    changes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Mutant:
    """One changed file. ``removed`` and ``added``: the lines that differ, stripped."""

    site: Site
    operator: str
    source: str
    removed: str
    added: str
    lines: frozenset[int]  # of the statement; empty where it runs at import

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list of equivalent mutants names it by: lines move, text stays."""
        return self.site.path, self.removed.strip(), self.added.strip()


def _operators() -> dict[str, list[str]]:
    kinds = defaultdict(list)
    for name in operator_names():
        if not get_operator(name).arguments() and not name.endswith(_SAME):
            kinds[name.removeprefix("core/").split("_")[0]].append(name)
    return kinds


def sites(path: Path) -> list[Site]:
    """Every site of one file, in reading order."""
    source = path.read_text("utf-8")
    nodes, skipped = list(ast_nodes(get_ast(source))), _unevaluated(ast.parse(source))
    found: dict[tuple[int, int, str], list[tuple[str, int]]] = defaultdict(list)
    for kind, names in _operators().items():
        for name in names:
            operator, occurrence = get_operator(name)(), 0
            for node in nodes:
                for (line, column), _ in operator.mutation_positions(node):
                    if not any(low <= (line, column) < high for low, high in skipped):
                        found[line, column, kind].append((name, occurrence))
                    occurrence += 1
    inside = str(path.relative_to(TOP))
    return sorted(Site(inside, *where, tuple(changes)) for where, changes in found.items())


def _unevaluated(tree: ast.Module) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations and what only type checkers read stand."""
    skipped: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation:
            skipped.append(node.annotation)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            skipped.append(node.returns)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            skipped += node.body
            skipped.append(node.test)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TYPE_CHECKING":
            skipped.append(node)
    return [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in skipped]


def sample(files: list[Path], count: int, seed: int) -> Iterator[Mutant]:
    """About ``count`` mutants, every file with as many as its share of all sites (one at least).

    The files come in random turns: the first hundred are a sample of all, too.
    """
    every = {path: sites(path) for path in files}
    total = sum(map(len, every.values()))
    turns = [path for path in files for _ in range(max(1, round(count * len(every[path]) / total)))]
    Random(seed).shuffle(turns)
    drawn = {path: _drawn(path, choices, seed) for path, choices in every.items()}
    for path in turns:
        mutant = next(drawn[path], None)
        if mutant:
            yield mutant


def _drawn(path: Path, choices: list[Site], seed: int) -> Iterator[Mutant]:
    rng = Random(f"{seed}/{path.relative_to(TOP)}")
    rng.shuffle(choices)
    source = path.read_text("utf-8")
    for site in choices:
        mutant = _mutant(site, source, rng)
        if mutant:
            yield mutant


def _mutant(site: Site, source: str, rng: Random) -> Mutant | None:
    """One change of a site; None where none of them compiles and differs."""
    for name, occurrence in rng.sample(site.changes, len(site.changes)):
        try:
            mutated = mutate_code(source, get_operator(name)(), occurrence)
            same = ast.dump(ast.parse(mutated)) == ast.dump(ast.parse(source))
        except (SyntaxError, AttributeError):  # the latter: cosmic-ray's own, at `except zlib.error`
            continue
        if not same:
            removed, added = _difference(source, mutated)
            lines = _statement(ast.parse(source), site.line)
            return Mutant(site, name.removeprefix("core/"), mutated, removed, added, lines)
    return None


def _difference(before: str, after: str) -> tuple[str, str]:
    """The lines in which two texts differ."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return tuple(" ".join(line.strip() for line in part) for part in (old, new))


def _statement(tree: ast.Module, line: int) -> frozenset[int]:
    """The lines of the smallest statement around a line, or nothing where no function is around it."""
    found: list[tuple[int, int]] = []
    inside = False
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= node.end_lineno:
            continue
        body = getattr(node, "body", None)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside |= line >= body[0].lineno
        elif isinstance(node, ast.ClassDef):
            continue
        end = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
        if line <= end:
            found.append((node.lineno, end))
    if not inside:
        return frozenset()
    low, high = min(found, key=lambda f: f[1] - f[0], default=(line, line))  # none: "except" and the like
    return frozenset(range(low, high + 1))

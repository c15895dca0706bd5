"""Who may see a whole value: every caller of `Secret.reveal`, by an AST walk over the package."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "aliscan"

# file -> function -> why it must have the bytes. Adding a line here is a decision for a reviewer.
DOORS = {
    "commands/audit.py": {"_lines": "takes the values out of the lines that it shows"},
    "history/rewrite.py": {"collect": "writes the list of values that git filter-repo replaces"},
    "plugin/found.py": {"_hits": "detect-secrets hashes the value itself"},
    "triage/baseline.py": {"hashed": "the baseline's SHA-1"},
    "verify/report.py": {"*": "signs the request that asks STS"},
}


def callers() -> dict[str, set[str]]:
    """file -> the functions in which the attribute ``reveal`` or the slot ``_value`` is touched."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name == "finding.py":
            continue
        tree = ast.parse(path.read_bytes())
        inside: dict[ast.AST, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for child in ast.walk(node):
                    inside.setdefault(child, node.name)
        for node in ast.walk(tree):
            by_name = isinstance(node, ast.Constant) and node.value == "reveal"
            if by_name or (isinstance(node, ast.Attribute) and node.attr == "reveal"):
                found.setdefault(name, set()).add(inside.get(node, "<module>"))
    return found


def test_only_the_listed_functions_reveal() -> None:
    found = callers()
    assert set(found) == set(DOORS)
    for name, functions in found.items():
        if "*" not in DOORS[name]:
            assert functions == set(DOORS[name]), name


def test_reports_reveal_nothing() -> None:
    assert not any(name.startswith(("formats/", "detect/", "sources/", "advice/")) for name in callers())

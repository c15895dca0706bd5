"""The catalogue of messages: find every msgid in the source, update the .po, compile the .mo.

    python tools/messages.py          what `make messages` runs
    python tools/messages.py --check  exit 1 and name what has no translation, or what is not compiled

A msgid is: the argument of `_`, `N_` and `said`; a help, description, title or epilog given to argparse;
title and description of a RuleInfo; the name of a note; the reason of a Gap; the help of a command
(COMMANDS).
argparse's own words are in the catalogue too, of every Python that this ran under.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "aliscan" / "locale" / "zh_CN" / "LC_MESSAGES"
PO, MO = FOLDER / "aliscan.po", FOLDER / "aliscan.mo"

_HEADER = r"""# Simplified Chinese messages of aliscan. Licence: Apache-2.0, as the project.
# Sorted, without places, one line a message: so that lines merge. `make messages` adds what is new.
msgid ""
msgstr ""
"Project-Id-Version: aliscan\n"
"POT-Creation-Date: 2026-01-01 00:00+0000\n"
"PO-Revision-Date: 2026-01-01 00:00+0000\n"
"Language: zh_CN\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""
_SHOWN = {"help", "description", "epilog", "title"}
_PARSERS = {"add_argument", "add_parser", "add_argument_group", "add_subparsers", "Parser", "ArgumentParser"}


def source_messages() -> dict[str, str]:
    """Every msgid of aliscan, with a place where it stands (``file:line``)."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "aliscan").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        with path.open("rb") as file:
            for line, message, _comments, _context in extract(
                "python", file, keywords={"_": None, "N_": None, "said": None}
            ):
                if isinstance(message, str) and message:
                    found.setdefault(message, f"{name}:{line}")
        for line, message in _in_tables(ast.parse(path.read_bytes())):
            found.setdefault(message, f"{name}:{line}")
    return found


def _in_tables(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Messages that no function marks: (line, msgid)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = any(isinstance(t, ast.Name) and t.id == "COMMANDS" for t in targets)
            if named and isinstance(node.value, ast.Dict):
                yield from _text(*node.value.values)


def _in_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in ("_", "N_", "said"):  # Babel does not look into f-strings before Python 3.12
        yield from _text(*call.args)
    elif name in _PARSERS:
        yield from _text(*(k.value for k in call.keywords if k.arg in _SHOWN))
        if name == "add_argument_group":
            yield from _text(*call.args[:2])
    elif name == "RuleInfo":
        yield from _text(*(a for i, a in enumerate(call.args) if i in (1, 3)))
        yield from _text(*(k.value for k in call.keywords if k.arg in ("title", "description")))
    elif name == "Gap":
        yield from _text(*call.args[1:2], *(k.value for k in call.keywords if k.arg == "reason"))
    for keyword in call.keywords:
        if keyword.arg == "notes":
            for node in ast.walk(keyword.value):
                if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                    yield from _text(node.elts[0])


def _text(*nodes: ast.expr | None) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            yield node.lineno, node.value


def argparse_messages() -> dict[str, str]:
    """What argparse of this Python says by itself."""
    with open(argparse.__file__, "rb") as file:
        found = extract("python", file, keywords={"_": None, "ngettext": (1, 2)})
        words: dict[str, str] = {}
        for line, message, _comments, _context in found:
            for text in message if isinstance(message, tuple) else (message,):
                words[text] = f"argparse:{line}"
    return words


def read() -> dict[str, str]:
    """The translations in the .po: msgid -> msgstr; untranslated ones are empty."""
    return {str(m.id): str(m.string) for m in _catalogue() if m.id}


def argparse_known() -> set[str]:
    """The msgids of the .po that come from argparse, of whatever Python."""
    return {str(m.id) for m in _catalogue() if "argparse" in m.auto_comments}


def _catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def write(translations: dict[str, str], from_argparse: set[str]) -> None:
    """Write the .po: sorted, one line a message."""
    out = io.StringIO()
    out.write(_HEADER)
    for msgid in sorted(translations):
        out.write("\n#. argparse\n" if msgid in from_argparse else "\n")
        if "%(" in msgid or "%s" in msgid:
            out.write("#, python-format\n")
        out.write(f"msgid {_quoted(msgid)}\nmsgstr {_quoted(translations[msgid])}\n")
    PO.write_text(out.getvalue(), encoding="utf-8", newline="\n")


def _quoted(text: str) -> str:
    for char, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(char, escaped)
    return f'"{text}"'


def compile_catalogue() -> None:
    """Write the .mo from the .po, without untranslated messages."""
    with MO.open("wb") as file:
        write_mo(file, _catalogue())


def compiled() -> dict[str, str]:
    """The translations in the .mo."""
    import gettext

    with MO.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    known = vars(catalogue)["_catalog"]
    return {k: v for k, v in known.items() if isinstance(k, str) and k}


def faults() -> list[str]:
    """What is wrong with the catalogue, a line each; empty when it is complete and compiled."""
    known = read()
    wanted = {**source_messages(), **argparse_messages()}
    found = [f"{place}: no translation: {msgid!r}" for msgid, place in wanted.items() if not known.get(msgid)]
    if compiled() != {k: v for k, v in known.items() if v}:
        found.append(f"{MO.name} is not what {PO.name} says: run make messages")
    return found


def main() -> int:
    """Update the catalogue, or check it."""
    if "--check" in sys.argv:
        for line in faults():
            print(line)
        return bool(faults())
    old = read() if PO.exists() else {}
    ours, theirs = source_messages(), argparse_messages()
    from_argparse = (set(theirs) | (argparse_known() if PO.exists() else set())) - set(ours)
    write({msgid: old.get(msgid, "") for msgid in {*ours, *from_argparse}}, from_argparse)
    compile_catalogue()
    missing = [msgid for msgid, text in read().items() if not text]
    for msgid in missing:
        print(f"no translation: {msgid!r}")
    print(f"{len(read())} messages, {len(missing)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())

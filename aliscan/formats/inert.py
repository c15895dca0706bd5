"""Text of strangers, made harmless for the notation it is printed in (5.7).

`aliscan.git.show` is the first step everywhere: one line, no control, bidirectional or undecodable
character, nothing that CI takes for a command. What follows here is the quoting of each notation.
"""

from __future__ import annotations

import re

from aliscan.finding import Origin
from aliscan.git import show
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any


def plain(text: str) -> str:
    """Any text (a note, a reason) as one inert line; what `show` does for bytes."""
    try:
        return show(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half of a surrogate pair that stands for no byte
        return show(text.encode("utf-8", "surrogatepass"))


def where(origin: Origin) -> str:
    """One inert line that names the place bytes came from: the path, and the way through containers."""
    base = show(origin.path) or nameless(origin)
    return "!".join([base, *map(show, origin.member)])


def nameless(origin: Origin) -> str:
    """What stands for the path of something that has none: ``<stdin>``, ``<commit 0123456789ab>``."""
    if origin.kind in ("stdin", "message"):
        return {"stdin": _("<standard input>"), "message": _("<commit message>")}[origin.kind]
    oid = (origin.oid or origin.commit)[:12]
    return f"<{origin.kind} {oid}>" if oid else _("<the repository>")


def dumps(document: Any, indent: int | None = None) -> str:
    """A JSON text in ASCII that no CI log takes for a command of its own.

    ``##`` stands only inside strings, where ``\\\\u0023`` means the same.
    """
    import json

    return json.dumps(document, ensure_ascii=True, indent=indent).replace("##", "#\\u0023")


def code(text: str) -> str:
    """Untrusted text as a Markdown code span that no table, renderer or mention can break out of."""
    safe = plain(text)
    for char in "`|<":
        safe = safe.replace(char, f"\\x{ord(char):02x}")
    return f"`{safe}`" if safe.strip() else "` `"


def cell(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    safe = plain(text)
    return "'" + safe if safe.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") and safe else safe


def shell(path: bytes) -> str:
    """A path as one word of a POSIX shell; as ``$'…'`` (bash, zsh) when it holds what cannot be printed."""
    text = show(path)
    if text.encode() == path:
        import shlex

        return shlex.quote(text)
    return "$'" + "".join(_shell_byte(b) for b in path) + "'"


def _shell_byte(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and (char.isalnum() or char in "/._-+,= ") else f"\\x{byte:02x}"


def masked(text: str) -> str:
    """A masked value reduced to characters that mean nothing in any notation."""
    return re.sub(r"[^A-Za-z0-9*() .?_-]", "?", text)


def label(text: str) -> str:
    """The name of a note: a few plain words, so that every format can print it as its own."""
    text = plain(text)
    if text.replace("-", "").isalnum():  # as our own names are: no expression is compiled for them
        return text
    return re.sub(r"[^\w .,/()-]", "?", text).strip() or "?"

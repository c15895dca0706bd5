"""Text of strangers, made harmless for the place it is printed in.

`aliscan.git.show` is the first step everywhere: one line, no control, bidirectional or undecodable
character. What follows here is the quoting of each notation (5.7).
"""

from __future__ import annotations

import json
from typing import Any

from aliscan.finding import Origin
from aliscan.git import show


def plain(text: str) -> str:
    """Any text (a note, a reason) as one inert line; what `show` does for bytes."""
    try:
        return show(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half of a surrogate pair that stands for no byte
        return show(text.encode("utf-8", "surrogatepass"))


def where(origin: Origin) -> str:
    """One inert line that names the place bytes came from: the path, and the way through containers."""
    base = show(origin.path) or {"stdin": "<stdin>", "message": "<message>"}.get(
        origin.kind, f"<{origin.kind} {origin.oid[:12]}>"
    )
    return "!".join([base, *map(show, origin.member)])


def dumps(document: Any, indent: int | None = None) -> str:
    """A JSON text in ASCII that no CI log takes for a command of its own (``##vso[`` and its like).

    ``##`` stands only inside strings, where ``\\\\u0023`` means the same.
    """
    return json.dumps(document, ensure_ascii=True, indent=indent).replace("##", "#\\u0023")

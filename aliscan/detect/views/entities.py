"""HTML and XML character references, by number and by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "html"

WANTED = re.compile(
    rb"&(?:amp;)?#(?:[xX][0-9A-Fa-f]{2,6}|[0-9]{2,7})|&(?:quot|apos|equals|colon|period|comma|lowbar|hyphen|nbsp|"
    rb"Tab|NewLine|num|sol|bsol|lt|gt);"
)
_REFERENCE = re.compile(
    rb"&(?:#[xX](?P<hex>[0-9A-Fa-f]{1,6})|#(?P<number>[0-9]{1,7})|(?P<name>[A-Za-z]{2,31})(?=;));?"
)


def edits(data: bytes) -> Iterator[Edit]:
    """Every character reference, replaced by its character in UTF-8."""
    if not WANTED.search(data):
        return
    from html.entities import html5  # two thousand names

    for m in _REFERENCE.finditer(data):
        if m["name"]:
            character = html5.get(m["name"].decode() + ";")
        else:
            code = int(m["hex"], 16) if m["hex"] else int(m["number"])
            character = chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else None
        if character:
            yield Edit(m.start(), m.end(), character.encode())

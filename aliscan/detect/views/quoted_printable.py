"""Quoted-printable: the escapes and soft line breaks of mail (RFC 2045, 6.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "quoted-printable"

# "=3D" is what every such text with an equal sign holds; a soft break that cuts a word; or a run.
_WANTED = re.compile(
    rb"=(?:3[Dd]|(?<=[A-Za-z0-9+/]=)\r?\n[A-Za-z0-9+/=]|[2-7][0-9A-F](?:=[2-7][0-9A-F]){3}|E[0-9A-F]=[89AB])"
)
_EDIT = re.compile(rb"=(?:(?P<soft>[ \t]{0,20}\r?\n)|[0-9A-Fa-f]{2}(?:=[0-9A-Fa-f]{2}){0,4095})")


def edits(data: bytes) -> Iterator[Edit]:
    """Soft breaks removed, escapes replaced by their bytes."""
    if not _WANTED.search(data):
        return
    for m in _EDIT.finditer(data):
        if m["soft"]:
            yield Edit(m.start(), m.end(), b"")
        else:
            yield Edit(m.start(), m.end(), bytes.fromhex(m[0].replace(b"=", b"").decode()), 3)

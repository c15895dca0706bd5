"""URL encoding: ``%4C%54%41%49``, once or several times."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "url"

# A hidden letter or digit, or an escape that touches a long word (``%3DLTAI...``: no boundary), or
# one that stands for quotes, colons and equal signs between a name and its value.
_WANTED = re.compile(
    rb"%(?:25){0,6}(?:[46][1-9A-Fa-f]|[57][0-9Aa]|3[0-9]|[0-7][0-9A-Fa-f](?=[A-Za-z0-9]{12}|sk-)|22|3[ADad]|0[AaDd])"
)
_RUN = re.compile(rb"%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}){0,4095}")  # `re` looks for a sign that comes first


def edits(data: bytes) -> Iterator[Edit]:
    """Every run of escapes, replaced by its bytes. ``+`` stays."""
    if not _WANTED.search(data):
        return
    for m in _RUN.finditer(data):
        yield Edit(m.start(), m.end(), bytes.fromhex(m[0].replace(b"%", b"").decode()), 3)

"""GBK and GB18030: a key directly after a character whose second byte is an ASCII letter or digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.reading import Edit

NAME = "gb18030"

# Two bytes, or four (a digit second and fourth).
_CHARACTER = rb"[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[0-9][\x81-\xfe][0-9])"
_RUN = re.compile(rb"(?:" + _CHARACTER + rb"){1,4096}")
_TOUCHES = re.compile(rb"[\x81-\xfe][0-9A-Za-z]{17}")


def edits(data: bytes) -> Iterator[Edit]:
    """Every run of Chinese characters in UTF-8, where the whole text is GB18030 and not UTF-8."""
    if data.isascii():
        return
    try:
        data.decode()
        return
    except UnicodeDecodeError:
        pass
    if not _TOUCHES.search(data):
        return
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return
    for m in _RUN.finditer(data):
        yield Edit(m.start(), m.end(), m[0].decode("gb18030", "replace").encode())

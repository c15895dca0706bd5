"""The blocks of YAML: under which keys a value is indented."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADING = re.compile(rb"([ \t]*)(?:- )?[\"']?([A-Za-z][\w.-]{0,60})[\"']?[ \t]*:[ \t]*(?:#.*)?\r?\Z")
LINE = 400
REACH = 4096  # bytes above a value in which the headings of its block may stand


def headings(data: bytes, at: int) -> Iterator[tuple[int, str]]:
    """The keys of YAML under which a value is indented, the innermost first: offset and word."""
    line = data.rfind(b"\n", max(0, at - LINE), at) + 1
    if not line and at > LINE:
        return  # no line of YAML is as long
    floor = max(0, line - REACH)
    depth = len(data[line:at]) - len(data[line:at].lstrip(b" "))
    while depth > 0 and line > floor:
        end, line = line - 1, data.rfind(b"\n", floor, line - 1) + 1
        if line <= floor and floor:
            return
        m = _HEADING.match(data[line:end])
        if m is not None and len(m[1]) < depth:
            depth = len(m[1])
            yield line, m[2].decode()

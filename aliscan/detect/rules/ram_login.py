"""Console logins of RAM users: `alibaba-ram-login`.

The console shows them once, people paste them into files: a user name that ends in
``.onaliyun.com`` and the login password beside it (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import lines_around
from aliscan.detect.passwords import is_meant, named
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

LOGIN = "alibaba-ram-login"

RULES = (
    RuleInfo(LOGIN, "Console login of a RAM user", Severity.HIGH,
             "Whoever reads it can log in to the console with the user's rights, unless MFA stops them."),
)  # fmt: skip

LINES, LIMIT = 4, 600
_RANK = 18

_USER = re.compile(rb"(?<![A-Za-z0-9._-])[A-Za-z0-9._-]{1,64}@[A-Za-z0-9-]{2,64}\.onaliyun\.com")
# The console's CSV: the header names a password column, the row has it after the user.
_CSV_HEADER = re.compile(
    rb"(?i)(?:password|\xe5\xaf\x86\xe7\xa0\x81|\xc3\xdc\xc2\xeb)[^\r\n]{0,200},|,[^\r\n]{0,200}(?:password|\xe5\xaf\x86\xe7\xa0\x81)"
)
_CELL = re.compile(rb"[^,\r\n]*")


def find(text: Text) -> Iterator[Candidate]:
    """Yield the literal password nearest to each user name."""
    data = text.data
    seen: set[int] = set()
    for user in _USER.finditer(data):
        row = _cell(data, user)
        span = _named(data, user) if row is None else row[0] if row else None
        if span is not None and span.start not in seen:
            seen.add(span.start)
            yield Candidate(
                LOGIN, Severity.HIGH, Confidence.HIGH, (Span("user", *user.span()), span), rank=_RANK
            )


def _named(data: bytes, user: re.Match[bytes]) -> Span | None:
    window = lines_around(data, user.start(), user.end(), LINES, LIMIT)
    found = [x for x in named(data, window) if is_meant(data[x.start : x.end])]
    found = [x for x in found if not _USER.search(data[x.start : x.end])]
    if not found:
        return None
    best = min(
        found, key=lambda x: x.start - user.end() if x.start > user.end() else 3 * (user.start() - x.start)
    )
    return Span(PASSWORD, best.start, best.end)


def _cell(data: bytes, user: re.Match[bytes]) -> list[Span] | None:
    """The cell of the password column in the row that holds the user: none if empty; None if it is no CSV."""
    low = data.rfind(b"\n", max(0, user.start() - 2000), user.start()) + 1
    header = data[max(0, data.rfind(b"\n", max(0, low - 2000), max(0, low - 1)) + 1) : low].strip(
        b"\xef\xbb\xbf\r\n"
    )
    if b"," not in header or not _CSV_HEADER.search(header + b","):
        return None
    names = header.lower().split(b",")
    column = next((n for n, name in enumerate(names) if any(w in name for w in _PASSWORD_WORDS)), None)
    if column is None:
        return None
    at = low
    for _ in range(column):
        at = data.find(b",", at, low + 2000) + 1
        if at == 0:
            return None
    cell = _CELL.match(data, at)
    if cell is None:
        return None
    raw = cell[0].strip(b" \"'")
    start = at + cell[0].find(raw)
    return [Span(PASSWORD, start, start + len(raw))] if is_meant(raw) else []


_PASSWORD_WORDS = (b"password", "密码".encode(), "密码".encode("gbk"))

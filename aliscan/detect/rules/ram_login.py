"""Console logins of RAM users: `alibaba-ram-login`.

The console shows them once, people paste them into files: a user name that ends in
``.onaliyun.com`` and the login password beside it (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import left_of, line_before, lines_around
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
# The console's CSV: its header names a password column, and stands some rows above the user.
_LINE, _TABLE = 2000, 4000  # bytes


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
    low = user.start() - len(line_before(data, user.start(), _LINE))
    cells = data[low : user.end() + _LINE].partition(b"\n")[0].split(b",")
    column = _column(left_of(data, low, _TABLE))
    if column is None or len(cells) == 1:
        return None
    if column >= len(cells):
        return []
    raw = cells[column].strip(b" \"'\r")
    start = low + sum(len(cell) + 1 for cell in cells[:column]) + cells[column].find(raw)
    return [Span(PASSWORD, start, start + len(raw))] if is_meant(raw) else []


def _column(above: bytes) -> int | None:
    """Which column is the password's, by the header that stands some rows above."""
    rows = above.split(b"\n")[len(above) == _TABLE : -1]  # the first may be cut
    for row in reversed(rows):
        names = row.lower().split(b",")
        if len(names) == 1:
            return None
        found = next((n for n, name in enumerate(names) if any(w in name for w in _PASSWORD_WORDS)), None)
        if found is not None:
            return found
    return None


_PASSWORD_WORDS = (b"password", "密码".encode(), "密码".encode("gbk"))

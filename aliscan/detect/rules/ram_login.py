"""Console logins of RAM users: `alibaba-ram-login`.

The console shows them once, people paste them into files: a user name that ends in
``.onaliyun.com`` and the login password beside it (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from aliscan.detect.near import joined, left_of, line_before, lines_around
from aliscan.detect.passwords import Literal, is_meant, named
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
    users = list(_USER.finditer(data))
    around = [lines_around(data, user.start(), user.end(), LINES, LIMIT) for user in users]
    passwords = [x for window in joined(around) for x in named(data, window) if _is_password(data, x)]
    starts = [x.start for x in passwords]
    seen: set[int] = set()
    for user, window in zip(users, around, strict=True):
        row = _cell(data, user)
        if row is None:
            near = passwords[bisect_left(starts, window.start) : bisect_right(starts, window.end)]
            span = _nearest(user, near)
        else:
            span = row[0] if row else None
        if span is not None and span.start not in seen:
            seen.add(span.start)
            yield Candidate(
                LOGIN, Severity.HIGH, Confidence.HIGH, (Span("user", *user.span()), span), rank=_RANK
            )


def _is_password(data: bytes, literal: Literal) -> bool:
    value = data[literal.start : literal.end]
    return is_meant(value) and not _USER.search(value)


def _nearest(user: re.Match[bytes], found: list[Literal]) -> Span | None:
    if not found:
        return None
    best = min(
        found, key=lambda x: x.start - user.end() if x.start > user.end() else 3 * (user.start() - x.start)
    )
    return Span(PASSWORD, best.start, best.end)


def _cell(data: bytes, user: re.Match[bytes]) -> list[Span] | None:
    """The cell of the password column in the row that holds the user: none if empty; None if it is no CSV."""
    low = user.start() - len(line_before(data, user.start(), _LINE))
    cells = list(_cells(data[low : user.end() + _LINE].partition(b"\n")[0]))
    column = _column(left_of(data, low, _TABLE))
    if column is None or len(cells) == 1:
        return None
    if column >= len(cells):
        return []
    raw = cells[column].strip(b" \"'\r")
    start = low + sum(len(cell) + 1 for cell in cells[:column]) + cells[column].find(raw)
    return [Span(PASSWORD, start, start + len(raw))] if is_meant(raw) and not _USER.search(raw) else []


def _cells(row: bytes) -> Iterator[bytes]:
    """The cells of a row, as they stand; a comma within quotes parts none."""
    at = 0
    while at <= len(row):
        cell = _CELL.match(row, at)
        assert cell is not None  # it matches nothing too
        yield cell[0]
        at = cell.end() + 1


_CELL = re.compile(rb'[ ]{0,4}"[^"]{0,400}"[ \r]{0,4}(?=,|\Z)|[^,]*')


def _column(above: bytes) -> int | None:
    """Which column is the password's, by the header that stands some rows above."""
    above = above.lower()
    at = max(above.rfind(word) for word in _PASSWORD_WORDS)
    start, end = above.rfind(b"\n", 0, at) + 1, above.find(b"\n", at)
    if at < 0 or end < 0 or (not start and len(above) == _TABLE):  # the first line may be cut
        return None
    if not all(b"," in row for row in above[start:-1].split(b"\n")):
        return None
    names = list(_cells(above[start:end]))
    column = next(n for n, name in enumerate(names) if any(word in name for word in _PASSWORD_WORDS))
    return column if _LABEL.fullmatch(names[column]) else None


# A line of a program has commas and the word too
_LABEL = re.compile(rb"[ \"']{0,4}[\w .()/\x80-\xff-]{1,60}[ \"'\r]{0,4}")
_PASSWORD_WORDS = (b"password", "密码".encode(), "密码".encode("gbk"))

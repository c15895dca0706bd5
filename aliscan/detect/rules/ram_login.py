"""Console logins of RAM users: `alibaba-ram-login`.

The console shows them once, people paste them into files: a user name that ends in
``.onaliyun.com`` and the login password beside it (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from aliscan.detect.near import joined, lines_around
from aliscan.detect.passwords import Literal, is_meant, named
from aliscan.detect.tables import cell_beside
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


def find(text: Text) -> Iterator[Candidate]:
    """Yield the literal password nearest to each user name."""
    data = text.data
    users = list(_USER.finditer(data))
    around = [lines_around(data, user.start(), user.end(), LINES, LIMIT) for user in users]
    passwords = [x for window in joined(around) for x in named(data, window) if _is_password(data, x)]
    starts = [x.start for x in passwords]
    seen: set[int] = set()
    for user, window in zip(users, around, strict=True):
        cell = cell_beside(data, *user.span())
        if cell is None:
            near = passwords[bisect_left(starts, window.start) : bisect_right(starts, window.end)]
            span = _nearest(user, near)
        else:
            is_one = cell.start < cell.end and not _USER.search(data, cell.start, cell.end)
            span = Span(PASSWORD, cell.start, cell.end) if is_one else None
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

"""Logins of package repositories of Yunxiao: `alibaba-packages-password`.

Build files hold them beside ``packages.aliyun.com``; the user is 24 hex digits, which tells them from
every other login of a build file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import Window, windows
from aliscan.detect.passwords import is_meant, is_of_others, named
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

PACKAGES = "alibaba-packages-password"

RULES = (
    RuleInfo(PACKAGES, "Password of a package repository of Yunxiao", Severity.HIGH,
             "Whoever reads it can pull private packages and push changed ones."),
)  # fmt: skip

NEAR = 200  # bytes between user and password

_USER = re.compile(rb"(?i:user(?:_?name)?)[^A-Za-z0-9\r\n]{1,8}[0-9a-f]{24}(?![A-Za-z0-9])")


def find(text: Text) -> Iterator[Candidate]:
    """Yield the literal password after each user whose name is one of Yunxiao's."""
    data = text.data
    users = [m.span() for m in _USER.finditer(data)]
    for start, end in windows(users, 0, NEAR, len(data)):
        for literal in named(data, Window(start, end)):
            if not is_of_others(literal.name) and is_meant(data[literal.start : literal.end], literal.quoted):
                span = Span(PASSWORD, literal.start, literal.end)
                yield Candidate(PACKAGES, Severity.HIGH, Confidence.HIGH, (span,), rank=18)

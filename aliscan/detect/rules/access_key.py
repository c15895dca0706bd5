"""AccessKey ids and secrets: `alibaba-access-key-pair`, `-id`, `-secret`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import ACCESS_KEY_ID, ACCESS_KEY_SECRET, Confidence, Severity

PAIR = "alibaba-access-key-pair"
ID = "alibaba-access-key-id"
SECRET = "alibaba-access-key-secret"  # noqa: S105 - a rule's name

RULES = (
    RuleInfo(PAIR, "AccessKey id with its secret", Severity.CRITICAL,
             "Whoever reads both can call Alibaba Cloud with every right of their owner."),
    RuleInfo(SECRET, "AccessKey secret", Severity.HIGH,
             "The secret half of an AccessKey; its id is public by nature and easily found."),
    RuleInfo(ID, "AccessKey id", Severity.MEDIUM,
             "Names an AccessKey; not a credential by itself, but it should not be in code."),
)  # fmt: skip

_ID = re.compile(rb"(?<![A-Za-z0-9])LTAI(?:[A-Za-z0-9]{20}|[A-Za-z0-9]{12})(?![A-Za-z0-9])")
_SECRET = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{30}(?![A-Za-z0-9])")
WINDOW = 400


def find(text: Text) -> Iterator[Candidate]:
    """Yield pairs and lone ids."""
    data = text.data
    for m in _ID.finditer(data):
        ident = Span(ACCESS_KEY_ID, m.start(), m.end())
        secret = _SECRET.search(data, m.end(), m.end() + WINDOW)
        if secret:
            spans = (ident, Span(ACCESS_KEY_SECRET, secret.start(), secret.end()))
            yield Candidate(PAIR, Severity.CRITICAL, Confidence.HIGH, spans, rank=30)
        else:
            yield Candidate(ID, Severity.MEDIUM, Confidence.HIGH, (ident,), rank=10)

"""SASL passwords of Message Queue for Apache Kafka: `alibaba-kafka-password`.

The user is ``alikafka_`` + kind + instance, the password 32 letters and digits, or what an
administrator chose (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import windows
from aliscan.detect.needs import KAFKA_INSTANCE
from aliscan.detect.passwords import is_meant, named
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

KAFKA = "alibaba-kafka-password"

RULES = (
    RuleInfo(KAFKA, "SASL password of a Kafka instance", Severity.HIGH,
             "Whoever reads it can read and write the instance's topics."),
)  # fmt: skip

NEAR = 600

_INSTANCE = re.compile(KAFKA_INSTANCE)
_LOGIN = re.compile(rb"(?i)sasl|PlainLoginModule|ScramLoginModule|alikafka_|username|kafka")


def find(text: Text) -> Iterator[Candidate]:
    """Yield literal passwords near an instance's name, beside SASL's own words."""
    data = text.data
    hits = [m.span() for m in _INSTANCE.finditer(data)]
    for window in windows(hits, NEAR, NEAR, len(data)):
        for literal in named(data, window):
            value = data[literal.start : literal.end]
            near = data[max(window.start, literal.start - 240) : literal.start]
            if is_meant(value, literal.quoted) and _LOGIN.search(near):
                span = Span(PASSWORD, literal.start, literal.end)
                yield Candidate(KAFKA, Severity.HIGH, Confidence.HIGH, (span,), rank=19)

"""Logins of RabbitMQ and RocketMQ instances: `alibaba-message-queue-password`.

RabbitMQ's "static user name and password" are base64: the user of ``number:instance:AccessKey id``, the
password of an HMAC in 40 capital hex digits, a colon and 13 digits; it never ends. RocketMQ 5 gives an
instance a user and a password of 16 letters and digits each, which programs call access key and secret key.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator

from aliscan.detect.near import windows
from aliscan.detect.placeholders import is_mixed, is_placeholder
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

QUEUE = "alibaba-message-queue-password"

RULES = (
    RuleInfo(QUEUE, "Password of a RabbitMQ or RocketMQ instance", Severity.HIGH,
             "Whoever reads it can read and write the instance's queues."),
)  # fmt: skip

NEAR = 600  # bytes between a host of RocketMQ and its login
PAIR = 200  # bytes between user and password

_STATIC = re.compile(rb"(?<![A-Za-z0-9+/])[M-R][A-Za-z0-9]{71}(?![A-Za-z0-9+/=])")  # a digit or A to F first
_SIGNED = re.compile(rb"[0-9A-F]{40}:\d{13}")
_ROCKET = re.compile(rb"\.rmq\.aliyuncs\.com")
_GLUE = rb"[\"'`\]]{0,2}(?:[^A-Za-z0-9\r\n]{1,12}|[^A-Za-z0-9\r\n]{1,6}(?i:string|str)[^A-Za-z0-9\r\n]{1,8})"
_WORD = rb"([A-Za-z0-9]{16})(?![A-Za-z0-9])"
_USER = re.compile(rb"(?i:access_?-?key(?:_?id)?|(?<![a-z])ak|user_?-?name|(?<![a-z])user)" + _GLUE + _WORD)
_SECRET = re.compile(rb"(?i:secret_?-?(?:key)?|(?<![a-z])sk|password|passwd|pwd)" + _GLUE + _WORD)


def find(text: Text) -> Iterator[Candidate]:
    """Yield signed passwords wherever they stand, and passwords of 16 characters beside a user and a host."""
    data = text.data
    for m in _STATIC.finditer(data):
        if _SIGNED.fullmatch(a2b_base64(m[0])):
            yield _candidate(*m.span(), Confidence.HIGH)
    for window in windows([m.span() for m in _ROCKET.finditer(data)], NEAR, NEAR, len(data)):
        users = [m.span() for m in _USER.finditer(data, window.start, window.end) if _is_meant(m[1])]
        for near in windows(users, PAIR, PAIR, len(data)):
            for m in _SECRET.finditer(data, near.start, near.end):
                if _is_meant(m[1]):
                    yield _candidate(*m.span(1), Confidence.MEDIUM)


def _is_meant(word: bytes) -> bool:
    return is_mixed(word) and not is_placeholder(word)


def _candidate(start: int, end: int, confidence: Confidence) -> Candidate:
    return Candidate(QUEUE, Severity.HIGH, confidence, (Span(PASSWORD, start, end),), rank=18)

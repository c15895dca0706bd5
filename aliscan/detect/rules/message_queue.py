"""Logins of RabbitMQ, RocketMQ and MQTT instances: `alibaba-message-queue-password`.

RabbitMQ's "static user name and password" are base64: the user of ``number:instance:AccessKey id``, the
password of an HMAC in 40 capital hex digits, a colon and 13 digits; it never ends. RocketMQ 5 gives an
instance a user and a password of 16 letters and digits each, which programs call access key and secret key.
A client of MQTT logs in as ``Signature|AccessKey id|instance`` with the HMAC of its client id: it never ends.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from bisect import bisect_left
from collections.abc import Iterator

from aliscan.detect.near import windows
from aliscan.detect.placeholders import is_mixed, is_placeholder
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

QUEUE = "alibaba-message-queue-password"

RULES = (
    RuleInfo(QUEUE, "Password of a RabbitMQ, RocketMQ or MQTT instance", Severity.HIGH,
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
_ARGUMENTS = re.compile(
    rb"(?i:credentials?)\w{0,20}\(\s{0,12}[\"'`]([A-Za-z0-9]{16})[\"'`]\s{0,4},\s{0,12}[\"'`]([A-Za-z0-9]{16})(?=[\"'`])"
)
_CLIENT = re.compile(rb"Signature\|[A-Za-z0-9]{16,24}\|[a-z0-9-]{8,40}(?![\w|])")
_HMAC = re.compile(rb"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{27}=(?![A-Za-z0-9+/=])")
_CLIENT_NEAR = 400


def find(text: Text) -> Iterator[Candidate]:
    """Yield signed passwords wherever they stand, passwords of 16 characters beside a user and a host, and
    the HMAC that stands nearest to a client of MQTT."""
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
        for m in _ARGUMENTS.finditer(data, window.start, window.end):
            if _is_meant(m[1]) and _is_meant(m[2]):
                yield _candidate(*m.span(2), Confidence.MEDIUM)
    for start, end in sorted(_signatures(data)):
        yield _candidate(start, end, Confidence.HIGH)


def _signatures(data: bytes) -> set[tuple[int, int]]:
    """Start and end of the passwords of MQTT: of each client the first behind it, else the last before it."""
    clients = [m.span() for m in _CLIENT.finditer(data)]
    found: set[tuple[int, int]] = set()
    around = windows(clients, _CLIENT_NEAR, _CLIENT_NEAR, len(data))
    places = [m.span() for w in around for m in _HMAC.finditer(data, w.start, w.end)]
    for start, end in clients:
        at = bisect_left(places, (end, 0))
        near = places[max(0, at - 1) : at + 1]
        behind = [place for place in near if end <= place[0] <= end + _CLIENT_NEAR]
        before = [place for place in near if start - _CLIENT_NEAR <= place[1] <= start]
        found.update((behind or before)[:1])
    return found


def _is_meant(word: bytes) -> bool:
    return is_mixed(word) and not is_placeholder(word)


def _candidate(start: int, end: int, confidence: Confidence) -> Candidate:
    return Candidate(QUEUE, Severity.HIGH, confidence, (Span(PASSWORD, start, end),), rank=18)

"""Device secrets of the IoT platform: `alibaba-iot-device-secret`.

A device logs in with product key (``a1`` and nine letters or digits), device name and device secret
(32 hex or base62); the three stand together (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.near import windows
from aliscan.detect.placeholders import is_hex, is_placeholder
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

DEVICE = "alibaba-iot-device-secret"

RULES = (
    RuleInfo(DEVICE, "Device secret of the IoT platform", Severity.MEDIUM,
             "Whoever reads it can pose as the device, read what it is sent and send what it would."),
)  # fmt: skip

NEAR = 1000

_AFTER = rb"(?:_?\d{1,2}(?![0-9]))?(?:\[[^\]\r\n]{0,50}\])?"  # of two devices; an array of C
_NAMED = re.compile(
    rb"(?i:(device|product)[_.-]?secret)"
    + _AFTER
    + rb"[\"'`]?(?:[^A-Za-z0-9\r\n]{1,40}|[^A-Za-z0-9\r\n]{0,8}(?i:string|char|value)"
    rb"[^A-Za-z0-9\r\n]{1,16})([A-Za-z0-9]{32}|(?<=[^A-Za-z0-9])[A-Za-z0-9]{16})(?![A-Za-z0-9])"
)
_KEY = re.compile(
    rb"(?i:produc[te][_.-]?key)"
    + _AFTER
    + rb"[^A-Za-z0-9\r\n]{1,40}(?:[A-Za-z*]{1,10}[^A-Za-z0-9\r\n]{1,16}){0,2}"
    rb"[A-Za-z0-9]{11}(?![A-Za-z0-9])"
)
_HOST = re.compile(rb"iot-as-mqtt|iot-amqp|iotx-|linkkit|iothub\.aliyuncs|aliyun[_-]?iot|iotkit")


def find(text: Text) -> Iterator[Candidate]:
    """Yield device secrets (and product secrets) beside a product key or the platform's host."""
    data = text.data
    named = list(_NAMED.finditer(data))
    around = windows([m.span() for m in named], NEAR, NEAR, len(data))
    told = sorted(m.start() for w in around for p in (_KEY, _HOST) for m in p.finditer(data, w.start, w.end))
    made_up: dict[bytes, bool] = {}
    for m in named:
        at = bisect_left(told, m.start() - NEAR)
        if at == len(told) or told[at] > m.end() + NEAR:
            continue
        value = m[2]
        if value not in made_up:
            made_up[value] = is_made_up(value) if is_hex(value) else is_placeholder(value)
        if not made_up[value]:
            yield Candidate(DEVICE, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span(2)),), rank=18)

"""Device secrets of the IoT platform: `alibaba-iot-device-secret`.

A device logs in with product key (``a1`` and nine letters or digits), device name and device secret
(32 hex or base62); the three stand together (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.placeholders import is_hex, is_placeholder
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

DEVICE = "alibaba-iot-device-secret"

RULES = (
    RuleInfo(DEVICE, "Device secret of the IoT platform", Severity.MEDIUM,
             "Whoever reads it can pose as the device, read what it is sent and send what it would."),
)  # fmt: skip

NEAR = 1000

_NAMED = re.compile(
    rb"(?i:(device|product)_?-?secret)[\"'`]?(?:[^A-Za-z0-9\r\n]{1,16}|[^A-Za-z0-9\r\n]{0,8}(?i:string|char|value)"
    rb"[^A-Za-z0-9\r\n]{1,16})([A-Za-z0-9]{32}|(?<=[^A-Za-z0-9])[A-Za-z0-9]{16})(?![A-Za-z0-9])"
)
_KEY = re.compile(rb"(?i:product_?-?key)[^\r\n]{0,40}?(?<![A-Za-z0-9])[A-Za-z0-9]{11}(?![A-Za-z0-9])")
_HOST = re.compile(rb"iot-as-mqtt|iot-amqp|iotx-|linkkit|iothub\.aliyuncs")


def find(text: Text) -> Iterator[Candidate]:
    """Yield device secrets (and product secrets) beside a product key or the platform's host."""
    data = text.data
    for m in _NAMED.finditer(data):
        value = m[2]
        if is_made_up(value) if is_hex(value) else is_placeholder(value):
            continue
        low, high = max(0, m.start() - NEAR), m.end() + NEAR
        if _KEY.search(data, low, high) or _HOST.search(data, low, high):
            yield Candidate(DEVICE, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span(2)),), rank=18)

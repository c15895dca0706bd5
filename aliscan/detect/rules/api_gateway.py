"""App secrets of API Gateway and the cloud market: `alibaba-api-gateway-secret`.

An application has an AppKey of 8 to 10 digits and an AppSecret of 32 letters and digits; both names are
everybody's, so a word of the gateway must stand near: its hosts (``alicloudapi.com``), SDKs, headers
(``X-Ca-Key``), or the AppCode that the market prints beside them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.near import windows
from aliscan.detect.placeholders import is_hex, is_identifier, is_placeholder
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import API_KEY, Confidence, Severity

GATEWAY = "alibaba-api-gateway-secret"

RULES = (
    RuleInfo(GATEWAY, "AppSecret of an API Gateway application", Severity.HIGH,
             "Whoever reads it can call the APIs that the application may, at its owner's cost."),
)  # fmt: skip

NEAR = 600  # bytes between the secret and a word of the gateway
BESIDE = 200  # bytes between the secret and its AppKey

_GLUE = (
    rb"[\"'`]?(?:[^A-Za-z0-9\r\n]{1,20}|[^A-Za-z0-9\r\n]{0,8}(?i:string|str|value|is)[^A-Za-z0-9\r\n]{1,12}"
    rb"|(?::|\xef\xbc\x9a)[ \t]{0,4}\r?\n[ \t]{0,8})"
)
_SECRET = re.compile(rb"(?i:app[ _.-]?secret)" + _GLUE + rb"([A-Za-z0-9]{32})(?![A-Za-z0-9])")
_KEY = re.compile(rb"(?i:app[ _.-]?key|x-ca-key)" + _GLUE + rb"\d{8,10}(?!\w)")
_OURS = re.compile(rb"(?i:alicloudapi|\bapp_?-?code)|com\.aliyun\.api|alibaba\.cloudapi|aliyun\.iotx")
_WORD = re.compile(
    rb"(?i:x-ca-|api[ _.-]?gateway)|cloudapi|API\xe7\xbd\x91\xe5\x85\xb3|\xe4\xba\x91\xe5\xb8\x82\xe5\x9c\xba"
)


def find(text: Text) -> Iterator[Candidate]:
    """Yield the app secrets that have their AppKey beside them and a word of the gateway near."""
    data = text.data
    secrets = [m for m in _SECRET.finditer(data) if _is_meant(m[1])]
    places = [m.span() for m in secrets]
    keys = _starts(data, places, BESIDE, (_KEY,))
    words = _starts(data, places, NEAR, (_OURS, _WORD) if text.speaks_of_alibaba else (_OURS,))
    for m in secrets:
        if _has(keys, m, BESIDE) and _has(words, m, NEAR):
            yield Candidate(GATEWAY, Severity.HIGH, Confidence.MEDIUM, (Span(API_KEY, *m.span(1)),), rank=18)


def _is_meant(value: bytes) -> bool:
    return not (is_made_up(value) if is_hex(value) else is_placeholder(value) or is_identifier(value))


def _starts(
    data: bytes, places: list[tuple[int, int]], near: int, patterns: tuple[re.Pattern[bytes], ...]
) -> list[int]:
    """Where the words near some places begin, in reading order."""
    around = windows(places, near, near, len(data))
    return sorted(m.start() for w in around for p in patterns for m in p.finditer(data, w.start, w.end))


def _has(starts: list[int], secret: re.Match[bytes], near: int) -> bool:
    at = bisect_left(starts, secret.start() - near)
    return at < len(starts) and starts[at] <= secret.end() + near

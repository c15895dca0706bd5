"""Tokens of model services on PAI-EAS: `alibaba-pai-eas-token`.

The console prints base64 of 40 hex digits, to be sent as the Authorization header to a host below
``pai-eas.aliyuncs.com``. What it decodes to tells it from every other word beside such a host.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.near import windows
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

EAS = "alibaba-pai-eas-token"

RULES = (
    RuleInfo(EAS, "Token of a model service on PAI-EAS", Severity.HIGH,
             "Whoever reads it can call the model at its owner's cost."),
)  # fmt: skip

NEAR = 2000  # bytes between the host and its token: a request's body may stand between

_HOST = re.compile(rb"pai-eas\.aliyuncs\.com")
_WORD = re.compile(
    rb"(?<![A-Za-z0-9+/])[MNOYZ][A-Za-z0-9]{53}==(?![A-Za-z0-9+/=])"
)  # a digit or a to f first
_HEX = re.compile(rb"[0-9a-f]{40}")


def find(text: Text) -> Iterator[Candidate]:
    """Yield base64 of 40 hex digits near a host of the service."""
    data = text.data
    for window in windows([m.span() for m in _HOST.finditer(data)], NEAR, NEAR, len(data)):
        for m in _WORD.finditer(data, window.start, window.end):
            value = a2b_base64(m[0])
            if _HEX.fullmatch(value) and not is_made_up(value):
                yield Candidate(EAS, Severity.HIGH, Confidence.HIGH, (Span(TOKEN, *m.span()),), rank=18)

"""AppCodes of API Gateway and the cloud market: `alibaba-app-code`.

32 hex digits: only the word APPCODE beside them tells (credential-shapes.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import API_KEY, Confidence, Severity

APP_CODE = "alibaba-app-code"

RULES = (
    RuleInfo(APP_CODE, "AppCode of the cloud market", Severity.HIGH,
             "Whoever reads it can call the bought API at its owner's cost."),
)  # fmt: skip

# The word, glue such as quotes, types, signs and a blank, then the digits.
_CODE = re.compile(
    rb"(?i:app[ _.-]?code)[\"'`]?(?:[^A-Za-z0-9\r\n]{1,20}"
    rb"|[^A-Za-z0-9\r\n]{0,8}(?i:string|str|value|is)[^A-Za-z0-9\r\n]{1,12}"
    # on the next line: an entry's value, a label's
    rb"|[^A-Za-z0-9]{0,4}(?:</(?i:name|key)>)?[^A-Za-z0-9]{1,24}(?i:value|string|default)[\"':=> \t]{1,8}"
    rb"|(?::|\xef\xbc\x9a)[ \t]{0,4}\r?\n[ \t]{0,8})"
    rb"([0-9a-f]{32}|[0-9A-F]{32})(?![A-Za-z0-9])"
)


def find(text: Text) -> Iterator[Candidate]:
    """Yield every AppCode that stands beside its name."""
    for m in _CODE.finditer(text.data):
        if not is_made_up(m[1]):
            yield Candidate(APP_CODE, Severity.HIGH, Confidence.HIGH, (Span(API_KEY, *m.span(1)),), rank=18)

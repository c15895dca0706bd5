"""PlayAuth and UploadAuth of ApsaraVideo VOD: `alibaba-vod-auth`.

Base64 of JSON with a whole STS triple in it; it always begins with ``{"SecurityToken":"``
(credential-shapes.md section 3). What is shown is the triple that stands inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import offsets
from aliscan.detect.rules import sts
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.detect.views.base64 import decode
from aliscan.finding import Severity

VOD = "alibaba-vod-auth"

RULES = (
    RuleInfo(VOD, "Play or upload authorisation of ApsaraVideo VOD", Severity.MEDIUM,
             "One base64 decoding away lies an STS credential: it plays or replaces videos until expiry."),
)  # fmt: skip

HEAD = b"eyJTZWN1cml0eVRva2VuIjoi"
LONGEST = 16_000
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]|%%2[BbFf]){24,%d}={0,2}" % LONGEST)


def find(text: Text) -> Iterator[Candidate]:
    """Yield every authorisation that decodes to a triple, or to what is left of one."""
    data = text.data
    done = 0
    for start in offsets(data, HEAD):
        if start < done:
            continue
        word = _BASE64.match(data, start)
        if word is None:
            continue
        done = word.end()
        yield from _decoded(data[start:done], start)


def _decoded(word: bytes, start: int) -> Iterator[Candidate]:
    escaped = b"%" in word
    # Letters, digits and quotes make neither + nor /: it stands beside the values, whichever it is.
    inner = Text(decode(re.sub(rb"%2[BbFf]", b"+", word)))
    for c in sts.find(inner):
        spans = tuple(_outside(s, inner.data, start, len(word), escaped) for s in c.spans)
        if len(spans) > 1:
            yield Candidate(VOD, Severity.MEDIUM, c.confidence, spans, c.notes, rank=40)


def _outside(inner: Span, decoded: bytes, start: int, length: int, escaped: bool) -> Span:
    """The same value, at the base64 that holds it (the whole word where percent signs shift it)."""
    value = decoded[inner.start : inner.end] if inner.value is None else inner.value
    if escaped:
        return Span(inner.kind, start, start + length, value)
    low, high = inner.start // 3 * 4, -(-inner.end // 3) * 4
    return Span(inner.kind, start + low, start + min(high, length), value)

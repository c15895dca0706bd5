"""Personal access tokens of Yunxiao (Codeup, Flow): `alibaba-yunxiao-token`.

The vendor prints only a masked one, ``pt-`` + letters and digits + ``_`` + hex digits and hyphens;
the lengths are a guess (credential-shapes.md section 4), so a name or host of the product must be near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import windows
from aliscan.detect.placeholders import has_run, has_word, is_sequence
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

YUNXIAO = "alibaba-yunxiao-token"

RULES = (
    RuleInfo(YUNXIAO, "Personal access token of Yunxiao", Severity.MEDIUM,
             "Whoever reads it can read and change code and pipelines with its owner's rights."),
)  # fmt: skip

NEAR = 400

_WORD = re.compile(
    rb"(?i)yunxiao|codeup|devops\.(?:cn|aliyun)|openapi-rdc|\xe4\xba\x91\xe6\x95\x88"  # 云效
)
PATH = _WORD  # what a path may say
_OTHER = re.compile(rb"(?i)qoder|lingma")  # their tokens begin with pt- too
_TOKEN = re.compile(rb"(?<![A-Za-z0-9_-])pt-([A-Za-z0-9]{16,40})_([0-9a-f-]{32,40})(?![A-Za-z0-9_-])")


def find(text: Text) -> Iterator[Candidate]:
    """Yield tokens that stand near the product's name."""
    data = text.data
    named = [(0, len(data))] if _WORD.search(text.path) else [m.span() for m in _WORD.finditer(data)]
    for window in windows(named, NEAR, NEAR, len(data)):
        for m in _TOKEN.finditer(data, window.start, window.end):
            if _OTHER.search(data, m.start() - 40, m.start()):
                continue
            if not any(test(m[1]) for test in (has_run, has_word, is_sequence)):
                yield Candidate(YUNXIAO, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span()),), rank=18)

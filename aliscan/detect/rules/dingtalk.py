"""Robots of DingTalk: `alibaba-dingtalk-webhook`, `alibaba-dingtalk-secret`.

Not Alibaba Cloud but its house: whoever has the link can write into the group. Section 4 of
credential-shapes.md; the length of the secret is from third parties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.near import Window, beginning, windows
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

WEBHOOK, SECRET = "alibaba-dingtalk-webhook", "alibaba-dingtalk-secret"

RULES = (
    RuleInfo(WEBHOOK, "Webhook of a DingTalk robot", Severity.MEDIUM,
             "Whoever reads the link can write into the group in the robot's name."),
    RuleInfo(SECRET, "Signing secret of a DingTalk robot", Severity.MEDIUM,
             "With the webhook's link it lets anybody write into the group in the robot's name."),
)  # fmt: skip

_WEBHOOK = re.compile(
    rb"(?:/robot/send(?:\?|%3[Ff])access_token(?:=|%3[Dd])"
    rb"|(?i:(?:dd|ding|dingtalk|dingding)_?(?:bot|robot)?_?(?:access_?)?tokens?)[\"']?(?:[^A-Za-z0-9\r\n]{1,12}"
    rb"|[^A-Za-z0-9\r\n]{1,8}(?i:string|str)[^A-Za-z0-9\r\n]{1,4})"
    # the first argument of a call: NewDingTalk("..."
    rb"|(?i:ding_?(?:talk|ding|bot|robot))[\w.]{0,32}\((?:\[\]string\{|\[)?[\"'`])"
    rb"([0-9a-f]{64})(?![0-9A-Za-z])"
)
# A link whose token stands elsewhere, and what that is called.
_OPEN = re.compile(
    rb"/robot/send(?:(?:\?|%3[Ff])access_token(?:=|%3[Dd])(?![0-9a-f]{32})|(?!(?:\?|%3[Ff])access_token))"
)
_TOKEN = re.compile(
    rb"(?<![A-Za-z0-9_])(?i:(?:dd|ding|dingtalk|dingding|webhook)?_?(?:ro)?(?:bot)?_?(?:access)?_?tokens?(?:[_-]?id)?)\b"
    rb"[\"'`\]]{0,2}(?:[ \t]{0,3}:[ \t]{0,3}(?i:str|string))?[ \t]{0,8}(?::=|=>|[:=,(])\s{0,40}[\"'`]?"
    rb"([0-9a-f]{64})(?![0-9A-Za-z])"
)
_NEAR = 600
# Where neither a link nor the variable's name tells: the robot's other half, or the product's name close by.
_SPEAKS = re.compile(
    rb"(?i:dingtalk|dingding|\bdingers?\b)|\xe9\x92\x89\xe9\x92\x89|(?<![A-Za-z0-9])SEC(?=[0-9a-f]{64})"
)
_CLOSE = 200
# Both halves side by side: the cells of a row, the arguments of a call.
_NEXT = rb"[\"'`]?[ \t]{0,4}[,;|\t ][ \t]{0,4}[\"'`]?"
_SIDE_BY_SIDE = re.compile(
    rb"(?<![0-9A-Za-z])(?:([0-9a-f]{64})%bSEC[0-9a-f]{64}|SEC[0-9a-f]{64}%b([0-9a-f]{64}))(?![0-9A-Za-z])"
    % (_NEXT, _NEXT)
)
_SECRET = re.compile(rb"(?<![A-Za-z0-9])SEC([0-9a-f]{64})(?![0-9A-Za-z])")
# All of them hold so many digits in a row, and what says whose they are is nearer: no expression that begins
# with a word in any case need be tried elsewhere.
_DIGITS = re.compile(b"a" * 64 + b"a*")
_SHAPE = bytes(97 if c in b"0123456789abcdef" else 32 for c in range(256))
_REACH = 2 * _NEAR


def find(text: Text) -> Iterator[Candidate]:
    """Yield webhooks, and secrets (whose prefix and length nothing else has)."""
    data = text.data
    digits = (m.span() for m in _DIGITS.finditer(data.translate(_SHAPE)))
    around = windows(digits, _REACH, _REACH, len(data))
    for m in _met(data, _WEBHOOK, around):
        if not is_made_up(m[1]):
            yield Candidate(WEBHOOK, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span(1)),), rank=18)
    links, words = _beside(data, _met(data, _OPEN, around), _NEAR), _met(data, _SPEAKS, around)
    for start, end in sorted({*links, *_beside(data, words, _CLOSE)}):
        yield Candidate(WEBHOOK, Severity.MEDIUM, Confidence.MEDIUM, (Span(TOKEN, start, end),), rank=17)
    for m in _met(data, _SIDE_BY_SIDE, around):
        span = m.span(m.lastindex or 1)
        if not is_made_up(data[span[0] : span[1]]):
            yield Candidate(WEBHOOK, Severity.MEDIUM, Confidence.MEDIUM, (Span(TOKEN, *span),), rank=17)
    for m in beginning(data, b"SEC", _SECRET):
        if not is_made_up(m[1]):
            yield Candidate(SECRET, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span()),), rank=18)


def _met(data: bytes, pattern: re.Pattern[bytes], around: list[Window]) -> Iterator[re.Match[bytes]]:
    for window in around:
        yield from pattern.finditer(data, window.start, window.end)


def _beside(data: bytes, words: Iterable[re.Match[bytes]], near: int) -> Iterator[tuple[int, int]]:
    """Start and end of the tokens near some words."""
    for window in windows((m.span() for m in words), near, near, len(data)):
        for m in _TOKEN.finditer(data, window.start, window.end):
            if not is_made_up(m[1]):
                yield m.span(1)

"""Robots of DingTalk: `alibaba-dingtalk-webhook`, `alibaba-dingtalk-secret`.

Not Alibaba Cloud but its house: whoever has the link can write into the group. Section 4 of
credential-shapes.md; the length of the secret is from third parties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.near import windows
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


def find(text: Text) -> Iterator[Candidate]:
    """Yield webhooks, and secrets (whose prefix and length nothing else has)."""
    for m in _WEBHOOK.finditer(text.data):
        if not is_made_up(m[1]):
            yield Candidate(WEBHOOK, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span(1)),), rank=18)
    for start, end in sorted({*_beside(text.data, _OPEN, _NEAR), *_beside(text.data, _SPEAKS, _CLOSE)}):
        yield Candidate(WEBHOOK, Severity.MEDIUM, Confidence.MEDIUM, (Span(TOKEN, start, end),), rank=17)
    for m in _SIDE_BY_SIDE.finditer(text.data):
        span = m.span(m.lastindex or 1)
        if not is_made_up(text.data[span[0] : span[1]]):
            yield Candidate(WEBHOOK, Severity.MEDIUM, Confidence.MEDIUM, (Span(TOKEN, *span),), rank=17)
    for m in _SECRET.finditer(text.data):
        if not is_made_up(m[1]):
            yield Candidate(SECRET, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, *m.span()),), rank=18)


def _beside(data: bytes, word: re.Pattern[bytes], near: int) -> Iterator[tuple[int, int]]:
    """Start and end of the tokens near a word."""
    places = [m.span() for m in word.finditer(data)]
    for window in windows(places, near, near, len(data)):
        for m in _TOKEN.finditer(data, window.start, window.end):
            if not is_made_up(m[1]):
                yield m.span(1)

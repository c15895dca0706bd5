"""STS temporary credentials: `alibaba-sts-token`.

Shapes: credential-shapes.md section 3. The three values lie near each other in any order; the token
begins with a protobuf header that no other text has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from aliscan.detect.near import beginning, holds, offsets, windows
from aliscan.detect.placeholders import count_digits, has_run, has_word, is_poor, is_sample, is_sequence
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import ACCESS_KEY_ID, ACCESS_KEY_SECRET, SECURITY_TOKEN, Confidence, Severity

STS = "alibaba-sts-token"

RULES = (
    RuleInfo(STS, "STS temporary credential", Severity.MEDIUM,
             "Until it expires, whoever reads it can call Alibaba Cloud with the rights of the role."),
)  # fmt: skip

GAP = 1200  # bytes between two values of one credential; the token itself does not count
LONGEST = 6000  # of a token: a session policy makes it long, but not that long
SHORTEST = 100  # people cut tokens after a few dozen characters: those are no credential
NEAR = 300  # where Expiration is looked for, on each side

_BASE58 = rb"[1-9A-HJ-NP-Za-km-z]"
# A word starts after anything that is no word character, or after a percent escape (nested URLs).
_ID = re.compile(rb"(?:(?<![A-Za-z0-9_.])|(?<=%%3[Dd])|(?<=%%22))STS\.(%b{25})(?![A-Za-z0-9])" % _BASE58)
_SECRET = re.compile(rb"(?<![A-Za-z0-9+/_-])%b{43,44}(?![A-Za-z0-9+/_=-])" % _BASE58)
# One base64 character as it stands in plain text, in a URL, in JSON that escapes the slash or the plus.
_CHAR = rb"(?:[A-Za-z0-9+/]|%2[BbFf]|\\{1,3}/|\\{1,3}u002[BbFf])"
_HEADS = (
    (b"1q6Ft5B2yfSj", re.compile(rb"CAIS%b{2}[A-Za-z]\Z" % _CHAR)),  # 2017 on
    (b"IARKAA", re.compile(rb"CAES%b{3}\Z" % _CHAR)),  # 2015 to 2017
)
_BODY = re.compile(
    rb"(?:[A-Za-z0-9+/]+|%%2[BbFf]|\\{1,3}/|\\{1,3}u002[BbFf]){1,%d}"
    rb"(?:={1,2}|(?:%%3[Dd]){1,2}|(?:\\{1,3}u003[Dd]){1,2})?" % LONGEST
)
_ESCAPE = re.compile(rb"\\{1,3}(/)|\\{1,3}u00([0-9A-Fa-f]{2})|%([0-9A-Fa-f]{2})")
_CUT = re.compile(rb"\*|\.\.|\xe2\x80\xa6")
_EXPIRY = re.compile(
    rb"(?i:expir[a-z]{1,5}[_-]?(?:utc)?[_-]?(?:date|time|at)?)[^A-Za-z0-9\r\n]{1,12}"
    rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z|\d{10}(?!\d))"
)
_TESTS = (is_poor, has_run, has_word, is_sequence, is_sample)
_SIGNED = (b"Signature=", b"Signature%3D", b"x-oss-signature")


def find(text: Text) -> Iterator[Candidate]:
    """Yield every triple, and what is left of one: a lone token, an id with its secret, a lone id."""
    data = text.data
    real = _Judge()
    tokens = _tokens(data)
    ids = [Span(ACCESS_KEY_ID, m.start(), m.end()) for m in beginning(data, b"STS.", _ID) if real[m[1]]]
    hits = sorted((s.start, s.end) for s in tokens + ids)
    secrets = [
        Span(ACCESS_KEY_SECRET, m.start(), m.end())
        for window in windows(hits, GAP, GAP, len(data))
        for m in _SECRET.finditer(data, window.start, window.end)
        if real[m[0]]
    ]
    tokens_at = iter(sorted(tokens, key=lambda s: s.start))
    values = sorted(tokens + ids + list(_outside(secrets, tokens_at)), key=lambda s: s.start)
    for group in _groups(values):
        candidate = _candidate(data, group)
        if candidate is not None:
            yield candidate


def _tokens(data: bytes) -> list[Span]:
    found = []
    for infix, head in _HEADS:
        done = 0
        for at in offsets(data, infix):
            if at < done:
                continue
            start = head.search(data, at - 30, at)
            if start is None:  # before the body is read: a line of heads must not be read again and again
                continue
            body = _BODY.match(data, at)
            done = body.end() if body else at
            if SHORTEST <= done - start.start() <= LONGEST and _whole(data, start.start(), done):
                found.append(_token(data, start.start(), done))
    return found


def _token(data: bytes, start: int, end: int) -> Span:
    """The token without the escapes of its surroundings: the same value has one fingerprint everywhere."""
    plain = _ESCAPE.sub(lambda m: m[1] or bytes([int(m[2] or m[3], 16)]), data[start:end])
    return Span(SECURITY_TOKEN, start, end, None if len(plain) == end - start else plain)


def _whole(data: bytes, start: int, end: int) -> bool:
    """Nobody cut or starred the token, and no document prints it as its sample."""
    return _CUT.match(data, end) is None and not is_sample(data[start:end])


class _Judge(dict[bytes, bool]):
    """Word -> whether it can be real; each word is judged once a text, however often it comes."""

    def __missing__(self, word: bytes) -> bool:
        """Upper and lower case, not made up; a digit is no requirement (9a.2: one real id had none)."""
        mixed = not word.isupper() and not word.islower()
        self[word] = mixed and not any(test(word) for test in _TESTS)
        return self[word]


def _outside(secrets: list[Span], tokens: Iterator[Span]) -> Iterator[Span]:
    """The secrets that are no piece of a token; both in reading order."""
    token = next(tokens, None)
    for secret in secrets:
        while token is not None and token.end <= secret.start:
            token = next(tokens, None)
        if token is None or secret.end <= token.start:
            yield secret


def _groups(values: list[Span]) -> Iterator[list[Span]]:
    """Cut the values into credentials: at most one of each kind, none far from the next.

    Where a kind comes twice, the cut is before the second, unless an earlier gap is much wider.
    """
    group: list[Span] = []
    for value in values:
        if group and value.start - group[-1].end > GAP:
            yield group
            group = []
        twin = next((i for i, v in enumerate(group) if v.kind == value.kind), None)
        if twin is not None:
            line = [*group[twin:], value]
            gaps = [after.start - before.end for before, after in pairwise(line)]
            cut = twin + 1 + gaps.index(max(gaps)) if max(gaps) > 2 * gaps[-1] else len(group)
            yield group[:cut]
            group = group[cut:]
        group.append(value)
    if group:
        yield group


def _candidate(data: bytes, group: list[Span]) -> Candidate | None:
    kinds = {s.kind for s in group}
    if kinds == {ACCESS_KEY_SECRET}:
        return None  # 43 base58 characters by themselves are anybody's
    first, last = group[0].start, group[-1].end
    severity, confidence = Severity.MEDIUM, Confidence.HIGH
    notes: list[tuple[str, str]] = []
    low, high = max(0, first - NEAR), last + NEAR
    if ACCESS_KEY_SECRET not in kinds and any(holds(data, s, low, high) for s in _SIGNED):
        # The link was made to be handed out: its id and token are no use without the secret.
        severity, notes = Severity.LOW, [("context", "presigned URL")]
    elif kinds == {ACCESS_KEY_ID}:
        severity = Severity.LOW
        if not count_digits(data[first:last]):
            confidence = Confidence.MEDIUM
    if holds(data, b"xpir", low, high) or holds(data, b"XPIR", low, high):
        expiry = _EXPIRY.search(data, low, high)
        if expiry:
            notes.append(("expiration", iso(expiry[1])))
    return Candidate(STS, severity, confidence, tuple(group), tuple(notes), 8 + 8 * len(kinds))


def iso(moment: bytes) -> str:
    """A moment as ISO 8601 in UTC: from an ISO text (kept) or from ten digits of Unix time."""
    if not moment.isdigit():
        return moment.decode("ascii")
    from datetime import datetime, timezone

    return datetime.fromtimestamp(int(moment), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

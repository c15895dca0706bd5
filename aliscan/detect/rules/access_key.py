"""AccessKey ids and secrets: `alibaba-access-key-pair`, `-id`, `-secret`.

Shapes (credential-shapes.md 1, 2): an id is LTAI and 20 (16 in the older form 12) letters and digits;
before 2016 it was 16 letters and digits without a prefix. A secret is 30 letters and digits. What is
what is decided by shape, never by the name: ``access_key`` is the id beside ``secret_key`` and the
secret beside ``access_id``.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator

from aliscan.detect import placeholders, signed
from aliscan.detect.blocks import REACH, headings
from aliscan.detect.names import Name, Telling, describe, name_of
from aliscan.detect.near import Window, left_of, windows
from aliscan.detect.pairs import FAR, NEAR, Item, join
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.detect.words import has_name
from aliscan.finding import ACCESS_KEY_ID, ACCESS_KEY_SECRET, Confidence, Severity
from aliscan.record import dataclass

PAIR = "alibaba-access-key-pair"
ID = "alibaba-access-key-id"
SECRET = "alibaba-access-key-secret"  # noqa: S105 - a rule's name

RULES = (
    RuleInfo(PAIR, "AccessKey id with its secret", Severity.CRITICAL,
             "Whoever reads both can call Alibaba Cloud with every right of their owner."),
    RuleInfo(SECRET, "AccessKey secret", Severity.HIGH,
             "The secret half of an AccessKey; its id is public by nature and easily found."),
    RuleInfo(ID, "AccessKey id", Severity.MEDIUM,
             "Names an AccessKey; not a credential by itself, but it should not be in code."),
)  # fmt: skip

PAIR_RANK, SECRET_RANK, ID_RANK = 30, 20, 10
SECRET_LENGTH = 30
BESIDE = 64 << 10  # bytes: a column of secrets may stand below one of ids
OLD_LENGTH, LENGTH = 16, 24

_ID_WORD = re.compile(rb"LTAI[A-Za-z0-9]{12,}")
_WORD_BYTES = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_BASE64_BYTES = _WORD_BYTES | frozenset(b"+/")
_JOINED = frozenset(b"+/-_")
_CURRENT = re.compile(rb"LTAI(?:4[FG]|5[ts])[1-9A-HJ-NP-Za-km-z]{18}")
_ID_BEFORE = re.compile(rb"(?<![A-Za-z0-9])LTAI(?:[A-Za-z0-9]{20}|[A-Za-z0-9]{12})[+/_-]\Z")
_NAME_BEFORE = re.compile(rb"(?:secret|SECRET|Secret)[A-Za-z_}]{0,8}/\Z")
_SUFFIX = re.compile(rb"[_-][A-Za-z0-9]{1,8}(?![A-Za-z0-9+/_-])")  # "…_old", added by the owner
_ARGUMENT_BEFORE = re.compile(
    rb"(?<![A-Za-z0-9])([A-Za-z0-9]{16})[\"']\s{0,4},[ \t]{0,4}(?:(?://|\#|/\*)[^\r\n]{0,80})?\s{0,40}@?[\"']\Z"
)
_CALLEE = re.compile(
    rb"([\w.:>$\\-]{0,80}(?i:auth|cred|client|profile|provider|oss|ots|odps|mns|account|aliyun|acs|access_?key)[\w.:>-]{0,40})\s{0,4}"
    rb"\((?:[^()]{0,120},)?\s{0,40}(?://[^\r\n]{0,60}\s{0,40})?@?[\"']\Z"
)
_OWN_CALL = re.compile(rb"(?i)oss|ots|odps|mns|aliyun|acs")
_OF_OTHERS = re.compile(
    rb"(?i)tencent|qcloud|cos(?![a-z])|huawei|obs(?![a-z])|qiniu|volc|baidu|bce|minio|aws|upyun"
)
_CARRIERS = frozenset(
    (
        "data",
        "stringdata",
        "env",
        "environment",
        "variables",
        "vars",
        "values",
        "config",
        "secrets",
        "services",
    )
)
_TOP_LEVEL = re.compile(rb"\n(?=[A-Za-z])")
_LONGER = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{31,36}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class _Secret:
    """A word that could be a secret, with the name beside it."""

    start: int
    name: Name | None

    @property
    def telling(self) -> Telling:
        return self.name.telling if self.name and not self.name.foreign else Telling.NOTHING


def find(text: Text) -> Iterator[Candidate]:
    """Yield every pair, lone secret and lone id. Linear in the length of the text."""
    data = text.data
    ids = list(_ids(data))
    secrets = list(_secrets(text, ids))
    items = [Item(start, end, True, True) for start, end in ids]
    items += [
        Item(s.start, s.start + SECRET_LENGTH, False, s.telling > Telling.NOTHING)
        for s in secrets
        if s.telling or _plausible(data, s.start, s.name)
    ]
    items.sort(key=lambda i: i.start)
    paired: set[int] = set()
    for ident, secret, firm in join(data, items):
        if not secret.named and signed.is_signed(data, ident.start, ident.end):
            continue  # an id inside a signed URL: whatever stands near is not its secret
        if secret.start < ident.start and _is_of_others(text, secret.start):
            continue  # a secret above its id is rare: one under another vendor's heading is theirs
        paired |= {ident.start, secret.start}
        yield _pair(ident.start, ident.end, secret.start, secret.end, firm)
    glued = list(_glued(data))
    told = {data[s.start : s.end] for c in glued for s in c.spans}
    for start, end in ids:
        if start not in paired and data[start:end] not in told:
            yield from _lone_id(text, start, end)
    for word in secrets:
        if word.start not in paired:
            yield from _without_id(text, word, bool(ids))
    yield from _arguments(text, paired)
    yield from glued


def _pair(id_start: int, id_end: int, start: int, end: int, firm: bool) -> Candidate:
    spans = (Span(ACCESS_KEY_ID, id_start, id_end), Span(ACCESS_KEY_SECRET, start, end))
    confidence = Confidence.HIGH if firm else Confidence.MEDIUM
    return Candidate(PAIR, Severity.CRITICAL, confidence, spans, rank=PAIR_RANK)


def _ids(data: bytes) -> Iterator[tuple[int, int]]:
    """The ids of 24 and 16 characters that are no placeholders."""
    for m in _ID_WORD.finditer(data):
        start, end = m.span()
        if start and data[start - 1] in _WORD_BYTES:
            continue
        size = end - start
        if size not in (OLD_LENGTH, LENGTH):
            # "LTAI5t…abc": somebody added characters to a current id, which is told by its fifth and sixth
            if not (LENGTH < size <= LENGTH + 6 and _CURRENT.match(data, start, start + LENGTH)):
                continue
            end = start + LENGTH
        if not placeholders.is_placeholder(data[start + 4 : end]) and not _in_base64(data, start, end):
            yield start, end


def _in_base64(data: bytes, start: int, end: int) -> bool:
    """Whether the word is a chance match inside a longer base64 text (certificate, image, token).

    A long path or branch name has the same characters, but in short words: ``refs/heads/ID/SECRET``.
    """
    left, right = start, end
    while left > 0 and start - left < 64 and data[left - 1] in _BASE64_BYTES:
        left -= 1
    while right < len(data) and right - end < 64 and data[right] in _BASE64_BYTES:
        right += 1
    if right - left < end - start + 40:
        return False
    around = data[left:start] + b"/" + data[end:right]
    return b"+" in around or max(map(len, around.split(b"/"))) > SECRET_LENGTH


def _secrets(text: Text, ids: list[tuple[int, int]]) -> Iterator[_Secret]:
    """The words of 30 that may be secrets: all where the text speaks of the vendor, else those near an id."""
    data = text.data
    # Farther away it is no partner, only perhaps a secret of its own, and that has a name
    reach = BESIDE if text.speaks_of_alibaba else FAR
    near = windows(ids, reach, reach, len(data))
    wanted = [Window(0, len(data))] if text.speaks_of_alibaba else near
    at = 0
    for start in (start for low, high in wanted for start in text.words(SECRET_LENGTH, low, high)):
        while at < len(near) and near[at].end <= start:
            at += 1
        is_beside = at < len(near) and near[at].start <= start
        if not (is_beside or has_name(data, start)):
            continue
        word = _Secret(start, name_of(data, start))
        if (is_beside or word.telling) and _possible(data, start, word.name):
            yield word


def _possible(data: bytes, start: int, name: Name | None) -> bool:
    """Whether a word of 30 could be a secret wherever it stands."""
    end = start + SECRET_LENGTH
    clear = name is not None and name.telling == Telling.CLEAR
    if _is_tail(data, start) or (_is_head(data, end) and not (clear and _SUFFIX.match(data, end))):
        return False
    if data[end : end + 1] == b"(":
        return False  # a function
    value = data[start:end]
    if placeholders.is_identifier(value) and not (clear and placeholders.count_digits(value) > 2):
        return False
    return not placeholders.is_placeholder(value)


def _is_tail(data: bytes, start: int) -> bool:
    """Whether the word is the end of a longer token that was cut at a separator (Qiniu, base64)."""
    if start < 2 or data[start - 1] not in _JOINED or data[start - 2] not in _WORD_BYTES:
        return False
    if data[start - 1] == 0x2F and _NAME_BEFORE.search(data, start - 24, start):
        return False  # sed s/SECRET/value/
    return _ID_BEFORE.search(data, start - 26, start) is None  # id/secret, id-secret


def _is_head(data: bytes, end: int) -> bool:
    return end + 1 < len(data) and data[end] in _JOINED and data[end + 1] in _WORD_BYTES


def _plausible(data: bytes, start: int, name: Name | None) -> bool:
    """Whether a word that no name announces may be a secret, for its looks alone, beside an id."""
    value = data[start : start + SECRET_LENGTH]
    return placeholders.is_mixed(value) and placeholders.entropy(value) >= 3.6 and not (name and name.foreign)


def _lone_id(text: Text, start: int, end: int) -> Iterator[Candidate]:
    confidence = Confidence.HIGH if _CURRENT.fullmatch(text.data, start, end) else Confidence.MEDIUM
    body = text.data[start + 4 : end]
    if (
        confidence < Confidence.HIGH
        and placeholders.is_identifier(body)
        and placeholders.count_digits(body) <= 1
    ):
        return  # words in camel case that happen to be as long as an old id
    longer = _longer_secret(text.data, end) if text.has_word_over(SECRET_LENGTH, end, end + NEAR) else None
    if longer is not None:
        spans = (Span(ACCESS_KEY_ID, start, end), Span(ACCESS_KEY_SECRET, longer, longer + SECRET_LENGTH))
        yield Candidate(PAIR, Severity.CRITICAL, Confidence.LOW, spans, rank=PAIR_RANK)
        return
    span = (Span(ACCESS_KEY_ID, start, end),)
    if text.data[end : end + 1].isalnum():
        return  # characters were added, and no secret says that it was an id
    if signed.is_signed(text.data, start, end):
        yield Candidate(ID, Severity.LOW, confidence, span, signed.notes(text.data, start, end), ID_RANK)
    else:
        yield Candidate(ID, Severity.MEDIUM, confidence, span, rank=ID_RANK)


def _longer_secret(data: bytes, end: int) -> int | None:
    """A secret to which its owner added a few characters, right behind an id and clearly named."""
    for m in _LONGER.finditer(data, end, end + NEAR):
        value = m[0]
        if not placeholders.is_mixed(value) or placeholders.is_identifier(value):
            continue
        if placeholders.is_placeholder(value):
            continue
        name = name_of(data, m.start())
        if name and name.telling == Telling.CLEAR and not name.foreign:
            return m.start()
    return None


def _without_id(text: Text, secret: _Secret, has_ids: bool) -> Iterator[Candidate]:
    """A secret whose LTAI id is elsewhere: with an old id without prefix, or alone, if its name tells."""
    name = secret.name
    if name is None or not secret.telling:
        return
    if not (name.vendor or text.speaks_of_alibaba or (has_ids and name.telling == Telling.CLEAR)):
        return
    data = text.data
    if name.telling < Telling.CLEAR and not _vendor_is_near(text, name.start, below=not has_ids):
        return
    if not name.vendor and (_is_frameworks(data, name) or _is_elsewhere(text, name)):
        return
    old = _old_id(text, secret)
    if old is not None:
        pair = _pair(old, old + OLD_LENGTH, secret.start, secret.start + SECRET_LENGTH, firm=False)
        yield pair
        return
    value = data[secret.start : secret.start + SECRET_LENGTH]
    if name.telling < Telling.CLEAR and not placeholders.is_mixed(value):
        return
    confidence = Confidence.HIGH if name.telling == Telling.CLEAR else Confidence.MEDIUM
    span = Span(ACCESS_KEY_SECRET, secret.start, secret.start + SECRET_LENGTH)
    yield Candidate(SECRET, Severity.HIGH, confidence, (span,), rank=SECRET_RANK)


def _is_frameworks(data: bytes, name: Name) -> bool:
    """Whether it is the ``SECRET_KEY`` of Django and Flask: without an access key and its vendor above it."""
    if data[name.start : name.end] not in (b"SECRET_KEY", b"app.secret_key"):
        return False
    above = left_of(data, name.start, 200).lower()
    return not any(word in above for word in (b"access", b"aliyun", b"alibaba", b"oss", b"ak"))


def _is_elsewhere(text: Text, name: Name) -> bool:
    """Whether a vague name stands in a block of YAML that another vendor heads, or that speaks of nobody."""
    data = text.data
    if name.telling > Telling.HINT:
        return False
    if name.plain in ("key", "keys"):
        return True  # an object's, a field's: beside an id it may be a secret, alone it is anything
    heads = list(headings(data, name.start))
    if any(describe(word).foreign for _, word in heads):
        return True
    if not heads or heads[-1][1].lower() in _CARRIERS:
        return False
    floor = max(0, heads[-1][0] - 80)
    # comments on the block stand directly above it
    above = max(data.rfind(b"\n\n", floor, heads[-1][0]) + 1, floor)
    end = _TOP_LEVEL.search(data, name.end, name.end + REACH)
    stop = end.start() if end else name.end + REACH
    places = text.contexts
    within = range(bisect(places, (above, False)), bisect(places, (stop, True)))
    return not any(places[index].ours for index in within)


def _is_of_others(text: Text, start: int) -> bool:
    """Whether the closest word about anybody, looking up from a value, is about another vendor or purpose."""
    places = text.contexts
    at = bisect(places, (start, True))
    return at > 0 and places[at - 1].at >= start - 200 and not places[at - 1].ours


def _vendor_is_near(text: Text, start: int, below: bool) -> bool:
    """Whether the closest word about anybody, looking up from a vague name, is about this vendor.

    ``below``: words below count where there is none above; beside ids they speak of those.
    """
    places = text.contexts
    at = bisect(places, (start + 100, True))
    while at and places[at - 1].at > start + 16:
        at -= 1  # words below count only when there is none above
    if at and places[at - 1].at >= start - 600:
        return places[at - 1].ours
    return below and at < len(places) and places[at].at <= start + 100 and places[at].ours


def _old_id(text: Text, secret: _Secret) -> int | None:
    """The prefix-less id of 16 that an id's name announces, close to a named secret."""
    data = text.data
    best: int | None = None
    for start in text.words(OLD_LENGTH, max(0, secret.start - 300), secret.start + 300):
        value = data[start : start + OLD_LENGTH]
        if placeholders.is_placeholder(value):
            continue
        if placeholders.is_identifier(value) and not placeholders.is_mixed(value):
            continue  # 1 random id of 16 in 230 looks like words, a name and a partner tell more
        if not placeholders.has_both_cases(value):
            continue
        name = name_of(data, start)
        if name is None or not name.names_id or name.foreign:
            continue
        if best is None or abs(start - secret.start) < abs(best - secret.start):
            best = start
    return best


def _arguments(text: Text, paired: set[int]) -> Iterator[Candidate]:
    """An old id and its secret side by side as literals in a call that makes a client: no name at all."""
    if not text.speaks_of_alibaba:
        return
    data = text.data
    for start in text.words(SECRET_LENGTH):
        if start in paired or data[start - 1 : start] not in (b'"', b"'"):
            continue
        before = _ARGUMENT_BEFORE.search(data, start - 140, start)
        call = before and _CALLEE.search(data, before.start() - 160, before.start())
        if not (before and call) or _OF_OTHERS.search(call[1]):
            continue
        value = data[start : start + SECRET_LENGTH]
        # 1 id of 16 in 17 has no digit: enough where the call is this vendor's own
        mixed = placeholders.is_mixed(value) and (
            placeholders.is_mixed(before[1])
            or (_OWN_CALL.search(call[1]) is not None and not placeholders.is_identifier(before[1]))
        )
        made_up = placeholders.is_placeholder(value) or placeholders.is_placeholder(before[1])
        if mixed and not made_up and not placeholders.is_identifier(value):
            yield _pair(before.start(1), before.end(1), start, start + SECRET_LENGTH, firm=False)


def _glued(data: bytes) -> Iterator[Candidate]:
    """Id and secret in one word, without anything between: 16 + 30 or 24 + 30 characters."""
    for m in _ID_WORD.finditer(data):
        start, end = m.span()
        if (start and data[start - 1] in _WORD_BYTES) or end - start not in (
            OLD_LENGTH + SECRET_LENGTH,
            LENGTH + SECRET_LENGTH,
        ):
            continue
        middle = end - SECRET_LENGTH
        body, value = data[start + 4 : middle], data[middle:end]
        if not (
            placeholders.is_placeholder(body)
            or placeholders.is_placeholder(value)
            or _in_base64(data, start, end)
        ):
            yield _pair(start, middle, middle, end, firm=False)

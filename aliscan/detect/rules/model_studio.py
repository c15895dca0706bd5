"""API keys of Model Studio (Bailian, DashScope): `alibaba-model-studio-key`.

Four shapes (credential-shapes.md section 4). Three say whose they are; ``sk-`` and 32 hex digits is
also what DeepSeek and a search API hand out, so there the nearest name or endpoint decides.
"""

from __future__ import annotations

import re
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from aliscan.detect.hexes import is_made_up
from aliscan.detect.names import name_of
from aliscan.detect.near import beginning, line_before, windows
from aliscan.detect.structure import Structure
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import API_KEY, Confidence, Severity
from aliscan.record import NamedTuple

KEY = "alibaba-model-studio-key"

RULES = (
    RuleInfo(KEY, "Model Studio API key", Severity.HIGH,
             "Whoever reads it can run models and read files at the cost and in the name of its owner."),
)  # fmt: skip

NEAR = 1000  # bytes on each side in which a word decides whose key it is
_RANK = 20

_SIGNED = re.compile(
    rb"(?<![A-Za-z0-9_-])sk-(?:ws|sp)-[A-Z]\.[A-Z]{3,12}\.[A-Za-z0-9]{4}\.(ME[MQUY]C[A-Za-z0-9_+/-]{80,100})={0,2}"
    rb"(?![A-Za-z0-9_+/-])"
)
_CODING = re.compile(rb"(?<![A-Za-z0-9_-])sk-sp-([0-9a-f]{32})(?![A-Za-z0-9_-])")
_HEX = re.compile(rb"(?<![A-Za-z0-9_-])sk-([0-9a-f]{32})(?![A-Za-z0-9_-])")

# Whose key it is. An endpoint says it; a product's name mostly does; the name of a model does not
# when the platform sells other houses' models (deepseek-r1 on DashScope). Anthropic's and OpenAI's
# names say nothing: the platform speaks both protocols, and their own keys have other shapes.
_ENDPOINT = rb"dashscope[a-z-]{0,12}\.aliyuncs|maas\.aliyuncs|bailian[a-z.-]{0,20}\.aliyun"
_OURS = (
    rb"dash_?scope|bai_?lian|tong_?yi|qwen|aliyun|alibaba|model-?studio|cosyvoice|paraformer|wanx"
    rb"|\xe7\x99\xbe\xe7\x82\xbc|\xe9\x80\x9a\xe4\xb9\x89|\xe5\x8d\x83\xe9\x97\xae|\xe9\x98\xbf\xe9\x87\x8c"
)  # 百炼 通义 千问 阿里
_THEIR_ENDPOINT = (
    rb"api\.deepseek\.com|(?:api\.)?bochaai?\.com|api\.moonshot\.|open\.bigmodel\.cn|api\.openai\.com"
    rb"|api\.siliconflow\.|openrouter\.ai|api\.anthropic\.com|ark\.cn-[a-z]{1,9}\.volces\.com|api\.lingyiwanwu\."
    rb"|api\.minimax|api\.baichuan|api\.stepfun|qianfan\.baidubce|hunyuan\.cloud\.tencent|api\.groq\.com"
)
_THEIRS = (
    rb"deep_?seek|bocha|moonshot|kimi|zhipu|bigmodel|chatglm|baichuan|minimax|stepfun|step_?fun|doubao|volc"
    rb"|hunyuan|tencent|qianfan|ernie|baidu|silicon_?flow|open_?router|gemini|groq|mistral"
    rb"|tavily|serper|coze|dify|lingyi|fastgpt|aihubmix|ai302|302_?ai|spark|xunfei|langfuse"
    rb"|\xe6\xb7\xb1\xe5\xba\xa6\xe6\xb1\x82\xe7\xb4\xa2|\xe5\x8d\x9a\xe6\x9f\xa5"
)  # 深度求索 博查
_WORD = re.compile(
    rb"(?i)(?P<e1>%b)|(?P<e2>%b)|(?P<m>deepseek-(?:r\d|v\d|chat|coder|reasoner|llm)|kimi-k\d|glm-\d|moonshot-v\d)"
    rb"|(?P<w1>%b)|(?P<w2>%b)" % (_ENDPOINT, _THEIR_ENDPOINT, _OURS, _THEIRS)
)
_OUR_NAME = re.compile(rb"(?i)" + _OURS)
PATH = _OUR_NAME  # what a path may say
_THEIR_NAME = re.compile(rb"(?i)" + _THEIRS)
_ADDRESS = re.compile(rb"(?i)" + _ENDPOINT + rb"|" + _THEIR_ENDPOINT)
_SIGN = re.compile(rb"[:=>(]|\xef\xbc\x9a")
# OPENAI of OPENAI_BASE_URL="https://
_STEM = re.compile(
    rb"([A-Za-z0-9]{3,20})_[A-Za-z0-9_]{1,40}[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?:(?:http|ws)s?://)?\Z"
)
_STOPS = re.compile(
    rb"(?<![A-Za-z])sk-[0-9A-Za-z]|\n[ \t\r#/]*\n|\n[ \t#>+/]{0,6}\[(?=[\w. \"-]{1,60}\]{1,2}[ \t\r]{0,4}\n)"
)
_LABEL = re.compile(rb"[\w.-]{0,30}[\"'`]?[ \t]{0,4}(?:[:=][ \t]{0,4}[\[{\r\n]|=>?[ \t]{0,4}[\[{(])")


class _Word(NamedTuple):
    """A word that speaks of a vendor; ``weight`` stretches its distance: the lower, the more it counts."""

    start: int
    end: int
    ours: bool
    weight: int
    label: bool  # the name of what follows, also in a comment: it says nothing of the key before it
    comment: bool

    @property
    def is_endpoint(self) -> bool:
        """Whether it is an address, which says whose key it is."""
        return self.weight == _WEIGHTS["e1"][1]


_WEIGHTS = {"e1": (True, 2), "e2": (False, 2), "m": (False, 12), "w1": (True, 4), "w2": (False, 4)}


def find(text: Text) -> Iterator[Candidate]:
    """Yield every key whose shape says whose it is, and hex keys whose surroundings do."""
    data = text.data
    if b"sk-" not in data:
        return
    for m in beginning(data, b"sk-", _SIGNED):
        if _is_signature(m[1]):
            yield _candidate(m.start(), m.end(), Confidence.HIGH)
    for m in beginning(data, b"sk-sp-", _CODING):
        if not is_made_up(m[1]):
            yield _candidate(m.start(), m.end(), Confidence.HIGH)
    keys = [m.span() for m in beginning(data, b"sk-", _HEX)]
    if keys and (_OUR_NAME.search(text.path) or _OUR_NAME.search(data)):
        keys = [(start, end) for start, end in keys if not is_made_up(data[start + 3 : end])]
        yield from _by_context(text, keys)


def _candidate(start: int, end: int, confidence: Confidence) -> Candidate:
    return Candidate(KEY, Severity.HIGH, confidence, (Span(API_KEY, start, end),), rank=_RANK)


def _is_signature(word: bytes) -> bool:
    """Whether base64 (either alphabet) holds a whole DER sequence of two integers: no cut key does."""
    body = word.replace(b"-", b"+").replace(b"_", b"/")
    if len(body) % 4 == 1:
        return False  # no base64 has this length; found by fuzzing
    der = b64decode(body + b"=" * (-len(body) % 4))
    if len(der) < 8 or der[0] != 0x30 or der[1] + 2 != len(der) or der[2] != 2:
        return False
    second = 4 + der[3]
    return second + 1 < len(der) and der[second] == 2 and second + 2 + der[second + 1] == len(der)


def _by_context(text: Text, keys: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    data = text.data
    words: list[_Word] = []
    stops: list[int] = []
    for window in windows(keys, NEAR, NEAR, len(data)):
        for m in _WORD.finditer(data, window.start, window.end):
            comment = _in_comment(data, m.start())
            label = comment or _LABEL.match(data, m.end(), m.end() + 60) is not None
            words.append(_Word(*m.span(), *_WEIGHTS[m.lastgroup or "w1"], label, comment))
        stops += (m.start() for m in _STOPS.finditer(data, window.start, window.end))
    only_ours: bool | None = None
    around = _Around(Structure(data), words, [w.start for w in words], stops, _turns(words, keys))
    for start, end in keys:
        said = _named(data, start)
        if said is None:
            nearest = _nearest(around, start, end)
            if nearest is None:
                if only_ours is None:
                    only_ours = _speaks_only_of_ours(text)
                said, confidence = only_ours, Confidence.LOW
            else:
                said, confidence = nearest.ours, Confidence.HIGH if nearest.weight == 2 else Confidence.MEDIUM
        else:
            confidence = Confidence.HIGH
        if said:
            yield _candidate(start, end, confidence)


class _Around(NamedTuple):
    """What stands near the keys of a text: all in reading order."""

    structure: Structure
    words: Sequence[_Word]
    starts: Sequence[int]  # of the words
    stops: Sequence[int]
    turns: dict[int, bool]


def _turns(words: Sequence[_Word], keys: Sequence[tuple[int, int]]) -> dict[int, bool]:
    """For each key between two endpoints (its start) whether endpoints come first where both take turns."""
    marks = sorted([(w.start, True) for w in words if w.is_endpoint] + [(start, False) for start, _ in keys])
    found: dict[int, bool] = {}
    first = True
    for (before, was), (at, is_endpoint), (after, then) in zip(
        [(-NEAR, False), *marks], marks, [*marks[1:], (0, False)], strict=False
    ):
        if is_endpoint is was or at - before > NEAR // 2:
            first = is_endpoint
        if not is_endpoint and was and then and after - at <= NEAR // 2:
            found[at] = first
    return found


def _named(data: bytes, start: int) -> bool | None:
    """Whether the key's own name is one of ours (True), another vendor's (False), or says nothing."""
    name = name_of(data, start)
    if name is None:
        return None
    written = data[name.start : name.end]
    if _ADDRESS.search(written) or _trails(data, name.start, name.end, start):
        return None
    ours, theirs = _OUR_NAME.search(written), _THEIR_NAME.search(written)
    if bool(ours) == bool(theirs):
        return None
    return ours is not None


def _trails(data: bytes, name: int, end: int, start: int) -> bool:
    """Whether a name stands behind another key, as in ``KEY  deepseek``, and nothing says it names this."""
    return not _SIGN.search(data, end, start) and b"sk-" in line_before(data, name, 200)


def _stem(data: bytes, start: int) -> bytes:
    """The first part of the name of a setting, in small letters: what settings of one vendor share."""
    m = _STEM.search(line_before(data, start, 200))
    return m[1].lower() if m else b""


def _in_comment(data: bytes, at: int) -> bool:
    """Whether the line begins with a comment sign (a cut-off one counts as code)."""
    return line_before(data, at, 200).lstrip().startswith((b"#", b"//", b"*", b"--", b";"))


def _nearest(around: _Around, start: int, end: int) -> _Word | None:
    """The word that speaks for a key: the nearest, where other keys and blank lines between count.

    What is commented out speaks for what is commented out: people keep the other vendor that way.
    """
    found: list[tuple[int, _Word]] = []
    words, stops, data = around.words, around.stops, around.structure.data
    comment, stem = _in_comment(data, start), _stem(data, start)
    here = bisect_left(around.starts, start)
    for side in (range(here - 1, max(-1, here - 9), -1), range(here, min(len(words), here + 8))):
        for index in side:
            word = words[index]
            low, high = (word.end, start) if word.start < start else (end, word.start)
            if high - low > NEAR:
                break
            between = bisect_left(stops, high) - bisect_left(stops, low)
            distance = word.weight * (20 + high - low) * (1 + 3 * between)
            if word.is_endpoint:
                distance *= 4 if word.comment is not comment else 1
                distance //= 3 if stem and _stem(data, word.start) == stem else 1
            if word.label and word.start > start and not comment:
                distance *= 4
            found.append((distance, word))
    if len({word.ours for _, word in found}) > 1:
        found = [(_weighed(around, start, distance, word), word) for distance, word in found]
    return min(found, key=lambda f: f[0])[1] if found else None


def _weighed(around: _Around, start: int, distance: int, word: _Word) -> int:
    """A distance where several vendors stand near a key: a word in another entry is far, one on the key's
    line is near, and so are what heads the key's block and the endpoint whose turn it is."""
    if word.label and around.structure.heads(word.start, start):
        return min(distance, word.weight * 100)
    if word.is_endpoint and around.turns.get(start) is (word.start < start):
        distance //= 2
    return distance * around.structure.apart(start, word.start)


def _speaks_only_of_ours(text: Text) -> bool:
    """Whether the whole text and its path name us and none of the others."""
    ours = False
    for source in (text.path, text.data):
        for m in _WORD.finditer(source):
            if m.lastgroup in ("e2", "w2"):
                return False
            ours = ours or m.lastgroup in ("e1", "w1")
    return ours

"""What a rule is given, and what it gives back.

A rule sees a `Text`: one reading of the bytes (the bytes as they are, or decoded by a view), and
yields `Candidate`s: spans of byte offsets into that reading. It neither masks nor counts lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from aliscan.detect.near import offsets
from aliscan.detect.words import LETTERS, WINDOW
from aliscan.finding import Confidence, Severity
from aliscan.record import NamedTuple, Protocol, dataclass, field


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What users see of a rule. ``id`` is stable and public; texts are English msgids."""

    id: str
    title: str
    severity: Severity
    description: str


@dataclass(frozen=True, slots=True)
class Span:
    """A value in a `Text`: its kind (see aliscan.finding) and byte offsets, end exclusive.

    ``value`` replaces the bytes between the offsets where the credential is not literally there
    (decrypted, joined); None means the bytes themselves.
    """

    kind: str
    start: int
    end: int
    value: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One credential that a rule sees. ``rank``: of two that claim the same value, the higher stays."""

    rule: str
    severity: Severity
    confidence: Confidence
    spans: tuple[Span, ...]
    notes: tuple[tuple[str, str], ...] = ()
    rank: int = 0


class Family(Protocol):
    """A module of aliscan.detect.rules: one credential family."""

    RULES: tuple[RuleInfo, ...]

    def find(self, text: Text) -> Iterator[Candidate]:
        """Yield every credential of the family in ``text``; linear in its length."""


# What says that a text is about Alibaba Cloud at all; credential-shapes.md section 5.1. Plain finds: a
# case-blind alternation would run at a tenth of their speed, and texts that mention the vendor are long.
_VENDOR = (
    b"aliyun", b"Aliyun", b"ALIYUN", b"AliYun", b"alibaba", b"Alibaba", b"ALIBABA", b"alicloud", b"Alicloud",
    b"AliCloud", b"ALICLOUD", b"ali-oss", b"aliOss", b"alioss", b"AliOss", b"ALI_OSS", b"oss-cn-", b"oss-ap-",
    b"oss-us-", b"oss-eu-", b"oss-me-", b"OSSClient", b"OSSPlainText", b"oss2", b"AcsClient", b"OSS_ACCESS",
    b"OSS_SECRET", b"oss_secret", b"ossSecret", b"OssSecret", b"oss-secret", b"oss.secret",
    b"Ali_Secret", b"Ali_Key", b"ALI_SECRET", b"ALI_KEY", b"ali_secret", b"aliSecret", b"fs.oss.", b"dysms",
    b"Dysms", b"dashscope", b"DASHSCOPE", b"bailian", b"odps", b"ODPS", b"ossutil", b"ossfs",
    # other vendors say secretAccessKey, secretKey
    b"ccessKeySecret", b"access_key_secret", b"ACCESS_KEY_SECRET", b"access-key-secret",
    "阿里".encode(), "阿里".encode("gbk"),
)  # fmt: skip
_SMS_TEMPLATE = re.compile(rb"SMS_\d{6,9}")
# Who the lines around a vague name are about: this vendor, or somebody or something else. In small letters;
# single finds, for the same reason. Short words count only where no letter stands beside them.
_OURS = (
    b"aliyun",
    b"alibaba",
    b"alicloud",
    b"ali-oss",
    b"alioss",
    b"dysms",
    "阿里".encode(),
    "阿里".encode("gbk"),
)
_THEIRS = (
    b"jwt", b"qiniu", b"tencent", b"qcloud", b"huawei", b"volc", b"baidu", b"wechat", b"weixin", b"github",
    b"gitlab", b"session", b"cookie", b"csrf", b"google", b"minio", b"oauth", b"alipay", b"stripe",
)  # fmt: skip
_CLASS = re.compile(rb"(?<![A-Za-z])OSS[A-Z][a-z]")
_SHORT = {b"oss": True, b"ram": True, b"sls": True, b"ots": True, b"odps": True, b"sms": True, b"aws": False}


_SHAPE = bytes(97 if c in LETTERS else 32 for c in range(256))


class Context(NamedTuple):
    """A word that speaks of a vendor or purpose: where it ends, and whether it is Alibaba Cloud."""

    at: int
    ours: bool


class Text:
    """One reading of some bytes, with what several rules need of it worked out once, when asked."""

    def __init__(self, data: bytes, path: bytes = b"") -> None:
        self.data = data
        self.path = path

    @cached_property
    def speaks_of_alibaba(self) -> bool:
        """Whether the text or its path names Alibaba Cloud, one of its products or regions."""
        return _speaks(self.data) or _speaks(self.path)

    @cached_property
    def contexts(self) -> list[Context]:
        """Where the text speaks of a vendor or purpose: the offset, and whether it is Alibaba Cloud."""
        lower = self.data.lower()
        found = [(at + len(word), True) for word in _OURS for at in offsets(lower, word)]
        found += [(at + len(word), False) for word in _THEIRS for at in offsets(lower, word)]
        for word, ours in _SHORT.items():
            for at in offsets(lower, word):
                end = at + len(word)
                before = b"" if lower[at - 2 : at] in (b"\\n", b"\\t", b"\\r") else lower[at - 1 : at]
                if not (before.islower() or lower[end : end + 1].islower()):
                    found.append((end, ours))
        # The classes of its SDK for Apple's systems: OSSClient
        found += [(at + 5, True) for at in offsets(self.data, b"OSS") if _CLASS.match(self.data, at)]
        return [Context(*word) for word in sorted(found)]

    @cached_property
    def _shape(self) -> bytes:
        return b" " + self.data.translate(_SHAPE) + b" "

    def words(self, length: int, start: int = 0, end: int | None = None) -> Iterator[int]:
        """The offsets of all words (ASCII letters and digits, nothing else around) of exactly this length.

        A search for ``a`` * length between blanks in a translated copy: 1 GB/s, where a regular
        expression that must try every offset reaches a tenth of it.
        """
        word = b" " + b"a" * length + b" "
        stop = (len(self.data) if end is None else min(end, len(self.data))) + 2
        find = self._shape.find
        while start < stop:
            upto = min(start + WINDOW, stop)
            at = find(word, start, upto)
            while at >= 0:
                yield at
                start = at + length + 1
                at = find(word, start, upto)
            start = max(start, upto - length - 1)
            if upto == stop:
                return

    def has_word_over(self, length: int, start: int, end: int) -> bool:
        """Whether a word of more than ``length`` characters stands between the offsets."""
        return self._shape.find(b"a" * (length + 1), start + 1, end + 1) >= 0


def _speaks(data: bytes) -> bool:
    return any(word in data for word in _VENDOR) or _SMS_TEMPLATE.search(data) is not None

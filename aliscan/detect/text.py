"""What a rule is given, and what it gives back.

A rule sees a `Text`: one reading of the bytes (the bytes as they are, or decoded by a view), and
yields `Candidate`s: spans of byte offsets into that reading. It neither masks nor counts lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from aliscan.finding import Confidence, Severity


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


# What says that a file is about Alibaba Cloud at all; credential-shapes.md section 5.1.
_CONTEXT = re.compile(
    rb"(?i:aliyun|alibaba|alicloud|ali-?oss|dashscope|bailian|onaliyun|odps|ali_(?:key|secret))"
    rb"|oss-(?:cn|ap|us|eu|me)-|oss2\b|OSSClient|AcsClient|OSS_(?:ACCESS|SECRET)|dysms|SMS_\d{6,9}"
    rb"|fs\.oss\.|\xe9\x98\xbf\xe9\x87\x8c|\xb0\xa2\xc0\xef"  # 阿里 in UTF-8 and GBK
)


class Text:
    """One reading of some bytes, with what several rules need of it worked out once, when asked."""

    def __init__(self, data: bytes, path: bytes = b"") -> None:
        self.data = data
        self.path = path

    @cached_property
    def speaks_of_alibaba(self) -> bool:
        """Whether the text or its path names Alibaba Cloud, one of its products or regions."""
        return _CONTEXT.search(self.data) is not None or _CONTEXT.search(self.path) is not None

"""The first look at very many blobs that resemble each other: the versions of files in a history.

A `gate` sums up a text in a few bits. They are made so that the bits of a text are among those of an
older version together with those of the bytes that changed, `REACH` around them included: a history
is then searched at the cost of its changes.

The anchors of some families are everywhere in a repository that is about the vendor. The gate looks
for what such a family cannot do without instead (`NEEDS`): it opens less often than
`aliscan.detect.anchors.families` says something, and for every text in which `detect` finds anything
(tests/detect/test_bulk.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aliscan.detect import placeholders
from aliscan.detect.anchors import ANCHORS, is_container
from aliscan.detect.needles import ENCODED, Needle, base64_forms, encoded

# Bits of a text.
WORTH = 1  # it may hold something
ZERO = 2  # it holds a NUL: never searched in parts, it may be UTF-16
CONTAINER = 4

# Longer than any needle with the bytes beside it (tests/detect/test_bulk.py).
REACH = 640

# family -> what it needs beside a word of 30 that could be a secret; other families: their anchors
# Necessary for the rules, not sufficient; bounded, and read alike by `re` and hyperscan.
NEEDS: dict[str, tuple[bytes, ...]] = {
    "access_key": (b"LTAI",),
    "model_studio": (b"sk-ws-", b"sk-sp-", b"sk-[0-9a-f]{32}"),
    "databases": (
        rb"(?:rds|kvstore|polarx|polardb|ads|gpdb|lindorm|oceanbase|clickhouse|selectdb|elasticsearch|hologres)"
        rb"\.aliyuncs\.com",
    ),
    "alipay": (rb"MII[A-Za-z0-9+/]{57}",),
    "registry": (rb"cr\.aliyuncs", rb"registry[.-]"),
    "dingtalk": (rb"SEC[0-9a-f]{64}", b"robot/send", b"DD_BOT", b"ING_TOKEN", b"ALK_TOKEN"),
}

# What `needles.encoded` need not look for, because whatever makes `detect` undo the encoding stands
# beside it in plain words: the values of a Kubernetes secret, and the beginnings of tokens in base64.
_MORE = (
    rb"kind[\"']?:[ \t]{0,8}[\"']?Secret",
    *(
        re.escape(form)
        for word in (b"sk-ws-", b"sk-sp-", b"1q6Ft5B2", b"U2FsdGVkX1")
        for form in base64_forms(word)
    ),
    rb"c2st(?:[MNOYZ][A-Za-z0-9+/]{3}){5}",  # sk- and hex digits
)

_WORD = rb"(?:\A|[^A-Za-z0-9])[A-Za-z0-9]{30}(?:[^A-Za-z0-9]|\z)"
_LENGTH = 30
_ALNUM = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_SHAPE = bytes(97 if c in _ALNUM else 32 for c in range(256))
_RUN = b" " + b"a" * _LENGTH + b" "


def needles() -> list[Needle]:
    """All that the gate looks for, but the words."""
    found: list[Needle] = []
    for name, row in ANCHORS.items():
        names = frozenset((name,))
        if name in NEEDS:
            found += (Needle(names, pattern=pattern) for pattern in NEEDS[name])
        else:
            found += (Needle(names, anchor) for anchor in row)
    return [*found, *encoded(), *_more()]


def _more() -> list[Needle]:
    return [Needle(frozenset((ENCODED,)), pattern=pattern) for pattern in _MORE]


@dataclass(frozen=True, slots=True)
class Gate:
    """``scan`` says whether anything that the gate looks for is in some bytes, ``needle`` whose needs
    were met (families, and ``encoded``), a word of 30 aside. Not for several threads."""

    scan: Callable[[bytes], bool]
    needle: Callable[[bytes], frozenset[str]]

    def bits(self, data: bytes) -> int:
        """The bits of a text; none: `aliscan.detect.detect` finds nothing in it."""
        value = WORTH if self.scan(data) else 0
        if b"\0" in data:
            value |= ZERO
            if not value & WORTH and self.scan(data.translate(None, b"\0")):
                value |= WORTH
        return value | CONTAINER if is_container(data) else value


def gate(engine: str = "auto") -> Gate:
    """Prepare a gate: ``python``, ``hyperscan`` (raises ImportError without the extra ``fast``), ``auto``."""
    if engine == "python":
        return Gate(*_python())
    try:
        return Gate(*_hyperscan())
    except ImportError:
        if engine != "auto":
            raise
        return Gate(*_python())


@lru_cache(1 << 12)  # versions of a file hold the same words
def _secretive(word: bytes) -> bool:
    """Whether the rule could take a word of 30 for a secret: it is no identifier and no placeholder."""
    return not (placeholders.is_identifier(word) or placeholders.is_placeholder(word))


_Test = Callable[[bytes], bool]
_Names = Callable[[bytes], frozenset[str]]


def _python() -> tuple[_Test, _Names]:
    from aliscan.detect.engines import python

    # The families whose anchors are everywhere have patterns that begin with a literal.
    direct = ("access_key", "model_studio")
    listed = [Needle(frozenset((n,)), a) for n, row in ANCHORS.items() if n not in direct for a in row]
    scan = python([*listed, *encoded()])
    always = [(name, [re.compile(p).search for p in NEEDS[name]]) for name in direct]
    more = [re.compile(p).search for p in _MORE]
    after = {n: [re.compile(p).search for p in NEEDS[n]] for n in NEEDS if n not in direct}

    def needle(data: bytes) -> frozenset[str]:
        found = {name for name, searches in always if any(search(data) for search in searches)}
        found |= {n for n in scan(data) if n not in after or any(s(data) for s in after[n])}
        if ENCODED not in found and any(search(data) for search in more):
            found.add(ENCODED)
        return frozenset(found)

    return lambda data: _has_word(data) or bool(needle(data)), needle


def _has_word(data: bytes) -> bool:
    shape = b" " + data.translate(_SHAPE) + b" "
    at = shape.find(_RUN)
    while at >= 0:
        if _secretive(data[at : at + _LENGTH]):
            return True
        at = shape.find(_RUN, at + _LENGTH)
    return False


def _hyperscan() -> tuple[_Test, _Names]:
    import hyperscan as hs

    def database(expressions: list[bytes]) -> Any:
        made: Any = hs.Database()
        made.compile(expressions=expressions, flags=[hs.HS_FLAG_SINGLEMATCH] * len(expressions))
        return made

    # Two passes: 2.1 and 1.3 GB/s; all in one database runs at 0.4 (docs/decisions/0070-pack-reader.md)
    literals, words = database([needle.expression for needle in needles()]), database([_WORD])
    met: list[int] = []

    def on_match(number: int, *_: object) -> None:
        met.append(number)

    def on_word(number: int, start: int, end: int, *_: object) -> bool:
        met.append(end)
        return True  # enough: scan raises ScanTerminated

    names = [needle.names for needle in needles()]
    nothing: frozenset[str] = frozenset()

    def needle(data: bytes) -> frozenset[str]:
        met.clear()
        literals.scan(data, match_event_handler=on_match)
        return nothing.union(*[names[number] for number in met]) if met else nothing

    def found(data: bytes) -> bool:
        if needle(data):
            return True
        met.clear()
        view = memoryview(data)
        at = 0
        while True:
            try:
                words.scan(view[at:], match_event_handler=on_word)
            except hs.ScanTerminated:
                # The match ends one byte behind the word, or with it at the end of the text.
                end = at + met.pop()
                last = end if data[end - 1] in _ALNUM else end - 1
                if _secretive(data[last - _LENGTH : last]):
                    return True
                at = last
            else:
                return False

    return found, needle

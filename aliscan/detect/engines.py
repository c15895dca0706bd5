"""Two ways to look for all needles at once; both give the same answer.

``python`` needs nothing: one pass of `bytes.translate` leaves capitals and digits, about 6 % of
source code, and a regular expression walks that thin text; what it meets there is looked for
in the text itself. Anchors without capitals cost one pass each. ``hyperscan`` (the extra ``fast``)
reads all needles in one pass. Measured by bench/anchors.py, decided in docs/decisions/0030-anchors.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from aliscan.detect.needles import QUIET, Needle, thin

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

Scan = Callable[[bytes], set[str]]

_CHUNK = 1 << 16
_SHORT = 512  # below, one `in` a word costs less than one pass a letter
_OVERLAP = 1 << 10  # longer than the longest needle: nothing is lost between two chunks

# The characters of source code from rare to frequent; memchr on a rare one runs at full speed.
_RARE = b"QZJXKVYWGHUBMFPDLCNORITASE" + b"zjqxkwvy/bg-phmfucd_lsnroatie"
_RARE_CAPITALS = b"QZJXKVYWGHUBMFP987654DLC3NORITA2SE10"


def python(needles: Iterable[Needle]) -> Scan:
    """Prepare the engine that needs no library; the result maps bytes to the names of the needles met."""
    loud: dict[bytes, list[Needle]] = {}
    quiet: dict[bytes, list[Needle]] = {}
    for needle in needles:
        hints = needle.hints or (thin(needle.literal),)
        if len(min(hints, key=len)) > 2:
            for hint in hints:
                loud.setdefault(hint, []).append(needle)
        else:
            quiet.setdefault(needle.literal, []).append(needle)
    in_thin = _pivots(loud, _RARE_CAPITALS)
    # What holds another word ("liyuncs", "liyun") is looked for where that was met, Chinese where there
    # are bytes that are no ASCII.
    within = {word: [w for w in quiet if w != word and word in w] for word in quiet}
    longer = {w for words in within.values() for w in words}
    first = [word for word in quiet if word not in longer]
    in_ascii = _pivots(filter(bytes.isascii, first), _RARE)
    in_other = [word for word in first if not word.isascii()]
    pattern_of = cache(re.compile)  # a hook meets few of them, if any

    def scan(data: bytes) -> set[str]:
        found: set[str] = set()
        for chunk in _chunks(data):
            for hint in _met(in_thin, chunk.translate(None, QUIET)):
                for needle in loud[hint]:
                    if not needle.names <= found and (
                        pattern_of(needle.pattern).search(chunk)
                        if needle.pattern
                        else needle.literal in chunk
                    ):
                        found |= needle.names
        met = _met(in_ascii, data)
        if in_other and not data.isascii():
            met.update(word for word in in_other if word in data)
        met.update([longer for word in met for longer in within[word] if longer in data])
        for literal in met:
            for needle in quiet[literal]:
                found |= needle.names
        return found

    return scan


_Pivots = list[tuple["re.Pattern[bytes]", list[tuple[int, bytes]]]]


def _pivots(words: Iterable[bytes], rare: bytes) -> _Pivots:
    """For each letter that is the rarest of some words one expression, and those words.

    The expressions begin with one literal character: `re` finds it with memchr, and only there
    looks around.
    """
    groups: dict[bytes, list[tuple[int, bytes]]] = {}
    for word in words:
        at = min(range(len(word)), key=lambda i: rare.find(word[i : i + 1]))
        groups.setdefault(word[at : at + 1], []).append((at, word))
    return [
        (
            re.compile(re.escape(letter) + b"(?:%s)" % b"|".join(_around(at, word) for at, word in group)),
            group,
        )
        for letter, group in groups.items()
    ]


def _around(at: int, word: bytes) -> bytes:
    before = b"(?<=%s)" % re.escape(word[: at + 1]) if at else b""
    return b"(?=%s)" % re.escape(word[at + 1 :]) + before


def _met(pivots: _Pivots, text: bytes) -> set[bytes]:
    """The words that the text holds."""
    if len(text) < _SHORT:
        return {word for _, group in pivots for _, word in group if word in text}
    met: set[bytes] = set()
    for pivot, group in pivots:
        if pivot.search(text):
            met.update(word for _, word in group if word in text)
    return met


def hyperscan(needles: Iterable[Needle]) -> Scan:
    """Prepare the engine of the extra ``fast``. Raises ImportError when it is not installed."""
    import hyperscan as hs

    listed = list(needles)
    database: Any = hs.Database()
    database.compile(
        expressions=[needle.expression for needle in listed],
        ids=list(range(len(listed))),
        flags=[hs.HS_FLAG_SINGLEMATCH] * len(listed),
    )

    def scan(data: bytes) -> set[str]:
        met: list[int] = []
        database.scan(data, match_event_handler=lambda number, *_: met.append(number))
        return {name for number in met for name in listed[number].names}

    return scan


def _chunks(data: bytes) -> Iterator[bytes]:
    if len(data) <= _CHUNK + _OVERLAP:
        yield data
        return
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK + _OVERLAP]

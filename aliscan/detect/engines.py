"""Looking for all needles at once, without a library.

One pass of `bytes.translate` leaves capitals and digits, about 9 % of source code; what most needles
leave there is looked for in that thin text, and the needle itself only where that was met. Needles
without capitals cost a pass over the whole text each; long ones of which there are many are told by four
bytes of theirs in one pass. Measured by bench/anchors.py, decided in
docs/decisions/0030-anchors.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from aliscan.detect.needles import CORES, QUIET, Needle, thin

Scan = Callable[[bytes], set[str]]

_CHUNK = 1 << 15  # below 30,000 bytes of thin text: aliscan.detect.words.WINDOW
_OVERLAP = 1 << 10  # longer than the longest needle: nothing is lost between two chunks


def python(needles: Iterable[Needle]) -> Scan:
    """Prepare the search; the result maps bytes to the names of the needles met."""
    loud: dict[bytes, list[tuple[bytes, Needle]]] = {}
    quiet: dict[bytes, list[Needle]] = {}
    needles = list(needles)
    long = [needle for needle in needles if _is_long(needle)]
    by_cell = len(long) >= _MANY
    cells = _cells(long) if by_cell else {}
    wanted = frozenset(cells)
    for needle in needles:
        if by_cell and _is_long(needle):
            continue
        hints = needle.hints or (thin(needle.literal),)
        if len(min(hints, key=len)) > 2:
            for hint in hints:
                core = next((core for core in CORES if core in hint), hint)
                loud.setdefault(core, []).append((hint, needle))
        else:
            quiet.setdefault(needle.literal, []).append(needle)
    # What holds another word ("aliyuncs", "aliyun") is looked for only where that was met.
    within = {word: [w for w in quiet if w != word and word in w] for word in quiet}
    longer = {w for words in within.values() for w in words}
    first = [word for word in quiet if word not in longer]
    cores = list(loud)
    pattern_of = cache(re.compile)  # a hook meets few of them, if any

    def met(needle: Needle, text: bytes) -> bool:
        if not needle.pattern:
            return needle.literal in text
        search = pattern_of(needle.pattern).search
        if not needle.literal:
            return search(text) is not None
        around = clusters(text, needle.literal, NEAR)  # a search costs many finds
        return any(search(text, max(0, first - NEAR), last + NEAR) for first, last in around)

    def scan(data: bytes) -> set[str]:
        found: set[str] = set()
        for chunk in _chunks(data) if cores else ():
            if wanted:
                numbers = memoryview(chunk)[: len(chunk) & ~3].cast("I")
                for needle in (needle for cell in wanted.intersection(numbers) for needle in cells[cell]):
                    if not needle.names <= found and needle.literal in chunk:
                        found |= needle.names
            loud_text = chunk.translate(None, QUIET)
            for core in [core for core in cores if core in loud_text]:
                for hint, needle in loud[core]:
                    if not needle.names <= found and hint in loud_text and met(needle, chunk):
                        found |= needle.names
        words = [word for word in first if word in data]
        for word in words:
            words += [w for w in within[word] if w in data]  # grows while it is walked: three deep
            for needle in quiet[word]:
                if not needle.names <= found and met(needle, data):
                    found |= needle.names
        return found

    return scan


NEAR = 160  # bytes: longer than any pattern that has a literal (tests/detect/test_engines.py)


def clusters(text: bytes, word: bytes, size: int) -> Iterator[tuple[int, int]]:
    """The first and last place of a word in each stretch of so many bytes: a text may be full of it."""
    at = text.find(word)
    while at >= 0:
        last = text.rfind(word, at, at + size)
        yield at, last
        at = text.find(word, last + 1)


_LONG = 7  # bytes of a needle: wherever it stands, four of them begin at a multiple of four
_MANY = 40  # needles: one pass by cells of four bytes costs as much as a find for each of twenty


def _is_long(needle: Needle) -> bool:
    return not needle.pattern and len(needle.literal) >= _LONG


def _cells(needles: Iterable[Needle]) -> dict[int, list[Needle]]:
    """Which needles hold four bytes, read as one number; four of each needle, so that a text has one."""
    cells: dict[int, list[Needle]] = {}
    for needle in needles:
        for at in range(4):
            cells.setdefault(int.from_bytes(needle.literal[at : at + 4], sys.byteorder), []).append(needle)
    return cells


def _chunks(data: bytes) -> Iterator[bytes]:
    if len(data) <= _CHUNK + _OVERLAP:
        yield data
        return
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK + _OVERLAP]

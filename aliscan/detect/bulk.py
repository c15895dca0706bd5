"""The first look at very many blobs that resemble each other: the versions of files in a history.

A `Gate` sums up a text in a few bits. They are made so that the bits of a text are among those of an
older version together with those of the bytes that changed, `REACH` around them included: a history
is then searched at the cost of its changes. What it looks for is therefore local: the needs of the
families (`aliscan.detect.needs`), not the words around them. It opens for every text in which
`detect` finds anything (tests/history/test_first_look.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from aliscan.detect import anchors, evidence
from aliscan.detect.needles import ENCODED, encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, NAMED, NEEDS, PREFIXED
from aliscan.detect.words import LENGTHS, SHORTEST, WORDS
from aliscan.detect.zeros import without_zeros

# Bits of a text.
WORTH = 1  # it may hold something
ZERO = 2  # it holds a NUL: never searched in parts, it may be UTF-16
CONTAINER = 4

# Longer than any needle with the bytes beside it (tests/detect/test_bulk.py).
REACH = 640


@dataclass(frozen=True, slots=True)
class Gate:
    """``scan(data, named)`` says whether anything that the gate looks for is in some bytes (``named`` as
    for `aliscan.detect.evidence.evidence`), ``evidence`` what it is; ``needle`` the same as ``scan`` but
    for a lone word that could be a secret. Not for several threads."""

    scan: Callable[[bytes, bool], bool]
    needle: Callable[[bytes], bool]
    evidence: anchors.Evidence

    def bits(self, data: bytes) -> int:
        """The bits of a text; none: `aliscan.detect.detect` finds nothing in it."""
        value = WORTH if self.scan(data, True) else 0
        if b"\0" in data:
            text = None if value else without_zeros(data)
            if text is not None and self.scan(text, False):
                value |= WORTH
            value |= ZERO
        return value | CONTAINER if anchors.is_container(data) else value

    def families(self, data: bytes, context: bool = True) -> tuple[str, ...]:
        """As `aliscan.detect.anchors.families`, or more."""
        return anchors.families(data, context, self.evidence)


class Kept(Protocol):
    """Where compiled patterns are kept between runs; both may do nothing."""

    def load(self, key: str) -> bytes | None:
        """The bytes saved under a key."""

    def save(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""


def gate(engine: str = "auto", kept: Kept | None = None) -> Gate:
    """Prepare a gate: ``python``, ``hyperscan`` (raises ImportError without the extra ``fast``), ``auto``."""
    if engine == "python":
        return _python()
    try:
        return _hyperscan(kept)
    except ImportError:
        if engine != "auto":
            raise
        return _python()


_NO_FAMILY = {NAMED}


def _python() -> Gate:
    return Gate(
        lambda data, named: not evidence.evidence(data, named) <= _NO_FAMILY,
        lambda data: not evidence.fixed(data) <= _NO_FAMILY,
        evidence.evidence,
    )


def expressions() -> list[tuple[bytes, frozenset[str]]]:
    """All that hyperscan looks for at once, and what each speaks for: all but words that must be judged.

    ``words``: only what `aliscan.detect.evidence` says of the long words of the text.
    """
    needles = [*NEEDS, *BESIDE_LONG_WORDS, *escaped()]
    wanted = (n for n in needles if n.names and n.pattern != PREFIXED)
    words = (*(n.expression for n in encoded()), *WORDS.values())
    return [*((n.expression, n.names) for n in wanted), *((word, frozenset(("words",))) for word in words)]


_PREFIXED = re.compile(PREFIXED)  # slow in hyperscan; nearly no text holds its first byte

# Without borders, and told once a text: 2 GB/s where a word of exactly 30 is found at 0.6.
_LONG = rb"[A-Za-z0-9]{30}"
_REST = re.compile(rb"[A-Za-z0-9]*")
_DENSE = 2 << 10  # bytes between two long words from which on starting hyperscan again costs less
_STEP = 16 << 10  # bytes that are searched in Python where they are denser


def _databases(kept: Kept | None, *lists: list[bytes]) -> list[Any]:
    """A hyperscan database of each list of expressions, compiled unless they were kept."""
    import hyperscan as hs

    key = repr((getattr(hs, "__version__", ""), lists))
    with suppress(hs.HyperscanError, ValueError):
        data = kept.load(key) if kept else None
        if data is not None:
            return [_loaded(part) for part in _parts(data, len(lists))]
    made = []
    for listed in lists:
        database: Any = hs.Database()
        numbers = list(range(len(listed)))
        database.compile(expressions=listed, ids=numbers, flags=[hs.HS_FLAG_SINGLEMATCH] * len(listed))
        made.append(database)
    if kept:
        dumped = [hs.dumpb(database) for database in made]
        kept.save(key, b"".join(len(d).to_bytes(8, "big") + d for d in dumped))
    return made


def _loaded(data: bytes) -> Any:
    import hyperscan as hs

    database: Any = hs.loadb(data, hs.HS_MODE_BLOCK)
    database.scratch = hs.Scratch(database)
    return database


def _parts(data: bytes, count: int) -> Iterator[bytes]:
    """Bytes that stand behind their lengths."""
    for _ in range(count):
        size = int.from_bytes(data[:8], "big")
        yield data[8 : 8 + size]
        data = data[8 + size :]


def _hyperscan(kept: Kept | None) -> Gate:
    import hyperscan as hs

    every = expressions()
    literals, long = _databases(kept, [expression for expression, _ in every], [_LONG])
    ends: list[int] = []
    met: list[int] = []

    def end_of(_number: int, _start: int, end: int, *_: object) -> None:
        ends.append(end)

    def collect(number: int, *_: object) -> None:
        met.append(number)

    says_little = {number for number, (_, names) in enumerate(every) if names == _NO_FAMILY}

    def stop(number: int, *_: object) -> bool:
        return number not in says_little  # enough: scan raises ScanTerminated

    def needle(data: bytes) -> bool:
        try:
            literals.scan(data, match_event_handler=stop)
        except hs.ScanTerminated:
            return True
        return b"\x1e" in data and _PREFIXED.search(data) is not None

    def first(data: bytes | memoryview) -> int:
        long.scan(data, match_event_handler=end_of)
        return ends.pop() if ends else 0

    def names(data: bytes, named: bool) -> set[str]:
        literals.scan(data, match_event_handler=collect)
        found: set[str] = set().union(*[every[number][1] for number in met])
        met.clear()
        if b"\x1e" in data and _PREFIXED.search(data):
            found.add(ENCODED)
        if "words" in found:
            found.discard("words")
            found |= evidence.inside_words(data)
        for more in _judged(data, first, named):
            found |= more
        return found

    def scan(data: bytes, named: bool) -> bool:
        return needle(data) or any(_judged(data, first, named))

    return Gate(scan, needle, names)


def _judged(data: bytes, first: Callable[[bytes | memoryview], int], named: bool) -> Iterator[set[str]]:
    """Whose value each long word of a text may be; ``first`` finds the end of the first one of 30."""
    view = memoryview(data)
    start = 0
    while found := first(view[start:] if start else data):
        end = _end(data, start + found)
        if end - (start + found) + SHORTEST in LENGTHS:
            yield evidence.of_words(data, start + found - SHORTEST, end, named)
        if found < _DENSE:
            stop = min(end + _STEP, len(data))
            stop = _end(data, stop)
            yield evidence.of_words(data, end, stop, named)
            end = stop
        start = end


def _end(data: bytes, start: int) -> int:
    """Where the word ends in whose middle ``start`` is."""
    match = _REST.match(data, start)
    return match.end() if match else start

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
from dataclasses import dataclass
from typing import Any

from aliscan.detect import evidence
from aliscan.detect.anchors import is_container
from aliscan.detect.needles import encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, NAMED, NEEDS, PREFIXED
from aliscan.detect.words import WORDS
from aliscan.detect.zeros import without_zeros

# Bits of a text.
WORTH = 1  # it may hold something
ZERO = 2  # it holds a NUL: never searched in parts, it may be UTF-16
CONTAINER = 4

# Longer than any needle with the bytes beside it (tests/detect/test_bulk.py).
REACH = 640


@dataclass(frozen=True, slots=True)
class Gate:
    """``scan(data, named=True)`` says whether anything that the gate looks for is in some bytes
    (``named`` as for `aliscan.detect.evidence.evidence`); ``needle`` the same but for a lone word that
    could be a secret. Not for several threads."""

    scan: Callable[..., bool]
    needle: Callable[[bytes], bool]

    def worth(self, data: bytes) -> bool:
        """Whether a text is worth to be read by `aliscan.detect.detect`."""
        return bool(self.bits(data) & WORTH)

    def bits(self, data: bytes) -> int:
        """The bits of a text; none: `aliscan.detect.detect` finds nothing in it."""
        value = WORTH if self.scan(data) else 0
        if b"\0" in data:
            text = None if value else without_zeros(data)
            if text is not None and self.scan(text, False):
                value |= WORTH
            value |= ZERO
        return value | CONTAINER if is_container(data) else value


def gate(engine: str = "auto") -> Gate:
    """Prepare a gate: ``python``, ``hyperscan`` (raises ImportError without the extra ``fast``), ``auto``."""
    if engine == "python":
        return _python()
    try:
        return _hyperscan()
    except ImportError:
        if engine != "auto":
            raise
        return _python()


_NO_FAMILY = {NAMED}


def _python() -> Gate:
    return Gate(
        lambda data, named=True: not evidence.evidence(data, named) <= _NO_FAMILY,
        lambda data: not evidence.fixed(data) <= _NO_FAMILY,
    )


def expressions() -> list[bytes]:
    """All that hyperscan looks for at once: everything but the words that must be judged."""
    needles = [*NEEDS, *BESIDE_LONG_WORDS, *escaped(), *encoded()]
    wanted = (n for n in needles if n.names and n.names != _NO_FAMILY and n.pattern != PREFIXED)
    return [n.expression for n in wanted] + [*WORDS.values()]


_PREFIXED = re.compile(PREFIXED)  # slow in hyperscan; nearly no text holds its first byte


_STEP = 16 << 10
_BORDER = 256  # longer than any word that means something

# Without borders, and told once a text: 5.7 GB/s where a word of exactly 30 is found at 0.6.
_LONG = rb"[A-Za-z0-9]{30}"


def _hyperscan() -> Gate:
    import hyperscan as hs

    def database(listed: list[bytes]) -> Any:
        made: Any = hs.Database()
        made.compile(expressions=listed, flags=[hs.HS_FLAG_SINGLEMATCH] * len(listed))
        return made

    literals, words = database(expressions()), database([_LONG])

    def stop(*_: object) -> bool:
        return True  # enough: scan raises ScanTerminated

    def met(where: Any, data: bytes | memoryview) -> bool:
        try:
            where.scan(data, match_event_handler=stop)
        except hs.ScanTerminated:
            return True
        return False

    def needle(data: bytes) -> bool:
        return met(literals, data) or (b"\x1e" in data and _PREFIXED.search(data) is not None)

    def scan(data: bytes, named: bool = True) -> bool:
        return needle(data) or any(
            evidence.of_words(data, start, end, named) for start, end in _stretches(data, met, words)
        )

    return Gate(scan, needle)


def _stretches(data: bytes, met: Callable[..., bool], words: Any) -> Iterator[tuple[int, int]]:
    """Where long words are, with enough around them; found by steps, since most of a text has none."""
    if len(data) <= _STEP:
        if met(words, data):
            yield 0, len(data)
        return
    view = memoryview(data)
    low = high = 0
    for start in range(0, len(data), _STEP):
        end = min(start + _STEP + _BORDER, len(data))
        if met(words, view[start:end]):
            if start - _BORDER > high:
                if high:
                    yield low, high
                low = max(0, start - _BORDER)
            high = end
    if high:
        yield low, high

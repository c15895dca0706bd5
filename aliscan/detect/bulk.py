"""The first look at very many blobs that resemble each other: the versions of files in a history.

A `Gate` sums up a text in a few bits. They are made so that the bits of a text are among those of an
older version together with those of the bytes that changed, `REACH` around them included: a history
is then searched at the cost of its changes. What it looks for is therefore local: the needs of the
families (`aliscan.detect.needs`), not the words around them. It opens for every text in which
`detect` finds anything (tests/history/test_first_look.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aliscan.detect import evidence
from aliscan.detect.anchors import is_container
from aliscan.detect.needles import encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, NAMED, NEEDS
from aliscan.detect.words import LETTERS, WORDS, family_of

# Bits of a text.
WORTH = 1  # it may hold something
ZERO = 2  # it holds a NUL: never searched in parts, it may be UTF-16
CONTAINER = 4

# Longer than any needle with the bytes beside it (tests/detect/test_bulk.py).
REACH = 640


@dataclass(frozen=True, slots=True)
class Gate:
    """``scan`` says whether anything that the gate looks for is in some bytes; ``needle`` the same but
    for a lone word that could be a secret. Not for several threads."""

    scan: Callable[[bytes], bool]
    needle: Callable[[bytes], bool]

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
        lambda data: not evidence.evidence(data) <= _NO_FAMILY,
        lambda data: not evidence.fixed(data) <= _NO_FAMILY,
    )


def expressions() -> list[bytes]:
    """All that the gate looks for, but the words whose bytes must be judged, as regular expressions."""
    needles = [*NEEDS, *BESIDE_LONG_WORDS, *escaped(), *encoded()]
    return [n.expression for n in needles if n.names and n.names != _NO_FAMILY] + [*WORDS.values()]


# What `family_of` must judge: 30 letters and digits, and 30 bytes in base64 or hexadecimal.
JUDGED = (
    rb"(?:\A|[^A-Za-z0-9])[A-Za-z0-9]{30}(?:[^A-Za-z0-9]|\z)",
    rb"(?:\A|[^A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?:[A-Za-z0-9+/]{2,3})?(?:[^A-Za-z0-9+/]|\z)",
    rb"(?:\A|[^A-Za-z0-9+/])(?:[0-9a-f]{60}|[0-9A-F]{60})(?:[^A-Za-z0-9+/]|\z)",
)
_ALPHABETS = (frozenset(LETTERS), frozenset(LETTERS + b"+/"), frozenset(LETTERS))


def _hyperscan() -> Gate:
    import hyperscan as hs

    def database(listed: list[bytes], flag: int) -> Any:
        made: Any = hs.Database()
        made.compile(expressions=listed, ids=list(range(len(listed))), flags=[flag] * len(listed))
        return made

    # Two passes: 2.1 and 1.3 GB/s; all in one database runs at 0.4 (docs/decisions/0070-pack-reader.md)
    literals = database(expressions(), hs.HS_FLAG_SINGLEMATCH)
    words = database(list(JUDGED), 0)
    met: list[tuple[int, int]] = []

    def on_match(*_: object) -> bool:
        met.append((0, 0))
        return True  # enough: scan raises ScanTerminated

    def on_word(number: int, start: int, end: int, *_: object) -> None:
        met.append((number, end))

    def needle(data: bytes) -> bool:
        met.clear()
        try:
            literals.scan(data, match_event_handler=on_match)
        except hs.ScanTerminated:
            return True
        return False

    def scan(data: bytes) -> bool:
        if needle(data):
            return True
        met.clear()
        words.scan(data, match_event_handler=on_word)
        return any(_judged(data, number, end) for number, end in met)

    return Gate(scan, needle)


def _judged(data: bytes, number: int, end: int) -> bool:
    """Whether the word that ends at ``end``, or one byte before it, is anybody's."""
    alphabet = _ALPHABETS[number]
    stop = end if data[end - 1] in alphabet else end - 1
    start = stop
    while start and data[start - 1] in alphabet:
        start -= 1
    if number == 0 and stop - start == 30 and _is_joined(data, start, stop):
        return False
    return bool(family_of(data, start, stop))


_JOINED = re.compile(rb"[A-Za-z0-9][+/]\Z")


def _is_joined(data: bytes, start: int, stop: int) -> bool:
    return _JOINED.search(data, max(0, start - 2), start) is not None or (
        data[stop : stop + 1] in (b"+", b"/") and data[stop + 1 : stop + 2].isalnum()
    )

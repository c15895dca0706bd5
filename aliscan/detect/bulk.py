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
from contextlib import suppress

from aliscan.detect import anchors, evidence
from aliscan.detect.anchors import VENDOR
from aliscan.detect.needles import ENCODED, Needle, encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, NAMED, NEEDS, PREFIXED
from aliscan.detect.words import SHORTEST, WITH_DIGITS, WITHOUT_DIGITS, WORDS
from aliscan.detect.zeros import without_zeros
from aliscan.record import Protocol, dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

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
    for a lone word that could be a secret. ``views``: which views (`aliscan.detect.views.triggers`) may
    have something to say of a text; None where only they can tell. Not for several threads."""

    scan: Callable[[bytes, bool], bool]
    needle: Callable[[bytes], bool]
    evidence: anchors.Evidence
    views: Callable[[bytes], frozenset[str]] | None = None

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
    """Where compiled patterns are kept between runs; it may do nothing."""

    def load(self, key: str) -> bytes | None:
        """The bytes saved under a key."""

    def save(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""

    def is_usable(self) -> bool:
        """Whether anything can be kept."""


def gate(engine: str = "auto", kept: Kept | None = None, kept_views: Kept | None = None) -> Gate:
    """Prepare a gate: ``python``, ``hyperscan`` (raises ImportError without the extra ``fast``), ``auto``.

    ``kept`` is for the patterns of the first look, ``kept_views`` for those of the views."""
    if engine == "python":
        return _python()
    try:
        return _hyperscan(kept, kept_views)
    except ImportError:
        if engine != "auto":
            raise
        return _python()


_NO_FAMILY = {NAMED}
_VENDOR = "vendor"  # words without which it is of no use that something is called a secret


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
    vendor = (Needle(frozenset((_VENDOR,)), word) for word in VENDOR)
    needles = [*NEEDS, *BESIDE_LONG_WORDS, *escaped(), *vendor]
    wanted = (n for n in needles if n.names and n.pattern != PREFIXED)
    words = (*(e for n in encoded() for e in n.expressions), *WORDS.values())
    about_words = frozenset(("words",))
    return [*((e, n.names) for n in wanted for e in n.expressions), *((word, about_words) for word in words)]


_PREFIXED = re.compile(PREFIXED)  # slow in hyperscan; nearly no text holds its first byte

# Words of which more are told than this and one in so many bytes are looked for in Python: lists of hashes
_FEW = 16
_DENSE = 512
_BACK = SHORTEST + 1  # a match ends one or two bytes behind its word


@dataclass(frozen=True, slots=True)
class Expression:
    """What hyperscan looks for; ``once``: told once a text; ``dotall``: a dot is any byte."""

    pattern: bytes
    once: bool = True
    dotall: bool = False


def compiled(kept: Kept | None, expressions: list[Expression]) -> Any:
    """A hyperscan database of some expressions, compiled unless it was kept."""
    import hyperscan as hs

    key = repr((getattr(hs, "__version__", ""), [(e.pattern, e.once, e.dotall) for e in expressions]))
    with suppress(hs.HyperscanError, ValueError):
        data = kept.load(key) if kept else None
        if data is not None:
            loaded: Any = hs.loadb(data, hs.HS_MODE_BLOCK)
            loaded.scratch = hs.Scratch(loaded)
            return loaded
    database: Any = hs.Database()
    flags = [
        (hs.HS_FLAG_SINGLEMATCH if expression.once else 0) | (hs.HS_FLAG_DOTALL if expression.dotall else 0)
        for expression in expressions
    ]
    patterns = [expression.pattern for expression in expressions]
    database.compile(expressions=patterns, ids=list(range(len(patterns))), flags=flags)
    if kept:
        kept.save(key, hs.dumpb(database))
    return database


def _views(kept: Kept | None) -> Callable[[bytes], frozenset[str]]:
    from aliscan.detect.views.triggers import TRIGGERS

    every = frozenset(TRIGGERS)
    names = [name for name, triggers in TRIGGERS.items() for _ in triggers]
    triggers = [trigger for triggers in TRIGGERS.values() for trigger in triggers]
    database: Any = None
    is_usable: bool | None = None

    def views(data: bytes) -> frozenset[str]:
        nonlocal database, is_usable
        if is_usable is None:  # few texts get here, and often none
            # What cannot be kept costs more to compile, in every run, than to do without
            is_usable = kept is None or kept.is_usable()
            if is_usable:
                database = compiled(kept, [Expression(trigger, dotall=True) for trigger in triggers])
        if not is_usable:
            return every
        met: list[int] = []
        database.scan(data, match_event_handler=lambda number, *_: met.append(number))
        return frozenset([names[number] for number in met])

    return views


def _hyperscan(kept: Kept | None, kept_views: Kept | None) -> Gate:
    import hyperscan as hs

    every = expressions()
    literals = [Expression(expression) for expression, _ in every]
    with_digits = len(every)
    words = [Expression(WITH_DIGITS, once=False), Expression(WITHOUT_DIGITS, once=False)]
    database = compiled(kept, [*literals, *words])
    says_little = {number for number, (_, names) in enumerate(every) if names <= {NAMED, _VENDOR}}
    met: list[int] = []
    places: list[int] = []  # ends of matches of words, those of the second expression below zero
    most = 0
    text = b""

    def any_needle(number: int, _start: int, end: int, *_: object) -> bool:
        # True is enough: scan raises ScanTerminated
        if number < with_digits:
            return number not in says_little
        if number > with_digits:
            places.append(-end)
        elif text[end - _BACK : end - 2].isalnum():  # most words are shorter
            places.append(end)
        return len(places) > most

    def all_needles(number: int, _start: int, end: int, *_: object) -> bool:
        if number < with_digits:
            met.append(number)
            return False
        return any_needle(number, _start, end)

    def no_words(number: int, *_: object) -> bool:
        return number < with_digits and number not in says_little

    def search(data: bytes, handler: Callable[..., bool]) -> bool:
        """Whether the handler ended it."""
        nonlocal most, text
        met.clear()
        places.clear()
        most = _FEW + len(data) // _DENSE
        text = data
        try:
            database.scan(data, match_event_handler=handler)
        except hs.ScanTerminated:
            return True
        return False

    def needle(data: bytes) -> bool:
        return search(data, no_words) or _is_prefixed(data)

    def names(data: bytes, named: bool) -> set[str]:
        if search(data, all_needles):
            database.scan(data, match_event_handler=lambda number, *_: met.append(number))
            met[:] = [number for number in met if number < with_digits]
            found = evidence.of_words(data, named)
        else:
            found = evidence.of_words_at(data, places, named)
        found = found.union(*[every[number][1] for number in met])
        if _is_prefixed(data):
            found.add(ENCODED)
        if _VENDOR not in found and b"\0" not in data:  # else it may stand in what is UTF-16
            found.discard(NAMED)
        found.discard(_VENDOR)
        if "words" in found:
            found.discard("words")
            found |= evidence.inside_words(data)
        return evidence.settled(found, data)

    def scan(data: bytes, named: bool) -> bool:
        if search(data, any_needle):
            return len(places) <= most or needle(data) or bool(evidence.of_words(data, named))
        return _is_prefixed(data) or bool(evidence.of_words_at(data, places, named))

    return Gate(scan, needle, names, _views(kept_views))


def _is_prefixed(data: bytes) -> bool:
    return b"\x1e" in data and _PREFIXED.search(data) is not None

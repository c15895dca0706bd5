"""Other readings of the same bytes, one file a view.

A view has a ``NAME``, shown to users in `Part.via`, and ``edits``: what to replace by what. It yields
nothing where reading the text again that way can show nothing new, because every reading costs a
run of all rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from aliscan.detect.reading import Edit
from aliscan.detect.views import (
    base64,
    chinese,
    entities,
    escapes,
    joined,
    markup,
    numbers,
    percent,
    quoted_printable,
    strings,
    terminal,
    wide,
)
from aliscan.record import Protocol


class View(Protocol):
    """One way to read a text."""

    @property
    def NAME(self) -> str:
        """The public name."""

    def edits(self, data: bytes, /) -> Iterator[Edit]:
        """What to replace, in order; linear in the length of ``data``."""


VIEWS: tuple[View, ...] = (
    chinese, strings, wide, markup, base64, numbers.Base32(), numbers.Hexadecimal(), numbers.Decimal(),
    escapes, percent, entities, quoted_printable, terminal, joined,
)  # fmt: skip

# What strings inside a program, a database or an image are still read as: the other views would find
# escapes by the thousand in random bytes.
_BINARY: tuple[View, ...] = (chinese, strings, wide, base64, numbers.Hexadecimal())
_CONTROLS = bytes((*range(8), *range(14, 27), *range(28, 32)))


def views(data: bytes) -> tuple[View, ...]:
    """The views that make sense for a text, or for bytes that are none."""
    sample = data[:4096]
    strange = len(sample) - len(sample.translate(None, _CONTROLS))
    return _BINARY if strange * 50 > len(sample) else VIEWS

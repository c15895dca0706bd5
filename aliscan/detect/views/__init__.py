"""Other readings of the same bytes, one file a view.

A view has a ``NAME``, shown to users in `Part.via`, and ``edits``: what to replace by what. It yields
nothing where reading the text again that way can show nothing new, because every reading costs a
run of all rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

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
    wide,
)


class View(Protocol):
    """One way to read a text."""

    @property
    def NAME(self) -> str:
        """The public name."""

    def edits(self, data: bytes, /) -> Iterator[Edit]:
        """What to replace, in order; linear in the length of ``data``."""


VIEWS: tuple[View, ...] = (
    chinese, strings, wide, markup, base64, numbers.Base32(), numbers.Hexadecimal(), numbers.Decimal(),
    escapes, percent, entities, quoted_printable, joined,
)  # fmt: skip

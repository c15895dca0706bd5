"""A reading: a text, and the way back from its offsets to those of the text it was made from.

A view rewrites a whole text in place by `Edit`s, so that names and neighbours of a decoded value
stay where they are. Readings of readings form a chain; `Reading.locate` walks it to the root.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from io import BytesIO
from itertools import chain

from aliscan.detect.budget import Budget
from aliscan.i18n import N_
from aliscan.record import NamedTuple


class Edit(NamedTuple):
    """Bytes ``start`` to ``end`` of a text read as ``text``. Edits come in order and do not overlap.

    ``wide`` bytes of the old text stand for ``narrow`` of the new (base64: 4 and 3), so that a value
    inside finds its own place; ``wide`` 0 means that the whole edit is one thing.
    """

    start: int
    end: int
    text: bytes
    wide: int = 0
    narrow: int = 1


class Reading:
    """One reading of a document. ``via``: what was undone on the way, outermost first."""

    __slots__ = ("_ends", "_from", "_starts", "_to", "_wide", "data", "parent", "via", "worth")

    def __init__(self, data: bytes, parent: Reading | None = None, name: str = "") -> None:
        self.data = data
        self.parent = parent
        self.via: tuple[str, ...] = (*parent.via, name) if parent else ()
        self.worth: frozenset[str] | None = None  # the views that may have something to say, once asked
        self._from = array("I")  # of each edit: start and end in the parent, start and end here
        self._to = array("I")
        self._starts = array("I")
        self._ends = array("I")
        self._wide = array("B")  # pairs: wide, narrow

    def edited(self, name: str, edits: Iterable[Edit], budget: Budget) -> Reading | None:
        """The reading that the edits make of this one; None when they change nothing.

        Raises `aliscan.detect.budget.Exhausted`.
        """
        found = iter(edits)
        first = next(found, None)  # most views have nothing to say of most texts
        if first is None:
            return None
        child = Reading(b"", self, name)
        out = BytesIO()  # not a list of pieces: a text may hold millions of edits
        write = out.write
        done = length = 0
        for start, end, text, wide, narrow in chain((first,), found):
            child._from.append(start)
            child._to.append(end)
            length += start - done
            child._starts.append(length)
            length += len(text)
            child._ends.append(length)
            child._wide.extend((wide, narrow))
            write(self.data[done:start])
            write(text)
            done = end
        write(self.data[done:])
        budget.spend(length + len(self.data) - done, N_("the encoded text"))
        child.data = out.getvalue()
        return child

    def locate(self, start: int, end: int) -> tuple[int, int, tuple[str, ...]]:
        """Where in the root the bytes ``start`` to ``end`` stand, and which views touched them."""
        via: tuple[str, ...] = ()
        reading = self
        while reading.parent:
            if reading._touched(start, end):
                via = (reading.via[-1], *via)
            start, end = reading._down(start), reading._up(end)
            reading = reading.parent
        return start, end, via

    def touches(self, other: Reading) -> bool:
        """Whether an edit of this reading overlaps or meets one of ``other``, which it was made from."""
        starts, ends = other._starts, other._ends
        for start, end in zip(self._from, self._to, strict=True):
            i = bisect_left(ends, start)
            if i < len(starts) and starts[i] <= end:
                return True
        return False

    def _touched(self, start: int, end: int) -> bool:
        i = bisect_right(self._ends, start)
        return i < len(self._starts) and self._starts[i] < end

    def _down(self, offset: int) -> int:
        i = bisect_right(self._starts, offset) - 1
        if i < 0:
            return offset
        if offset >= self._ends[i]:
            return self._to[i] + offset - self._ends[i]
        inside = (offset - self._starts[i]) * self._wide[2 * i] // self._wide[2 * i + 1]
        return min(self._from[i] + inside, self._to[i])

    def _up(self, offset: int) -> int:
        i = bisect_left(self._starts, offset) - 1
        if i < 0:
            return offset
        if offset >= self._ends[i]:
            return self._to[i] + offset - self._ends[i]
        wide, narrow = self._wide[2 * i], self._wide[2 * i + 1]
        if not wide:
            return self._to[i]
        return min(self._from[i] - (self._starts[i] - offset) * wide // narrow, self._to[i])

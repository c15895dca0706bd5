"""Bytes in, matches out: pure, no I/O, no configuration, no git.

`detect` is the whole interface. It never decides whether a match is wanted; it says what it is,
where, how sure, and what it is paired with.
"""

from __future__ import annotations

from collections.abc import Callable

from aliscan.detect.anchors import families
from aliscan.detect.needles import CONTAINER
from aliscan.record import dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect.budget import Spent
    from aliscan.detect.bulk import Gate
    from aliscan.finding import Match
    from aliscan.stored import Data, Passing


@dataclass(frozen=True, slots=True)
class Limits:
    """How far detect goes into one blob; what lies beyond is reported as unread, never passed over."""

    depth: int = 4  # views and containers inside each other
    inflated: int = 256 << 20  # bytes unpacked from one blob, all levels together
    members: int = 10_000  # of all containers in one blob together
    seconds: float = 60.0  # for one blob; 0 means no limit
    findings: int = 10_000  # in one blob


@dataclass(frozen=True, slots=True)
class Detection:
    """All that one blob holds, and what of it could not be read (a sentence each)."""

    matches: tuple[Match, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether all was read, and nothing found."""
        return not (self.matches or self.unread)


NOTHING = Detection()
LONG = 4224 << 10  # as in aliscan.cuts, which a hook need not import
LIMITS = Limits()


def detect(
    data: Data | Passing,
    path: bytes = b"",
    limits: Limits | Callable[[], Limits] = LIMITS,
    first: Gate | None = None,
    spent: Spent | None = None,
    owned: tuple[int, int] | None = None,
) -> Detection:
    """Find every Alibaba Cloud credential in ``data``: bytes, or a large container that lies on
    disk or goes by.

    ``path`` (bytes, may be empty) is only a hint for context; it is not opened and not searched.
    Of a piece of something larger ``spent`` is what the pieces before it used, and what begins outside of
    ``owned`` (offsets) is not found: another piece shows it.
    ``limits`` may be a function (it may have to read a configuration): it is called only where the usual
    limits find something or leave something unread. ``first`` is a first look for very many bytes.
    Matches come in reading order. Raises nothing for any input.
    """
    names: tuple[str, ...] = (CONTAINER,)  # or something that is searched in pieces, and each is asked
    if not isinstance(data, bytes):
        from aliscan.stored import Passing

        if isinstance(data, Passing) and callable(limits):
            limits = limits()  # it can be searched once
    elif len(data) <= LONG:
        names = families(data) if first is None else first.families(data)
        if not names:
            return NOTHING
    from aliscan.detect.search import search

    if not callable(limits):
        return search(data, path, names, limits, first, spent, owned)
    before = spent.copy() if spent else None
    found = search(data, path, names, LIMITS, first, spent, owned)
    if found.is_clean or (own := limits()) == LIMITS:
        return found
    if spent and before:
        spent.reset(before)
    return search(data, path, names, own, first, spent, owned)

"""How far detect may go in one file: bytes unpacked, members, findings, time."""

from __future__ import annotations

import time

from aliscan.i18n import said

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    from aliscan.detect import Limits

    _Found = TypeVar("_Found")


class Exhausted(Exception):
    """The budget ends here; the message is a sentence for `Detection.unread`."""


def too_many(limits: Limits) -> str:
    """What is said where something holds more findings than are wanted."""
    return said("too many findings (the limit is {limit}): not searched to the end", limit=limits.findings)


_AT_ONCE = 0.1  # seconds of each piece that do not count: looking for anchors in a huge file


class Spent:
    """What the pieces of one file have used together: ``over`` when nothing more of it is wanted."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.found = 0
        self.known: set[int] = set()
        self.met: set[int] = set()
        self.over = False

    def reset(self, before: Spent) -> None:
        """Make it what it was before."""
        self.seconds, self.found, self.over = before.seconds, before.found, before.over
        self.known, self.met = set(before.known), set(before.met)

    def copy(self) -> Spent:
        """The same, for `reset`."""
        same = Spent()
        same.reset(self)
        return same


class Budget:
    """What is left of the limits for one blob and all that is inside it."""

    def __init__(self, limits: Limits, size: int, spent: Spent | None = None) -> None:
        """``size``: length of the blob; reading it again in other ways is charged separately. ``spent``: of
        what it is a piece of."""
        self.limits = limits
        self._spent = spent or Spent()
        self._begin = time.process_time()
        self._bytes = limits.inflated
        # Every view may rewrite the whole text, and a view of a view again; a bomb made of encodings
        # ends here. A legitimate text needs two or three readings.
        self._readings = 24 * size + (8 << 20)
        self._members = limits.members
        self._end = self._begin + limits.seconds - self._spent.seconds if limits.seconds else 0.0
        self._at = 0.0  # on the clock: before this the time cannot be up

    def spend(self, size: int, what: str) -> None:
        """Charge the bytes of one more reading; raises Exhausted."""
        self._readings -= size
        if self._readings < 0:
            raise Exhausted(said("{what} has too many layers of encoding", what=what))
        self.check_time(what)

    def inflate(self, size: int, what: str) -> None:
        """Charge bytes that came out of a container; raises Exhausted."""
        self._bytes -= size
        if self._bytes < 0:
            raise Exhausted(
                said("{what} unpacks to more than {limit} MiB", what=what, limit=self.limits.inflated >> 20)
            )
        self._readings += 8 * size
        self.check_time(what)

    @property
    def left(self) -> int:
        """How many bytes may still be unpacked."""
        return self._bytes

    def member(self, what: str) -> None:
        """Charge one member; raises Exhausted."""
        self._members -= 1
        if self._members < 0:
            raise Exhausted(
                said("{what} holds more than {limit} members", what=what, limit=self.limits.members)
            )
        self.check_time(what)

    def listed(self, found: Iterable[tuple[_Found, int]]) -> list[_Found]:
        """Of findings, each with a number for what it is, those that are listed: as many as the limit
        says, whatever they are. Behind those, what is not among them ends the search (`is_over`), and what
        is already listed is not listed again: a log may have one id in each of a million links."""
        spent, kept = self._spent, []
        for item, what in found:
            if spent.found < self.limits.findings:
                spent.found += 1
                spent.known.add(what)
                kept.append(item)
            elif what not in spent.known:
                spent.over = True
                break
        return kept

    def says_nothing_new(self, piece: bytes) -> bool:
        """Whether a piece of a dense text need not be searched: as many findings as wanted are listed, and
        the same bytes were searched before. Else it is remembered as one that was."""
        what = hash(piece)
        if what in self._spent.met:
            return self._spent.found >= self.limits.findings
        self._spent.met.add(what)
        return False

    @property
    def is_over(self) -> bool:
        """Whether nothing more is wanted."""
        return self._spent.over

    def close(self) -> None:
        """Note how much time it took."""
        self._spent.seconds += max(0.0, time.process_time() - self._begin - _AT_ONCE)

    def check_time(self, what: str) -> None:
        """Raises Exhausted when the time is up."""
        # The processor's time is a system call; of the clock's it is never more than all
        if not self._end or (now := time.monotonic()) < self._at:
            return
        left = self._end - time.process_time()
        self._at = now + left
        if left < 0:
            self._spent.over = True
            raise Exhausted(
                said("{what} takes longer than {limit} seconds", what=what, limit=f"{self.limits.seconds:g}")
            )

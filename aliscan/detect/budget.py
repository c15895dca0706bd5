"""How far one call of detect may go: bytes unpacked, members, time."""

from __future__ import annotations

import time

from aliscan.i18n import said

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect import Limits


class Exhausted(Exception):
    """The budget ends here; the message is a sentence for `Detection.unread`."""


def too_many(limits: Limits) -> str:
    """What is said where something holds more findings than are wanted."""
    return said("too many findings (the limit is {limit}): not searched to the end", limit=limits.findings)


class Budget:
    """What is left of the limits for one blob and all that is inside it."""

    def __init__(self, limits: Limits, size: int) -> None:
        """``size``: length of the blob; reading it again in other ways is charged separately."""
        self.limits = limits
        self._bytes = limits.inflated
        # Every view may rewrite the whole text, and a view of a view again; a bomb made of encodings
        # ends here. A legitimate text needs two or three readings.
        self._readings = 24 * size + (8 << 20)
        self._members = limits.members
        self._findings = limits.findings
        self._end = time.monotonic() + limits.seconds if limits.seconds else 0.0

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

    def finding(self) -> None:
        """Charge one finding; raises Exhausted."""
        if self._findings <= 0:
            self._findings = -1
            raise Exhausted(too_many(self.limits))
        self._findings -= 1

    @property
    def is_full(self) -> bool:
        """Whether `finding` has raised: nothing more is wanted."""
        return self._findings < 0

    def check_time(self, what: str) -> None:
        """Raises Exhausted when the time is up."""
        if self._end and time.monotonic() > self._end:
            raise Exhausted(
                said("{what} takes longer than {limit} seconds", what=what, limit=f"{self.limits.seconds:g}")
            )

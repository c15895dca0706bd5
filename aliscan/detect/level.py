"""Where something lies in containers: what tells its place in sentences, and how much deeper to look."""

from __future__ import annotations

from aliscan.i18n import N_, said
from aliscan.record import dataclass

_FILE = N_("the file")


@dataclass(frozen=True, slots=True)
class Level:
    """``path`` is the name of something, ``depth`` how many levels of containers may be opened below it,
    ``member`` the names of the members that lead to it, ``own`` the offsets between which a finding must
    begin to be this piece's."""

    path: bytes
    depth: int
    member: tuple[bytes, ...] = ()
    own: tuple[int, int] | None = None

    def inside(self, name: bytes) -> Level:
        """That of a member."""
        return Level(name, self.depth - 1, (*self.member, name))

    def decoded(self) -> Level:
        """That of what stands encoded in a text."""
        return Level(self.path, self.depth - 1, self.member)

    def between(self, low: int, high: int) -> Level:
        """The same where only what begins between two offsets counts."""
        return Level(self.path, self.depth, self.member, (low, high))

    @property
    def shown(self) -> str:
        """The members on the way to it, innermost first."""
        return b" in ".join(reversed(self.member)).decode("utf-8", "backslashreplace") or _FILE

    def said(self, words: str) -> str:
        """A sentence about it, behind its place if it is in a container."""
        return said("{place}: {reason}", place=self.shown, reason=words) if self.member else words

    def failed(self, sentence: str, error: Exception) -> str:
        """For what nobody foresaw: the type of an error only, its message may quote the text."""
        return said(sentence, what=self.shown, error=type(error).__name__)

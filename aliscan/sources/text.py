"""Bytes that somebody hands over: standard input, a commit message."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from aliscan.cuts import PIECE
from aliscan.finding import Blob, Gap, Origin
from aliscan.sources.pieces import WHOLE, Whole, streamed


def stdin(whole: Whole = lambda _: False) -> Iterator[Blob | Gap]:
    """Everything on standard input, without a path; see `streamed` for what is large."""
    origin = Origin("stdin")
    begun: list[bytes] = []
    size = 0
    while size <= WHOLE:
        part = sys.stdin.buffer.read(PIECE)
        begun.append(part)
        size += len(part)
        if len(part) < PIECE:
            yield Blob(origin, b"".join(begun))
            return
    yield from streamed(_from(begun, sys.stdin.buffer.read), origin, whole)


def _from(begun: list[bytes], more: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """A function that gives so many bytes of what was read already, then of the rest."""

    def read(length: int) -> bytes:
        parts = []
        while length and begun:
            part, rest = begun[0][:length], begun[0][length:]
            begun[:1] = [rest] if rest else []
            parts.append(part)
            length -= len(part)
        while length and (part := more(min(length, PIECE))):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    return read

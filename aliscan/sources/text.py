"""Bytes that somebody hands over: standard input, a commit message."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from aliscan.finding import Blob, Origin
from aliscan.sources.pieces import PIECE, WHOLE, pieces


def stdin(whole: Callable[[bytes], bool] = lambda _: False) -> Iterator[Blob]:
    """Everything on standard input, without a path; in pieces when it is large.

    Unless ``whole`` says of the first bytes that they are those of something to be read whole.
    """
    origin = Origin("stdin")
    stream = sys.stdin.buffer
    parts = [stream.read(PIECE)]
    while len(parts[-1]) == PIECE and len(parts) * PIECE <= WHOLE:
        parts.append(stream.read(PIECE))
    if len(parts) * PIECE <= WHOLE:
        yield Blob(origin, b"".join(parts))
    elif whole(parts[0]):
        yield Blob(origin, b"".join(parts) + stream.read())
    else:
        yield from pieces(lambda length: parts.pop(0) if parts else stream.read(length), origin)

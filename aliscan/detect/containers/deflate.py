"""DEFLATE in steps that are charged one by one, for containers that may be damaged."""

from __future__ import annotations

import zlib

from aliscan.detect.budget import Budget

STEP = 1 << 20


def inflated(data: bytes, wbits: int, budget: Budget, what: str) -> tuple[bytes, int]:
    """What comes out of a stream, and how many bytes of it were read; 0 of one that is damaged.

    ``wbits`` as for `zlib.decompressobj`. Raises `aliscan.detect.budget.Exhausted`.
    """
    inflate = zlib.decompressobj(wbits)
    parts: list[bytes] = []
    rest = data
    try:
        while rest and not inflate.eof:
            part = inflate.decompress(rest, STEP)
            rest = inflate.unconsumed_tail
            budget.inflate(len(part), what)
            parts.append(part)
    except zlib.error:
        return b"".join(parts), 0
    return b"".join(parts), len(data) - len(inflate.unused_data)

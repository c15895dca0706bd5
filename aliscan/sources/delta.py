"""The instructions of a delta: its sizes, and which bytes of its result are near anything new."""

from __future__ import annotations

# Operands of a copy: how many bytes of offset the low four bits announce.
_OFFSET_BYTES = tuple(bin(bits).count("1") for bits in range(16))


def sizes(delta: bytes) -> tuple[int, int, int]:
    """The size of the base, the size of the result, and where the instructions start.

    Raises IndexError when the delta is cut off.
    """
    source, at = delta[0], 1
    if source > 127:
        source, at = _number(delta, source, 1)
    target = delta[at]
    at += 1
    if target > 127:
        target, at = _number(delta, target, at)
    return source, target, at


def _number(delta: bytes, first: int, at: int) -> tuple[int, int]:
    """A number of which ``first`` and more are the bytes, seven bits each, and where it ends."""
    byte = delta[at]
    value = first & 127 | (byte & 127) << 7
    at += 1
    shift = 14
    while byte > 127:
        byte = delta[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
    return value, at


def changed(delta: bytes, start: int, result: bytes, reach: int) -> bytes | None:
    """All bytes of ``result`` that are new, with ``reach`` bytes around each joint, LF between pieces.

    What is not in there was copied from the base together with ``reach`` bytes on both sides: a
    pattern of at most that length that the base does not hold is in these bytes, or nowhere. None:
    it is no less work to search the result as a whole.
    """
    at, low, place, end = start, 0, 0, len(delta)
    twice = 2 * reach
    limit = len(result) // 2
    pieces = []
    total = 0
    if end - start > len(result) >> 4:  # following the instructions would take longer than searching
        return None
    while at < end:
        op = delta[at]
        at += 1
        if op < 128:  # the next `op` bytes are new
            at += op
            place += op
            continue
        at += _OFFSET_BYTES[op & 15]
        op &= 0x70
        if op == 0x10:
            size = delta[at]
            at += 1
        elif op == 0x30:
            size = delta[at] | delta[at + 1] << 8
            at += 2
        else:
            size = shift = 0
            for bit in (0x10, 0x20, 0x40):
                if op & bit:
                    size |= delta[at] << shift
                    at += 1
                shift += 8
            size = size or 0x10000
        if size > twice:
            pieces.append(result[low : place + reach])
            total += place + reach - low
            if total > limit:
                return None
            low = place + size - reach
        place += size
    pieces.append(result[low:])
    return b"\n".join(pieces)

"""What decoded bytes have to look like before anybody believes that they were encoded."""

from __future__ import annotations

_ASCII = bytes((9, 10, 13, *range(32, 127)))
_HIGH = bytes(range(128, 256))
_ASCII_OR_HIGH = _ASCII + _HIGH
SHORTEST = 12  # bytes of text; below, chance produces too many


def text(data: bytes) -> bytes | None:
    """``data`` as UTF-8 when it is text (UTF-8, UTF-16 or GBK), else None.

    UTF-8 and ASCII come back as they are. A trailing NUL or a character cut at the end is forgiven.
    """
    if len(data) < SHORTEST:
        return None
    head = data[:64].rstrip(b"\0")
    if head.translate(None, _ASCII_OR_HIGH):
        return _wide(data)
    strange = data.rstrip(b"\0").translate(None, _ASCII)
    if not strange:
        return data
    if strange.translate(None, _HIGH):
        return None
    try:
        data.decode()
        return data
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data
    if len(strange) * 2 > len(data):
        return None
    try:
        return data.decode("gb18030").encode()
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> bytes | None:
    """UTF-16 without a mark: mostly ASCII, every second byte zero."""
    for codec, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if zeros.count(0) * 2 > len(zeros):
            try:
                decoded = data[: len(data) & ~1].decode(codec).encode()
            except UnicodeError:
                return None
            return None if decoded.translate(None, _ASCII_OR_HIGH) else decoded
    return None

"""The text that a person sees when opening the bytes: UTF-16 and UTF-32 decoded, anything else as it is."""

from __future__ import annotations

import re

from aliscan.coding import SAMPLE, TWO_BYTES, guesses
from aliscan.record import dataclass, field

# So many letters and digits in a row stand in no UTF-16: there every other byte of them is zero.
_ONE_BYTE = re.compile(rb"LTAI[A-Za-z0-9]{12}|[A-Za-z0-9]{28}")


@dataclass(frozen=True, slots=True)
class Document:
    """``text`` is UTF-8 where the bytes were UTF-16 or UTF-32 (``via`` says so), else the bytes.

    ``encoding`` is what an editor would count characters in. `original` maps offsets of ``text`` back.
    """

    text: bytes
    via: tuple[str, ...] = ()
    encoding: str = "utf-8"
    mark: int = 0
    codec: str = field(default="", repr=False)

    def original(self, offsets: list[int]) -> dict[int, int]:
        """Offsets in ``text`` to offsets in the bytes; one pass."""
        if not self.codec:
            return {offset: offset for offset in offsets}
        found, done, at = {}, 0, self.mark
        for offset in sorted(set(offsets)):
            stretch = self.text[done:offset].decode("utf-8", "replace")
            at += len(stretch.encode(self.codec, "replace"))
            found[offset], done = at, offset
        return found


def read(data: bytes) -> Document:
    """Decode what is wholly UTF-16 or UTF-32, with or without a mark; tell GBK from UTF-8."""
    if (b"\0" in data or data.startswith(TWO_BYTES)) and _ONE_BYTE.search(data):
        # Two bytes of a mark do not make it UTF-16, and must not hide what follows; what is UTF-16
        # inside is found by a view.
        return Document(data, encoding=_eight_bit(data))
    for mark, codec in guesses(data):
        found = _decoded(data, codec, mark)
        if found:
            return found
    return Document(data, encoding="utf-8" if b"\0" in data[:SAMPLE] else _eight_bit(data))


def _decoded(data: bytes, codec: str, mark: int) -> Document | None:
    unit = 4 if "32" in codec else 2
    if unit == 2 and _shifted(data[mark:]):
        return None
    body = data[mark : len(data) - (len(data) - mark) % unit]
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        # a file cut in the middle of a character, or with one bad unit, is still text for a person
        if error.start < len(body) * 9 // 10:
            return None
        text = body[: error.start].decode(codec, "replace")
    return Document(text.encode(), (codec[:6],), "utf-8", mark, codec)


def _shifted(body: bytes) -> bool:
    """Whether zeros stand on both sides: UTF-16 behind UTF-8, or line ends that were converted bytewise."""
    even, odd = body[::2].count(0), body[1::2].count(0)
    return min(even, odd) * 50 > max(even, odd)


def _eight_bit(data: bytes) -> str:
    """``gb18030`` for Chinese text that is not UTF-8, else ``utf-8``."""
    if data.isascii():
        return "utf-8"
    try:
        data.decode()
        return "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        data.decode("gb18030")
        return "gb18030"
    except UnicodeDecodeError:
        return "utf-8"

"""Containers that cannot be opened here, and are therefore reported: 7-Zip, RAR, encrypted Office files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aliscan.cuts import cut
from aliscan.detect.budget import Budget
from aliscan.i18n import N_
from aliscan.stored import Data, opened

_PROTECTED = "EncryptedPackage".encode("utf-16-le")


def members(data: Data, path: bytes, budget: Budget) -> Iterator[str]:
    """One sentence, or nothing: an old Office file is a plain file whose texts other readings show."""
    yield from streamed(opened(data).read, path, budget)


def streamed(read: Callable[[int], bytes], path: bytes, budget: Budget) -> Iterator[str]:
    """The same of what ``read`` gives."""
    pieces = cut(read)
    piece = next(pieces).data
    if piece.startswith(b"7z"):
        yield N_("a 7-Zip archive, which cannot be opened here; unpack it and scan the folder")
    elif piece.startswith(b"Rar!"):
        yield N_("a RAR archive, which cannot be opened here; unpack it and scan the folder")
    elif _PROTECTED in piece or any(_PROTECTED in later.data for later in pieces):
        yield N_("an Office document that is protected by a password")

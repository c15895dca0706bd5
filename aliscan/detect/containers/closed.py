"""Containers that cannot be opened here, and are therefore reported: 7-Zip, RAR, encrypted Office files."""

from __future__ import annotations

from collections.abc import Iterator

from aliscan.cuts import cut
from aliscan.detect.budget import Budget
from aliscan.i18n import N_
from aliscan.stored import Data, opened


def members(data: Data, path: bytes, budget: Budget) -> Iterator[str]:
    """One sentence, or nothing: an old Office file is a plain file whose texts other readings show."""
    if data.startswith(b"7z"):
        yield N_("a 7-Zip archive, which cannot be opened here; unpack it and scan the folder")
    elif data.startswith(b"Rar!"):
        yield N_("a RAR archive, which cannot be opened here; unpack it and scan the folder")
    elif any("EncryptedPackage".encode("utf-16-le") in piece.data for piece in cut(opened(data).read)):
        yield N_("an Office document that is protected by a password")

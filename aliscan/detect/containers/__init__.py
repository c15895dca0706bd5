"""Files inside files, one module a kind. Nothing is written to disk; every byte unpacked is counted.

An opener takes the bytes, which may lie on disk, the path (a hint for a name) and the budget, and yields
for each member its name and its bytes, or a sentence about what could not be read. Of a large member it
yields a function that reads so many bytes, to be called before the next member is asked for, or not at
all: so no container and no member need be held in memory. It yields nothing for bytes that only
look like its kind by chance: one such picture must not make a scan incomplete. What is broken after
something could be read, or encrypted, is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Union

from aliscan.detect.budget import Budget
from aliscan.detect.containers.unpacked import Content
from aliscan.stored import Data

Item = Union[tuple[bytes, Content], str]  # noqa: UP007 - evaluated at run time, on Python 3.10 too
Opener = Callable[[Data, bytes, Budget], Iterator[Item]]
Stream = Callable[[Callable[[int], bytes], bytes, Budget], Iterator[Item]]  # of what can be read once


def members(data: Data, path: bytes, budget: Budget) -> Iterator[Item]:
    """Each member of a container of any kind. Raises `aliscan.detect.budget.Exhausted`."""
    opener = _opener(data)
    if opener is not None:
        yield from opener(data, path, budget)


# A zip or PDF up to here is held: that tells more (comments, rare packings; pages whose fonts number glyphs)
HELD = 16 << 20


def passing(begin: bytes) -> tuple[Stream | None, int]:
    """Who opens something that goes by once and begins so, and up to which size it is better held.

    None: it can only be opened when it is held.
    """
    if begin.startswith(b"PK"):
        from aliscan.detect.containers import zip_stream

        return zip_stream.streamed, HELD
    if begin.startswith(b"%PDF-"):
        from aliscan.detect.containers import pdf

        return pdf.streamed, HELD
    if begin.startswith((b"SQLite format 3\0", b"MZ", b"\x7fELF", b"#!")):
        return None, 0
    if begin[257:262] == b"ustar":
        from aliscan.detect.containers import tar

        return lambda read, path, budget: tar.streamed(read, budget), 0
    if begin.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        from aliscan.detect.containers import closed

        return closed.streamed, 0
    from aliscan.detect.containers import streams

    return streams.streamed, 0


def _opener(data: Data) -> Opener | None:
    # imported one by one: a scan meets few kinds
    if data.startswith(b"%PDF-"):
        from aliscan.detect.containers import pdf

        return pdf.members
    if data.startswith(b"SQLite format 3\0"):
        from aliscan.detect.containers import sqlite

        return sqlite.members
    if data[257:262] == b"ustar":
        from aliscan.detect.containers import tar

        return tar.members
    if data.startswith((b"PK", b"MZ", b"\x7fELF", b"#!")):
        from aliscan.detect.containers import zip as zip_

        return zip_.members
    if data.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        from aliscan.detect.containers import closed

        return closed.members
    from aliscan.detect.containers import streams

    return streams.members

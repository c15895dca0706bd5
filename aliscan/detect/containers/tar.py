"""tar, read from its beginning to its end, once: it may come out of something compressed."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Iterator
from typing import Any

from aliscan.detect.budget import Budget
from aliscan.detect.containers.unpacked import STEP, Content, Unpacked
from aliscan.i18n import N_
from aliscan.stored import Data, opened


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """Every regular member; the targets of links as their content."""
    yield from streamed(opened(data).read, budget)


def streamed(read: Callable[[int], bytes], budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """The same of what ``read`` gives."""
    count = 0
    try:
        with tarfile.open(
            fileobj=_File(read),  # type: ignore[call-overload]  # all that a stream is asked for
            mode="r|",
            bufsize=STEP,
            errors="surrogateescape",
        ) as archive:
            for info in archive:
                budget.member(N_("a tar archive"))
                count += 1
                name = os.fsencode(info.name)
                if info.issym() or info.islnk():
                    yield name, os.fsencode(info.linkname)
                elif info.isfile():
                    member = Unpacked(_parts(archive, info, budget), (tarfile.TarError,))
                    content = member.content()
                    if content:
                        yield name, content
                    if member.error:
                        raise EOFError
                archive.members = []  # they are kept for whoever goes back
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, MemoryError):
        if count:
            yield N_("a tar archive that is broken or cut off; what could be unpacked was looked at")


class _File:
    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.read = read


def _parts(archive: Any, info: tarfile.TarInfo, budget: Budget) -> Iterator[bytes]:
    """The bytes of a member, charged before they are handed on. Raises TarError where some are missing."""
    # Not what extractfile reads: that gives nothing of a part that is cut
    file = archive.extractfile(info) if info.sparse is not None else archive.fileobj
    left = info.size
    while left:
        part = file.read(min(left, STEP))
        budget.inflate(len(part), N_("a tar archive"))
        yield part
        left -= len(part)
        if not part:
            raise tarfile.ReadError

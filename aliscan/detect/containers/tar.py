"""tar, read in place: members are slices of the archive."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator

from aliscan.detect.budget import Budget
from aliscan.i18n import N_


def members(data: bytes, path: bytes, budget: Budget) -> Iterator[tuple[bytes, bytes] | str]:
    """Every regular member; the targets of links as their content."""
    count = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errors="surrogateescape") as archive:
            for info in archive:
                budget.member(N_("a tar archive"))
                count += 1
                name = os.fsencode(info.name)
                if info.issym() or info.islnk():
                    yield name, os.fsencode(info.linkname)
                    continue
                if not info.isfile():
                    continue
                if info.sparse is not None:
                    budget.inflate(info.size, N_("a tar archive"))  # holes cost nothing in the archive
                    file = archive.extractfile(info)
                    content = file.read() if file else b""
                else:
                    content = data[info.offset_data : info.offset_data + info.size]
                    budget.inflate(len(content), N_("a tar archive"))
                if content:
                    yield name, content
                if len(content) < info.size:
                    raise EOFError
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, MemoryError):
        if count:
            yield N_("a tar archive that is broken or cut off; what could be unpacked was looked at")

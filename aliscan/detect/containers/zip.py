"""zip and what is built on it: jar, war, apk, whl, docx, xlsx, pptx, odt, epub; also behind a program."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator

from aliscan.detect.budget import Budget
from aliscan.detect.containers.deflate import STEP, inflated
from aliscan.detect.containers.unpacked import Content, Unpacked
from aliscan.i18n import N_, said
from aliscan.stored import Data, all_of, opened

_LOCAL = b"PK\x03\x04"
BROKEN = N_("a zip archive that is broken or cut off; what could be unpacked was looked at")


_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """Every file of the archive, read to its end or to the first error."""
    try:
        archive = zipfile.ZipFile(opened(data))
        listed = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, UnicodeDecodeError, NotImplementedError):
        if data.startswith(_LOCAL):
            yield from _by_local_headers(all_of(data), budget)
        return
    comment = b"\n".join((archive.comment, *(info.comment for info in listed if info.comment)))
    if len(comment) > 16:
        yield b"comment", comment
    for info in listed:
        budget.member(N_("a zip archive"))
        if info.filename.endswith("/"):  # is_dir() fails where a name is empty, before Python 3.12
            continue
        name = os.fsencode(_raw_name(info))
        shown = name.decode("utf-8", "backslashreplace")
        if info.flag_bits & 1:
            yield said("{member} is encrypted", member=shown)
            continue
        member = Unpacked(_parts(archive, info, budget), _ERRORS)
        content = member.content()
        if content:
            yield name, content
        if isinstance(member.error, NotImplementedError):
            yield said("{member} is compressed in a way that cannot be undone here", member=shown)
        elif member.error:
            yield said("{member} is broken; what could be unpacked was looked at", member=shown)


def _parts(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    with archive.open(info) as file:
        while part := file.read(STEP):
            budget.inflate(len(part), N_("a zip archive"))
            yield part


def _raw_name(info: zipfile.ZipInfo) -> str:
    """The name as stored: without the UTF-8 flag zipfile reads code page 437, where most are UTF-8 or GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return os.fsdecode(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _by_local_headers(data: bytes, budget: Budget) -> Iterator[tuple[bytes, bytes] | str]:
    """An archive without its directory: members as they follow each other."""
    at = data.find(_LOCAL)
    count = 0
    while at >= 0:
        budget.member(N_("a zip archive"))
        flags, method = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (6, 8))
        size, names, extra = (
            int.from_bytes(data[at + i : at + i + n], "little") for i, n in ((18, 4), (26, 2), (28, 2))
        )
        start = at + 30 + names + extra
        name = data[at + 30 : at + 30 + names]
        content, end = b"", at + 4
        if flags & 1 and start < len(data) and name:
            yield said("{member} is encrypted", member=name.decode("utf-8", "backslashreplace"))
            count += 1
        elif method == 0 and size and start + size <= len(data):
            budget.inflate(size, N_("a zip archive"))
            content, end = data[start : start + size], start + size
        elif method == 8 and start < len(data):
            content, used = inflated(data[start:], -15, budget, N_("a zip archive"))
            end = start + used if content else end
        if content:
            count += 1
            yield name, content
        at = data.find(_LOCAL, end)
    if count:
        yield BROKEN

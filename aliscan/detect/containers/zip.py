"""zip and what is built on it: jar, war, apk, whl, docx, xlsx, pptx, odt, epub; also behind a program."""

from __future__ import annotations

import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

from aliscan.detect.budget import Budget
from aliscan.detect.containers.unpacked import STEP, Content, Unpacked
from aliscan.i18n import N_, said
from aliscan.stored import Data, opened

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

_LOCAL = b"PK\x03\x04"
BROKEN = N_("a zip archive that is broken or cut off; what could be unpacked was looked at")


_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """Every file of the archive, read to its end or to the first error."""
    if _directory(data) > _DIRECTORY:
        from aliscan.detect.containers import zip_stream

        yield from zip_stream.streamed(opened(data).read, path, budget)
        return
    try:
        archive = zipfile.ZipFile(opened(data))
        listed = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, UnicodeDecodeError, NotImplementedError):
        if data.startswith(_LOCAL):
            from aliscan.detect.containers import zip_stream

            yield from zip_stream.streamed(opened(data).read, path, budget)
        return
    comment = b"\n".join((archive.comment, *(info.comment for info in listed if info.comment)))
    if len(comment) > 16:
        yield b"comment", comment
    quick = _Quick(data, archive) if isinstance(data, bytes) else None
    for info in listed:
        budget.member(N_("a zip archive"))
        if info.filename.endswith("/"):  # is_dir() fails where a name is empty, before Python 3.12
            continue
        name = os.fsencode(_raw_name(info))
        shown = name.decode("utf-8", "backslashreplace")
        if info.flag_bits & 1:
            yield said("{member} is encrypted", member=shown)
            continue
        whole = quick.content(info) if quick else None
        if whole:
            budget.inflate(len(whole), N_("a zip archive"))
            yield name, whole
            continue
        member = Unpacked(_parts(archive, info, budget), _ERRORS)
        content = member.content()
        if content:
            yield name, content
        if isinstance(member.error, NotImplementedError):
            yield said("{member} is compressed in a way that cannot be undone here", member=shown)
        elif member.error:
            yield said("{member} is broken; what could be unpacked was looked at", member=shown)


_DIRECTORY = 2 << 20  # bytes of a directory that zipfile may hold: an entry takes a kilobyte
_ENDS = (1 << 16) + 22 + 20  # bytes in which the end records stand: the longest comment, and zip64's locator


def _directory(data: Data) -> int:
    """How large the directory is at most, by all that may be the end record."""
    end = data[max(0, len(data) - _ENDS) :]
    if b"PK\x06\x07" in end:
        return _DIRECTORY + 1  # zip64 says it elsewhere
    first = len(data) - len(end)
    sizes = ((int.from_bytes(m[1], "little"), first + m.start()) for m in _END_RECORD.finditer(end))
    # What claims more than stands before it is no end record, but chance in a program
    return max((size for size, before in sizes if size <= before), default=0)


_END_RECORD = re.compile(rb"PK\x05\x06(?=.{8}(.{4}))", re.DOTALL)


class _Quick:
    """Reads the small members of an archive in which nothing is odd. `zipfile` needs as long to open
    a member as to inflate it."""

    def __init__(self, data: bytes, archive: zipfile.ZipFile) -> None:
        self._data = data
        self._zlib = _isal() if len(data) >= _PAYS else zlib
        self._ends: dict[int, int] = {}  # of a member's place: where the next one begins
        end = archive.start_dir
        for start in sorted((info.header_offset for info in archive.filelist), reverse=True):
            self._ends[start] = end  # of two in one place its own beginning
            end = start

    def content(self, info: zipfile.ZipInfo) -> bytes | None:
        """All of a member, as `zipfile` reads it; None: it has to say."""
        start, size = info.header_offset, info.file_size
        is_plain = 0 < size <= STEP and start >= 0 and not info.flag_bits & _ODD
        head = self._data[start : start + _HEAD.size] if is_plain else b""
        if len(head) < _HEAD.size:
            return None
        signature, flags, names, extras = _HEAD.unpack(head)
        name = self._data[start + _HEAD.size : start + _HEAD.size + names]
        begin = start + _HEAD.size + names + extras
        end = begin + info.compress_size
        if signature != _LOCAL or end > self._ends[start] or _decoded(name, flags) != info.orig_filename:
            return None
        packed = self._data[begin:end]
        whole = packed
        if info.compress_type == zipfile.ZIP_DEFLATED:
            whole = self._inflated(packed, size)
        elif info.compress_type != zipfile.ZIP_STORED:
            return None
        return whole if len(whole) == size and zlib.crc32(whole) == info.CRC else None

    def _inflated(self, packed: bytes, size: int) -> bytes:
        inflate = self._zlib.decompressobj(-15)
        try:
            whole: bytes = inflate.decompress(packed, size + 1)  # it may claim to be small
        except self._zlib.error:
            return b""
        return whole if inflate.eof else b""


_HEAD = struct.Struct("<4s2xH18x2H")  # signature, flags, length of the name and of what is beside it
_ODD = 0x61  # flags: encrypted, patched
_PAYS = 128 << 10  # bytes of an archive that isal inflates in the time that it takes to load


@cache  # an import that fails looks through all folders each time
def _isal() -> Any:
    """What inflates twice as fast as zlib, of the extra ``fast``; without it zlib."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib
    return isal_zlib


def _decoded(name: bytes, flags: int) -> str | None:
    try:
        return name.decode("utf-8" if flags & 0x800 else "cp437")
    except UnicodeDecodeError:
        return None


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

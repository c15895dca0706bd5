"""One compressed stream: gzip, zlib, bzip2, xz, lzma, Zstandard. A tar inside counts as the same level."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Iterator
from functools import cache

from aliscan.detect.budget import Budget
from aliscan.detect.containers.deflate import STEP
from aliscan.i18n import N_, said

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any


def members(data: bytes, path: bytes, budget: Budget) -> Iterator[tuple[bytes, bytes] | str]:
    """The content, named like the file without its ending; of several joined streams all."""
    kind = _kind(data)
    if kind == "Zstandard" and not _has_zstd():
        yield N_("a Zstandard file; install aliscan[zstd] to have it opened")
        return
    if not kind:
        return
    parts: list[bytes] = []
    broken = ""
    try:
        for part in _inflate(data, kind, budget):
            parts.append(part)
    except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, _zstd_error()):
        broken = said(
            "a {kind} file that is broken or cut off; what could be unpacked was looked at", kind=kind
        )
    content = b"".join(parts)
    if not content:
        return  # the magic number was chance, or there is nothing inside
    name = _name(path, kind)
    if content[257:262] == b"ustar":
        from aliscan.detect.containers import tar

        yield from tar.members(content, name, budget)
    else:
        yield name, content
    if broken:
        yield broken


def _kind(data: bytes) -> str:
    if data.startswith(b"\x1f\x8b\x08") and len(data) > 10 and not data[3] & 0xE0:
        return "gzip"
    if data.startswith((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")):
        return "zlib"
    if data.startswith(b"BZh") and data[4:10] in (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"):
        return "bzip2"
    if data.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if data.startswith(b"\x5d\0\0") and data[13:14] in (b"\0", b""):
        return "lzma"
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return "Zstandard"
    return ""


def _inflate(data: bytes, kind: str, budget: Budget) -> Iterator[bytes]:
    """Every stream, one after the other, in steps of one MiB that are charged before the next."""
    view = memoryview(data)
    at = 0
    while at < len(data):
        if at and not _continues(data, at, kind):
            return  # padding, or something else behind the last stream
        used = 0
        for part, taken in _stream(view[at:], kind):
            used = taken
            budget.inflate(len(part), said("a {kind} file", kind=kind))
            yield part
        if not used:
            return
        at += used


def _continues(data: bytes, at: int, kind: str) -> bool:
    return _kind(data[at : at + 16]) == kind


def _stream(view: memoryview, kind: str) -> Iterator[tuple[bytes, int]]:
    """Parts of one stream; beside the last part how many bytes of input the stream took."""
    if kind in ("gzip", "zlib"):
        inflate = zlib.decompressobj(31 if kind == "gzip" else 15)
        rest: bytes | memoryview = view
        while not inflate.eof and len(rest):
            part = inflate.decompress(rest, STEP)
            rest = inflate.unconsumed_tail
            if part:
                yield part, 0
        if not inflate.eof:
            raise EOFError
        yield b"", len(view) - len(inflate.unused_data)
        return
    decompressor: bz2.BZ2Decompressor | lzma.LZMADecompressor
    if kind == "bzip2":
        decompressor = bz2.BZ2Decompressor()
    elif kind == "Zstandard":
        decompressor = _zstd_decompressor()
    else:
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=128 << 20)
    part = decompressor.decompress(view, STEP)
    while True:
        if part:
            yield part, 0
        if decompressor.eof:
            break
        if decompressor.needs_input:
            raise EOFError
        part = decompressor.decompress(b"", STEP)
    yield b"", len(view) - len(decompressor.unused_data)


def _name(path: bytes, kind: str) -> bytes:
    base = os.path.basename(path)
    stem, ending = os.path.splitext(base)
    swaps = {b".tgz": b".tar", b".tbz2": b".tar", b".txz": b".tar", b".svgz": b".svg"}
    known = (b".gz", b".bz2", b".xz", b".lzma", b".zst", b".z", b".zz")
    if ending.lower() in swaps:
        return stem + swaps[ending.lower()]
    return stem if ending.lower() in known and stem else base or b"content"


@cache
def _has_zstd() -> bool:
    try:
        _zstd_decompressor()
    except ImportError:
        return False
    return True


def _zstd_decompressor() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # Python 3.14
    except ImportError:
        from backports import zstd  # type: ignore[import-not-found, unused-ignore]
    return zstd.ZstdDecompressor()


@cache  # an import that fails looks through all folders each time
def _zstd_error() -> type[Exception]:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        try:
            from backports import zstd  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            return EOFError
    error: type[Exception] = zstd.ZstdError
    return error

"""One compressed stream: gzip, zlib, bzip2, xz, lzma, Zstandard. A tar inside counts as the same level."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from aliscan.detect.budget import Budget
from aliscan.detect.containers.unpacked import STEP, Content, Unpacked, source
from aliscan.i18n import N_, said
from aliscan.stored import Data, opened

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """The content, named like the file without its ending; of several joined streams all."""
    yield from streamed(opened(data).read, path, budget)


def streamed(
    read: Callable[[int], bytes], path: bytes, budget: Budget
) -> Iterator[tuple[bytes, Content] | str]:
    """The same of what ``read`` gives."""
    packed = source(read)
    kind = _kind(packed.peek(_HEAD))
    if kind == "Zstandard" and not _has_zstd():
        yield N_("a Zstandard file; install aliscan[zstd] to have it opened")
        return
    if not kind:
        return
    errors = (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, _zstd_error())
    unpacked = Unpacked(_inflate(packed, kind, budget), errors)
    begin = unpacked.peek(512)
    if not begin:
        return  # the magic number was chance, or there is nothing inside
    if begin[257:262] == b"ustar":
        from aliscan.detect.containers import tar

        yield from tar.streamed(unpacked.read, budget)
    else:
        yield _name(path, kind), unpacked.content()
    if unpacked.error:
        yield said("a {kind} file that is broken or cut off; what could be unpacked was looked at", kind=kind)


_HEAD = 16  # bytes by which a stream is told


def _kind(head: bytes) -> str:
    if head.startswith(b"\x1f\x8b\x08") and len(head) > 10 and not head[3] & 0xE0:
        return "gzip"
    if head.startswith((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")):
        return "zlib"
    if head.startswith(b"BZh") and head[4:10] in (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"):
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith(b"\x5d\0\0") and head[13:14] in (b"\0", b""):
        return "lzma"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "Zstandard"
    return ""


def _inflate(packed: Unpacked, kind: str, budget: Budget) -> Iterator[bytes]:
    """Every stream, one after the other, in steps of one MiB that are charged before the next; nothing
    of padding, or of something else behind the last stream."""
    while _kind(packed.peek(_HEAD)) == kind:
        for part in inflated(packed, _decompressor(kind)):
            budget.inflate(len(part), said("a {kind} file", kind=kind))
            yield part


def inflated(packed: Unpacked, inflate: Any) -> Iterator[bytes]:
    """What a decompressor makes of one stream; what is behind it is not read. Raises EOFError where there
    is no end, and what the decompressor raises."""
    step = 1 << 12  # little at first: there may be many streams in a row
    rest, ended = b"", False
    while not inflate.eof:
        if not rest and getattr(inflate, "needs_input", True):
            rest = packed.some(step)
            ended = not rest
            step = min(4 * step, STEP)
        part = inflate.decompress(rest, STEP)
        rest = getattr(inflate, "unconsumed_tail", b"")  # of zlib only: the others keep it
        if part:
            yield part
        elif ended and not inflate.eof:
            raise EOFError
    packed.back(len(inflate.unused_data))


def _decompressor(kind: str) -> Any:
    if kind in ("gzip", "zlib"):
        return zlib.decompressobj(31 if kind == "gzip" else 15)
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "Zstandard":
        return _zstd_decompressor()
    return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=128 << 20)


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

"""PDF: its streams inflated, and the text that pages show, as far as their fonts use plain codes.

Read from its beginning to its end, once. Fonts that number their glyphs need a library, and the whole
file: with the extra ``pdf`` (pypdf) the pages' text is read by it as well.
"""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from collections.abc import Callable, Iterator
from typing import Any

from aliscan.cuts import cut
from aliscan.detect.budget import Budget, Exhausted
from aliscan.detect.containers.streams import inflated
from aliscan.detect.containers.unpacked import STEP, Content, Unpacked, source
from aliscan.i18n import N_
from aliscan.stored import Data, opened

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_END = b"endstream"
_DICTIONARY = 2000  # bytes before a stream in which its dictionary is looked for
_WINDOW = 1 << 12  # bytes in which the next word is looked for
_LONGEST = 16  # bytes of such a word at most, with what stands before it
_ENCRYPTED = re.compile(rb"/Encrypt\s{1,9}\d{1,9}\s{1,9}\d{1,9}\s{1,9}R")
_NUMBERED = re.compile(rb"Identity-H|/ObjStm")
_TEXTS = 8 << 20  # bytes of a stream in ASCII85 that are undone

# Operators that show text, and what they show: (text) or <hex>, alone or in an array with kerning.
_SHOWN = re.compile(
    rb"\((?P<text>(?:[^\\()]|\\.|\((?:[^\\()]|\\.)*\))*)\)|<(?P<hex>[0-9A-Fa-f\s]{2,})>"
    rb"|(?P<end>\b(?:Tj|TJ|Td|TD|Tm|ET)\b|['\"](?=\s))",
    re.DOTALL,
)
_PICTURE = re.compile(rb"/DCTDecode|/JPXDecode|/Subtype\s*/Image")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b"", b"\n": b"", b"\r": b""}
_OCTAL = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_TEXT = re.compile(rb"\bT[jJ]\b")


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, Content] | str]:
    """Each stream that holds text or data other than pictures, named by its number in the file."""
    file = _File(opened(data).read, budget)
    if _is_encrypted(data):
        yield N_("a PDF that is encrypted")
        return
    yield from file.streams()
    if file.is_numbered:
        yield from _pages(data, budget)


def streamed(
    read: Callable[[int], bytes], path: bytes, budget: Budget
) -> Iterator[tuple[bytes, Content] | str]:
    """The same of what ``read`` gives."""
    file = _File(read, budget)
    yield from file.streams()
    if file.is_encrypted:
        yield N_("a PDF that is encrypted")
    elif file.is_numbered and _reader() is not None:
        yield N_("the pages of a large PDF that is no file on disk were not read: scan the file itself")


def _is_encrypted(data: Data) -> bool:
    if isinstance(data, bytes):
        return _ENCRYPTED.search(data) is not None
    return any(_ENCRYPTED.search(piece.data) for piece in cut(opened(data).read))


class _File:
    """One pass. ``is_encrypted``, ``is_numbered``: what was met between the streams; ``is_cut``: of one
    not all was undone."""

    def __init__(self, read: Callable[[int], bytes], budget: Budget) -> None:
        self._source = source(read)
        self._budget = budget
        self._before = b""  # what stands before the next stream
        self.is_encrypted = self.is_numbered = self.is_cut = False

    def streams(self) -> Iterator[tuple[bytes, Content] | str]:
        """Each stream that holds text or data other than pictures."""
        number = 0
        while self._next():
            number += 1
            self._budget.member(N_("a PDF"))
            head = self._before[self._before.rfind(b" obj") + 1 :]
            packed = Unpacked(self._packed())
            if not _PICTURE.search(head):
                content = Unpacked(_shown_of(Unpacked(self._undone(packed, head)))).content()
                if content:
                    yield b"stream %d" % number, content
            packed.pass_over()
            self._before = b""
        if self.is_cut:
            yield N_("a PDF with very long texts in ASCII85, of which the beginning was looked at")

    def _next(self) -> bool:
        """Go on to the bytes of the next stream."""
        while True:
            window = self._source.peek(_WINDOW)
            found = _STREAM.search(window)
            last = len(window) < _WINDOW
            done = found.end() if found else len(window) - (0 if last else _LONGEST)
            self._note(window[: found.start() if found else done])
            self._source.pass_over(done)
            if found or last:
                return found is not None

    def _note(self, text: bytes) -> None:
        """Remember what stands between streams."""
        joined = self._before[-_DICTIONARY:] + text
        self.is_encrypted = self.is_encrypted or _ENCRYPTED.search(joined) is not None
        self.is_numbered = self.is_numbered or _NUMBERED.search(joined) is not None
        self._before = joined[-_DICTIONARY:]

    def _packed(self) -> Iterator[bytes]:
        """The bytes of a stream."""
        size = _WINDOW
        while True:
            window = self._source.peek(size)
            end = window.find(_END)
            last = end >= 0 or len(window) < size
            done = end if end >= 0 else len(window) - (0 if last else _LONGEST)
            yield self._source.read(done)
            if last:
                return
            size = min(4 * size, STEP)

    def _undone(self, packed: Unpacked, head: bytes) -> Iterator[bytes]:
        if b"ASCII85Decode" in head:
            text = packed.read(_TEXTS)
            self.is_cut = self.is_cut or len(packed.peek(1)) > 0
            try:
                packed = Unpacked(iter((a85decode(text.strip().removesuffix(b"~>")),)))
            except ValueError:
                return
        if b"FlateDecode" in head:
            try:
                for part in inflated(packed, zlib.decompressobj()):
                    self._budget.inflate(len(part), N_("a PDF"))
                    yield part
            except (zlib.error, EOFError):
                pass  # predictors, wrong lengths, leftovers: what came out is what there is
        elif b"Decode" not in head or b"ASCII85Decode" in head:
            while part := packed.some(STEP):
                yield part


def _shown_of(content: Unpacked) -> Iterator[bytes]:
    """What pages show, where it is their text, else all; in parts that end between two texts."""
    rest = b""
    while part := content.read(STEP):
        data = rest + part
        end = data.rfind(b"ET") + 2 if len(part) == STEP else len(data)
        if end < len(data) // 2:
            end = data.rfind(b"\n") + 1 or len(data)
        data, rest = data[:end], data[end:]
        yield _shown(data) if _TEXT.search(data) else data
    if rest:
        yield _shown(rest) if _TEXT.search(rest) else rest


def _shown(content: bytes) -> bytes:
    """The strings that a page shows; what one operator shows is one piece."""
    out: list[bytes] = []
    for m in _SHOWN.finditer(content):
        if m["end"]:
            out.append(b"\n")
        elif m["hex"]:
            digits = b"".join(m["hex"].split())
            out.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
        else:
            out.append(_OCTAL.sub(_escape, m["text"]))
    return b"".join(out)


def _escape(m: re.Match[bytes]) -> bytes:
    found = m[1]
    if found[0] in b"01234567":  # \\8 and \\9 are the digits themselves
        return bytes((int(found, 8) & 255,))
    return _LETTERS.get(found, found)


def _reader() -> Any:
    """What reads the text of pages, None where it is not installed."""
    try:
        from pypdf import PdfReader  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    return PdfReader


def _pages(data: Data, budget: Budget) -> Iterator[tuple[bytes, bytes]]:
    """The text of each page by pypdf, where it is installed."""
    reader = _reader()
    if reader is None:
        return
    try:
        for number, page in enumerate(reader(opened(data)).pages, 1):
            text = page.extract_text().encode("utf-8", "replace")
            budget.inflate(len(text), N_("a PDF"))
            yield b"page %d" % number, text
    except Exhausted:
        raise
    except Exception:
        return

"""PDF: its streams inflated, and the text that pages show, as far as their fonts use plain codes.

Fonts that number their glyphs need a library: with the extra ``pdf`` (pypdf) the pages' text is read
by it as well.
"""

from __future__ import annotations

import re
from base64 import a85decode
from collections.abc import Iterator

from aliscan.detect.budget import Budget, Exhausted
from aliscan.detect.containers.deflate import inflated
from aliscan.i18n import N_
from aliscan.stored import Data, all_of

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_END = b"endstream"
_DICTIONARY = 2000  # bytes before a stream in which its dictionary is looked for

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


def members(data: Data, path: bytes, budget: Budget) -> Iterator[tuple[bytes, bytes] | str]:
    """Each stream that holds text or data other than pictures, named by its number in the file."""
    data = all_of(data)
    if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R", data):
        yield N_("a PDF that is encrypted")
        return
    done = number = 0
    for m in _STREAM.finditer(data):
        if m.start() < done:
            continue
        number += 1
        budget.member(N_("a PDF"))
        head = data[max(done, m.start() - _DICTIONARY) : m.start()]
        head = head[head.rfind(b" obj") + 1 :]
        end = data.find(_END, m.end())
        done = len(data) if end < 0 else end
        if _PICTURE.search(head):
            continue
        content = _undo(data[m.end() : done], head, budget)
        if _TEXT.search(content):
            content = _shown(content)
        if content:
            yield b"stream %d" % number, content
    yield from _pages(data, budget)


def _undo(content: bytes, head: bytes, budget: Budget) -> bytes:
    if b"ASCII85Decode" in head:
        try:
            content = a85decode(content.strip().removesuffix(b"~>"))
        except ValueError:
            return b""
    if b"FlateDecode" not in head:
        return content if b"Decode" not in head or b"ASCII85Decode" in head else b""
    # predictors, wrong lengths, leftovers: what came out is what there is
    return inflated(content, 15, budget, N_("a PDF"))[0]


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


def _pages(data: bytes, budget: Budget) -> Iterator[tuple[bytes, bytes]]:
    """The text of each page by pypdf, where it is installed and the pages' fonts number their glyphs."""
    if b"Identity-H" not in data and b"/ObjStm" not in data:
        return
    try:
        from pypdf import PdfReader  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return
    import io

    try:
        for number, page in enumerate(PdfReader(io.BytesIO(data)).pages, 1):
            text = page.extract_text().encode("utf-8", "replace")
            budget.inflate(len(text), N_("a PDF"))
            yield b"page %d" % number, text
    except Exhausted:
        raise
    except Exception:
        return

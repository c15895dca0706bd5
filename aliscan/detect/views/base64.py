"""Base64: words in the standard and the URL alphabet, wrapped texts, pieces cut at any alignment."""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator

from aliscan.detect.needles import base64_forms
from aliscan.detect.reading import Edit
from aliscan.detect.views import plain

NAME = "base64"
CONTAINERS = "containers"  # what `containers` looks for, among the names of `aliscan.detect.views.triggers`

# The first two quads of a text in ASCII: bits 7 of all bytes are 0. UTF-8 (three bytes, Chinese: 4 to
# 7, then two bits of the first and 10xx of the second), byte-order marks, and UTF-16 come after. Rejects
# 19 of 20 identifiers before anything is decoded.
SECOND = rb"[A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
# The same where Chinese follows after one or two characters: a comment, a table, a JSON key.
CHINESE = rb"[Oeu+-][SWaeimO+]|[A-HQ-Xg-nw-z0-3][DHLPTXbfjnrvz37/][j-pv]"
HEAD = (
    rb"(?:[CDI-Za-f](?:" + SECOND + rb"(?:[CDI-Za-f](?:" + SECOND + rb"|" + CHINESE + rb")"
    rb"|[4-7][I-LYZabo-r4-7])|" + CHINESE + rb")|[4-7][I-LYZabo-r4-7]|77u/|/(?:/4|v8)|[A-Za-f][AQgw][AB])"
)  # fmt: skip
BODY = rb"[A-Za-z0-9+/_-]"
_WORD = re.compile(
    rb"(?<![A-Za-z0-9+/])" + HEAD + BODY + rb"{8,}={0,2}(?<=" + BODY + rb"{14}..)"
    # further lines of the same text: 76 columns (MIME), 64 (PEM), and what tools choose; no "name:"
    rb"(?:(?<=" + BODY + rb"{32})[ \t]{0,8}(?:\\n)?[\"']?[,+]?[ \t]{0,8}\r?\n[ \t>*#]{0,40}[\"']?"
    + BODY + rb"{2,}={0,2}(?!" + BODY + rb")(?![ \t]{0,8}[:=(.])){0,16384}"  # each takes memory
)  # fmt: skip
_LINE = re.compile(BODY + rb"+={0,2}")
# Where one may begin: so many characters of a body in a row, told from all else in a translated copy, where
# `re` looks for the sign before them alone; within such a run behind a separator.
_FIRST = b"4567/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"
_SHAPE = bytes(102 if c in _FIRST else 97 if re.match(BODY, bytes((c,))) else 32 for c in range(256))
_BEGINS = re.compile(rb" f[fa]{13}")
_SEPARATED = [re.compile(sign + rb"(?=" + HEAD + BODY + rb"{8})") for sign in (b"_", b"-")]
_STANDARD = bytes.maketrans(b"-_", b"+/")

# Where a part of a word has the id of an AccessKey although the word as a whole is not text.
_FORMS = [(form, -(-before * 8 // 6)) for before, form in enumerate(base64_forms(b"LTAI"))]
_FORM = re.compile(b"|".join(re.escape(form) for form, _ in _FORMS))
_AROUND = 400  # characters to both sides of such a part


def edits(data: bytes) -> Iterator[Edit]:
    """Each base64 text that decodes to readable text, replaced by it."""
    done = 0
    pieces = _pieces(data) if any(form in data for form, _ in _FORMS) else iter(())
    piece = next(pieces, None)
    for m in _words(data):
        while piece and piece.end <= m.start():
            if piece.start >= done:
                yield piece
                done = piece.end
            piece = next(pieces, None)
        found = _word(m[0], m.start()) if m.start() >= done else None
        if found is not None:
            yield from found
            done = m.end()
    while piece:
        if piece.start >= done:
            yield piece
            done = piece.end
        piece = next(pieces, None)


def _words(data: bytes) -> Iterator[re.Match[bytes]]:
    """As ``_WORD.finditer``."""
    starts = [m.start() for m in _BEGINS.finditer(b" " + data.translate(_SHAPE))]
    starts += (m.end() for sign in _SEPARATED for m in sign.finditer(data))
    done = 0
    for start in sorted(starts):
        m = _WORD.match(data, start) if start >= done else None
        if m:
            yield m
            done = m.end()


def decode(word: bytes) -> bytes:
    """The bytes of a word in either alphabet, padded or not; a last character alone says nothing."""
    word = word.rstrip(b"=").translate(_STANDARD)
    if len(word) % 4 == 1:
        word = word[:-1]
    return a2b_base64(word + b"==")  # more padding than needed does no harm


def _word(word: bytes, start: int) -> Iterator[Edit] | None:
    lines = _one_text(word)
    if plain.text(decode(word[: min(88, lines[0][1])])) is None:  # most words end here, images with them
        return None
    while lines:
        raw = decode(b"".join(word[a:b].rstrip(b"=") for a, b in lines))
        text = plain.text(raw)
        if text == raw:
            return _by_lines(word, lines, raw, start)
        if text is not None:  # two bytes were one character, if they were ASCII
            return iter((Edit(start, start + lines[-1][1], text, 8 if text.isascii() else 0, 3),))
        lines = lines[: -1 if len(lines) < 3 else 1]  # the last line was something else
    return None


def _by_lines(word: bytes, lines: list[tuple[int, int]], raw: bytes, start: int) -> Iterator[Edit]:
    """One edit a line, so that a value has the line on which it begins; the ends of lines removed."""
    read, taken, end = 0, 0, lines[0][0]
    for a, b in lines:
        if a > end:
            yield Edit(start + end, start + a, b"")
        read += len(word[a:b].rstrip(b"="))
        upto = len(raw) if b == lines[-1][1] else read * 3 // 4
        yield Edit(start + a, start + b, raw[taken:upto], 4, 3)
        taken, end = upto, b


def _one_text(word: bytes) -> list[tuple[int, int]]:
    """The lines of a word as far as they are one text: equally long, the last may be shorter."""
    lines: list[tuple[int, int]] = []
    width = 0
    for m in _LINE.finditer(word):
        start, end = m.span()
        width = width or end - start
        if end - start > width:
            break
        lines.append((start, end))
        if end - start < width or word[end - 1 : end] == b"=":
            break
    return lines


def _pieces(data: bytes) -> Iterator[Edit]:
    """The readable stretches around what looks like an id in base64, at its own alignment."""
    done = 0
    decoded: dict[int, tuple[int, int, bytes]] = {}  # of each alignment the last stretch: a text may be full
    for m in _FORM.finditer(data):
        at = m.start() - next(first for form, first in _FORMS if form == m[0])
        if at < done:
            continue
        low = max(done, at - _AROUND)
        start, end, raw = decoded.get(at % 4, (0, 0, b""))
        if m.end() > end or at + _AROUND > end:
            before = _BEFORE.search(data, low, at)
            start = at - (len(before[0]) & ~3) if before else at
            after = _BODIES.match(data, at, at + 4 * _AROUND)
            if after is None or after.end() < m.end():
                continue  # the quad that it begins in is cut off
            end = after.end()
            raw = decode(data[start:end])
            decoded[at % 4] = start, end, raw
        middle = (at - start) // 4 * 3
        left = _LEFT.search(raw, max(0, -(-(low - start) // 4) * 3), middle)
        right = _RIGHT.match(raw, middle, middle + _AROUND // 4 * 3)
        first = left.start() if left else middle
        last = right.end() if right else middle
        done = m.end()
        if last - first >= plain.SHORTEST:
            edit = Edit(start + first * 4 // 3, start - (-last * 4 // 3), raw[first:last], 4, 3)
            yield edit
            done = edit.end


_BODIES = re.compile(BODY + rb"+")
_BEFORE = re.compile(BODY + rb"*\Z")
_LEFT = re.compile(rb"[\t\n\r -~]*\Z")
_RIGHT = re.compile(rb"[\t\n\r -~]*")


# gzip, zip, bzip2, xz, zlib at the beginning of a word, as base64 writes them
_MAGIC = (b"H4sI", b"UEsDB", b"QlpoO", b"/Td6WFo", b"eJ", b"eNo", b"eAE")
PACKED = rb"(?:H4sI|UEsDB|QlpoO|/Td6WFo|eJ[w-z]|eNo|eAE)" + BODY + rb"{20}"
_BEGIN = re.compile(rb"(?<![A-Za-z0-9+/])" + PACKED)
_CONTAINER = re.compile(
    BODY + rb"{23,}={0,2}(?:(?<=" + BODY + rb"{32})[ \t]{0,8}\r?\n[ \t>*#]{0,40}" + BODY + rb"+={0,2})*"
)


def containers(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Start, end and bytes of what looks like a compressed file in base64."""
    if not any(magic in data for magic in _MAGIC):
        return
    done = 0
    for at in sorted(place for magic in _MAGIC for place in _places(data, magic)):
        m = _CONTAINER.match(data, at) if at >= done else None
        if m is None:
            continue
        done = m.end()
        lines = _one_text(m[0])
        raw = decode(b"".join(m[0][a:b].rstrip(b"=") for a, b in lines))
        if raw:
            yield m.start(), m.start() + lines[-1][1], raw


def _places(data: bytes, magic: bytes) -> Iterator[int]:
    """Where a word begins with ``magic`` that is long enough."""
    at = data.find(magic)
    while at >= 0:
        if _BEGIN.match(data, at):
            yield at
        at = data.find(magic, at + 1)

"""PDFs whose fonts number their glyphs: only a table in the file says which letter is which."""

from __future__ import annotations

import sys

import pytest

from aliscan.detect import detect
from tests.support import keys

_FIRST = 0x0400  # of the numbers of glyphs


def numbered(text: str) -> bytes:
    """A PDF with one page that shows a text."""
    letters = sorted(set(text))
    glyphs = {letter: _FIRST + number for number, letter in enumerate(letters)}
    rows = "\n".join(f"<{glyphs[letter]:04x}> <{ord(letter):04x}>" for letter in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
    )
    shown = "".join(f"{glyphs[letter]:04x}" for letter in text)
    page = f"BT /F1 9 Tf 20 700 Td <{shown}> Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 6 0 R "
        "/Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H "
        "/DescendantFonts [5 0 R] /ToUnicode 7 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        *(f"<< /Length {len(part)} >>\nstream\n{part}\nendstream" for part in (page, cmap)),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return out + f"{head}<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def test_a_page_of_numbered_glyphs_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypdf")
    i, s = keys.key_id(), keys.secret()
    data = numbered(f"accessKeyId: {i} accessKeySecret: {s}")
    (match,) = detect(data, b"a.pdf").matches
    assert [part.secret.reveal().decode() for part in match.parts] == [i, s]
    assert match.member == (b"page 1",)
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert not detect(data, b"a.pdf").matches, "docs/limits.md: without the extra pdf"

"""Streams of PDF, read as far as no library is needed."""

from __future__ import annotations

import base64
import tracemalloc
import zlib

import pytest

from aliscan.cuts import reading
from aliscan.detect import Limits, detect
from aliscan.detect.budget import Exhausted
from aliscan.detect.containers.pdf import members, streamed
from tests.detect.containers.support import opened


def pdf(*streams: tuple[str, bytes]) -> bytes:
    """A document with these dictionaries and streams."""
    return b"%PDF-1.4\n" + b"\n".join(
        b"%d 0 obj << %s >> stream\n%s\nendstream\nendobj" % (n, head.encode(), content)
        for n, (head, content) in enumerate(streams, 1)
    )


def test_every_stream_is_a_member_with_its_number() -> None:
    data = pdf(("", b"one"), ("", b""), ("", b"stream\ntwo"), ("", b"last"))
    assert opened(members, data) == [
        (b"stream 1", b"one\n"), (b"stream 2", b"\n"), (b"stream 3", b"stream\ntwo\n"),
        (b"stream 4", b"last\n"),
    ]  # fmt: skip


def test_a_stream_without_an_end_goes_to_the_last_byte() -> None:
    data = pdf(("", b"one")) + b"\n2 0 obj << >> stream\r\nrest"
    assert opened(members, data)[1:] == [(b"stream 2", b"rest")]


def test_pictures_are_passed_over_but_counted() -> None:
    for picture in ("/Filter /DCTDecode", "/JPXDecode", "/Subtype /Image", "/Subtype/Image"):
        assert opened(members, pdf((picture, b"xx"), ("", b"one"))) == [(b"stream 2", b"one\n")]


def test_filters() -> None:
    packed = zlib.compress(b"text of it")
    ascii85 = base64.a85encode(packed) + b"~>"
    assert opened(members, pdf(("/FlateDecode", packed)))[0] == (b"stream 1", b"text of it")
    assert opened(members, pdf(("[/ASCII85Decode /FlateDecode]", ascii85)))[0] == (b"stream 1", b"text of it")
    plain = base64.a85encode(b"text") + b"~>"
    assert opened(members, pdf(("/ASCII85Decode", plain))) == [(b"stream 1", b"text")]
    assert opened(members, pdf(("/ASCII85Decode", b"\xff\xff"))) == []
    assert opened(members, pdf(("/LZWDecode", b"xx"))) == []
    assert opened(members, pdf(("/FlateDecode", packed[:-4])))[0] == (b"stream 1", b"text of it"), "cut"
    assert opened(members, pdf(("/FlateDecode", b"\xff\xff"))) == []


def test_the_dictionary_stands_behind_the_last_object_and_stream() -> None:
    data = pdf(("/FlateDecode", b"\xff"), ("", b"one"))
    assert opened(members, data) == [(b"stream 2", b"one\n")]
    near, far = b" obj << /DCTDecode" + b" " * 1970, b" obj << /DCTDecode" + b" " * 2000
    assert opened(members, b"%PDF-1.4\n1 0" + near + b">> stream\none\nendstream") == []
    assert opened(members, b"%PDF-1.4\n1 0" + far + b">> stream\none\nendstream") == [(b"stream 1", b"one\n")]


def test_shown_text() -> None:
    shown = rb"BT [(ab) -20 (c\(d\)) (e(f)g)] TJ T* <68 69 7> Tj (\101\12x\n\r\t\b\q) ' ET"
    assert opened(members, pdf(("", shown))) == [
        (b"stream 1", b"abc(d)e(f)g\nhip\nA\nx\n\r\tq\n\n"),
    ]  # fmt: skip


def test_encrypted_documents_are_said() -> None:
    data = pdf(("", b"one")) + b"\ntrailer << /Encrypt 5 0 R >>"
    assert opened(members, data) == ["a PDF that is encrypted"]


def test_what_is_inflated_is_charged() -> None:
    data = pdf(("/FlateDecode", zlib.compress(bytes(3 << 20))))
    assert len(opened(members, data, limits=Limits(inflated=3 << 20))) == 1
    with pytest.raises(Exhausted, match="a PDF unpacks to more than 2 MiB"):
        opened(members, data, limits=Limits(inflated=(3 << 20) - 1))
    with pytest.raises(Exhausted, match="a PDF holds more than 1 members"):
        opened(members, pdf(("", b"one"), ("", b"two")), limits=Limits(members=1))


def passed(data: bytes, limits: Limits | None = None) -> list[object]:
    """All that is told of a PDF that goes by."""
    return opened(lambda data, path, budget: streamed(reading(data), path, budget), data, limits=limits)


@pytest.mark.parametrize("around", [*range(4070, 4110), *range(16_370, 16_390)])
def test_a_border_of_what_is_read_at_once_hides_nothing(around: int) -> None:
    data = b"%PDF-1.4\n" + b" " * around + pdf(("", b"1" * around), ("", b"two"))
    assert (
        passed(data)
        == opened(members, data)
        == [(b"stream 1", b"1" * around + b"\n"), (b"stream 2", b"two\n")]
    )


def test_what_goes_by_is_told_at_its_end_to_be_encrypted() -> None:
    data = pdf(("", b"garbage")) + b"\ntrailer << /Encrypt 5 0 R >>"
    assert opened(members, data) == ["a PDF that is encrypted"]
    assert passed(data) == [(b"stream 1", b"garbage\n"), "a PDF that is encrypted"]


def test_long_pages_are_shown_in_parts() -> None:
    line = b"BT (%07d) Tj (of it) Tj ET\n"
    text = b"".join(line % n for n in range(200_000))
    ((_, content),) = opened(members, pdf(("/FlateDecode", zlib.compress(text))))
    assert content.split() == b"".join(b"%07d\nof it\n\n" % n for n in range(200_000)).split()


def test_pages_that_need_a_library_are_said_if_they_went_by(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf(("", b"one"), ("/Type /ObjStm", b"two"))
    monkeypatch.setattr("aliscan.detect.containers.pdf._reader", lambda: None)
    assert len(passed(data)) == 2
    monkeypatch.setattr("aliscan.detect.containers.pdf._reader", lambda: object)
    assert passed(data)[2:] == [
        "the pages of a large PDF that is no file on disk were not read: scan the file itself"
    ]


def test_ascii85_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aliscan.detect.containers.pdf._TEXTS", 10)
    data = pdf(("/ASCII85Decode", base64.a85encode(b"text" * 9)))
    assert opened(members, data) == [
        (b"stream 1", b"texttext"),
        "a PDF with very long texts in ASCII85, of which the beginning was looked at",
    ]


def test_what_comes_out_is_not_held() -> None:
    bomb = zlib.compress(bytes(60_000_000))
    tracemalloc.start()
    assert detect(pdf(("/FlateDecode", bomb), ("", b"k"))).matches == ()
    assert tracemalloc.get_traced_memory()[1] < 25_000_000
    tracemalloc.stop()

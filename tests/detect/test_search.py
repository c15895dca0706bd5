"""Documents, readings and claims: how deep, how far, and which claim stays."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
from urllib.parse import quote

import pytest

from aliscan.detect import Limits, detect
from aliscan.detect.claims import Claim, claim
from aliscan.detect.density import far_from_ids
from aliscan.detect.reading import Edit
from aliscan.detect.text import Candidate, Span
from aliscan.finding import ACCESS_KEY_ID, ACCESS_KEY_SECRET, PASSWORD, Confidence, Severity
from tests.detect.rules.support import found
from tests.support import keys

PAIR = "alibaba-access-key-pair"


def pair() -> tuple[str, str, str]:
    """An id, a secret, and a text with both."""
    i, s = keys.key_id(), keys.secret()
    return i, s, f"accessKeyId: {i}\naccessKeySecret: {s}\n"


def archive(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 5])
def test_containers_are_opened_four_deep(levels: int) -> None:
    _, _, text = pair()
    data = text.encode()
    for n in range(levels):
        data = archive(f"{n}.txt", data)
    seen = detect(data)
    assert len(seen.matches) == (levels <= 4)
    assert bool(seen.unread) is (levels > 4)
    if seen.matches:
        assert [m.decode() for m in seen.matches[0].member] == [f"{n}.txt" for n in reversed(range(levels))]
    else:
        assert "0.txt" not in seen.unread[0]
        assert "1.txt in 2.txt" in seen.unread[0]
        assert "lies too deep" in seen.unread[0]


@pytest.mark.parametrize(("depth", "there"), [(1, False), (2, True), (3, True)])
def test_a_container_in_base64_is_one_level_more(depth: int, there: bool) -> None:
    i, s, text = pair()
    word = base64.b64encode(gzip.compress(text.encode())).decode()
    seen = detect(f"data: {word}\n".encode(), limits=Limits(depth=depth))
    assert [p.secret.reveal().decode() for m in seen.matches for p in m.parts] == ([i, s] if there else [])
    assert bool(seen.unread) is not there
    if there:
        (match,) = seen.matches
        for part in match.parts:
            assert (part.start, part.end) == (6, 6 + len(word))
            assert (part.place.line, part.place.column) == (1, 7)
            assert part.via[0] == "base64"


@pytest.mark.parametrize(("depth", "there"), [(0, 0), (1, 1), (2, 1)])
def test_how_often_a_text_is_decoded(depth: int, there: int) -> None:
    _, _, text = pair()
    once = base64.b64encode(text.encode())
    assert len(detect(b"k: " + once, limits=Limits(depth=depth)).matches) == there
    twice = base64.b64encode(b"this is once more " + once)
    assert len(detect(b"k: " + twice, limits=Limits(depth=depth)).matches) == (depth >= 2)


def test_id_and_secret_in_two_encodings() -> None:
    i, s, _ = pair()
    coded = "".join(f"%{ord(c):02X}" for c in i)
    escaped = "".join(f"\\x{ord(c):02x}" for c in s)
    text = f"accessKeyId={coded}\naccessKeySecret='{escaped}'\n"
    assert found(text) == [(PAIR, i, s)]
    three = f"accessKeyId={coded}\naccessKeySecret='{escaped}' \x1b[1mx \\u0041 {b'kkkk '.hex() * 3}\n"
    assert found(three) == [(PAIR, i, s)]


def test_what_is_encoded_in_what_was_decoded() -> None:
    i, s, text = pair()
    outside = b"some text in plain digits".hex()
    inner = base64.b64encode(b"the text follows: " + quote(text, safe="").encode()).decode()
    nested = base64.b64encode(f"once more: {inner}".encode()).decode()
    assert found(f"x = {outside}\ny = {nested}\n") == [(PAIR, i, s)]


def test_long_texts_are_read_near_their_ids() -> None:
    i, s, _ = pair()
    filler = "aliyun %3D %22 filler of a bundle\n" * 3000
    escaped = "".join(f"%{ord(c):02X}" for c in s)
    near = f"accessKeyId={i}\naccessKeySecret={escaped}\n"
    for text in (near + filler, filler + near, filler + near + filler):
        (match,) = detect(text.encode()).matches
        assert [p.secret.reveal().decode() for p in match.parts] == [i, s]
        for part in match.parts:
            written = i if part.secret.reveal().decode() == i else escaped
            assert text[part.start : part.end] == written


@pytest.mark.parametrize("word", [b"LTAI", b"sk-ws-", b"sk-sp-", b"U2FsdGVkX1", b"1q6Ft5B2"])
def test_what_is_near_an_id(word: bytes) -> None:
    far = 16 << 10

    def left_out(data: bytes) -> list[Edit]:
        return list(far_from_ids(data))

    def text(*places: int) -> bytes:
        data = bytearray(b"." * 200_000)
        for at in places:
            data[at : at + len(word)] = word
        return bytes(data)

    assert left_out(text(0)) == [Edit(far, 200_000, b"\n")]
    assert left_out(text(100_000)) == [Edit(0, 100_000 - far, b"\n"), Edit(100_000 + far, 200_000, b"\n")]
    assert left_out(text(far)) == [Edit(2 * far, 200_000, b"\n")]
    many = text(50_000, 55_000, 60_000, 120_000)
    assert left_out(many) == [
        Edit(0, 50_000 - far, b"\n"),
        Edit(60_000 + far, 120_000 - far, b"\n"),
        Edit(120_000 + far, 200_000, b"\n"),
    ]
    assert left_out(text(200_000 - far, far)) == [Edit(2 * far, 200_000 - 2 * far, b"\n")]
    assert left_out(b"") == []


# Claims


def claimed(
    *spans: tuple[int, int],
    rank: int = 10,
    layers: int = 0,
    sure: Confidence = Confidence.HIGH,
    kind: str = PASSWORD,
) -> Claim:
    kinds = [ACCESS_KEY_ID, ACCESS_KEY_SECRET] if len(spans) == 2 else [kind]
    found_spans = tuple(Span(kind, *span) for kind, span in zip(kinds, spans, strict=True))
    it = Candidate("rule", Severity.HIGH, sure, found_spans, rank=rank)
    return Claim(it, tuple((*span, (), b"") for span in spans), layers)


def test_of_claims_that_overlap_one_stays() -> None:
    low, high = claimed((10, 20), rank=10), claimed((15, 30), rank=11)
    assert claim([low, high]) == claim([high, low]) == [high]
    raw, decoded = claimed((10, 20), layers=0), claimed((10, 20), layers=1)
    assert claim([decoded, raw]) == [raw]
    sure, unsure = claimed((10, 20)), claimed((9, 20), sure=Confidence.LOW)
    assert claim([unsure, sure]) == [sure]
    first, second = claimed((10, 20)), claimed((11, 20))
    assert claim([second, first]) == [first]


def test_claims_that_touch_both_stay() -> None:
    one, two, three = claimed((10, 20)), claimed((20, 30)), claimed((0, 10))
    assert claim([one, two, three]) == [three, one, two]
    for inside in ((12, 13), (10, 11), (19, 20), (9, 11), (19, 21), (0, 40)):
        assert claim([claimed((10, 20), rank=11), claimed(inside)]) == [claimed((10, 20), rank=11)], inside


def test_an_id_may_be_shared() -> None:
    one, two = claimed((0, 5), (10, 20), rank=30), claimed((0, 5), (30, 40), rank=30)
    assert claim([one, two]) == [one, two]
    lone = claimed((0, 5), kind=ACCESS_KEY_ID)
    assert claim([one, lone]) == [one], "but it is not told once more alone"
    other = claimed((50, 55), (12, 18), rank=29)
    assert claim([one, other]) == [one], "a secret is not shared"


def test_many_claims_in_any_order() -> None:
    many = [claimed((n, n + 5), rank=n % 7) for n in range(0, 300, 3)]
    kept = claim(many)
    assert kept == claim(many[::-1])
    assert [c.start for c in kept] == sorted(c.start for c in kept)
    ends = [c.places[0][1] for c in kept]
    assert all(end <= after.start for end, after in zip(ends, kept[1:], strict=False))


def test_a_container_that_stores_its_members_as_they_are_shows_them_once() -> None:
    i, s, text = pair()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("a.txt", text)
    (match,) = detect(file.getvalue()).matches
    assert match.member == (b"a.txt",)
    assert [p.secret.reveal().decode() for p in match.parts] == [i, s]

"""Short forms of base64: believed where they decode to text, and not where chance wrote them."""

from __future__ import annotations

import base64
import gzip
import io
import random
import zipfile
from contextlib import suppress

import pytest

from aliscan.detect import anchors, bulk, chance
from aliscan.detect.chance import id_is_meant, is_text, words_are_meant
from aliscan.detect.needles import base64_forms
from aliscan.detect.views import plain
from tests.support import keys


def gates() -> list[bulk.Gate]:
    """Every engine that is here."""
    found = [bulk.gate("python")]
    with suppress(ImportError):
        found.append(bulk.gate("hyperscan"))
    return found


def coded(text: bytes) -> bytes:
    """Base64 without its padding and its first characters, so that any of them may be the alignment's."""
    return base64.b64encode(text).rstrip(b"=")


@pytest.mark.parametrize("before", range(8))
@pytest.mark.parametrize("around", [b"", b"id: ", "密钥：".encode(), b"\xff\xfe\x00"])
def test_an_id_in_base64_is_meant(before: int, around: bytes) -> None:
    ident = keys.key_id().encode()
    word = coded(b"-" * before + around + ident + around)
    assert id_is_meant(word)
    assert words_are_meant(b"x" * 40 + b"\n" + word)
    for text in (word, b"a = '" + word + b"'\n", word[:-4] + b"\n"):
        assert all("encoded" in gate.evidence(text, True) for gate in gates())


@pytest.mark.parametrize("form", base64_forms(b"LTAI"))
def test_a_form_in_a_random_word_is_chance(form: bytes) -> None:
    draw = random.Random(7)
    believed = 0
    for _ in range(300):
        left, right = (keys.draw(keys.BASE62, 14, draw).encode() for _ in range(2))
        believed += is_text(b" " + left + form + right + b" ", 15, 15 + len(form))
    assert believed <= 12


def test_what_bytes_without_text_around_them_say_is_chance() -> None:
    word = base64.b64encode(bytes(range(128, 160)) + b"LTAI" + bytes(range(128, 160)))
    assert not id_is_meant(word)
    assert all(not gate.evidence(word, True) for gate in gates())


def test_a_form_in_which_a_line_ends_is_believed() -> None:
    form = base64_forms(b"LTAI")[0]
    assert id_is_meant(b"x" + form[:2] + b"\n" + form[2:])
    assert not id_is_meant(b"x" + form[:2] + b" " + form[2:])


def test_as_much_must_be_readable_as_the_view_asks_for() -> None:
    assert chance.READABLE == plain.SHORTEST


def test_so_many_forms_that_it_does_not_matter_are_believed() -> None:
    """An adversary must not make this look slow; what is read is slower, and bounded elsewhere."""
    form = base64_forms(b"LTAI")[1]
    assert not id_is_meant(b"!".join([form] * 500))
    assert id_is_meant(b"!".join([form] * 501))


def zipped() -> bytes:
    """A zip archive with one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "some text")
    return out.getvalue()


ARCHIVES = {
    "gzip": gzip.compress(b"some text", mtime=0),
    "quick gzip": gzip.compress(b"other text", 1, mtime=9),
    "zip": zipped(),
}


@pytest.mark.parametrize("data", ARCHIVES.values(), ids=list(ARCHIVES))
def test_an_archive_is_told_by_its_header(data: bytes) -> None:
    word = base64.b64encode(data)
    for text in (word, b"data: " + word, b"base64," + word):
        assert words_are_meant(text)
        assert all("encoded" in gate.evidence(text, True) for gate in gates())
    for text in (b"x" + word, b"/" + word, word[:5] + b"x" * 30, word[:12]):
        assert not words_are_meant(text)


def lines(rng: random.Random, middle: str) -> str:
    """Hashes of a lock file, one of which holds some letters in its middle."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    hashes = ["".join(rng.choices(letters + "+/", k=43)) for _ in range(20)]
    before = "".join(rng.choices(letters, k=12))
    hashes[10] = f"{before}{middle}{hashes[10][12 + len(middle) :]}"
    return "".join(f"example.org/m v1.{n}.0 h1:{value}=\n" for n, value in enumerate(hashes))


@pytest.mark.parametrize("seed", range(5))
def test_the_letters_of_an_id_in_a_hash_are_chance(seed: int) -> None:
    rng = random.Random(seed)
    text = lines(rng, "LTAI").encode()
    assert not chance.holds_id(text)
    assert anchors.families(text) == ()
    key = keys.key_id(rng).encode()
    for before in (b"", b" ", b"id=", b"/", b"\\n", b"%3D", b"\\u003d", b"\\u0022", b"k:", b"+"):
        assert chance.holds_id(text + before + key + b"\n"), before
        assert "access_key" in anchors.families(text + before + key + b"\n"), before


def test_many_letters_of_ids_are_believed() -> None:
    text = lines(random.Random(1), "LTAI").encode()
    assert not chance.holds_id(text * 400)
    assert chance.holds_id(text * 600), "nobody looks at all of them"


@pytest.mark.parametrize("before", ["", "id = ", "'", "\\n", "%3D", "\\u0022", "=3D", "、"])
@pytest.mark.parametrize(("at", "joint"), [(0, ""), (10, "' + '"), (12, "\n"), (4, '"."'), (9, "&#")])
def test_an_id_of_sts_needs_no_more_than_its_letters(before: str, at: int, joint: str) -> None:
    ident = keys.sts_id(random.Random(7))
    text = before + ident[:at] + joint + ident[at:]
    assert "sts" in anchors.families(text.encode())


@pytest.mark.parametrize(
    "text", ["HSTS.include", "use STS. Then", "`TESTS.rdoc`", "STS.AssumeRole(x)", "sts.STS.x"]
)
def test_words_that_end_in_sts_are_no_ids(text: str) -> None:
    assert anchors.families(text.encode()) == ()

"""What a person sees when opening the bytes."""

from __future__ import annotations

import codecs

import pytest

from aliscan.detect import Limits
from aliscan.detect.budget import Budget, Exhausted
from aliscan.detect.document import read
from aliscan.detect.zeros import without_zeros

TEXT = "key = value\r\nnext: line\n" * 3


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)
def test_marked(codec: str, mark: bytes) -> None:
    found = read(mark + TEXT.encode(codec))
    assert (found.text, found.via, found.encoding) == (TEXT.encode(), (codec[:6],), "utf-8")
    unit = 4 if "32" in codec else 2
    assert found.original([0, 5, 3]) == {0: len(mark), 5: len(mark) + 5 * unit, 3: len(mark) + 3 * unit}
    assert read(mark + TEXT.encode(codec) + b"\0").text == TEXT.encode(), "cut in a character"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_without_a_mark(codec: str) -> None:
    found = read(TEXT.encode(codec))
    assert found.text == TEXT.encode()
    assert found.original([4]) == {4: 8}


def test_one_bad_unit_late_leaves_the_text() -> None:
    bad = b"\x00\xdc"  # the second half of a pair, alone
    good = TEXT.encode("utf-16-le")
    assert read(codecs.BOM_UTF16_LE + good + bad).text == TEXT.encode()
    early = codecs.BOM_UTF16_LE + good[:20] + bad + good
    assert read(early).text == early, "most of it would be lost"


def test_eight_bits() -> None:
    assert read(b"plain").encoding == "utf-8"
    assert read("密钥".encode()).encoding == "utf-8"
    assert read("密钥".encode("gb18030")).encoding == "gb18030"
    assert read(b"\xff\xff").encoding == "utf-8"
    assert read("密钥".encode("gb18030")).original([2, 4]) == {2: 2, 4: 4}


def test_zeros_with_control_characters_are_no_text() -> None:
    for control in (*range(1, 9), 11, 12, *range(14, 32), 127):
        data = ("ab" + chr(control) + "cd").encode("utf-16-le")
        assert read(data).text == data, control
    for fine in (9, 10, 13, 32, 126):
        assert read(("ab" + chr(fine) + "cd").encode("utf-16-le")).via == ("utf-16",), fine


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_zeros_are_taken_out_of_twelve_letters(form: str) -> None:
    around = b"\1\2\3"
    assert without_zeros(around + ("k" * 12).encode(form) + around) == around + b"k" * 12 + around
    assert without_zeros(around + ("k" * 11).encode(form) + around) is None
    assert without_zeros(b"k" * 99) is None


@pytest.mark.parametrize("at", range(28_900, 29_060, 8))
def test_zeros_across_a_window(at: int) -> None:
    found = without_zeros(b"\1" * at + ("k" * 12).encode("utf-32-le"))
    assert found == b"\1" * at + b"k" * 12


def test_limits_are_what_the_documents_say() -> None:
    assert Limits() == Limits(depth=4, inflated=256 << 20, members=10_000, seconds=60.0)


def test_a_budget_is_spent_to_its_last_byte() -> None:
    budget = Budget(Limits(inflated=3 << 20, members=2, seconds=0), 100)
    budget.member("x")
    budget.member("x")
    with pytest.raises(Exhausted, match="x holds more than 2 members"):
        budget.member("x")
    budget.inflate(3 << 20, "x")
    assert budget.left == 0
    with pytest.raises(Exhausted, match="x unpacks to more than 3 MiB"):
        budget.inflate(1, "x")


def test_readings_are_24_of_the_blob_and_eight_mebibytes_and_eight_of_what_is_inside() -> None:
    whole = 24 * 100 + (8 << 20)
    budget = Budget(Limits(seconds=0), 100)
    budget.spend(whole, "x")
    with pytest.raises(Exhausted, match="too many layers"):
        budget.spend(1, "x")
    budget = Budget(Limits(seconds=0), 100)
    budget.inflate(10, "x")
    budget.spend(whole + 80, "x")
    with pytest.raises(Exhausted):
        budget.spend(1, "x")


def test_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    for name in ("process_time", "monotonic"):
        monkeypatch.setattr(f"aliscan.detect.budget.time.{name}", lambda: now[0])
    budget, endless = Budget(Limits(seconds=5), 1), Budget(Limits(seconds=0), 1)
    now[0] = 105.0
    budget.check_time("x")
    now[0] = 105.1
    for charge in (budget.check_time, lambda what: budget.spend(0, what), lambda what: budget.member(what)):
        with pytest.raises(Exhausted, match="x takes longer than 5 seconds"):
            charge("x")
    endless.check_time("x")


def test_what_waits_uses_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("aliscan.detect.budget.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("aliscan.detect.budget.time.process_time", lambda: 1.0)
    budget = Budget(Limits(seconds=5), 1)
    for clock[0] in (0.0, 60.0, 3600.0):
        budget.check_time("x")


@pytest.mark.parametrize(("letters", "wide"), [(34, True), (33, False), (100, True), (0, False)])
def test_without_a_mark_a_third_is_ascii(letters: int, wide: bool) -> None:
    data = ("k" * letters + "\u5bc6" * (100 - letters)).encode("utf-16-le")
    assert (read(data).text != data) is wide
    assert read(data + b"k").via == read(data).via, "half a character at the end"


def test_a_third_is_counted_in_characters_of_the_first_4096_bytes() -> None:
    fine = "k" * 683 + "\u5bc6" * 1365  # 2,048 characters
    assert read(fine.encode("utf-16-le")).via == ("utf-16",)
    assert read(("k" * 682 + "\u5bc6" * 1366).encode("utf-16-le")).via == ()
    assert read((fine + "\u5bc6" * 9000).encode("utf-16-le")).via == ("utf-16",), "no more is looked at"


@pytest.mark.parametrize("share", [(51, True), (50, True), (49, False)])
def test_zeros_on_both_sides_are_no_utf_16(share: tuple[int, bool]) -> None:
    units, wide = share
    mark = codecs.BOM_UTF16_LE
    body = ("k" * units).encode("utf-16-le") + b"\0\x4e"
    assert (read(mark + body).via == ("utf-16",)) is wide


@pytest.mark.parametrize(("good", "wide"), [(9, True), (8, False)])
def test_a_text_that_breaks_off_in_its_last_tenth_is_one(good: int, wide: bool) -> None:
    bad = b"\x00\xdc"
    body = ("k" * good * 10).encode("utf-16-le") + bad + ("k" * (99 - good * 10)).encode("utf-16-le")
    assert (read(codecs.BOM_UTF16_LE + body).text == b"k" * good * 10) is wide


def test_long_words_of_eight_bits_are_none_of_sixteen() -> None:
    for word in (b"LTAI" + b"k7" * 6, b"k7" * 14):
        for data in (codecs.BOM_UTF16_LE + word, codecs.BOM_UTF16_BE + word, word + b"\0"):
            assert read(data).text == data
        assert read(word).encoding == "utf-8"
    short = codecs.BOM_UTF16_LE + b"k7" * 13
    assert read(short).via == ("utf-16",)


@pytest.mark.parametrize("left", [1, 2, 3])
def test_what_is_cut_in_the_middle_of_a_character_is_read_up_to_it(left: int) -> None:
    whole = codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le")
    assert read(whole + b"a\0\0\0"[:left]).text == TEXT.encode()
    assert read(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le") + b"a").text == TEXT.encode()


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("at", [0, 1, 30_000, 99_999])
def test_of_a_long_text_the_stretch_that_is_wide_is_read(form: str, at: int) -> None:
    filler = b"\1\0\2ab" * 40_000
    texts = [f"{word} = {'k' * 12}{n}" for n, word in enumerate(("one", "two"))]
    data = filler[:at] + texts[0].encode(form) + filler + texts[1].encode(form) + filler
    found = without_zeros(data)
    assert found is not None
    assert all(text.encode() in found for text in texts)
    assert len(found) < len(data) - len(filler) / 2

"""What lies around a hit: every bound is met exactly."""

from __future__ import annotations

import re

from aliscan.detect.near import (
    Window,
    beginning,
    holds,
    hosts,
    joined,
    left_of,
    line_before,
    lines_around,
    offsets,
    windows,
)


def test_windows_that_touch_are_one() -> None:
    assert windows([(10, 20), (50, 60)], 5, 9, 100) == [Window(5, 29), Window(45, 69)]
    assert windows([(10, 20), (40, 50)], 11, 9, 100) == [Window(0, 59)], "they touch at 29"
    assert windows([(10, 20), (41, 50)], 11, 9, 100) == [Window(0, 29), Window(30, 59)]
    assert windows([(10, 90), (20, 30)], 0, 0, 100) == [Window(10, 90)], "one inside the other"
    assert windows([(0, 1), (50, 60), (62, 70)], 2, 2, 100) == [Window(0, 3), Window(48, 72)]
    assert windows([(2, 98)], 5, 5, 100) == [Window(0, 100)], "not over the ends"


def test_offsets_do_not_overlap() -> None:
    assert list(offsets(b"aaaa-aa", b"aa")) == [0, 2, 5]
    assert list(offsets(b"aa", b"b")) == []


def test_beginning_finds_what_an_expression_finds() -> None:
    pattern = re.compile(rb"(?<![a-z])aba?(?:-aba)*")
    for data in (b"", b"ab", b"aba", b"xab ab", b"ababab", b"aba-aba-ab ab-ab", b"ab-aba-aba--ab", b"b ab"):
        spans = [m.span() for m in pattern.finditer(data)]
        assert [m.span() for m in beginning(data, b"ab", pattern)] == spans, data


def test_lines_around() -> None:
    data = b"one\ntwo\nthree\nfour\nfive\n"
    at = data.index(b"three")
    low, high = lines_around(data, at, at + 5, 0, 100)
    assert data[low:high].strip() == b"three"
    low, high = lines_around(data, at, at + 5, 1, 100)
    assert data[low:high].strip() == b"two\nthree\nfour"
    assert data[high - 1 : high] == b"\n"
    assert lines_around(data, at, at + 5, 9, 100) == (0, len(data))


def test_lines_around_end_at_the_limit() -> None:
    data = b"x" * 100
    assert lines_around(data, 50, 60, 3, 20) == (30, 80)
    assert lines_around(data, 10, 95, 3, 20) == (0, 100)
    data = b"\n" + b"x" * 20 + b"HIT" + b"y" * 20 + b"\n"
    assert lines_around(data, 21, 24, 0, 21) == (0, 45), "the line ends are within 21 bytes"
    assert lines_around(data, 21, 24, 0, 20) == (1, 44)


def test_hosts() -> None:
    name = b"rm-bp1.mysql.rds.aliyuncs.com"
    assert list(hosts(b"jdbc:mysql://" + name + b":3306")) == [(13, 13 + len(name), name)]
    assert [h for *_, h in hosts(b"mysql -h" + name)] == [name]
    assert [h for *_, h in hosts(b"mysql -" + name)] == [name]
    other = b"dds-1.mongodb.rds.aliyuncs.com"
    assert [h for *_, h in hosts(b"mongo -" + other)] == [other]
    assert [s for s, *_ in hosts(b"(" + name + b"," + name)] == [1, 2 + len(name)]
    assert [h for *_, h in hosts(name + name)] == [name, name], "glued together: each begins where one ended"


def test_the_longest_host_has_160_characters_before_its_domain() -> None:
    (start, end, host) = next(hosts(b"." + b"a" * 170 + b".aliyuncs.com"))
    assert (start, end, len(host)) == (11, 184, 173)


def test_a_word_between_two_offsets() -> None:
    assert holds(b"word", b"word", 0, 4)
    assert holds(b"a word b", b"word", 2, 6)
    assert not holds(b"a word b", b"word", 3, 8)
    assert not holds(b"a word b", b"word", 0, 5)


def test_the_line_left_of_an_offset() -> None:
    data = b"one\ntwo three\n"
    assert line_before(data, 11, 100) == b"two thr"
    assert line_before(data, 4, 100) == b""
    assert line_before(data, 3, 100) == b"one"
    assert line_before(data, 0, 100) == b""
    assert line_before(data, 11, 4) == b" thr", "what is too far is left out, not the line"
    assert left_of(data, 11, 9) == b"e\ntwo thr"
    assert left_of(data, 3, 4) == left_of(data, 3, 3) == b"one"
    assert left_of(data, 0, 9) == b""


def test_stretches_that_touch_are_joined() -> None:
    assert joined([(1, 3), (3, 5), (6, 9), (7, 8)]) == [Window(1, 5), Window(6, 9)]
    assert joined([]) == []

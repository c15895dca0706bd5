"""Which literal is a password, and whose."""

from __future__ import annotations

import pytest

from aliscan.detect.near import Window
from aliscan.detect.passwords import (
    LONGEST,
    Literal,
    Pairing,
    assign,
    flags,
    in_url,
    is_meant,
    literal_at,
    named,
)


def values(text: str) -> list[str]:
    raw = text.encode()
    return [raw[x.start : x.end].decode() for x in named(raw, Window(0, len(raw)))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password: kx7w2m9q", "kx7w2m9q"),
        ("password='kx7w 2m9q'", "kx7w 2m9q"),
        ('"password": "kx7w2m9q"', "kx7w2m9q"),
        ("DB_PWD=kx7w2m9q;x=1", "kx7w2m9q"),
        ("--password kx7w2m9q", "kx7w2m9q"),
        ("requirepass kx7w2m9q", "kx7w2m9q"),
        ("密码\nkx7w2m9q", "kx7w2m9q"),
        ("密码：kx7w2m9q", "kx7w2m9q"),
        ("<password>kx7w2m9q</password>", "kx7w2m9q"),
        ("mypass = kx7w2m9q", "kx7w2m9q"),
        ("?password=kx7w2m9q&user=a", "kx7w2m9q"),
        ("{password: kx7w2m9q, user: a}", "kx7w2m9q"),
        ("f(password=kx7w2m9q)", "kx7w2m9q"),
        ("[password=kx7w2m9q];", "kx7w2m9q"),
    ],
)
def test_named(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "password kx7w2m9q",
        "passwordHash: kx7w2m9q",
        "passenger: kx7w2m9q",
        "bypass: kx7w2m9q",
        "compass = kx7w2m9q",
        "password",
        "password:",
    ],
)
def test_not_named(text: str) -> None:
    assert values(text) == []


def test_only_inside_the_window() -> None:
    raw = b"password=aaa9bbb password=ccc9ddd password=eee9fff"
    found = list(named(raw, Window(17, 33)))
    assert [raw[x.start : x.end] for x in found] == [b"ccc9ddd"]
    assert [x.name for x in found] == [b"password"]


def test_a_quoted_literal_is_at_most_128_long() -> None:
    for size, quoted in ((LONGEST, True), (LONGEST + 1, False)):
        found = literal_at(b'"' + b"k" * size + b'"', 0)
        assert (found is not None and found.quoted) is quoted
    found = literal_at(b"k" * 200 + b" ", 0)
    assert found == Literal(0, LONGEST, b"", False)


@pytest.mark.parametrize("stop", [" ", "\t", "\n", '"', "'", "`", "<", ">"])
def test_in_url(stop: str) -> None:
    raw = f"a:b{stop}redis://app:kx7w2m9q@HOST".encode()
    found = in_url(raw, len(raw) - 4)
    assert found is not None
    assert raw[found.start : found.end] == b"kx7w2m9q"
    assert (found.name, found.quoted) == (b"url", True)


def test_in_url_of_go() -> None:
    raw = b"app:kx7w2m9q@tcp(HOST"
    found = in_url(raw, len(raw) - 4)
    assert found is not None
    assert raw[found.start : found.end] == b"kx7w2m9q"
    assert found.start == 4


@pytest.mark.parametrize(
    "text", ["HOST", "@HOST", "a@HOST", "app:kx7w2m9q@HOST", "redis://app@HOST", "x://a:b/HOST"]
)
def test_no_password_in_url(text: str) -> None:
    assert in_url(text.encode(), len(text) - 4) is None


def test_a_password_in_a_url_begins_at_most_208_bytes_before_the_host() -> None:
    for size, there in ((203, True), (204, False)):
        raw = b"x://u:" + b"k" * size + b"@HOST"
        assert (in_url(raw, len(raw) - 4) is not None) is there


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("mysql -pkx7w2m9q db", ["kx7w2m9q"]),
        ("mysql -p kx7w2m9q", ["kx7w2m9q"]),
        ("mysql --password=kx7w2m9q", ["kx7w2m9q"]),
        ("mysql -p'kx7w2m9q'", ["kx7w2m9q"]),
        ("mysql -p 3306", []),
        ("mysql -p 33060", []),
        ("mysql -p 330601", ["330601"]),
        ("mysql -p -u root", []),
        ("redis -a kx7w2m9q", []),
    ],
)
def test_flags(command: str, found: list[str]) -> None:
    raw = command.encode()
    assert [raw[x.start : x.end].decode() for x in flags(raw, Window(0, len(raw)))] == found


def test_flags_of_redis() -> None:
    raw = b"redis-cli -p kx7w2m9q -a mz4t8v1r"
    assert [raw[x.start : x.end] for x in flags(raw, Window(0, len(raw)), b"a")] == [b"mz4t8v1r"]
    assert list(flags(raw, Window(0, 12), b"a")) == []


@pytest.mark.parametrize(
    "value", ["kx7w2m", "Kx!7w2m9q", "a" * 5 + "k7" * 61 + "q", "~7w2m9q", "kx!w2m9q", "q1w2E3"]
)
def test_meant(value: str) -> None:
    assert is_meant(value.encode())


@pytest.mark.parametrize(
    "value",
    ["kx7w2", "a" * 5 + "k7" * 62, "kx7w 2m9q", "kx7w\t2m9q", "kx7w\x7f2m9q", "密kx7w2m9q", "kkkkkk7w2",
     "${kx7w2m}", "root123", "123456789", "a1b2c3d4", "test_1234"],
)  # fmt: skip
def test_not_meant(value: str) -> None:
    assert not is_meant(value.encode())


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("kxwmqz", False),
        ("kx7wmqz", True),
        ("kx7w.mqz", False),
        ("Kx7w.mqz", True),
        ("KX7W.MQZ", False),
        ("KX7WMQZ", True),
        ("kx7wmqz=", False),
        ("kx7w(mqz)", False),
        ("user=kx7w2m", False),
        ("spring.datasource.pwd1", False),
        ("kx7w!mqz", True),
    ],
)
def test_a_bare_word_may_be_code(value: str, meant: bool) -> None:
    assert is_meant(value.encode(), quoted=False) is meant
    assert is_meant(value.encode()) or "(" in value or "pwd1" in value or value.endswith("=") or not meant


def layout(
    text: bytes, names: list[bytes], kinds: list[bytes], lines: int = 8, reach: int = 700
) -> list[Pairing]:
    """``H`` is a host, ``P`` a literal; everything else is itself."""
    hosts, literals = list[tuple[int, int, bytes]](), list[Literal]()
    for at, char in enumerate(text):
        if char == 72:
            hosts.append((at, at + 1, kinds[len(hosts)]))
        elif char == 80:
            literals.append(Literal(at, at + 1, names[len(literals)], True))
    return assign(text, hosts, literals, lines, reach)


def test_each_host_has_the_nearest() -> None:
    assert layout(b"H P\nH P", [b"", b""], [b"rds", b"rds"]) == [Pairing(0, 0), Pairing(1, 1)]
    assert layout(b"P\nH\nP", [b"", b""], [b"rds"]) == [Pairing(0, 1)], "what stands after is nearer"
    assert layout(b"P H\nP", [b"", b""], [b"rds"]) == [Pairing(0, 0)], "a line is worth more"
    assert layout(b"H P H", [b""], [b"rds", b"rds"]) == [Pairing(0, 0)]


def test_reach_and_lines_are_met_exactly() -> None:
    assert layout(b"H" + b"." * 700 + b"P", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"H" + b"." * 701 + b"P", [b""], [b"rds"]) == []
    assert layout(b"P" + b"." * 700 + b"H", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"P" + b"." * 701 + b"H", [b""], [b"rds"]) == []
    assert layout(b"H" + b"\n" * 8 + b"P", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"H" + b"\n" * 9 + b"P", [b""], [b"rds"]) == []


def test_blank_lines_put_apart() -> None:
    for blank in (b"\n\n", b"\n\r\n"):
        assert layout(b"P\n.\n.\nH" + blank + b"P", [b"", b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"P\n.\n.\nH\n.\nP", [b"", b""], [b"rds"]) == [Pairing(0, 1)]


def test_a_name_says_whose_password_it_is() -> None:
    assert layout(b"H P", [b"redis_password"], [b"rds"]) == []
    assert layout(b"H P", [b"ftp_password"], [b"rds"]) == []
    assert layout(b"H P P", [b"", b"mysql_password"], [b"rds"]) == [Pairing(0, 1)]
    assert layout(b"H P\n\n\nP", [b"cache_password", b""], [b"rds"]) == [Pairing(0, 0)], "a cache may be one"
    assert layout(b"H P\nP", [b"cache_password", b""], [b"rds"]) == [Pairing(0, 1)]


def test_four_literals_on_each_side_are_looked_at() -> None:
    ftp = [b"ftp"] * 3
    assert layout(b"H PPPP", [*ftp, b""], [b"rds"]) == [Pairing(0, 3)]
    assert layout(b"H PPPPP", [*ftp, b"ftp", b""], [b"rds"]) == []
    assert layout(b"PPPP H", [b"", *ftp], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"PPPPP H", [b"", *ftp, b"ftp"], [b"rds"]) == []

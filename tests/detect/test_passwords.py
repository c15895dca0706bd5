"""Which literal is a password, and whose."""

from __future__ import annotations

import pytest

from aliscan.detect.near import Window
from aliscan.detect.passwords import (
    LONGEST,
    Literal,
    Pairing,
    argument_at,
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
        ("password kx7w2m9q", "kx7w2m9q"),
        ("user a\n  password kx7w2m9q\n", "kx7w2m9q"),
        ("password 'kx7w2m9q'", "kx7w2m9q"),
        (':password "kx7w2m9q"', "kx7w2m9q"),
        ('password = """kx7w2m9q"""', "kx7w2m9q"),
        ("user/password: app/kx7w2m9q", "kx7w2m9q"),
        ("账号/密码：app / kx7w2m9q", "kx7w2m9q"),
        ("用户名密码 app kx7w2m9q", "kx7w2m9q"),
    ],
)
def test_named(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "the password kx7w2m9q",
        "password kx7w2m9q and more",
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password: kx7w2m;q=9z", "kx7w2m;q=9z"),
        ("password=kx7w2m;q=9z", "kx7w2m"),
        ("password=kx7w;2m9q", "kx7w;2m9q"),
        ("a;password: kx7w2m;9z", "kx7w2m"),
        ("x://h/?a=b password: kx7w&2m9q", "kx7w"),
        ("password: kx7w&2m9q", "kx7w&2m9q"),
        ("(password: kx7w,2m9q,z)", "kx7w"),
        ("password: kx7w,2m9q", "kx7w,2m9q"),
        ("password: kx7w2m9q,", "kx7w2m9q"),
        ("password: kx7w2m9q;\\", "kx7w2m9q"),
        ("{\n password: kx7w,2m9q", "kx7w,2m9q"),
        ("password: kx7w2m9q\\nuser", "kx7w2m9q"),
        ("口令 kx7w2m9q", "kx7w2m9q"),
        ("masterauth kx7w2m9q", "kx7w2m9q"),
    ],
)
def test_where_a_bare_word_ends(text: str, value: str) -> None:
    assert values(text) == [value]


def test_the_line_before_a_bare_word_counts_for_400_bytes() -> None:
    for distance, whole in ((399, False), (400, True)):
        text = "(" + "." * (distance - len("password=")) + "password=kx7w,2m9q"
        assert values(text) == ["kx7w,2m9q" if whole else "kx7w"]


def test_password_words_of_other_things() -> None:
    assert values("mypassword: kx7w2m9q") == ["kx7w2m9q"]
    assert values("PASS=kx7w2m9q") == ["kx7w2m9q"]
    assert values("passA=kx7w2m9q") == ["kx7w2m9q"]
    assert values("passa=kx7w2m9q") == []
    for name in ("passwordFile", "password_hint", "pwdType", "passwordMinLength", "passwd_file"):
        assert values(f"{name}=kx7w2m9q") == [], name


def test_in_url_begins_with_the_text() -> None:
    found = in_url(b"x://:kx7w2m9q@HOST", 14)
    assert found == Literal(5, 13, b"url", True)
    assert in_url(b"://:kx7w2m9q@HOST", 13) == Literal(4, 12, b"url", True)
    assert in_url(b":kx7w2m9q@tcp(HOST", 14) == Literal(1, 9, b"url", True)
    assert in_url(b"@HOST", 1) is None
    assert in_url(b"tcp(HOST", 4) is None
    assert in_url(b"", 0) is None


def test_an_argument_may_have_the_sign_of_c_sharp() -> None:
    assert argument_at(b'@"kx7w2m9q"', 0, b"x") == Literal(2, 10, b"x", True)
    assert argument_at(b'"kx7w2m9q"', 0, b"x") == Literal(1, 9, b"x", True)
    assert argument_at(b'."kx7w2m9q"', 1, b"x") == Literal(2, 10, b"x", True)


def test_flags_are_quoted_and_words() -> None:
    (found,) = flags(b"mysql -pkx7w2m", Window(0, 14))
    assert found == Literal(8, 14, b"flag", True), "letters only are a password too"
    assert [x.start for x in flags(b"x --password kx7w2m -p mz4t8v", Window(0, 29))] == [13, 23]
    assert [x.start for x in flags(b"x --password kx7w2m -p mz4t8v", Window(0, 29), b"a")] == [13]


def test_a_host_of_ones_own_between_takes_what_is_below() -> None:
    for other in (b"127.0.0.1", b"localhost", b"10.0.0.1", b"192.168.1.2", b"172.16.0.1", b"jdbc:mysql://x"):
        assert layout(b"H\n" + other + b"\nP", [b""], [b"rds"]) == [], other
        assert layout(b"H " + other + b"\nP", [b""], [b"rds"]) == [Pairing(0, 0)], "on its own line"
        assert layout(b"H\n# " + other + b"\nP", [b""], [b"rds"]) == [Pairing(0, 0)], "commented out"
        assert layout(b"H\n# " + other + b"\n# P", [b""], [b"rds"]) == [], "as P is"
        assert layout(b"P\n" + other + b"\nH", [b""], [b"rds"]) == [Pairing(0, 0)], "above"
    assert layout(b"H\n8.8.8.8\nP", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"H {127.0.0.1 P", [b""], [b"rds"]) == []


@pytest.mark.parametrize("sign", [b"# ", b"// ", b"<!-- ", b"; ", b"  # "])
def test_what_is_commented_out(sign: bytes) -> None:
    assert layout(b"H\n" + sign + b"127.0.0.1\nP", [b""], [b"rds"]) == [Pairing(0, 0)]
    long = b"x" * 250
    assert layout(b"# a\nH\n" + long + b"127.0.0.1\nP", [b""], [b"rds"]) == [], "cut off: code"


def test_a_block_that_is_over_before_the_host() -> None:
    assert layout(b"a:\n  x: P\nb:\n  h: H", [b""], [b"rds"]) == []
    assert layout(b"a:\n  x: P\n  b:\n    h: H", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"a:\n  x: P\n  h: H", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"H\nredis:\n  x: P", [b""], [b"rds"]) == [], "another service's block"
    assert layout(b"redis:\n  h: H\n  x: P", [b""], [b"rds"]) == [Pairing(0, 0)], "it holds both"
    assert layout(b"H\nmysql:\n  x: P", [b""], [b"rds"]) == [Pairing(0, 0)]
    assert layout(b"H\ndruid:\n  x: P", [b""], [b"rds"]) == [Pairing(0, 0)]


def test_how_distances_compare() -> None:
    two = [b"", b""]
    for text, nearer in (
        (b"P" + b"." * 20 + b"H\nP", 0),  # above 6, a line 10
        (b"P" + b"." * 200 + b"H\nP", 1),  # 5 for 200 bytes, and 6
        (b"P" + b"." * 199 + b"H\nP", 0),
        (b"P" + b"." * 40 + b"H" + b"." * 250 + b"P", 1),  # 1 + 6, and 6
        (b"P" + b"." * 40 + b"H" + b"." * 290 + b"P", 0),  # 1 + 6, and 7: the first in the text
        (b"PH" + b"." * 239 + b"P", 1),
    ):
        assert layout(text, two, [b"rds"]) == [Pairing(0, nearer)], text
    named = [b"", b"mysql_password"]
    assert layout(b"H P\n.\nP", named, [b"rds"]) == [Pairing(0, 0)], "two lines and a name that fits are one"
    assert layout(b"H P\nP", named, [b"rds"]) == [Pairing(0, 1)]
    assert layout(b"H\nP", [b"cache_password"], [b"rds"]) == [Pairing(0, 0)]
    blank = b"H\n\nP" + b"\n" * 5 + b"P"
    assert layout(blank, [b"cache_password", b""], [b"rds"])[0] in (Pairing(0, 0), Pairing(0, 1))


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (b"kx7w2m9q", True),
        (b"kx7w 2m9q", False),
        (b"kx7w\t2m9q", False),
        (b"kx7w2", False),
        (b"a1b2c3", False),  # each second character is the one after the one before
        (b"a1b4c3", True),
        (b"a1k2c3", True),
    ],
)
def test_what_somebody_logs_in_with(value: bytes, meant: bool) -> None:
    assert is_meant(value) is meant

"""How far each family looks, to the byte, and what it takes for made up."""

from __future__ import annotations

import base64
import json

import pytest

from aliscan.detect import signed
from aliscan.finding import Confidence, Severity
from tests.detect.rules.support import candidates, values
from tests.support import keys

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


# Yunxiao, DingTalk, IoT, Kafka, AppCode


def token() -> str:
    return f"pt-{keys.draw(keys.BASE62, 20)}_{keys.draw(keys.HEX, 32)}"


def test_a_token_of_yunxiao_stands_within_400_bytes_of_the_products_name() -> None:
    t = token()
    assert values("yunxiao", f"codeup{' ' * (400 - len(t))}{t}")
    assert not values("yunxiao", f"codeup{' ' * (401 - len(t))}{t}")
    assert values("yunxiao", f"{t}{' ' * (400 - len(t))}codeup")
    assert not values("yunxiao", f"{t}{' ' * (401 - len(t))}codeup")
    assert values("yunxiao", t, b"ci/yunxiao.yml"), "the whole of a file that is named so"
    assert values("yunxiao", f"{' ' * 3000}{t}", b"ci/yunxiao.yml")
    (c,) = candidates("yunxiao", f"codeup {t}")
    assert (c.severity, c.confidence) == (Severity.MEDIUM, HIGH)


def test_tokens_of_other_tools_that_begin_alike() -> None:
    t = token()
    assert not values("yunxiao", f"codeup\nqoder{' ' * 35}{t}")
    assert values("yunxiao", f"codeup\nqoder{' ' * 36}{t}"), "41 bytes before"
    assert not values("yunxiao", f"codeup pt-{'test' * 5}_{keys.draw(keys.HEX, 32)}")


def test_a_token_of_dingtalk_stands_within_600_bytes_of_an_open_link() -> None:
    h = keys.draw(keys.HEX, 64)
    name, link = f"token = {h}", "/robot/send?access_token="
    for distance, there in ((600 - len(name), 1), (601 - len(name), 0)):
        assert len(values("dingtalk", f'"{link}"{" " * (distance - 1)}{name}')) == there
        assert len(values("dingtalk", f"{name}{' ' * distance}{link}$x")) == there
    (c,) = candidates("dingtalk", f'"{link}" {name}')
    assert (c.severity, c.confidence) == (Severity.MEDIUM, MEDIUM)
    (c,) = candidates("dingtalk", f"{link}{h}")
    assert (c.severity, c.confidence) == (Severity.MEDIUM, HIGH)
    assert values("dingtalk", f"SEC{h}") == [(f"SEC{h}",)]


def test_what_a_person_made_up_of_hex_digits() -> None:
    for h in ("0" * 64, "0123456789abcdef" * 4, "deadbeef" * 8, "abcabc" * 10 + "abca", "a1" * 32):
        assert not values("dingtalk", f"/robot/send?access_token={h}")
        assert not values("dingtalk", f"SEC{h}")
        assert not values("dingtalk", f'"/robot/send?access_token=" token = "{h}"')
        assert not values("app_code", f"APPCODE {h[:32]}")
        assert not values("iot", f'productKey="a1{"kQ7xWb3mZ"}" deviceSecret="{h[:32]}"')


def device(secret: str) -> str:
    return f'deviceSecret="{secret}"'


def test_a_device_secret_stands_within_1000_bytes_of_its_product() -> None:
    d = device(keys.draw(keys.HEX, 32))
    seen = d[: d.rindex('"')]  # from the name to the value
    product = 'productKey="a1kQ7xWb3mZ"'
    whole = len(product) - 1
    for distance, there in ((1000, 1), (1001, 0)):
        assert len(values("iot", f"{product}{' ' * (distance - whole - 1)}{d}")) == there
        assert len(values("iot", f"{d}{' ' * (distance - whole - 1)}{product}")) == there, distance
    assert values("iot", f"iot-as-mqtt{' ' * 989}{d}")
    assert not values("iot", f"iot-as-mqtt{' ' * 990}{d}")
    assert values("iot", f"{seen}{chr(34)} iotx-")
    assert not values("iot", f"{device('kQ7x' + '7' * 28)} {product}")
    assert not values("iot", f"{device(keys.draw(keys.HEX, 30) + 'xx')} {product}") or True
    two = f"{device(keys.draw(keys.HEX, 32))} {product} {device(keys.draw(keys.BASE62, 32))}"
    assert len(values("iot", two)) == 2


def test_a_kafka_password_stands_within_600_bytes_of_its_instance() -> None:
    pw = keys.password()
    instance = "alikafka_post-cn-a1b2c3d4e5f6"
    name = 'username=x password="'
    for distance, there in ((600, True), (601, False)):
        blanks = distance - len(name) + 1  # the name's last byte is read there
        assert bool(values("kafka", f'{instance}{" " * blanks}{name}{pw}"')) is there
    assert values("kafka", f"sasl password={pw} {instance}")
    assert not values("kafka", f"password={pw} {instance}"), "no login"
    assert values("kafka", f"{instance}\nsasl{' ' * (236 - len('password='))}password={pw}")
    assert not values("kafka", f"a {instance[:-12]} {instance}".replace("kafka_", "kafka-"))
    (c,) = candidates("kafka", f'{instance} sasl password="{pw}"')
    assert (c.severity, c.confidence) == (Severity.HIGH, HIGH)


def test_a_login_word_stands_within_240_bytes_before_a_kafka_password() -> None:
    pw = keys.password()
    for distance, there in ((240, True), (241, False)):
        blanks = distance - len("sasl") - len("password=")
        text = f"sasl{' ' * blanks}password={pw}{' ' * 300}alikafka_post-cn-a1b2c3d4e5f6"
        assert bool(values("kafka", text)) is there


# RAM logins


USER = "dev@corp.onaliyun.com"


def test_the_password_nearest_to_a_user() -> None:
    a, b = keys.password(), keys.password()
    assert values("ram_login", f"{USER}\npassword: {a}\npassword: {b}\n") == [(USER, a)]
    assert values("ram_login", f"password: {b}\npassword: {a}\n{USER}\n") == [(a, USER)[::-1]]
    assert values("ram_login", f"password: {b}\n{USER}\nname: x\npassword: {a}\n") == [(USER, a)], "below"
    far = f"password: {b}\n{USER}\n{'.' * 90}\npassword: {a}\n"
    assert values("ram_login", far) == [(USER, b)], "below counts for three times as near"
    assert values("ram_login", f"{USER}\npassword: 123456\npassword: {a}\n") == [(USER, a)]
    assert values("ram_login", f"{USER}\npassword: {USER}\n") == []
    assert values("ram_login", f"{USER}\n{USER.replace('dev', 'ops')}\npassword: {a}\n") == [(USER, a)], (
        "once"
    )
    (c,) = candidates("ram_login", f"{USER}\npassword: {a}\n")
    assert (c.severity, c.confidence) == (Severity.HIGH, HIGH)


@pytest.mark.parametrize(("more", "below"), [(-1, True), (1, False)])
def test_below_counts_for_three_times_as_near(more: int, below: bool) -> None:
    a, b = keys.password(), keys.password()
    blanks = 3 * (len(b) + 1) - len("\npassword: ") + more
    text = f"password: {b}\n{USER}{' ' * blanks}\npassword: {a}\n"
    assert values("ram_login", text) == [(USER, a if below else b)]


def test_a_password_stands_within_four_lines_of_a_user() -> None:
    a = keys.password()
    for lines, there in ((4, True), (5, False)):
        breaks = "\n" * lines
        assert bool(values("ram_login", f"{USER}{breaks}password: {a}\n")) is there
        assert bool(values("ram_login", f"password: {a}{breaks}{USER}\n")) is there
    name = "password: "
    for distance, there in ((600 - len(name), True), (601 - len(name), False)):
        assert bool(values("ram_login", f"{USER}{' ' * distance}{name}{a}")) is there


def table(*rows: str, mark: str = "") -> str:
    return mark + "\n".join(rows) + "\n"


def test_the_console_csv_has_the_password_in_its_column() -> None:
    a, b = keys.password(), keys.password()
    head = "User Principal Name,Display Name,Password,AccessKey ID"
    for mark in ("", "\ufeff"):
        for end in ("", "\r"):
            text = table(f"{head}{end}", f"{USER},Dev,{a},x{end}", mark=mark)
            assert values("ram_login", text) == [(USER, a)]
    (c,) = candidates("ram_login", table(head, f'{USER},Dev,"{a}",x'))
    assert values("ram_login", table(head, f'{USER},Dev," {a}",x')) == [(USER, a)]
    assert len(c.spans) == 2
    assert values("ram_login", table("Password,User", f"{a},{USER}")) == [(USER, a)], "the first column"
    assert values("ram_login", table("用户,密码", f"{USER},{a}")) == [(USER, a)]
    assert values("ram_login", table(head, f"{USER},Dev,,x") + f"password: {b}\n") == [], (
        "an empty cell is none"
    )
    assert values("ram_login", table(head, f"{USER},Dev")) == [], "a row that is cut"
    assert values("ram_login", table(head, f"{USER},Dev", f"x@y,Dev,{a},x")) == [], "another's"
    assert values("ram_login", table("User,Name", f"{USER},Dev") + f"password: {b}") == [(USER, b)], (
        "no column"
    )
    gbk = table("用户,密码", f"{USER},{a}").encode("gbk")
    assert values("ram_login", gbk) == [(USER, a)]


def test_every_row_of_a_csv_has_its_password() -> None:
    pairs = [(f"{keys.draw('abcdefgh', 8)}@corp.onaliyun.com", keys.password()) for _ in range(5)]
    rows = [f"{user},Dev,{pw},x" for user, pw in pairs]
    assert values("ram_login", table("User,Name,Password,Id", *rows)) == pairs
    fill = "," * 39
    for count, there in ((99, True), (100, False)):  # 40 bytes a row; the header has 22
        text = table("User,Name,Password,Id", *[fill] * count, rows[0])
        assert bool(values("ram_login", text)) is there
    assert values("ram_login", table("User,Name,Password,Id", "", rows[0])) == [], "another table"


def test_lines_of_a_program_are_no_table() -> None:
    """A list of users with the word in one of them: the next user was taken for a password."""
    rows = [f'("login", "{USER} {word}: "),' for word in ("password", "name")]
    assert values("ram_login", table(*rows)) == []
    assert values("ram_login", table("User,Password", f"{USER},x@corp.onaliyun.com")) == []


# What is signed


SIGNATURE = "&Signature=aB3%3D"


def test_signed_links_and_headers() -> None:
    i = keys.key_id()

    def is_signed(before: str, after: str) -> bool:
        data = f"{before}{i}{after}".encode()
        return signed.is_signed(data, len(before), len(before) + len(i))

    query = "OSSAccessKeyId="
    assert is_signed(query, SIGNATURE)
    assert is_signed(query, "&Expires=1714979289")
    assert not is_signed(query, "")
    assert not is_signed("id: ", SIGNATURE)
    for before in ("Authorization: OSS ", "Authorization: acs ", '"OSS ', "authorization='FC  "):
        assert is_signed(before, ":aB3="), before
        assert not is_signed(before, ""), before
        assert not is_signed(before, f":{keys.secret()}"), "its secret"
    assert is_signed("OSS ", ":a"), "the whole header"
    assert not is_signed("BOSS ", ":a")
    # Each is read as far as AROUND from the id.
    reach = signed.AROUND
    tail = len("Signature=a")
    assert is_signed(query, "&" + "." * (reach - 1 - tail) + "Signature=a")
    assert not is_signed(query, "&" + "." * (reach - tail) + "Signature=a")
    assert is_signed("Signature=a&" + "." * (reach - len("Signature=a&") - len(query)) + query, "")
    assert not is_signed("Signature=a&" + "." * (reach + 1 - len("Signature=a&") - len(query)) + query, "")
    form = "policy=eyJ"
    assert is_signed(f"{form}x {SIGNATURE} ", "")
    assert not is_signed(f"{form}x ", "")
    assert not is_signed(f"{SIGNATURE} ", "")


def test_until_when_a_link_works() -> None:
    i = keys.key_id()
    expires = "Expires=1714979289"
    whole = ("expiration", "2024-05-06T07:08:09Z")

    def told(before: str, after: str) -> bool:
        data = f"{before}{i}{after}".encode()
        return whole in signed.notes(data, len(before), len(before) + len(i))

    assert told("", f"{' ' * (300 - len(expires))}{expires}")
    assert not told("", f"{' ' * (301 - len(expires))}{expires}")
    assert told(f"{expires}{' ' * (300 - len(expires))}", "")
    assert not told(f"{expires}{' ' * (301 - len(expires))}", "")
    assert signed.notes(i.encode(), 0, 24) == (("context", "signed URL, header or upload form"),)


# STS


def test_expiry_is_met_at_300_bytes() -> None:
    i, s = keys.sts_id(), keys.sts_secret()
    expiry = "Expiration: 2024-05-06T07:08:09Z"
    for distance, there in ((300, True), (301, False)):
        blanks = " " * (distance - len(expiry))
        for text in (f"{i} {s}{blanks}{expiry}", f"{expiry}{blanks}{i} {s}"):
            (c,) = candidates("sts", text)
            assert ("expiration" in dict(c.notes)) is there


def test_a_presigned_link_is_of_low_severity_where_its_signature_is_near() -> None:
    i, t = keys.sts_id(), keys.sts_token()
    mark = "Signature="
    for distance, severity in ((300, Severity.LOW), (301, Severity.MEDIUM)):
        blanks = " " * (distance - len(mark))
        for text in (f"{i} {t}{blanks}{mark}", f"{mark}{blanks}{i} {t}"):
            (c,) = candidates("sts", text)
            assert c.severity is severity
            assert (("context", "presigned URL") in c.notes) is (severity is Severity.LOW)


def test_a_secret_inside_a_token_is_none() -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token().rstrip("=")
    text = f"{i} {t[:200]}/{s}/{t[200:]}"
    assert [len(v) for v in values("sts", text)] == [2]
    assert [len(v) for v in values("sts", f"{s} {i} {t}")] == [3]
    assert [len(v) for v in values("sts", f"{t} {s} {i}")] == [3]


@pytest.mark.parametrize("old", [False, True])
def test_the_head_of_a_token(old: bool) -> None:
    t = keys.old_sts_token() if old else keys.sts_token()
    assert values("sts", t) == [(t,)]
    assert values("sts", t.replace("CA", "DA", 1)) == []
    assert values("sts", t[1:]) == []
    assert values("sts", f"{t} {t[:40]} {t}") == [(t,), (t,)]


# Authorisations of VOD


def authorisation(**values_: str) -> str:
    return base64.b64encode(json.dumps(values_, separators=(",", ":")).encode()).decode()


@pytest.mark.parametrize("pad", ["", "x", "xx"])
def test_what_is_left_of_an_authorisation(pad: str) -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    whole = authorisation(SecurityToken=t, AccessKeySecret=s, AccessKeyId=i, x=pad)
    assert sorted(map(len, values("vod_auth", f"a={whole};"))) == [3]
    assert sorted(map(len, values("vod_auth", f"a={whole.rstrip('=')};"))) == [3]
    part = authorisation(SecurityToken=f"{t[:50]}***", AccessKeySecret=s, AccessKeyId=i, x=pad)
    assert sorted(map(len, values("vod_auth", f"a={part};"))) == [2]
    assert values("vod_auth", authorisation(SecurityToken=t, x=pad)) == [], "the token alone"


@pytest.mark.parametrize("cut", range(8))
def test_an_authorisation_that_ends_with_its_secret(cut: int) -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    text = f'{{"SecurityToken":"{t}","AccessKeyId":"{i}","k":"{s}'
    text = text.replace('"k"', '"k' + "k" * (-len(text) % 3) + '"')
    word = base64.b64encode(text.encode() + b'"' + b"." * 8).decode()
    end = len(text) // 3 * 4
    expected = 3 if cut else 2
    told = values("vod_auth", word[: end + cut - 1] if cut else word[: end - 1])
    assert [len(v) for v in told] == ([expected] if cut != 1 or len(text) % 3 == 0 else [2]) or cut in (0, 1)
    if cut == 1:
        assert told == [(t, i, s)], "nothing behind the secret"


@pytest.mark.parametrize("pad", range(3))
def test_where_the_values_of_an_authorisation_stand(pad: int) -> None:
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    word = authorisation(SecurityToken=t, x="x" * pad, AccessKeySecret=s, AccessKeyId=i)
    (c,) = candidates("vod_auth", f"a={word};")
    for span, value in zip(c.spans, (t, s, i), strict=True):
        piece = word[span.start - 2 : span.end - 2]
        inside = base64.b64decode(piece + "=" * (-len(piece) % 4))
        assert span.value == value.encode()
        assert value.encode() in inside
        assert len(inside) <= len(value) + 4, "no more than the groups that hold it"
    assert c.severity is Severity.MEDIUM
    escaped = word.rstrip("=") + "%2B"
    (c,) = candidates("vod_auth", f"a={escaped};")
    assert {(x.start, x.end) for x in c.spans} == {(2, 2 + len(escaped))}, "the whole word"


# Logins of the aliyun CLI


def test_tokens_of_the_cli_are_real_and_in_its_file() -> None:
    t = keys.draw(keys.BASE62, 40)
    field = '"oauth_access_token": "{}"'
    own = "home/.aliyun/config.json"
    assert values("cli_oauth", field.format(t), own.encode()) == [(t,)]
    assert values("cli_oauth", field.format(t)) == []
    for made_up in (f"<{t}>", "${TOKEN_OF_ALIYUN_CLI}", f"{t[:20]}***", "aaaaa" + t, "your" + t, "abab" * 9):
        assert values("cli_oauth", field.format(made_up), own.encode()) == [], made_up
    assert values("cli_oauth", field.format(t[:24] + "yourtest"), own.encode()) != [], "far behind"
    for size, there in ((20, False), (21, True)):
        made_up = t[:size] + "Test" + t[size:]
        assert bool(values("cli_oauth", field.format(made_up), own.encode())) is there, (
            "24 characters are asked"
        )
    both = f'{field.format(t)}, "oauth_refresh_token": "{t[::-1]}"'
    assert values("cli_oauth", both, own.encode()) == [(t,), (t[::-1],)]

"""The name left of a value, in the ways that code and configuration write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.names import Telling, describe, name_of

CLEAR, PLAIN, HINT, NOTHING = Telling.CLEAR, Telling.PLAIN, Telling.HINT, Telling.NOTHING


@pytest.mark.parametrize(
    ("before", "telling"),
    [
        ('accessKeySecret = "', CLEAR),
        ("access-key-secret: ", CLEAR),
        ('"accessKeySecret":\n    "', CLEAR),
        ("<accessKeySecret>", CLEAR),
        ("<name>fs.oss.accessKeySecret</name>\n  <value>", CLEAR),
        ("<key>AccessKeySecret</key>\n<string>", CLEAR),
        ("- name: OSS_ACCESS_KEY_SECRET\n  value: '", CLEAR),
        ('{"key": "accessKeySecret", "value": "', CLEAR),
        ('s:9:"aliSecret";s:30:"', CLEAR),
        ('env("ALIYUN_SECRET", "', CLEAR),
        ('os.environ.get("ALI_SECRET", "', CLEAR),
        ("AccessKey Secret：", CLEAR),
        ("AccessKeySecret：\n", CLEAR),
        ("| AccessKey Secret | ", CLEAR),
        ("public const string AccessKeySecret = @\"", CLEAR),
        ("var accessKeySecret string = `", CLEAR),
        ("accessKeySecret: { type: String, default: '", CLEAR),
        ('.setAccessKeySecret("', CLEAR),
        ("&quot;accessKeySecret&quot;:&quot;", CLEAR),
        ("@Value(\"${aliyun.oss.secret:", CLEAR),
        ("ACCESS_KEY_SECRET_PROD=", CLEAR),
        ("accessKeySecret1=", CLEAR),
        ("accessKeySercet=", CLEAR),
        ("access_key_scret: ", CLEAR),
        ("accessKeySecrect: ", CLEAR),
        ("secret-key: ", PLAIN),
        ('"accessKey": "', PLAIN),
        ("secret: ", HINT),
        ("-i LTAI**** -k ", HINT),
        ("您的密钥是：", HINT),
        ("resultSet = '", NOTHING),
    ],
)  # fmt: skip
def test_names(before: str, telling: Telling) -> None:
    raw = before.encode()
    name = name_of(raw, len(raw))
    assert name is not None
    assert name.telling == telling


@pytest.mark.parametrize("before", ["", "\n\n\n", "secret:\n\n\n\n", '"'])
def test_no_name(before: str) -> None:
    raw = before.encode()
    assert name_of(raw, len(raw)) is None


@pytest.mark.parametrize("name", ["validationSecret", "bossKey", "calibrationKey", "crossSecret"])
def test_words_that_contain_the_vendor_are_not_the_vendor(name: str) -> None:
    assert not describe(name).vendor


@pytest.mark.parametrize("name", ["jwt.secret", "WX_SECRET", "session_secret", "qiniu.secretKey"])
def test_names_of_others(name: str) -> None:
    assert describe(name).foreign


@pytest.mark.parametrize("name", ["accessKeyId", "OSS_ACCESS_ID", "ak", "Ali_Key", "keyid", "access_key"])
def test_names_of_ids(name: str) -> None:
    assert describe(name).names_id


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    name = name_of(data, len(data))
    assert name is None or 0 <= name.start <= name.end <= len(data)


def telling(text: str) -> Telling | None:
    """What the name left of the end of a text says."""
    raw = text.encode()
    name = name_of(raw, len(raw))
    return None if name is None else name.telling


def test_a_name_stands_on_the_line_or_the_two_before() -> None:
    assert telling("accessKeySecret:\n\n") is CLEAR
    assert telling("accessKeySecret:\n\n\n") is None
    assert telling("accessKeySecret\n = \n value ") is CLEAR, "lines are counted between words"


def test_five_words_of_glue_may_stand_between() -> None:
    assert telling("accessKeySecret " + "string " * 5) is CLEAR
    assert telling("accessKeySecret " + "string " * 6) is None
    assert telling("accessKeySecret " + "值 " * 5) is CLEAR
    assert telling("accessKeySecret " + "值 " * 6) is None
    assert telling("accessKeySecret 1 22 333 ") is CLEAR, "numbers are glue"


def test_a_name_stands_whole_within_200_bytes() -> None:
    assert telling("accessKeySecret" + "." * 4 + "=" * 181) is CLEAR
    assert telling("=accessKeySecret" + "=" * 184) is CLEAR
    assert telling("=accessKeySecret" + "=" * 185) is None, "cut by the window"
    assert telling("accessKeySecret" + "=" * 185) is CLEAR, "at the start of the text nothing is cut"


def test_where_a_name_stands() -> None:
    raw = b"x = 1; accessKeySecret = '"
    name = name_of(raw, len(raw))
    assert name is not None
    assert raw[name.start : name.end] == b"accessKeySecret"
    raw = b"my AccessKey Secret: "
    name = name_of(raw, len(raw))
    assert name is not None
    assert raw[name.start : name.end] == b"AccessKey Secret"
    assert name.plain == "accesskeysecret"
    raw = " ".join(("." * 300, "密钥：")).encode()
    name = name_of(raw, len(raw))
    assert name is not None
    assert raw[name.start : name.end].decode() == "密钥："


def test_words_of_one_name_have_single_or_double_blanks_between() -> None:
    assert telling("Access Key Secret: ") is CLEAR
    assert telling("Access Key  Secret: ") is CLEAR
    assert telling("Access Key   Secret: ") is HINT
    assert telling("Access, Secret: ") is HINT
    assert telling("The Secret: ") is HINT
    assert telling("Access somethinglong: ") is NOTHING, "long words are names of their own"


def entry(between: int, label: str = "accessKeySecret") -> str:
    """An entry of two lines whose value is called so, and whose name stands farther up."""
    return f"'name' => '{label}',\n'title' => 'x',\n'rule' => '{'.' * between}',\n'value' => '"


def test_an_entry_has_its_name_within_500_bytes() -> None:
    size = len(entry(0)) - len("'name' => '")
    assert telling(entry(490 - size)) is CLEAR
    assert telling(entry(520 - size)) is not CLEAR
    assert telling(entry(0, "secretKey")) is PLAIN
    assert telling(entry(0, "secret")) is not HINT
    assert telling(entry(0, "accessKeySecret").replace("value", "other")) is not CLEAR
    assert telling(entry(0).replace("'x'", "'LTAI5tX'")) is not CLEAR, "another entry's value"
    raw = entry(0, "accessKeyId").encode()
    name = name_of(raw, len(raw))
    assert name is not None
    assert name.names_id
    assert raw[name.start : name.end] == b"accessKeyId"


def test_values_are_no_names() -> None:
    assert telling("LTAI5tabc = ") is None
    assert telling("a" * 95 + "secret") is None, "101 characters"
    assert telling("a" * 94 + "secret") is HINT


@pytest.mark.parametrize(
    ("text", "vendor", "ident"),
    [
        ("阿里云密钥：", True, False),
        ("密钥：", False, False),
        ("账号：", False, True),
        ("密钥编号：", False, True),
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "gbk"])
def test_chinese_names(text: str, vendor: bool, ident: bool, coding: str) -> None:
    raw = text.encode(coding)
    name = name_of(raw, len(raw))
    assert name is not None
    assert (name.vendor, name.names_id, name.foreign) == (vendor, ident, False)
    assert name.telling is (NOTHING if ident else HINT)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("accessKeySecret_prod", CLEAR), ("secretkey_hz", PLAIN), ("keySecretDev2", CLEAR), ("pro", NOTHING),
        ("secret_test", HINT), ("secret12", HINT), ("123", NOTHING), ("aliSecret", CLEAR), ("ossPwd", CLEAR),
        ("accessKeySercet", CLEAR), ("appSercet", HINT), ("scret", HINT), ("svelt", NOTHING),
    ],
)  # fmt: skip
def test_what_names_say(name: str, says: Telling) -> None:
    assert describe(name).telling is says


def test_other_purposes_do_not_hide_the_vendors_own_name() -> None:
    assert describe("jwtSecret").foreign
    assert not describe("aliyunJwtSecret").foreign
    assert not describe("signAccessKeySecret").foreign
    assert describe("qiniuAccessKeySecret").foreign
    assert describe("qiniuSignAccessKeySecret").foreign
    assert describe("signSecret").foreign
    assert describe("x").start == describe("x").end == 0


def told(before: str | bytes) -> tuple[Telling, bool] | None:
    raw = before.encode() if isinstance(before, str) else before
    name = name_of(raw, len(raw))
    return (name.telling, name.names_id) if name else None


def test_any_bytes_beside_a_value() -> None:
    for byte in range(256):
        told(bytes([byte]) + b"= '")
        told(b"secret" + bytes([byte, byte]) + b"= '")


def test_a_name_stands_within_200_bytes() -> None:
    name = "accessKeySecret"
    for distance, there in ((199 - len(name), True), (200 - len(name), False), (300, False)):
        assert (told(f"  {name}{' ' * distance}") == (CLEAR, False)) is there, distance
    assert told(f"{name}{' ' * (200 - len(name))}") == (CLEAR, False), "where the text begins it is whole"


def test_a_name_stands_two_lines_above_at_most() -> None:
    for lines, there in ((0, True), (1, True), (2, True), (3, False)):
        assert (told("accessKeySecret" + "\n" * lines) == (CLEAR, False)) is there
    for glue, there in ((5, True), (6, False)):
        assert (told("accessKeySecret = " + "new " * glue) == (CLEAR, False)) is there, glue
    assert told("accessKeySecret = 1 2 3 ") == (CLEAR, False), "numbers are glue"


def test_words_of_one_name() -> None:
    assert told("AccessKey Secret: ") == (CLEAR, False)
    assert told("Access  Key  Secret: ") == (CLEAR, False)
    assert told("Access   Key Secret: ") == (CLEAR, False), "key secret"
    assert told("AccessKey   Secret: ") == (HINT, False), "three blanks"
    assert told("AccessKey\nSecret: ") == (HINT, False)
    assert told("Access Key ID: ") is not None
    assert told("the Secret: ") == (HINT, False)
    assert told("\u5bc6 Secret: ") == (HINT, False)
    raw = b"x AccessKey Secret: "
    found = name_of(raw, len(raw))
    assert found is not None
    assert raw[found.start : found.end] == b"AccessKey Secret"
    raw = b"x Access Key Secret: "
    found = name_of(raw, len(raw))
    assert found is not None
    assert raw[found.start : found.end] == b"Access Key Secret"


def test_the_name_of_an_entry_whose_value_is_called_value() -> None:
    assert told('{"name": "x", "key": "accessKeySecret", "id": 77, "kind": "aa", "value": "') == (
        CLEAR,
        False,
    )
    assert told('{"k": "accessKeySecret", "more": "other", "value": "') == (CLEAR, False)
    assert told('{"k": "accessKeySecret", "more": "other", "title": "') == (NOTHING, False)
    value = "q7p2cLr9tZm3bWx7Qkt5IATL"[::-1]
    assert told(f'{{"k": "accessKeySecret", "x": "{value}", "more": "other", "value": "') == (NOTHING, False)
    head = 'z "accessKeySecret", '
    for distance, there in ((500, True), (501, False)):
        tail = '"more": "other", "value": "'
        text = f"..{head}{'.' * (distance - len(head) - len(tail))}{tail}"
        assert (told(text) == (CLEAR, False)) is there, distance


def test_what_chinese_names_tell() -> None:
    assert told("阿里云密钥：") == (HINT, False)
    assert told("账号：") == (NOTHING, True)
    assert told("说明：") is None
    for codec in ("utf-8", "gbk"):
        raw = "阿里云密钥".encode(codec) + b": "
        found = name_of(raw, len(raw))
        assert found is not None
        assert found.vendor
        assert raw[found.start : found.end] == "阿里云密钥".encode(codec)


def test_names_that_are_too_long_are_none() -> None:
    long = "accessKeySecret".rjust(100, "a")
    assert told(f"{long}: ") == (CLEAR, False)
    assert told(f"a{long}: ") is None


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("accessKeySecret2", CLEAR), ("secretKeyTest", PLAIN), ("secretKeyProd", PLAIN), ("123", NOTHING),
        ("aliyunSecret", CLEAR), ("aliyun_key", CLEAR), ("jwt_secret", HINT), ("accessKeySercet", CLEAR),
        ("sercet", HINT), ("resultset", NOTHING), ("publicKey", NOTHING),
    ],
)  # fmt: skip
def test_how_much_a_name_tells(name: str, telling: Telling) -> None:
    assert describe(name).telling == telling
    assert describe("jwt_secret").foreign
    assert not describe("aliyun_jwt_secret").foreign
    assert not describe("webhook_access_key_secret").foreign
    assert describe("jwt_access_key_secret").foreign


@pytest.mark.parametrize("name", ["key_ID_SECRET_prod", "KeyIdSecret", "OSS_KEY_ID_SECRET"])
def test_the_secret_of_a_key_id_is_clear(name: str) -> None:
    assert describe(name).telling == Telling.CLEAR

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

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

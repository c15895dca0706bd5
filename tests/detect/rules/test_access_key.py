"""AccessKey pairs, lone secrets, lone ids: examples with random values, and what must stay silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect import detect
from aliscan.finding import Severity
from tests.detect.rules.support import found
from tests.support import keys

PAIR, ID, SECRET = "alibaba-access-key-pair", "alibaba-access-key-id", "alibaba-access-key-secret"


def rules(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [m.rule for m in detect(data).matches]


@pytest.mark.parametrize(
    "template",
    [
        "accessKeyId: {id}\naccessKeySecret: {s}\n",
        'new OSSClient(endpoint, "{id}", "{s}")',
        "{id}\n{s}\n",
        "{s}\n{id}\n",
        "bucket:{id}:{s}",
        "ossutil config -i {id}  -k {s}",
        "<k>{id}</k>\n<v>{s}</v>",
        "密钥{id}密钥{s}密",
        "\ufeffAccessKey ID,AccessKey Secret\r\n{id},{s}\r\n",
        'a:2:{{s:4:"alid";s:24:"{id}";s:9:"aliSecret";s:30:"{s}";}}',
        '{{\\"secretKey\\":\\"{s}\\",\\"accessKey\\":\\"{id}\\"}}',
        "{id}{s}",
        "id = <{id}>  secret = <{s}>",
        "aliyun {id}/{s}",
        "$id = '{id}_old';\n$accessKeySecret = '{s}_old';",
        "openssl sha1 -hmac {s} -binary\nAuthorization: OSS {id}:$signature",
        "'name' => 'accessKeyId',\n'value' => '{id}',\n'rule' => '',\n'msg' => '',\n],\n[\n"
        "'name' => 'accessKeySecret',\n'title' => 'x',\n'type' => 'string',\n'content' => [],\n"
        "'value' => '{s}'",
        "{id}" + "\n//" * 15 + "\naccessKeySecret: {s}",
    ],
)
@pytest.mark.parametrize("make_id", [keys.key_id, keys.old_key_id])
def test_pairs(template: str, make_id: object) -> None:
    assert callable(make_id)
    if "s:24" in template and make_id is keys.old_key_id:
        template = template.replace("s:24", "s:16")
    assert rules(template.format(id=make_id(), s=keys.secret())) == [PAIR]


def test_undecodable_bytes_touch_a_key() -> None:
    pair = f"{keys.key_id()}\xff{keys.secret()}".encode("latin-1")
    assert rules(b"\xfe" + pair + b"\x80") == [PAIR]


@pytest.mark.parametrize(
    "mark", [b"\xfe\xff", b"\xff\xfe", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0a\0b\0c\0d\n"]
)
def test_a_mark_of_utf_16_hides_nothing(mark: bytes) -> None:
    assert rules(mark + f"\n{keys.key_id()}\n{keys.secret()}\n".encode()) == [PAIR]


def test_characters_appended_by_the_owner() -> None:
    assert rules(f"{keys.key_id()}abc\naccessKeySecret={keys.secret()}") == [PAIR]
    assert rules(f"{keys.key_id()}\naccessKeySecret={keys.secret()}xyz") == [PAIR]


def test_name_trap_is_decided_by_shape() -> None:
    for a, b in (("access_key", "secret_key"), ("access_id", "access_key")):
        (match,) = detect(f"{a}={keys.key_id()}\n{b}={keys.secret()}".encode()).matches
        assert [p.kind for p in match.parts] == ["access-key-id", "access-key-secret"]


@pytest.mark.parametrize(
    "template",
    [
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET={s}",
        "ALICLOUD_SECRET_KEY={s}",
        'Ali_Secret="{s}"',
        "aliyun:\n  oss:\n    secret: {s}",
        "aliyun accessKeySercet={s}",
        'env("ALIYUN_SECRET", "{s}")',
        "# 阿里云\naccess_key_secret = '{s}'",
        "OSS_ACCESS_KEY={s}",
    ],
)
def test_lone_secrets(template: str) -> None:
    assert rules(template.format(s=keys.secret())) == [SECRET]


@pytest.mark.parametrize(
    "template",
    [
        "secret: {s}",
        "aliyun:\n  region: x\njwt:\n  secret: {s}",
        "aliyun\nqiniu.secretKey={s}",
        "aliyun accessKeySecret = getTheSecretOfTheAliyunAccount1()",
        "aliyun go.sum h1:{s}/{s}=",
        "aliyun commit={s}",
    ],
)
def test_not_ours(template: str) -> None:
    assert rules(template.format(s=keys.secret())) == []


def test_prefixless_id_needs_names_and_vendor() -> None:
    old = keys.draw(keys.BASE62, 16)
    assert rules(f"aliyun accessId='{old}'\naccessKey='{keys.secret()}'") == [PAIR]
    assert rules(f"{old}\n{keys.secret()}") == []


def test_lone_id_and_public_id() -> None:
    (match,) = detect(keys.key_id().encode()).matches
    assert (match.rule, match.severity) == (ID, Severity.MEDIUM)
    url = f"https://b.oss-cn-x.example/o?OSSAccessKeyId={keys.key_id()}&Expires=1&Signature={keys.secret()}"
    assert PAIR not in rules(url)


@pytest.mark.parametrize(
    "value",
    [
        "LTAI" + "*" * 16,
        "LTAI" + "x" * 20,
        "LTAI5t" + "X" * 18,
        "LTAI" + "EXAMPLE" * 2 + "123456",
        "LTAI" + "0123456789abcdef0123",
        "LTAI" + "OfficeConfig",
        "xLTAI" + "a1B2c3D4e5F6g7H8i9Jk",
        "lTail" + "a1b2c3d4e5f6",
    ],
)
def test_look_alikes(value: str) -> None:
    assert rules(f"accessKeyId: {value}") == []


@given(
    st.lists(st.from_regex(r"\A[a-z0-9]{1,20}\Z"), max_size=6),
    st.lists(st.from_regex(r"\A[a-z0-9]{1,20}\Z"), max_size=6),
)
def test_in_the_middle_of_a_long_path(before: list[str], after: list[str]) -> None:
    """Slashes and words look like base64 to a program only."""
    ident, secret = keys.key_id(), keys.secret()
    assert ID in rules("/".join(["refs", *before, ident, *after]))
    assert rules("/".join(["refs", *before, ident, secret])) == [PAIR]


def test_chance_match_in_base64() -> None:
    noise = keys.draw(keys.BASE62, 60)
    assert rules(f"{noise}+{keys.key_id()}/{noise}") == []


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_around_a_pair(before: bytes, after: bytes) -> None:
    ident, secret = keys.key_id().encode(), keys.secret().encode()
    data = before + b" \n" + ident + b"\n" + secret + b"\n " + after
    found = [p.secret.reveal() for m in detect(data).matches for p in m.parts]
    assert ident in found


@given(st.binary(max_size=400))
def test_never_raises(data: bytes) -> None:
    detect(b"LTAI aliyun secret " + data)


def test_a_word_without_a_name_does_not_end_the_search() -> None:
    lone, secret = keys.secret(), keys.secret()
    words = " ".join(keys.secret() for _ in range(3))  # a list: none of them has a name
    text = f"{words}\nx('{lone}')\naliyun accessKeySecret: {secret}\n"
    assert found(text) == [("alibaba-access-key-secret", secret)]

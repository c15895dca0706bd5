"""The families with a file of their own and little shape: found beside their names, silent elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect import detect
from aliscan.detect.rules.serverless_devs import decrypt
from aliscan.finding import Severity
from tests.detect.rules.support import found, growth
from tests.support import keys

HEX32, HEX64 = 32, 64


def rules(text: str) -> list[str]:
    return [m.rule for m in detect(text.encode()).matches]


def openssl(value: str, phrase: bytes = b"SecretKey" + b"123") -> str:
    """What CryptoJS.AES.encrypt writes: "Salted__", salt, AES-256-CBC under EVP_BytesToKey with MD5."""
    salt, derived, block = os.urandom(8), b"", b""
    while len(derived) < 48:
        block = hashlib.md5(block + phrase + salt).digest()
        derived += block
    raw = value.encode()
    raw += bytes([16 - len(raw) % 16]) * (16 - len(raw) % 16)
    encryptor = Cipher(algorithms.AES(derived[:32]), modes.CBC(derived[32:48])).encryptor()
    return base64.b64encode(b"Salted__" + salt + encryptor.update(raw) + encryptor.finalize()).decode()


def test_serverless_devs_is_read_with_the_public_pass_phrase() -> None:
    ident, secret = keys.key_id(), keys.secret()
    text = (
        f"default:\n  AccountID: {openssl('1' * 16)}\n"
        f"  AccessKeyID: {openssl(ident)}\n  AccessKeySecret: {openssl(secret)}\n"
    )
    (match,) = detect(text.encode()).matches
    assert (match.rule, match.severity) == ("alibaba-serverless-devs-access", Severity.CRITICAL)
    assert [p.secret.reveal().decode() for p in match.parts] == [ident, secret]
    assert [p.place.line for p in match.parts] == [3, 4]


def test_serverless_devs_with_another_phrase_is_silent() -> None:
    assert (
        rules(f"AccessKeyID: {openssl(keys.key_id(), b'x')}\nAccessKeySecret: {openssl(keys.secret(), b'x')}")
        == []
    )


@given(st.binary(max_size=64))
def test_decrypt_survives_anything(raw: bytes) -> None:
    decrypt(base64.b64encode(b"Salted__" + raw))


WORD = "a1b2c3"  # not in one line with a host: our own tree is scanned too


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ('headers.put("Authorization", "APPCODE {h32}");', "alibaba-app-code"),
        ("$appcode = '{h32}';", "alibaba-app-code"),
        ("https://oapi.dingtalk.com/robot/send?access_token={h64}", "alibaba-dingtalk-webhook"),
        ("DD_BOT_SECRET=SEC{h64}", "alibaba-dingtalk-secret"),
        ("YUNXIAO_ACCESS_TOKEN=pt-{b20}_{h32}", "alibaba-yunxiao-token"),
        ('productKey="a1{b9}"\ndeviceSecret="{h32}"', "alibaba-iot-device-secret"),
        ('username="alikafka_post-cn-{n12}" password="{b32}" sasl', "alibaba-kafka-password"),
        ("host: 'smtpdm.aliyun.com', user: 'a@b.cn', pass: '{pw}'", "alibaba-directmail-password"),
        (
            "docker login -u a@b -p {pw} registry.cn-hangzhou.aliyuncs.com",
            "alibaba-container-registry-password",
        ),
        (
            "HUB=registry-vpc.cn-qingdao.aliyuncs.com\ndocker login --username=a --password={pw} $HUB\n",
            "alibaba-container-registry-password",
        ),
        ("用户 dev@corp.onaliyun.com\n登录密码 {pw}", "alibaba-ram-login"),
        ('"oauth_site_type": "CN", "oauth_access_token": "{b40}"', "alibaba-cli-oauth-token"),
        ("[default]\ntype = bearer\nbearer_token = {b40}\n", "alibaba-cli-oauth-token"),
        (
            '"mode": "RsaKeyPair", "key_pair_name": "a", "private_key": "-----BEGIN {b200}"',
            "alibaba-cli-oauth-token",
        ),
    ],
)
def test_found(template: str, rule: str) -> None:
    values = {
        "h32": keys.draw(keys.HEX, 32), "h64": keys.draw(keys.HEX, 64), "b9": keys.draw(keys.BASE62, 9),
        "b20": keys.draw(keys.BASE62, 20), "b32": keys.draw(keys.BASE62, 32),
        "b40": keys.draw(keys.BASE62, 40), "b200": keys.draw(keys.BASE62, 200),
        "n12": keys.draw("abcdefghijk0123456789", 12),
        "pw": keys.password(),
    }  # fmt: skip
    assert rules(template.format(**values)) == [rule]


@pytest.mark.parametrize(
    "template",
    [
        "SELECT appcode FROM t WHERE x = 'mall-web'",
        "md5 = {h32}",
        "image: dingtalk@sha256:{h64}",
        "pt-{b20}_{h32}",
        "codeup: 1\nQODER_PERSONAL_ACCESS_TOKEN=pt-{b20}_{h32}",
        "bearer_token = {b40}",
        'deviceSecret="{h32}"',
        "docker login -u ci -p {pw} harbor.example.cn",
        "R=registry.cn-hangzhou.aliyuncs.com\ndocker login --username=a --password {pw}\ndocker push $R/x",
        "docker login --username=a registry.cn-hangzhou.aliyuncs.com --password=$2",
        "host_password={pw}\nimage_registry=registry.cn-hangzhou.aliyuncs.com",
        "docker login -u $USER -p $PASSWORD registry.cn-hangzhou.aliyuncs.com",
        "Ask ops@corp.onaliyun.com to add you to the group.",
        '"access_token": "{b40}"',
    ],
)
def test_silent(template: str) -> None:
    values = {
        "h32": keys.draw(keys.HEX, 32), "h64": keys.draw(keys.HEX, 64), "b20": keys.draw(keys.BASE62, 20),
        "b40": keys.draw(keys.BASE62, 40), "pw": keys.password(),
    }  # fmt: skip
    assert rules(template.format(**values)) == []


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
)
def test_alipay(private_key: rsa.RSAPrivateKey, form: serialization.PrivateFormat) -> None:
    der = private_key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    public = private_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    bare, shown = base64.b64encode(der).decode(), base64.b64encode(public).decode()
    assert rules(f"alipay:\n  merchant-private-key: {bare}\n  alipay-public-key: {shown}\n") == [
        "alibaba-alipay-private-key"
    ]
    wrapped = "\n".join(bare[n : n + 64] for n in range(0, len(bare), 64))
    assert rules(f"支付宝\n{wrapped}\n") == ["alibaba-alipay-private-key"]
    assert rules(f"wxpay private key\n{bare}") == []
    assert rules(f"alipay\n{bare[:-40]}") == [], "a cut key is no key"
    assert rules(f"alipay public {shown}") == []


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("alipay", "MII" + "A" * 61 + "\n"),
        ("alipay", "alipay MIIEvgIBADANBgkq"),
        ("app_code", "appcode = '"),
        ("dingtalk", "oapi.dingtalk.com/robot/send?access_token="),
        ("yunxiao", "yunxiao pt-a_"),
        ("iot", "productKey deviceSecret: "),
        ("kafka", "alikafka_post-cn-abcdefgh1234 password="),
        ("directmail", "smtpdm.aliyun.com password="),
        ("directmail", "smtpdm.aliyun.com login('a', "),
        ("dingtalk", "/robot/send?access_token=$ token="),
        ("databases", "es-cn-a.elasticsearch.aliyuncs.com auth=('a', "),
        ("databases", f"curl -u a:{WORD} es-cn-a.elasticsearch.aliyuncs.com "),
        ("registry", f"docker login registry.cn-hangzhou.aliyuncs.com -p{WORD} "),
        ("registry", "docker login registry.cn-hangzhou.aliyuncs.com -p "),
        ("registry", f"docker registry: registry.cn-hangzhou.aliyuncs.com password={chr(65) * 9}1a\n"),
        ("registry", "a.cr.aliyuncs.com"),
        ("registry", '"registry.aliyuncs.com":{"auth":"AAAAAAAAAAAA"'),
        ("iot", 'deviceSecret="0f1e2d3c4b5a69788796a5b4c3d2e1f0" productKey '),
        ("ram_login", "a@b.onaliyun.com password: "),
        ("ram_login", "a@bb.onaliyun.com,x\n"),
        ("ram_login", f"a@bb.onaliyun.com password: {WORD} "),
        ("cli_oauth", '"bearer_token": "'),
        ("serverless_devs", "U2FsdGVkX1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "),
    ],
)
def test_linear(name: str, unit: str) -> None:
    assert growth(name, unit) < 16


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("sign", [",", "\t", ";", " | ", '","'])
def test_a_column_of_device_secrets_wherever_it_stands(at: int, sign: str) -> None:
    secret = keys.draw(keys.HEX, 32)
    columns, row = ["deviceName", "productKey"], ["d1", "a1kbcdefghi"]
    columns.insert(at, "deviceSecret")
    row.insert(at, secret)
    for end in ("\n", ""):  # the last row may be without
        quote = sign.strip(",;| \t")[:1]
        lines = [f"{quote}{sign.join(cells)}{quote}" for cells in (columns, row)]
        assert found("\n".join(lines) + end) == [("alibaba-iot-device-secret", secret)]

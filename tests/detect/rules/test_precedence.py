"""Of two rules that claim one value, which has it: the one that knows more of it."""

from __future__ import annotations

import base64
from itertools import groupby

import pytest

from aliscan.detect.anchors import ANCHORS
from aliscan.finding import Confidence, Severity
from tests.detect.rules.support import candidates, found
from tests.detect.rules.test_products import openssl
from tests.support import keys

# From the first to the last choice; rules of one line are equal, and the surer one has the value.
ORDER = [
    ["alibaba-serverless-devs-access", "alibaba-vod-auth"],
    ["alibaba-sts-token x3"],
    ["alibaba-access-key-pair"],
    ["alibaba-sts-token x2"],
    ["alibaba-access-key-secret", "alibaba-model-studio-key"],
    ["alibaba-cli-oauth-token", "alibaba-kafka-password"],
    [
        "alibaba-alipay-private-key",
        "alibaba-app-code",
        "alibaba-container-registry-password",
        "alibaba-dingtalk-secret",
        "alibaba-dingtalk-webhook",
        "alibaba-directmail-password",
        "alibaba-iot-device-secret",
        "alibaba-message-queue-password",
        "alibaba-mongodb-password",
        "alibaba-packages-password",
        "alibaba-pai-eas-token",
        "alibaba-ram-login",
        "alibaba-rds-password",
        "alibaba-redis-password",
        "alibaba-yunxiao-token",
    ],
    ["alibaba-dingtalk-webhook of an open link"],
    ["alibaba-sts-token x1"],
    ["alibaba-access-key-id"],
]


def texts(der: str) -> list[str]:
    """One or more of everything that a rule can see."""
    i, s, t = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    pw, h32, h64 = keys.password(), keys.draw(keys.HEX, 32), keys.draw(keys.HEX, 64)
    play = f'{{"SecurityToken":"{t}","AuthInfo":"x","AccessKeySecret":"{s}","AccessKeyId":"{i}"}}'
    return [
        openssl(keys.key_id()) + "\n" + openssl(keys.secret()),
        base64.b64encode(play.encode()).decode(),
        f"{i} {s} {t}",
        f"{i} {s}",
        i,
        f"{keys.key_id()} {keys.secret()}",
        f"accessKeySecret={keys.secret()}",
        keys.key_id(),
        f"https://x/?OSSAccessKeyId={keys.key_id()}&Signature=abc&Expires=1714979289",
        f"{keys.key_id()}\naccessKeySecret={keys.secret()}zz",
        keys.signed_model_key(),
        f'"mode": "OAuth", "oauth_site_type": "CN", "oauth_access_token": "{keys.draw(keys.BASE62, 40)}"',
        f'username="alikafka_post-cn-a1b2c3d4e5f6" password="{pw}" sasl',
        f"alipay {der}",
        base64.b64encode(f"{keys.draw('0123456789ABCDEF', 40)}:1749032825509".encode()).decode(),
        f"x.cn-beijing.pai-eas.aliyuncs.com {base64.b64encode(keys.draw(keys.HEX, 40).encode()).decode()}",
        f'packages.aliyun.com username = "{keys.draw(keys.HEX, 24)}" password = "{pw}"',
        f"APPCODE {h32}",
        f"docker login -u a@b -p {pw} registry.cn-hangzhou.aliyuncs.com",
        f"DD_BOT_SECRET=SEC{h64}",
        f"https://oapi.dingtalk.com/robot/send?access_token={h64}",
        f'"/robot/send?access_token=" + x; token = "{h64}"',
        f"host: smtpdm.aliyun.com\npass: '{pw}'",
        f'productKey="a1{keys.draw(keys.BASE62, 9)}"\ndeviceSecret="{h32}"',
        f"mongodb://root:{pw}@{keys.host('dds', 'mongodb.rds')}:3717/a",
        f"redis://:{pw}@{keys.host('r', 'redis.rds')}:6379",
        f"host={keys.host('rm', 'mysql.rds')}\npassword={pw}",
        f"dev@corp.onaliyun.com\npassword: {pw}",
        f"yunxiao pt-{keys.draw(keys.BASE62, 20)}_{h32}",
    ]


def test_what_has_a_value(private_key_in_base64: str) -> None:
    ranks: dict[str, int] = {}
    for text in texts(private_key_in_base64):
        for family in ANCHORS:
            for c in candidates(family, text):
                name = f"{c.rule} x{len(c.spans)}" if c.rule == "alibaba-sts-token" else c.rule
                name += " of an open link" if c.confidence is Confidence.MEDIUM and "webhook" in name else ""
                assert ranks.setdefault(name, c.rank) == c.rank, name
    order = sorted(ranks, key=lambda name: (-ranks[name], name))
    assert [list(names) for _, names in groupby(order, key=lambda name: ranks[name])] == ORDER


@pytest.fixture(scope="module")
def private_key_in_base64() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 1024)
    none = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return base64.b64encode(key.private_bytes(serialization.Encoding.DER, form, none)).decode()


def test_a_password_of_two_services_is_told_once() -> None:
    pw = keys.password()
    text = f"alikafka_post-cn-a1b2c3d4e5f6 sasl host={keys.host('rm', 'mysql.rds')}\npassword={pw}"
    assert found(text) == [("alibaba-kafka-password", pw)]


def test_how_bad_each_rule_is(private_key_in_base64: str) -> None:
    from aliscan.detect.rules import all_rules

    stated = {rule.id: rule.severity for rule in all_rules()}
    lower = {"alibaba-sts-token", "alibaba-access-key-id"}  # what is public by nature is of low severity
    for text in texts(private_key_in_base64):
        for family in ANCHORS:
            for c in candidates(family, text):
                assert c.severity is stated[c.rule] or (c.rule in lower and c.severity is Severity.LOW)

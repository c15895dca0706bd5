"""What the vendor's answers mean, asked for real of a server on this machine."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from aliscan.finding import AliscanError, Severity
from aliscan.verify.client import LONGEST, Client, Identity, check
from aliscan.verify.identity import Status, ask, ask_model_studio
from tests.support import keys
from tests.support.sts_server import Cloud, serving


def client() -> Client:
    return Client(timeout=1.0, sleep=lambda _seconds: None)


def asked(cloud: Cloud, secret: str = "", token: str = "") -> Any:
    key_id = next(iter(cloud.secrets))
    return ask(client(), Identity(key_id, (secret or cloud.secrets[key_id]).encode(), token), cloud.url)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(secrets={keys.key_id(): keys.secret()})


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("Account", Severity.CRITICAL), ("RAMUser", Severity.CRITICAL), ("AssumedRoleUser", Severity.HIGH)],
)
def test_live(cloud: Cloud, kind: str, severity: Severity) -> None:
    body = {"IdentityType": kind, "AccountId": "1", "Arn": "acs:ram::1:x"}
    with serving(cloud):
        assert asked(cloud).status is Status.LIVE
        cloud.answers[next(iter(cloud.secrets))] = 200, body
        answer = asked(cloud)
    assert (answer.status, answer.kind, answer.arn, answer.severity) == (
        Status.LIVE,
        kind,
        "acs:ram::1:x",
        severity,
    )


@pytest.mark.parametrize(
    ("http", "code", "message", "status"),
    [
        (404, "InvalidAccessKeyId.NotFound", "", Status.DEAD),
        (400, "InvalidAccessKeyId.Inactive", "", Status.DISABLED),
        (403, "InvalidAccessKeyId.Inactive", "", Status.DISABLED),
        (400, "SignatureDoesNotMatch", "", Status.WRONG_PAIR),
        (400, "InvalidSecurityToken.Expired", "", Status.EXPIRED),
        (400, "InvalidSecurityToken.Malformed", "", Status.DEAD),
        (400, "InvalidSecurityToken.MismatchWithAccessKey", "", Status.WRONG_PAIR),
        (400, "MissingSecurityToken", "", Status.UNKNOWN),
        (403, "Forbidden.AccessKeyDisabled", "", Status.DISABLED),
        (403, "Forbidden.AccessKey", "", Status.DISABLED),
        (403, "NoEnabledAccessKey", "", Status.DISABLED),
        (403, "Forbidden", "There is a risk of leakage of this AccessKey.", Status.FLAGGED),
        (403, "Forbidden", "something else", Status.UNKNOWN),
        (400, "InvalidTimeStamp.Expired", "", Status.UNKNOWN),
        (400, "IncompleteSignature", "", Status.UNKNOWN),
        (400, "SignatureNonceUsed", "", Status.UNKNOWN),
        (400, "Throttling.User", "", Status.UNKNOWN),
        (500, "InternalError", "", Status.UNKNOWN),
        (403, "SomethingNew", "", Status.UNKNOWN),
        (404, "", "", Status.UNKNOWN),
    ],
)
def test_codes(cloud: Cloud, http: int, code: str, message: str, status: Status) -> None:
    cloud.answers[next(iter(cloud.secrets))] = http, {"Code": code, "Message": message} if code else {}
    with serving(cloud):
        answer = asked(cloud)
    assert answer.status is status
    assert answer.severity is None or status is Status.FLAGGED


def test_wrong_secret_and_unknown_id(cloud: Cloud) -> None:
    with serving(cloud):
        assert asked(cloud, keys.secret()).status is Status.WRONG_PAIR
        stranger = Identity(keys.key_id(), keys.secret().encode())
        assert ask(client(), stranger, cloud.url).status is Status.DEAD


@pytest.mark.parametrize(
    "garbage", ["<html>busy</html>", "", "[1, 2]", "null", "{" * 50, "x" * (LONGEST + 10)]
)
def test_garbage_is_unknown(cloud: Cloud, garbage: str) -> None:
    cloud.answers[next(iter(cloud.secrets))] = 200, garbage
    with serving(cloud):
        assert asked(cloud).status is Status.UNKNOWN


def test_redirects_are_not_followed(cloud: Cloud) -> None:
    cloud.answers[next(iter(cloud.secrets))] = 302, "{}"
    with serving(cloud):
        answer = asked(cloud)
    assert answer.status is Status.UNKNOWN
    assert "redirect" in answer.reason
    assert len(cloud.requests) == 1


def test_throttling_is_waited_out(cloud: Cloud) -> None:
    cloud.throttle = 2
    with serving(cloud):
        assert asked(cloud).status is Status.LIVE
    assert len(cloud.requests) == 3
    assert len({headers["x-acs-signature-nonce"] for _, headers, _ in cloud.requests}) == 3


def test_hanging_server_is_unknown(cloud: Cloud) -> None:
    cloud.delay = 3
    with serving(cloud):
        answer = ask(
            Client(timeout=0.2, sleep=lambda _s: None),
            Identity(next(iter(cloud.secrets)), b"x" * 30),
            cloud.url,
        )
    assert answer.status is Status.UNKNOWN


def test_nobody_there_is_unknown() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert ask(client(), Identity(keys.key_id(), b"x"), f"http://127.0.0.1:{port}").status is Status.UNKNOWN


def test_clock_skew_is_said(cloud: Cloud) -> None:
    key_id = next(iter(cloud.secrets))
    cloud.answers[key_id] = 400, {"Code": "InvalidTimeStamp.Expired"}
    with serving(cloud):
        import time

        slow = Client(timeout=1, sleep=lambda _s: None, clock=lambda: time.time() - 3600)
        answer = ask(slow, Identity(key_id, b"x"), cloud.url)
    assert "60 minutes behind" in answer.reason


def test_nothing_secret_in_url_or_reason(cloud: Cloud) -> None:
    key_id, secret = next(iter(cloud.secrets.items()))
    with serving(cloud):
        asked(cloud, token="CAIS" + "x" * 40)
    for path, headers, parameters in cloud.requests:
        assert path == "/"
        assert secret not in str(headers) + str(parameters)
    assert secret not in repr(Identity(key_id, secret.encode(), "token"))
    assert "token" not in repr(Identity(key_id, b"s", "tok" + "en2"))


def test_endpoints() -> None:
    assert check("sts.cn-hangzhou.aliyuncs.com") == "https://sts.cn-hangzhou.aliyuncs.com/"
    for bad in ("http://sts.aliyuncs.com", "ftp://x", "https://", "https://u:p@sts.aliyuncs.com"):
        with pytest.raises(AliscanError):
            check(bad)


def test_model_studio() -> None:
    key = "sk-" + keys.draw(keys.HEX, 32)
    with serving(Cloud(answers={key: (200, {"data": []})})) as cloud:
        assert ask_model_studio(client(), key, cloud.url + "/v1/models").status is Status.LIVE
        assert ask_model_studio(client(), "sk-" + "1" * 32, cloud.url + "/v1/models").status is Status.DEAD
        cloud.answers[key] = 403, {"error": {"code": "access_denied"}}
        assert ask_model_studio(client(), key, cloud.url + "/v1/models").status is Status.UNKNOWN

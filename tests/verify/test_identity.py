"""What the vendor's answers mean, asked for real of a server on this machine."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from aliscan.finding import AliscanError, Severity
from aliscan.verify.client import Client, Identity
from aliscan.verify.endpoint import check
from aliscan.verify.identity import Status, ask, ask_model_studio, model_studio_endpoints
from aliscan.verify.wire import LONGEST
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
        (400, "InvalidSecurityToken.Malformed", "", Status.UNKNOWN),
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
        (404, "InvalidAccessKeyId", "", Status.UNKNOWN),
        (404, "InvalidAccessKeyId.NotFound.Yet", "", Status.UNKNOWN),
        (503, "ServiceUnavailable", "", Status.UNKNOWN),
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
    "garbage",
    [
        "<html>busy</html>", "", "[1, 2]", "null", "{" * 50, "[" * 60_000, "1" * 9_000, "x" * (LONGEST + 10),
        '{"IdentityType": ["Account"]}', '{"IdentityType": ""}', '{"Code": {"a": 1}}', '{"Code": null}',
        b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n{}", b"HTTP/1.1 999 ?\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"\x00\xff" * 40,
        b"HTTP/1.1 404 Not Found\r\nDate: 99 Foo\r\nContent-Length: 2\r\n\r\n{}",
    ],
)  # fmt: skip
def test_garbage_is_unknown(cloud: Cloud, garbage: Any) -> None:
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


@pytest.mark.parametrize(
    "code", ["", "InvalidTimeStamp.Expired", "SignatureDoesNotMatch", "IllegalTimestamp"]
)
@pytest.mark.parametrize(("ahead", "words"), [(-3600, "60 minutes behind"), (1800, "30 minutes ahead")])
def test_clock_skew_is_said(cloud: Cloud, code: str, ahead: int, words: str) -> None:
    """By the server itself, which checks the date, and by each code that may say so."""
    key_id = next(iter(cloud.secrets))
    if code:
        cloud.answers[key_id] = 400, {"Code": code}
    with serving(cloud):
        off = Client(timeout=5, sleep=lambda _s: None, clock=lambda: time.time() + ahead)
        answer = ask(off, Identity(key_id, b"x"), cloud.url)
    assert answer.status is Status.UNKNOWN
    assert words in answer.reason
    assert "15" in answer.reason


def test_a_server_that_answers_a_byte_a_second_is_given_up(cloud: Cloud) -> None:
    cloud.drip = 0.1
    with serving(cloud):
        began = time.monotonic()
        answer = ask(Client(timeout=0.5, sleep=lambda _s: None), Identity(*secret_of(cloud)), cloud.url)
        assert time.monotonic() - began < 5
    assert answer.status is Status.UNKNOWN
    assert "0.5 seconds" in answer.reason


def test_a_host_that_never_answers_is_not_asked_for_every_key(cloud: Cloud) -> None:
    cloud.answers = dict.fromkeys((keys.key_id() for _ in range(9)), (200, b""))
    asking = client()
    with serving(cloud):
        answers = [ask(asking, Identity(key, b"s"), cloud.url) for key in cloud.answers]
        assert {a.status for a in answers} == {Status.UNKNOWN}
        assert "not asked" in answers[-1].reason
        assert len(cloud.requests) == 2 * 3, "two questions, three tries each"


def test_requests_keep_a_distance(cloud: Cloud) -> None:
    now, waited = float(int(time.time())), []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        waited.append(seconds)

    asking = Client(sleep=sleep, clock=lambda: now)
    with serving(cloud):
        for _ in range(5):
            ask(asking, Identity(*secret_of(cloud)), cloud.url)
    assert len(waited) == 4
    assert sum(waited) == pytest.approx(4 * 0.2)


def secret_of(cloud: Cloud) -> tuple[str, bytes]:
    key_id, secret = next(iter(cloud.secrets.items()))
    return key_id, secret.encode()


def test_a_temporary_id_without_its_token_is_not_called_dead(cloud: Cloud) -> None:
    with serving(cloud):
        answer = ask(client(), Identity(keys.sts_id(), keys.sts_secret().encode()), cloud.url)
    assert answer.status is Status.UNKNOWN
    assert "token" in answer.reason
    assert not cloud.requests


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "\ufffd\ufffd", "a b"])
def test_what_no_header_may_carry_is_not_sent(cloud: Cloud, token: str) -> None:
    with serving(cloud):
        answer = ask(client(), Identity(*secret_of(cloud), token), cloud.url)
    assert answer.status is Status.UNKNOWN
    assert not cloud.requests


def test_nothing_secret_in_url_or_reason(cloud: Cloud) -> None:
    key_id, secret = next(iter(cloud.secrets.items()))
    with serving(cloud):
        asked(cloud, token="CAIS" + "x" * 40)
    for path, headers, parameters in cloud.requests:
        assert path == "/"
        assert secret not in str(headers) + str(parameters)
    assert secret not in repr(Identity(key_id, secret.encode(), "token"))
    assert "token" not in repr(Identity(key_id, b"s", "tok" + "en2"))


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("sts.cn-hangzhou.aliyuncs.com", "https://sts.cn-hangzhou.aliyuncs.com/"),
        ("https://sts-vpc.cn-beijing.aliyuncs.com/", "https://sts-vpc.cn-beijing.aliyuncs.com/"),
        ("https://STS.aliyuncs.com:8443", "https://sts.aliyuncs.com:8443/"),
        ("http://[::1]:81", "http://[::1]:81/"),
    ],
)
def test_endpoints(given: str, url: str) -> None:
    assert check(given) == url


@pytest.mark.parametrize(
    "bad",
    [
        "http://sts.aliyuncs.com", "ftp://x", "https://", "https://u:p@sts.aliyuncs.com", "https://[bad", "",
        "https://sts.aliyuncs.com:99999", "https://sts.aliyuncs.com/path", "https://sts.aliyuncs.com?a=b",
        "https://a b", "https://a\r\nb", "https://点.com", "https://sts.aliyuncs.com#x", "https://.",
    ],
)  # fmt: skip
def test_no_endpoints(bad: str) -> None:
    with pytest.raises(AliscanError) as error:
        check(bad)
    assert "u:p" not in str(error.value)


def test_model_studio() -> None:
    key = keys.model_key()
    with serving(Cloud(answers={key: (200, {"data": []})})) as cloud:
        here = (cloud.url + "/v1/models",)
        assert ask_model_studio(client(), key, here).status is Status.LIVE
        assert ask_model_studio(client(), keys.model_key(), here).status is Status.DEAD
        for answer in (
            (403, {"error": {"code": "access_denied"}}), (401, {"error": {"code": "something_new"}}),
            (401, {}), (200, {}), (200, "<html>"), (302, ""), (500, {"code": "InternalError"}), (401, b""),
            (429, {}), (429, {"error": {"code": "Throttling.RateQuota"}}),
        ):  # fmt: skip
            cloud.answers[key] = answer
            assert ask_model_studio(client(), key, here).status is Status.UNKNOWN, answer


def test_a_key_of_another_region_is_found_and_never_called_dead() -> None:
    key = keys.model_key()
    with serving(Cloud()) as beijing, serving(Cloud(answers={key: (200, {"data": []})})) as singapore:
        both = (beijing.url + "/m", singapore.url + "/m")
        assert ask_model_studio(client(), key, both).status is Status.LIVE
        other = ask_model_studio(client(), keys.model_key(), both)
        assert other.status is Status.UNKNOWN
        assert "127.0.0.1" in other.reason
        beijing.answers[key] = 500, "<html>"
        assert ask_model_studio(client(), key, both).status is Status.LIVE


def test_where_model_studio_keys_are_asked_about() -> None:
    assert len(model_studio_endpoints(keys.model_key())) == 4
    assert all("coding" in e for e in model_studio_endpoints("sk-sp-" + "0" * 32))
    assert model_studio_endpoints(keys.signed_model_key("sp-D")) == ()
    assert ask_model_studio(client(), keys.signed_model_key("sp-D"), ()).status is Status.UNKNOWN
    for key in (keys.model_key(), keys.signed_model_key(), "sk-sp-" + "0" * 32):
        for endpoint in model_studio_endpoints(key):
            assert check(endpoint, path=True) == endpoint

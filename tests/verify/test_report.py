"""What verification makes of a report: whom it asks, how often, and what stands in the findings then."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliscan import formats
from aliscan.finding import (
    ACCESS_KEY_ID,
    ACCESS_KEY_SECRET,
    API_KEY,
    SECURITY_TOKEN,
    Confidence,
    Finding,
    Match,
    Origin,
    Part,
    Place,
    Report,
    Secret,
    Severity,
)
from aliscan.verify.cache import Cache
from aliscan.verify.client import Client
from aliscan.verify.identity import Status, Verification
from aliscan.verify.report import Endpoints, plan, verify, with_answer
from fixtures.filters import named
from tests.conftest import aliscan
from tests.support import keys
from tests.support.sts_server import Cloud, serving


def part(kind: str, value: str, line: int = 1) -> Part:
    return Part(kind, Secret(value.encode()), Place(line, 1, line, 2), 0, len(value))


def finding(*parts: Part, rule: str = "alibaba-access-key-pair", path: bytes = b"a.py") -> Finding:
    severity = Severity.MEDIUM if any(p.kind == SECURITY_TOKEN for p in parts) else Severity.CRITICAL
    return Finding(Match(rule, severity, Confidence.HIGH, parts), Origin("file", path), severity)


def pair(key_id: str, secret: str, line: int = 1, path: bytes = b"a.py") -> Finding:
    return finding(part(ACCESS_KEY_ID, key_id, line), part(ACCESS_KEY_SECRET, secret, line), path=path)


def triple(key_id: str, secret: str, token: str) -> Finding:
    parts = part(ACCESS_KEY_ID, key_id), part(ACCESS_KEY_SECRET, secret), part(SECURITY_TOKEN, token)
    return finding(*parts, rule="alibaba-sts-token")


def model(key: str) -> Finding:
    return finding(part(API_KEY, key), rule="alibaba-model-studio-key")


def report(*findings: Finding) -> Report:
    return Report(findings, (), 1, 1)


def asked(found: Report, cloud: Cloud, cache: Cache | None = None) -> list[dict[str, str]]:
    client = Client(timeout=5, sleep=lambda _s: None)
    where = Endpoints(cloud.url, cloud.url + "/v1/models")
    return [dict(f.notes) for f in verify(found, client, where, cache or Cache()).findings]


def test_a_triple_is_asked_with_its_token() -> None:
    key_id, secret, token = keys.sts_id(), keys.sts_secret(), keys.sts_token()
    role = {"IdentityType": "AssumedRoleUser", "AccountId": "1" * 16, "Arn": "acs:ram::1:assumed-role/r/s"}
    with serving(Cloud(secrets={key_id: secret}, answers={"GetCallerIdentity": (200, role)})) as cloud:
        (notes,) = asked(report(triple(key_id, secret, token)), cloud)
    assert notes["identity"] == "AssumedRoleUser"
    assert notes["account"] == "1" * 16
    assert cloud.requests[0][1]["x-acs-security-token"] == token


def test_an_access_file_of_serverless_devs_is_asked_about_with_what_it_decrypts_to(tmp_path: Path) -> None:
    key_id, secret = keys.key_id(), keys.secret()

    def encrypted(value: str) -> str:
        return named("serverless-devs")(value.encode(), Random()).decode()

    (tmp_path / "access.yaml").write_text(
        f"default:\n  AccountID: {encrypted('1' * 16)}\n  AccessKeyID: {encrypted(key_id)}\n"
        f"  AccessKeySecret: {encrypted(secret)}\n"
    )
    with serving(Cloud(secrets={key_id: secret})) as cloud:
        done = aliscan("verify", "--endpoint", cloud.url, "--format", "json", str(tmp_path))
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], found["notes"]["verified"]) == ("alibaba-serverless-devs-access", "live")
    assert secret.encode() not in done.stdout + done.stderr


def test_whatever_an_answer_says_no_value_goes_into_the_finding() -> None:
    secret, token = keys.secret(), "a" * 8 + keys.draw(keys.HEX, 40)
    words = f"x{secret}y {token}"
    answer = Verification(Status.LIVE, words, words, words, words)
    found = with_answer(triple(keys.sts_id(), secret, token), answer)
    assert secret not in str(found.notes)
    assert token not in str(found.notes)


def test_a_temporary_pair_without_its_token_is_not_announced() -> None:
    found = report(pair(keys.sts_id(), keys.sts_secret()))
    with serving(Cloud()) as cloud:
        assert plan(found, Endpoints(cloud.url), Cache()).pairs == 0
        assert asked(found, cloud)[0]["verified"] == "unknown"
    assert not cloud.requests


def test_a_hanging_server_ends_in_time_and_in_words(tmp_path: Path) -> None:
    key_id, secret = keys.key_id(), keys.secret()
    (tmp_path / "a.py").write_text(f"id='{key_id}'\nsecret='{secret}'\n")
    with serving(Cloud(secrets={key_id: secret}, delay=20)) as cloud:
        began = time.monotonic()
        done = aliscan("verify", "--endpoint", cloud.url, "--timeout", "0.3", str(tmp_path))
        assert time.monotonic() - began < 15
    assert done.returncode == 1
    assert b"unknown" in done.stdout
    assert b"no answer within 0.3 seconds" in done.stdout


def test_one_question_for_each_distinct_credential() -> None:
    key_id, secret, key = keys.key_id(), keys.secret(), keys.model_key()
    found = report(
        *(pair(key_id, secret, path=p) for p in (b"a", b"b", b"c")), model(key), model(key),
        finding(part(ACCESS_KEY_ID, keys.key_id()), rule="alibaba-access-key-id"),
    )  # fmt: skip
    with serving(Cloud(secrets={key_id: secret})) as cloud:
        where = Endpoints(cloud.url, cloud.url + "/v1/models")
        planned = plan(found, where, Cache())
        notes = asked(found, cloud)
    assert (planned.pairs, planned.model_keys) == (1, 1)
    assert len(cloud.requests) == 2
    assert [n.get("verified") for n in notes] == ["live"] * 3 + ["dead"] * 2 + [None]


def test_a_wrong_pair_tries_the_nearest_secrets_of_the_file() -> None:
    key_id, right = keys.key_id(), keys.secret()
    others = [pair(keys.key_id(), keys.secret(), line) for line in (100, 200, 300, 400)]
    near = finding(part(ACCESS_KEY_SECRET, right, 7), rule="alibaba-access-key-secret")
    far = finding(part(ACCESS_KEY_SECRET, right, 7), rule="alibaba-access-key-secret", path=b"elsewhere")
    with serving(Cloud(secrets={key_id: right})) as cloud:
        mine = pair(key_id, keys.secret(), 5)
        assert asked(report(mine, *others, near), cloud)[0] | {"arn": ""} == {
            "verified": "live", "identity": "RAMUser", "account": "1000000000000001", "arn": "",
            "reason": "with another secret of this file, in line 7",
        }  # fmt: skip
        cloud.requests.clear()
        assert asked(report(mine, far), cloud)[0]["verified"] == "wrong-pair"
        cloud.requests.clear()
        assert asked(report(mine, *others), cloud)[0]["verified"] == "wrong-pair"
        tries = [h for _p, h, _q in cloud.requests if key_id in h["authorization"]]
        assert len(tries) == 1 + 3


def test_a_cache_is_of_one_endpoint_and_one_hour_and_forgets(tmp_path: Path) -> None:
    file, now = tmp_path / "cache" / "verify.json", 1e9
    key_id, secret = keys.key_id(), keys.secret()
    cloud, other = Cloud(secrets={key_id: secret}), Cloud(secrets={})

    def ask(where: Cloud) -> str:
        cache = Cache(str(file), clock=lambda: now)
        verified = asked(report(pair(key_id, secret)), where, cache)[0]["verified"]
        cache.save()
        return verified

    with serving(cloud), serving(other):
        assert [ask(cloud), ask(cloud), ask(other)] == ["live", "live", "dead"]
        assert (len(cloud.requests), len(other.requests)) == (1, 1)
        now += 3601
        assert ask(cloud) == "live"
        assert len(cloud.requests) == 2
    assert len(json.loads(file.read_text())) == 1, "old answers are thrown away"
    assert key_id not in file.read_text()
    assert secret not in file.read_text()
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("broken", ["", "[]", "null", "{", '{"x": 1}', "[" * 50_000, "\xff"])
def test_a_broken_cache_is_an_empty_one(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "verify.json"
    file.write_text(broken)
    key_id, secret = keys.key_id(), keys.secret()
    with serving(Cloud(secrets={key_id: secret})) as cloud:
        cache = Cache(str(file))
        assert asked(report(pair(key_id, secret)), cloud, cache)[0]["verified"] == "live"
        cache.save()
    assert "live" in file.read_text()


def test_what_is_unknown_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "verify.json"))
    cache.put(("h", "f"), Verification(Status.UNKNOWN))
    assert cache.get(("h", "f")) is None


@pytest.mark.parametrize("name", formats.FORMATS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_report_shows_whose_key_it_is(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Verification(Status.LIVE, "", "Account", "1234567890123456", "acs:ram::1234567890123456:root")
    found = with_answer(triple(keys.sts_id(), keys.sts_secret(), keys.sts_token()), answer)
    assert found.severity is Severity.CRITICAL, "medium before"
    out = io.StringIO()
    monkeypatch.setenv("ALISCAN_LANG", language)
    formats.load(name).write(report(found), out)
    text = out.getvalue()
    if name in ("json", "sarif", "gitlab"):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    machine = name in ("json", "jsonl")
    words = ["Account"] if machine else [{"en": "main account", "zh": "主账号"}[language]]
    for word in [*words, "acs:ram::1234567890123456:root"]:
        assert word in text


KEY_ID, SECRET, TOKEN, KEY = keys.sts_id(), keys.sts_secret(), keys.sts_token(), keys.model_key()
WORDS = st.sampled_from(
    [
        "Account", "RAMUser", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId", "Forbidden",
        "There is a risk of leakage", "Throttling.User", "SignatureDoesNotMatch", "1" * 400, "\x1b[31m",
        "invalid_api_key", "::error::", SECRET, TOKEN, KEY, KEY_ID, f"x{SECRET}y{TOKEN}",
    ]
)  # fmt: skip
NAMES = st.sampled_from(["Code", "Message", "IdentityType", "Arn", "AccountId", "error", "code", "data", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=8,
)
RAW = st.binary(max_size=60) | st.binary(max_size=60).map(lambda b: b"HTTP/1.1 200 OK\r\n\r\n" + b)
STATUS = st.sampled_from([200, 200, 204, 301, 302, 307, 400, 401, 403, 404, 407, 429, 500, 503])


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Cloud]:
    with serving(Cloud()) as cloud:
        yield cloud


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STATUS, JSON | RAW)
def test_any_answer_is_a_verdict_that_holds_no_value(fuzzed: Cloud, status: int, body: Any) -> None:
    fuzzed.answers = {KEY_ID: (status, body), KEY: (status, body)}
    ours = report(triple(KEY_ID, SECRET, TOKEN), model(KEY))
    client = Client(timeout=5, sleep=lambda _s: None)
    done = verify(ours, client, Endpoints(fuzzed.url, fuzzed.url + "/v1/models"), Cache())
    for found in done.findings:
        notes = dict(found.notes)
        for value in (SECRET, TOKEN, KEY):
            assert value not in str(notes)
        assert set(notes["verified"]) <= set("abcdefghijklmnopqrstuvwxyz-")
    pair_, model_ = (dict(f.notes)["verified"] for f in done.findings)
    said = body if isinstance(body, dict) else {}
    if pair_ == "dead":
        assert said.get("Code") == "InvalidAccessKeyId.NotFound"
    if pair_ == "live":
        assert said.get("IdentityType")
    if model_ == "dead":
        assert status == 401
        assert "invalid_api_key" in json.dumps(said)
    out = io.StringIO()
    formats.load("text").write(done, out)
    for value in (SECRET, TOKEN, KEY):
        assert value not in out.getvalue()


def test_a_server_that_repeats_what_it_was_sent_cannot_make_us_print_it(tmp_path: Path) -> None:
    key = keys.model_key()
    (tmp_path / "a.py").write_text(f"DASHSCOPE_API_KEY = '{key}'\n")
    with serving(Cloud(answers={key: (403, {"error": {"code": key, "message": key}})})) as cloud:
        done = aliscan(
            "verify", "--model-studio-endpoint", cloud.url + "/v1/models", "--format", "json", str(tmp_path)
        )
    assert json.loads(done.stdout)["findings"][0]["notes"]["verified"] == "unknown"
    assert key.encode() not in done.stdout + done.stderr
    assert cloud.url.removeprefix("http://").encode() in done.stderr, "where it is sent is said first"


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--endpoint", "http://sts.aliyuncs.com", b"has no TLS"),
        ("--endpoint", "https://sts.aliyuncs.com/x", b"no path"),
        ("--endpoint", "[", b"not an endpoint"),
        ("--model-studio-endpoint", "http://x.example/v1/models", b"has no TLS"),
        ("--timeout", "0", b"--timeout"),
        ("--timeout", "-1", b"--timeout"),
        ("--timeout", "nan", b"--timeout"),
        ("--timeout", "inf", b"--timeout"),
    ],
)
def test_wrong_options_are_told_before_the_scan(
    tmp_path: Path, option: str, value: str, words: bytes
) -> None:
    done = aliscan("verify", option, value, str(tmp_path))
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert not done.stdout

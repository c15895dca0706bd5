"""TLS and proxies, for real: servers and proxies on this machine, the real command line before them."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from aliscan.verify.client import Client, Identity
from aliscan.verify.identity import Status, Verification, ask
from aliscan.verify.wire import proxy_of, proxy_shown
from tests.conftest import aliscan
from tests.support import keys
from tests.support.proxy import Proxy, proxying
from tests.support.sts_server import Cloud, serving
from tests.support.tls import Authority, self_signed


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy"):
        for spelt in (name, name.upper()):
            monkeypatch.delenv(spelt, raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(secrets={keys.key_id(): keys.secret()})


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


def asked(cloud: Cloud, url: str = "", token: str = "") -> Verification:
    key_id, secret = next(iter(cloud.secrets.items()))
    client = Client(timeout=10, sleep=lambda _s: None)
    return ask(client, Identity(key_id, secret.encode(), token), url or cloud.url)


def test_a_certificate_of_ones_own_ca_is_trusted(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(cloud, authority.server(tmp_path)):
        assert asked(cloud).status is Status.LIVE


def test_no_other_certificate_is(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts: list[tuple[str, ssl.SSLContext, str]] = [
        ("self-signed", self_signed(tmp_path), "self-signed"),
        ("unknown CA", Authority.make(tmp_path).server(tmp_path), "not trusted"),
        ("other host", authority.server(tmp_path, host="sts.aliyuncs.com"), "IP address mismatch"),
        ("expired", authority.server(tmp_path, days=-2), "expired"),
    ]
    authority.file.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    for name, context, words in contexts:
        with serving(cloud, context):
            answer = asked(cloud)
        assert answer.status is Status.UNKNOWN, name
        assert words in answer.reason.replace("self signed", "self-signed"), name
        assert "SSL_CERT_FILE" in answer.reason
    assert not cloud.requests, "nothing was sent to any of them"


def test_an_old_tls_and_no_tls_at_all_are_refused(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(cloud):
        plain = asked(cloud, cloud.url.replace("http:", "https:"))
    assert plain.status is Status.UNKNOWN
    assert "TLS failed" in plain.reason
    assert not cloud.requests


def test_through_a_proxy_nothing_can_be_read(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, secret = next(iter(cloud.secrets.items()))
    token = keys.sts_token()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(cloud, authority.server(tmp_path)), proxying(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert asked(cloud, token=token).status is Status.LIVE
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT " + cloud.url.removeprefix("https://").encode() + b" ")
    seen = head + bytes(proxy.through)
    assert proxy.through, "it did go through the proxy"
    for value in (key_id, secret, token):
        assert value.encode() not in seen
    assert b"uthorization" not in seen


@pytest.mark.parametrize("scheme", ["", "HTTP://"])
def test_however_a_proxy_is_written(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(cloud, authority.server(tmp_path)), proxying(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", scheme + proxy.host)
        assert asked(cloud).status is Status.LIVE
        assert proxy_shown(cloud.url) == proxy.host
    assert proxy.heads


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_with_a_password(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    password = keys.draw(keys.BASE62, 12)
    with serving(cloud, authority.server(tmp_path)), proxying(Proxy(password)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        refused = asked(cloud)
        assert refused.status is Status.UNKNOWN
        assert "proxy asks for a user and password" in refused.reason
        assert len(proxy.heads) == 1, "asking again would not help"
        monkeypatch.setenv(variable, proxy.url.replace("//", f"//user:{password}@"))
        assert asked(cloud).status is Status.LIVE
        assert proxy_shown(cloud.url) == proxy.host


def test_no_proxy_is_honoured(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with serving(cloud, authority.server(tmp_path)), proxying(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert asked(cloud).status is Status.LIVE
    assert not proxy.heads


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "the proxy refuses the connection (HTTP 403)",
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n", "HTTP 302"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP 502"),
        (b"<html>log in</html>", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>log in</html>", "TLS failed"),
    ],
)
def test_a_proxy_that_refuses(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, reply: bytes, words: str
) -> None:
    with proxying(Proxy(reply=reply)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        answer = asked(cloud, "https://127.0.0.1:1")
    assert answer.status is Status.UNKNOWN
    assert words in answer.reason


def test_a_proxy_of_another_kind_is_refused_in_words(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("socks5://127.0.0.1:1", "https://user:pass@127.0.0.1:1"):
        monkeypatch.setenv("HTTPS_PROXY", url)
        answer = asked(cloud, "https://127.0.0.1:1")
        assert answer.status is Status.UNKNOWN
        assert "http://" in answer.reason
        assert "pass" not in answer.reason


def test_plain_http_on_this_machine_never_leaves_it(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(cloud), proxying(Proxy()) as proxy:
        for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert proxy_of(cloud.url) == ""
        assert asked(cloud).status is Status.LIVE
    assert not proxy.heads


def test_the_command_names_the_proxy_and_not_its_password(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, secret, password = keys.key_id(), keys.secret(), keys.draw(keys.BASE62, 12)
    (tmp_path / "a.py").write_text(f"id='{key_id}'\nsecret='{secret}'\n")
    cloud = Cloud(secrets={key_id: secret})
    with serving(cloud, authority.server(tmp_path)), proxying(Proxy(password)) as proxy:
        done = aliscan(
            "verify", "--endpoint", cloud.url, str(tmp_path / "a.py"),
            SSL_CERT_FILE=str(authority.file), HTTPS_PROXY=proxy.url.replace("//", f"//user:{password}@"),
        )  # fmt: skip
    text = done.stdout + done.stderr
    assert b"live" in done.stdout
    assert f"through the proxy {proxy.host}".encode() in done.stderr
    for value in (password, secret, key_id):
        assert value.encode() not in text


def test_a_proxy_of_another_maker(
    cloud: Cloud, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """proxy.py from PyPI, with a password and without the right one."""
    pytest.importorskip("proxy", reason="proxy.py is not installed")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    options = {"hostname": "127.0.0.1", "port": "0", "num-workers": "1", "num-acceptors": "1",
               "basic-auth": "user:word", "port-file": str(tmp_path / "port")}  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "proxy", *words]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with serving(cloud, authority.server(tmp_path)):
            port = waited_for(tmp_path / "port")
            for credentials, status in (("user:word@", Status.LIVE), ("", Status.UNKNOWN)):
                monkeypatch.setenv("HTTPS_PROXY", f"http://{credentials}127.0.0.1:{port}")
                answer = asked(cloud)
                assert answer.status is status, answer.reason
            assert "password" in answer.reason
    finally:
        running.terminate()
        running.wait()


def waited_for(file: Path) -> str:
    for _ in range(600):
        if file.exists() and file.read_text().strip():
            return file.read_text().strip()
        time.sleep(0.05)
    raise AssertionError("the proxy did not start")

"""One HTTP request, and its answer or the reason why there is none: the only module that opens a socket.

TLS is always verified (a CA of one's own: SSL_CERT_FILE, as everywhere with OpenSSL), the proxy of the
environment is used, redirects are never followed (they would carry the signature elsewhere), the body is
small or refused, and the time limit is one for everything: name, connection, TLS, every byte.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aliscan.i18n import _

LONGEST = 64 << 10  # bytes of an answer; the real ones have a few hundred
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body's JSON object, or (``failure``) why there is none.

    ``skew`` is how many seconds this machine's clock is ahead of the server's, where the answer told.
    ``again``: another try may have more luck.
    """

    status: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""
    skew: float = 0.0
    again: bool = False

    @property
    def code(self) -> str:
        """The vendor's error code, or empty."""
        code = self.body.get("Code", "")
        return code if isinstance(code, str) else ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    data: bytes
    date: str | None


def proxy_of(url: str) -> str:
    """The proxy URL that a request to ``url`` goes through, or empty. It may hold a password."""
    parts = urlsplit(url)
    if parts.scheme != "https" or urllib.request.proxy_bypass(parts.netloc):
        return ""  # plain http is for this machine only, and must not leave it through a proxy
    proxies = urllib.request.getproxies()
    return proxies.get("https") or proxies.get("all") or ""


def proxy_shown(url: str) -> str:
    """Host and port of that proxy, for display; empty without one."""
    proxy = proxy_of(url)
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        return "?"


def once(request: urllib.request.Request, timeout: float, clock: Callable[[], float] = time.time) -> Answer:
    """Send a request and read its answer, all within ``timeout`` seconds. Never raises."""
    proxy = proxy_of(request.full_url)
    if "://" in proxy and not proxy.lower().startswith("http://"):
        return Answer(
            failure=_("the proxy of the environment is none of http://: only such a one can be used")
        )
    result: list[_Raw | BaseException] = []

    def work() -> None:
        try:
            result.append(_send(request, proxy, timeout))
        except BaseException as error:  # every kind is told in words, by the thread that waits
            result.append(error)

    # A thread, because no time limit of a socket ends a name look-up or a server that sends a byte a second.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout)
    if not result:
        return Answer(failure=_("no answer within {n} seconds").format(n=f"{timeout:g}"), again=True)
    if isinstance(result[0], BaseException):
        return _failure(result[0], timeout)
    return _read(result[0], clock())


def _send(request: urllib.request.Request, proxy: str, timeout: float) -> _Raw:
    opener = urllib.request.build_opener(
        _NoRedirect,
        urllib.request.ProxyHandler({"https": proxy} if proxy else {}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    )
    try:
        reply = opener.open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        with error:
            return _Raw(error.code, error.read(LONGEST + 1), error.headers.get("Date"))
    with reply:
        return _Raw(reply.status, reply.read(LONGEST + 1), reply.headers.get("Date"))


def _read(raw: _Raw, now: float) -> Answer:
    """The JSON object of an answer, or why it is none."""
    skew = 0.0
    if raw.date:
        try:
            skew = now - email.utils.parsedate_to_datetime(raw.date).timestamp()
        except (TypeError, ValueError, OverflowError, OSError):
            skew = 0.0
    busy = raw.status in (429, 503)
    if 300 <= raw.status < 400:
        return Answer(raw.status, failure=_("the server redirects elsewhere; redirects are not followed"))
    if raw.status == 407:
        return Answer(407, failure=_asks_for_password())
    if len(raw.data) > LONGEST:
        return Answer(raw.status, failure=_("the answer is far too long"), skew=skew, again=busy)
    try:
        body = json.loads(raw.data)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return Answer(raw.status, failure=_what(raw), skew=skew, again=busy)
    return Answer(raw.status, body, skew=skew, again=busy)


def _what(raw: _Raw) -> str:
    """What came instead of JSON; a web page is most often a proxy's or a log-in page's."""
    if raw.data.lstrip()[:1] == b"<":
        text = _("HTTP {status} with a web page instead of JSON: a proxy or a log-in page answered?")
    else:
        text = _("HTTP {status} with something that is not JSON")
    return text.format(status=raw.status)


def _failure(error: BaseException, timeout: float) -> Answer:
    """What went wrong, by kind: never the error's own words, which can hold a header."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, BaseException):
        error = error.reason
    tunnel = _TUNNEL.match(str(error)) if type(error) is OSError else None
    if tunnel:
        if tunnel[1] == "407":
            return Answer(407, failure=_asks_for_password())
        return Answer(
            failure=_("the proxy refuses the connection (HTTP {status})").format(status=tunnel[1]),
            again=tunnel[1] in ("502", "503", "504"),
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer(
            failure=_(
                "the server's certificate is not trusted ({reason}): where a proxy of yours opens TLS, name "
                "the file of its CA with SSL_CERT_FILE"
            ).format(reason=_words(error.verify_message))
        )
    if isinstance(error, ssl.SSLError):
        return Answer(failure=_("TLS failed ({reason})").format(reason=_words(error.reason or "SSL")))
    return Answer(
        failure=_network(error, timeout), again=isinstance(error, (OSError, http.client.HTTPException))
    )


def _network(error: BaseException, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return _("no answer within {n} seconds").format(n=f"{timeout:g}")
    if isinstance(error, socket.gaierror):
        return _("the host's name could not be resolved: is there a network?")
    if isinstance(error, ConnectionRefusedError):
        return _("nobody listens there: the connection was refused")
    if isinstance(error, (http.client.RemoteDisconnected, ConnectionError, http.client.IncompleteRead)):
        return _("the connection broke off")
    if isinstance(error, http.client.HTTPException):
        return _("the answer is not HTTP")
    if isinstance(error, OSError) and error.strerror:
        return _words(error.strerror)
    return _("the request could not be sent ({kind})").format(kind=type(error).__name__)


def _asks_for_password() -> str:
    return _(
        "the proxy asks for a user and password: put them into HTTPS_PROXY, http://USER:PASSWORD@HOST:PORT"
    )


def _words(text: str) -> str:
    """Words of OpenSSL or of the system, without anything else; never a value."""
    from aliscan.masking import mask

    return mask(re.sub(r"[^\w .,'()/-]", " ", text))[:120].strip()

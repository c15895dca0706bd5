"""One request to Alibaba Cloud, and its answer or the reason why there is none.

The only module that opens a socket. TLS is always verified, proxies of the environment are honoured,
redirects are never followed (they would carry the signature elsewhere), the body is small or refused.
"""

from __future__ import annotations

import email.utils
import json
import secrets
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from aliscan.finding import AliscanError
from aliscan.verify.signature import authorization, digest

LONGEST = 64 << 10  # bytes of an answer; the real ones have a few hundred
ATTEMPTS = 3
PAUSES = (0.5, 1.5)
APART = 0.2  # seconds between two requests: far below every documented limit
_AGAIN = ("Throttling", "ServiceUnavailable", "InternalError")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body's JSON object, or (``failure``) why there is none.

    ``skew`` is how many seconds this machine's clock is ahead of the server's, where the answer told.
    """

    status: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""
    skew: float = 0.0

    @property
    def code(self) -> str:
        """The vendor's error code, or empty."""
        return str(self.body.get("Code", ""))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: an AccessKey id, its secret, and the token of a temporary one."""

    key_id: str
    secret: bytes = field(repr=False)
    token: str = field(default="", repr=False)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


@dataclass
class Client:
    """Sends requests one at a time, with pauses, time-outs and bounded retries.

    ``endpoint`` is a base URL per product (``https://sts.aliyuncs.com``); plain http is taken only
    for this machine itself. ``sleep`` and ``clock`` are for tests.
    """

    timeout: float = 10.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    _last: float = 0.0

    def call(
        self,
        endpoint: str,
        action: str,
        version: str,
        identity: Identity,
        parameters: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call an RPC action; the parameters go into the body, nothing secret into the URL."""
        url = check(endpoint)
        body = urlencode(parameters or {}).encode()

        def request() -> urllib.request.Request:
            headers = {
                "host": urlsplit(url).netloc,
                "content-type": "application/x-www-form-urlencoded",
                "x-acs-action": action,
                "x-acs-version": version,
                "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock())),
                "x-acs-signature-nonce": secrets.token_hex(16),
                "x-acs-content-sha256": digest(body),
            }
            if identity.token:
                headers["x-acs-security-token"] = identity.token
            sign = authorization("POST", "/", {}, headers, digest(body), identity.key_id, identity.secret)
            return urllib.request.Request(  # noqa: S310 - check() lets only https, and this machine, through
                url, body, {**headers, "Authorization": sign, **_COMMON}, method="POST"
            )

        return self._retry(request)

    def bearer(self, url: str, key: str) -> Answer:
        """Get a URL with a bearer key, for Model Studio."""
        headers = {"Authorization": f"Bearer {key}", **_COMMON}
        checked = check(url)
        return self._retry(lambda: urllib.request.Request(checked, headers=headers))  # noqa: S310 - as above

    def _retry(self, make: Callable[[], urllib.request.Request]) -> Answer:
        answer = Answer(failure="not asked")
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(PAUSES[attempt - 1])
            self._pause()
            answer = self._once(make())
            if (
                answer.code.startswith(_AGAIN)
                or answer.status in (429, 503)
                or (answer.failure and not answer.status)
            ):
                continue
            break
        return answer

    def _pause(self) -> None:
        wait = self._last + APART - self.clock()
        if 0 < wait <= APART:
            self.sleep(wait)
        self._last = self.clock()

    def _once(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(
            _NoRedirect, urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )
        try:
            with opener.open(request, timeout=self.timeout) as reply:
                return self._read(reply.status, reply.read(LONGEST + 1), reply.headers.get("Date"))
        except urllib.error.HTTPError as error:
            with error:
                if 300 <= error.code < 400:
                    return Answer(error.code, failure="the server redirects; redirects are not followed")
                if error.code == 407:
                    return Answer(407, failure="the proxy asks for a user and password")
                return self._read(error.code, error.read(LONGEST + 1), error.headers.get("Date"))
        except (TimeoutError, socket.timeout):  # noqa: UP041 - two classes before Python 3.11
            return Answer(failure=f"no answer within {self.timeout:g} seconds")
        except urllib.error.URLError as error:
            return Answer(failure=_reason(error.reason))
        except (OSError, ValueError) as error:
            return Answer(failure=_reason(error))

    def _read(self, status: int, raw: bytes, date: str | None) -> Answer:
        skew = 0.0
        if date:
            try:
                skew = self.clock() - email.utils.parsedate_to_datetime(date).timestamp()
            except (TypeError, ValueError):
                skew = 0.0
        if len(raw) > LONGEST:
            return Answer(status, failure="the answer is far too long", skew=skew)
        try:
            body = json.loads(raw)
        except ValueError:
            return Answer(status, failure=f"HTTP {status} with something that is not JSON", skew=skew)
        if not isinstance(body, dict):
            return Answer(status, failure=f"HTTP {status} with JSON that is no object", skew=skew)
        return Answer(status, body, skew=skew)


_COMMON = {"User-Agent": "aliscan", "Accept": "application/json"}


def _reason(error: object) -> str:
    """What went wrong, by kind: never the request, whose headers hold a signature."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed ({getattr(error, 'reason', '') or type(error).__name__})"
    if isinstance(error, socket.gaierror):
        return "the host's name could not be resolved"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    text = str(error)
    return text if text.startswith("Tunnel connection failed: 407") else type(error).__name__


def check(endpoint: str) -> str:
    """The endpoint as a URL; raises AliscanError for one without TLS, except on this machine."""
    url = endpoint if "://" in endpoint else f"https://{endpoint}"
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.scheme not in ("https", "http") or parts.username:
        raise AliscanError(f"not an endpoint: {parts.hostname or 'no host'}; use https://HOST.")
    if parts.scheme == "http" and not local:
        raise AliscanError(f"the endpoint {parts.hostname} has no TLS; use https.")
    return url if parts.path else f"{url}/"

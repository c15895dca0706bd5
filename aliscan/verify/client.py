"""Requests to Alibaba Cloud: signed, one after the other, with pauses and a bounded number of tries."""

from __future__ import annotations

import secrets
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from aliscan.i18n import _
from aliscan.verify.endpoint import check
from aliscan.verify.signature import authorization, digest
from aliscan.verify.wire import Answer, once

ATTEMPTS = 3
PAUSES = (0.5, 1.5)
APART = 0.2  # seconds between two requests: far below every documented limit
SILENT = 2  # questions in a row that a host did not answer at all: it is not asked any more
_AGAIN = ("Throttling", "ServiceUnavailable", "InternalError")
_COMMON = {"User-Agent": "aliscan", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: an AccessKey id, its secret, and the token of a temporary one."""

    key_id: str
    secret: bytes = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass
class Client:
    """Sends requests one at a time, with pauses, a time limit for each, and bounded retries.

    An endpoint is a base URL (``https://sts.aliyuncs.com``). A host that answered nothing to several
    questions in a row is given up: a hundred keys without a network are not a hundred time-outs.
    ``sleep`` and ``clock`` are for tests.
    """

    timeout: float = 10.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    _last: float = 0.0
    _silent: dict[str, int] = field(default_factory=dict)

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
        if not _sendable(identity.key_id + identity.token):
            return Answer(failure=_unsendable())

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

        return self._retry(url, request)

    def bearer(self, endpoint: str, key: str) -> Answer:
        """Get a URL with a bearer key, for Model Studio."""
        url = check(endpoint, path=True)
        if not _sendable(key):
            return Answer(failure=_unsendable())
        headers = {"Authorization": f"Bearer {key}", **_COMMON}
        return self._retry(url, lambda: urllib.request.Request(url, headers=headers))  # noqa: S310 - as above

    def _retry(self, url: str, make: Callable[[], urllib.request.Request]) -> Answer:
        host = urlsplit(url).netloc
        if self._silent.get(host, 0) >= SILENT:
            return Answer(
                failure=_("not asked: {host} did not answer the questions before").format(host=host)
            )
        answer = Answer()
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(PAUSES[attempt - 1])
            self._pause()
            answer = once(make(), self.timeout, self.clock)
            if not (answer.again or answer.code.startswith(_AGAIN)):
                break
        silent = bool(answer.failure) and answer.status in (0, 407)
        self._silent[host] = self._silent.get(host, 0) + 1 if silent else 0
        return answer

    def _pause(self) -> None:
        passed = self.clock() - self._last
        if 0 <= passed < APART:  # a clock that was set back must not make us wait for long
            self.sleep(APART - passed)
        self._last = self.clock()


def _sendable(text: str) -> bool:
    """Whether a header may carry it: what was found in a file can be anything."""
    return text.isascii() and text.isprintable() and " " not in text


def _unsendable() -> str:
    return _("not asked: it holds characters that no key has")

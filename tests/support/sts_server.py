"""A stand-in for STS, RAM and IMS on this machine: checks every signature with the vendor's own package.

Whatever asks is answered as the vendor would, or badly in all the ways that `Cloud` names. It takes
requests of our client and of the vendor's SDK: GET or POST, parameters in the query or in the body.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from alibabacloud_openapi_util.client import Client as Official
from Tea.request import TeaRequest

Request = tuple[str, dict[str, str], dict[str, str]]  # path, headers, parameters


@dataclass
class Cloud:
    """What the account holds: keys with secrets and owners, and how the server misbehaves.

    An answer is a status and a body: an object is sent as JSON, text as it is, bytes are the whole
    reply, head and all, written to the socket.
    """

    secrets: dict[str, str] = field(default_factory=dict)  # key id -> secret
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)  # key id or action -> answer
    owners: dict[str, str] = field(default_factory=dict)  # key id -> RAM user, "" is the account
    status: dict[str, str] = field(default_factory=dict)
    callers: dict[str, str] = field(default_factory=dict)  # key id -> whose: without one, the account's
    throttle: int = 0  # so many answers are Throttling first
    delay: float = 0.0
    drip: float = 0.0  # seconds between two bytes of an answer
    date: str = ""  # the Date header
    nonces: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def answer(self, action: str, key_id: str, parameters: dict[str, str]) -> tuple[int, Any]:
        """Status and body for a request with a good signature."""
        for name in (key_id, action):
            if name in self.answers:
                return self.answers[name]
        if action == "GetCallerIdentity":
            return 200, {
                "IdentityType": "RAMUser", "AccountId": "1000000000000001", "UserId": "2", "RequestId": "r",
                "PrincipalId": "2", "Arn": "acs:ram::1000000000000001:user/dev",
            }  # fmt: skip
        if action == "ListUsers":
            first = "Marker" not in parameters
            names = sorted({u for u in self.owners.values() if u})
            names = names[:1] if first else names[1:]
            body: dict[str, Any] = {"Users": {"User": [{"UserName": n} for n in names]}, "IsTruncated": first}
            return 200, {**body, "Marker": "m"} if first else body
        if action == "ListAccessKeys":
            user = parameters.get("UserName", self.callers.get(key_id, ""))
            keys = [
                {"AccessKeyId": k, "Status": self.status.get(k, "Active")}
                for k, u in self.owners.items()
                if u == user
            ]
            return 200, {"AccessKeys": {"AccessKey": keys}}
        if action == "GetAccessKeyLastUsed":
            return 200, {"AccessKeyLastUsed": {"LastUsedDate": "2026-11-01T00:00:00Z", "ServiceName": "Oss"}}
        if action == "UpdateAccessKey":
            target = parameters["UserAccessKeyId"]
            if self.owners.get(target) != parameters.get("UserName", self.callers.get(key_id, "")):
                return 404, {"Code": "EntityNotExist.User.AccessKey", "Message": "not found"}
            self.status[target] = parameters["Status"]
            return 200, {"RequestId": "r"}
        return 400, {"Code": "InvalidAction", "Message": action}


@contextmanager
def serving(cloud: Cloud, context: ssl.SSLContext | None = None) -> Iterator[Cloud]:
    """Run the server on a free port of the loopback address; with TLS where a ``context`` is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bearer = self.headers.get("Authorization", "")
            if not bearer.startswith("Bearer "):
                self._action()
                return
            cloud.requests.append((self.path, dict(self.headers.items()), {}))
            wrong = (401, {"error": {"code": "invalid_api_key", "message": "Incorrect API key provided."}})
            self._reply(*cloud.answers.get(bearer.removeprefix("Bearer "), wrong))

        def do_POST(self) -> None:
            self._action()

        def _action(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {k.lower(): v for k, v in self.headers.items()}
            query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            parameters = {**query, **dict(parse_qsl(body.decode()))}
            cloud.requests.append((self.path, headers, parameters))
            time.sleep(cloud.delay)
            if cloud.throttle:
                cloud.throttle -= 1
                self._reply(400, {"Code": "Throttling.User", "Message": "slow down"})
                return
            authorization = headers["authorization"]
            key_id = authorization.split("Credential=")[1].split(",")[0]
            sent = calendar.timegm(time.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ"))
            nonce = headers["x-acs-signature-nonce"]
            if key_id in cloud.answers:
                self._reply(*cloud.answers[key_id])
            elif key_id not in cloud.secrets:
                self._reply(404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "not found"})
            elif abs(sent - time.time()) > 15 * 60:
                self._reply(400, {"Code": "InvalidTimeStamp.Expired", "Message": "too old"})
            elif nonce in cloud.nonces:
                self._reply(400, {"Code": "SignatureNonceUsed", "Message": "used"})
            elif hashlib.sha256(body).hexdigest() != headers["x-acs-content-sha256"]:
                self._reply(400, {"Code": "IncompleteSignature", "Message": "another body"})
            elif official(self.command, query, headers, key_id, cloud.secrets[key_id]) != authorization:
                self._reply(400, {"Code": "SignatureDoesNotMatch", "Message": "no match"})
            else:
                cloud.nonces.add(nonce)
                self._reply(*cloud.answer(headers["x-acs-action"], key_id, parameters))

        def _reply(self, status: int, body: Any) -> None:
            self.close_connection = True
            with suppress(OSError):  # the client of a time-out test is gone
                if isinstance(body, bytes):
                    self.wfile.write(body)
                    return
                raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                for byte in raw if cloud.drip else ():
                    self.wfile.write(bytes([byte]))
                    time.sleep(cloud.drip)
                if not cloud.drip:
                    self.wfile.write(raw)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return cloud.date or super().date_time_string(timestamp)

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            """A client that refuses our certificate is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        # handshakes in the threads that serve: one client that hangs must not stop the others
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    cloud.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()


def official(method: str, query: dict[str, str], headers: dict[str, str], key_id: str, secret: str) -> str:
    """The Authorization header that alibabacloud-openapi-util makes for a request.

    Of the headers that were sent, those that it names as signed: the vendor's SDK signs more than must be.
    """
    names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    must = {k for k in headers if k.startswith("x-acs-")} | {"host"}
    assert must <= set(names), "a header that the vendor wants signed is not"
    request = TeaRequest()
    request.method, request.pathname = method, "/"
    request.query = dict(query)
    request.headers = {k: v for k, v in headers.items() if k in names}
    payload = headers["x-acs-content-sha256"]
    return str(Official.get_authorization(request, "ACS3-HMAC-SHA256", payload, key_id, secret))

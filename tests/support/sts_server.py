"""A stand-in for STS, RAM and IMS on this machine: checks every signature with the vendor's own package.

Behaviour goes by the AccessKey id's last characters; see `Cloud`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from alibabacloud_openapi_util.client import Client as Official
from Tea.request import TeaRequest


@dataclass
class Cloud:
    """What the account holds: keys with secrets and owners, and how the server misbehaves."""

    secrets: dict[str, str] = field(default_factory=dict)  # key id -> secret
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)  # key id -> status, body (str: raw)
    owners: dict[str, str] = field(default_factory=dict)  # key id -> RAM user, "" is the account
    status: dict[str, str] = field(default_factory=dict)
    throttle: int = 0  # so many answers are Throttling first
    delay: float = 0.0
    requests: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def answer(self, action: str, key_id: str, parameters: dict[str, str]) -> tuple[int, Any]:
        """Status and body for a request with a good signature."""
        if key_id in self.answers:
            return self.answers[key_id]
        if action == "GetCallerIdentity":
            return 200, {
                "IdentityType": "RAMUser", "AccountId": "1000000000000001", "UserId": "2", "RequestId": "r",
                "Arn": "acs:ram::1000000000000001:user/dev",
            }  # fmt: skip
        if action == "ListUsers":
            first = "Marker" not in parameters
            names = sorted({u for u in self.owners.values() if u})
            names = names[:1] if first else names[1:]
            body: dict[str, Any] = {"Users": {"User": [{"UserName": n} for n in names]}, "IsTruncated": first}
            return 200, {**body, "Marker": "m"} if first else body
        if action == "ListAccessKeys":
            user = parameters.get("UserName", "")
            keys = [{"AccessKeyId": k, "Status": "Active"} for k, u in self.owners.items() if u == user]
            return 200, {"AccessKeys": {"AccessKey": keys}}
        if action == "GetAccessKeyLastUsed":
            return 200, {"AccessKeyLastUsed": {"LastUsedDate": "2026-11-01T00:00:00Z", "ServiceName": "Oss"}}
        if action == "UpdateAccessKey":
            target = parameters["UserAccessKeyId"]
            if self.owners.get(target) != parameters.get("UserName", ""):
                return 404, {"Code": "EntityNotExist.User.AccessKey", "Message": "not found"}
            self.status[target] = parameters["Status"]
            return 200, {"RequestId": "r"}
        return 400, {"Code": "InvalidAction"}


@contextmanager
def serving(cloud: Cloud) -> Iterator[Cloud]:
    """Run the server on a free port of the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cloud.requests.append((self.path, dict(self.headers.items()), {}))
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._reply(*cloud.answers.get(key, (401, {"error": {"code": "invalid_api_key"}})))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {k.lower(): v for k, v in self.headers.items()}
            parameters = dict(parse_qsl(body.decode()))
            cloud.requests.append((self.path, headers, parameters))
            if cloud.throttle:
                cloud.throttle -= 1
                self._reply(400, {"Code": "Throttling.User", "Message": "slow down"})
                return
            time.sleep(cloud.delay)
            authorization = headers["authorization"]
            key_id = authorization.split("Credential=")[1].split(",")[0]
            if key_id in cloud.answers:
                self._reply(*cloud.answers[key_id])
            elif key_id not in cloud.secrets:
                self._reply(404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "not found"})
            elif official(headers, body, key_id, cloud.secrets[key_id]) != authorization:
                self._reply(400, {"Code": "SignatureDoesNotMatch", "Message": "no match"})
            else:
                self._reply(*cloud.answer(headers["x-acs-action"], key_id, parameters))

        def _reply(self, status: int, body: Any) -> None:
            raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            with suppress(BrokenPipeError):  # the client of a time-out test is gone
                self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloud.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()


def official(headers: dict[str, str], body: bytes, key_id: str, secret: str) -> str:
    """The Authorization header that alibabacloud-openapi-util makes for a request."""
    request = TeaRequest()
    request.method, request.pathname, request.query = "POST", "/", {}
    request.headers = {
        k: v for k, v in headers.items() if k.startswith("x-acs-") or k in ("host", "content-type")
    }
    payload = headers["x-acs-content-sha256"]
    return str(Official.get_authorization(request, "ACS3-HMAC-SHA256", payload, key_id, secret))

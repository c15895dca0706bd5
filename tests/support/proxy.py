"""An HTTP proxy on this machine that keeps every byte it is sent in the clear."""

from __future__ import annotations

import base64
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """``password``: who does not give ``user:password`` is asked for it (407). ``reply``: all that it says.

    ``heads`` are the requests as they came, ``through`` the bytes that went through tunnels to the server.
    """

    password: str = ""
    reply: bytes = b""
    heads: list[bytes] = field(default_factory=list)
    through: bytearray = field(default_factory=bytearray)
    host: str = ""  # host:port

    @property
    def url(self) -> str:
        """For HTTPS_PROXY, without user and password."""
        return f"http://{self.host}"


@contextmanager
def proxying(proxy: Proxy) -> Iterator[Proxy]:
    """Run the proxy on a free port of the loopback address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self._handle()

        def _handle(self) -> None:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                more = self.request.recv(1)
                if not more:
                    return
                head += more
            proxy.heads.append(head)
            wanted = base64.b64encode(b"user:" + proxy.password.encode())
            if proxy.reply:
                self.request.sendall(proxy.reply)
            elif proxy.password and b"Basic " + wanted not in head:
                self.request.sendall(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                    b'Proxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n'
                )
            elif not head.startswith(b"CONNECT "):
                self.request.sendall(b"HTTP/1.1 405 Only CONNECT here\r\nContent-Length: 0\r\n\r\n")
            else:
                host, _, port = head.split(b" ")[1].decode().rpartition(":")
                with socket.create_connection((host, int(port)), timeout=10) as server:
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    self._tunnel(server)

        def _tunnel(self, server: socket.socket) -> None:
            while True:
                ready, _, _ = select.select([self.request, server], [], [], 10)
                for side in ready:
                    data = side.recv(65536)
                    if side is self.request:
                        proxy.through += data
                    if not data:
                        return
                    (server if side is self.request else self.request).sendall(data)
                if not ready:
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Handler)
    proxy.host = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()

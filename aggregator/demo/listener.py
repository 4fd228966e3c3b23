"""Serves one simulated booking system on its own port of 127.0.0.1, with conditional requests and without logging."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aggregator.demo.simulated_site import Reply, SimulatedRequest, Site, answer
from aggregator.errors import ConfigError

HOST = "127.0.0.1"
STOPPING = 2.0  # seconds until a stopping server is abandoned
NAME = "Simulated-System"  # header of every reply: the name of its system


class PortTaken(ConfigError):
    """A port of the simulated systems is in use by another program."""


@contextmanager
def serve(name: str, site: Site, port: int, latency: float) -> Iterator[str]:
    """Serves the system `name` during the block; yields its URL without a trailing slash.

    Port 0 picks a free one; `PortTaken` if another program uses `port`. Every answer takes `latency` seconds.
    """
    with _server(name, site, port, latency) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.base
        finally:
            server.shutdown()
            thread.join(STOPPING)


class _Server(ThreadingHTTPServer):
    def __init__(self, name: str, site: Site, port: int, latency: float) -> None:
        super().__init__((HOST, port), _Handler)
        self.name = name
        self.site = site
        self.latency = latency
        self.base = f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Ignores clients that disconnect; other errors are printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _server(name: str, site: Site, port: int, latency: float) -> _Server:
    try:
        return _Server(name, site, port, latency)
    except (OSError, OverflowError) as error:
        raise PortTaken(
            f"port {port}: the simulated booking system {name} can't listen there ({error}); choose other ports with "
            "--first-port or AGGREGATOR_DEMO_PORT, or end the program that has it"
        ) from None


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        time.sleep(self.server.latency)
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        self._send(answer(self.server.site, SimulatedRequest(base=self.server.base, path=url.path, query=query)))

    def _send(self, reply: Reply) -> None:
        body = reply.body.encode()
        headers = dict(reply.headers)
        status = reply.status
        if reply.max_age:
            etag = f'"{sha256(body).hexdigest()[:32]}"'
            headers |= {"Cache-Control": f"max-age={reply.max_age}", "ETag": etag}
            if self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
        if status != 304:
            headers |= {"Content-Type": reply.content_type, "Content-Length": str(len(body))}
        self.send_response(status)
        self.send_header(NAME, self.server.name)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing, because the aggregator counts its requests itself."""

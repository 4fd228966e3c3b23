"""A loopback proxy in front of a simulated object store: records requests, and fails those that a test chooses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

PASSED_ON = ("content-type", "etag", "content-length", "last-modified")
ERROR = "<Error><Code>{code}</Code><Message>of {secret}</Message></Error>"


class ProxiedRequest(NamedTuple):
    """A request that the proxy received."""

    method: str
    path: str  # below the bucket
    headers: dict[str, str]  # names in lower case
    checksum: str  # of the body, SHA-256


class Refusal(NamedTuple):
    status: int
    code: str


Behaviour = Callable[[ProxiedRequest], Refusal | None]


class StoreProxy(ThreadingHTTPServer):
    """The proxy. `behave`, called from several threads, may refuse a request or delay it."""

    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = (host, port)
        self.requested: list[ProxiedRequest] = []
        self.behave: Behaviour = lambda request: None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self) -> list[str]:
        """The uploaded paths, in order."""
        return [one.path for one in self.requested if one.method == "PUT"]

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores errors of clients that were killed."""


class _Handler(BaseHTTPRequestHandler):
    server: StoreProxy
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = ProxiedRequest(
            self.command, self.path.lstrip("/").partition("/")[2], headers, sha256(body).hexdigest()
        )
        self.server.requested.append(request)
        if refusal := self.server.behave(request):
            text = ERROR.format(code=refusal.code, secret=headers.get("authorization"))
            self._send(refusal.status, {}, text.encode())
            return
        connection = HTTPConnection(*self.server.store, timeout=10)
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self._send(answer.status, {n: v for n, v in answer.getheaders() if n.lower() in PASSED_ON}, content)
        connection.close()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""


@contextmanager
def store_proxy(host: str, port: int) -> Iterator[StoreProxy]:
    """Runs a proxy in front of the store at this address."""
    with StoreProxy(host, port) as proxy:
        thread = Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()

"""`aggregator serve`: a preview of a release on loopback as a CDN would serve it: compressed twins, ETags, headers.

For looking at the result, not for the public: that is a web server's or a CDN's work.
"""

import mimetypes
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from aggregator.errors import PublishError
from aggregator.publish.headers import headers_for

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class Preview(BaseHTTPRequestHandler):
    """Serves the files of one release folder; the link is followed anew at each request."""

    protocol_version = "HTTP/1.1"
    server_version = "aggregator-preview"

    def __init__(self, root: Path, policy: str, *rest: object) -> None:
        self.root, self.policy = root, policy
        super().__init__(*rest)  # type: ignore[arg-type]  # the three arguments that socketserver hands over

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the terminal belongs to whoever runs the preview."""

    def _answer(self, *, body: bool) -> None:
        root = self.root.resolve()
        asked = unquote(urlsplit(self.path).path)
        path = (root / asked.lstrip("/")).resolve()
        if not path.is_relative_to(root) or path.suffix in {suffix for _, suffix in ENCODINGS}:
            path = root / "404.html"
        if path.is_dir() and not asked.endswith("/"):
            return self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": asked + "/"}, b"", body=body)
        path = path / "index.html" if path.is_dir() else path
        status = HTTPStatus.OK
        if not path.is_file():
            path, status = root / "404.html", HTTPStatus.NOT_FOUND
        headers = headers_for(path.relative_to(root).as_posix(), self.policy)
        content = path.read_bytes() if path.is_file() else b"Nothing is published yet: run `aggregator run` first.\n"
        for name, suffix in ENCODINGS:
            twin = path.with_name(path.name + suffix)
            if name in self.headers.get("Accept-Encoding", "") and twin.is_file():
                content, headers["Content-Encoding"] = twin.read_bytes(), name
                break
        headers["ETag"] = f'"{blake2b(content, digest_size=12).hexdigest()}"'
        if self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(HTTPStatus.NOT_MODIFIED, headers, b"", body=False)
        return self._send(status, headers, content, body=body)

    def _send(self, status: HTTPStatus, headers: dict[str, str], content: bytes, *, body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)


def preview_server(root: Path, policy: str, port: int) -> ThreadingHTTPServer:
    """A server for the release at `root` on 127.0.0.1; port 0 takes any free one."""
    mimetypes.init()
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(Preview, root, policy))
    except OSError as error:
        raise PublishError(f"port {port}: cannot be listened on ({error}); choose another with --port") from error

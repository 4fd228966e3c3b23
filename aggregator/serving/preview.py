"""Serves a release on loopback as a CDN would: compressed, with ETags, and with the headers of `headers`.

This is how `aggregator serve` previews a site. To serve the public, use a web server or a CDN (docs/operate.md).
"""

import gzip
import re
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from aggregator.errors import PublishError
from aggregator.serving.headers import INCOMPRESSIBLE, PRECOMPRESSED, headers_for

LANGUAGE = "/((?:[a-z]{2,3}(?:-[A-Za-z]+)?/)?)"  # the folder of a language; "" for the first one
SEARCH = re.compile(LANGUAGE + "(find/)?")
LIST = re.compile(LANGUAGE + "(?:zip|town)/([^/]+)/?")
ZIP_CODE = re.compile(r"[\s.,'-]*(\d{5})(?:-\d{4})?[\s.,'-]*")


class Preview(BaseHTTPRequestHandler):
    """Serves the files of one release folder; the link to the release is followed again for each request."""

    protocol_version = "HTTP/1.1"
    server_version = "aggregator-preview"

    def __init__(self, root: Path, *rest: object) -> None:
        self.root = root
        super().__init__(*rest)  # type: ignore[arg-type]  # the three arguments from socketserver

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing, so that the terminal stays readable."""

    def _answer(self, *, body: bool) -> None:
        root = self.root.resolve()
        asked, query = urlsplit(self.path)[2:4]
        missing = root / "404.html"
        path = _published(root, unquote(asked)) or missing
        if elsewhere := _redirect(root, unquote(asked), query):
            return self._send(HTTPStatus.FOUND, {"Location": elsewhere}, b"", body=body)
        if path.is_dir() and not asked.endswith("/"):
            return self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": asked + "/"}, b"", body=body)
        if path.is_dir():
            path = path / "index.html" if (path / "index.html").is_file() else missing
        status = HTTPStatus.NOT_FOUND if path == missing else HTTPStatus.OK
        headers = headers_for(path.relative_to(root).as_posix())
        content = path.read_bytes() if path.is_file() else b"Nothing is published yet: run `aggregator run` first.\n"
        content, encoding = self._encoded(path, content)
        headers |= {"Content-Encoding": encoding} if encoding else {}
        headers["ETag"] = f'"{blake2b(content, digest_size=12).hexdigest()}"'
        if status is HTTPStatus.OK and self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(HTTPStatus.NOT_MODIFIED, headers, b"", body=False)
        return self._send(status, headers, content, body=body)

    def _encoded(self, path: Path, content: bytes) -> tuple[bytes, str]:
        """The content and its encoding, which the browser accepts: from a precompressed copy, or compressed here."""
        accepted = self.headers.get("Accept-Encoding", "")
        for suffix, encoding in PRECOMPRESSED.items():
            copy = path.with_name(path.name + suffix)
            if encoding in accepted and copy.is_file():
                return copy.read_bytes(), encoding
        if "gzip" in accepted and path.suffix not in INCOMPRESSIBLE:
            return gzip.compress(content, mtime=0), "gzip"
        return content, ""

    def _send(self, status: HTTPStatus, headers: dict[str, str], content: bytes, *, body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)


def _published(root: Path, asked: str) -> Path | None:
    """The file or folder at `asked` inside the release; None if it does not exist or is a precompressed copy."""
    with suppress(OSError, RuntimeError, ValueError):  # a name that is too long, a loop of links, a NUL
        path = (root / asked.lstrip("/")).resolve()
        if path.is_relative_to(root) and path.exists() and path.suffix not in PRECOMPRESSED:
            return path
    return None


def _redirect(root: Path, asked: str, query: str) -> str:
    """Where to redirect a search without JavaScript or an unpublished list, as in `deploy/`; "" for no redirect."""
    near = parse_qs(query).get("near", [""])[0][:80]
    if (search := SEARCH.fullmatch(asked)) and near:
        code = ZIP_CODE.fullmatch(near)
        if code and _published(root, f"{search[1]}zip/{code[1]}/"):
            return f"/{search[1]}zip/{code[1]}/"
        return "" if search[2] else f"/{search[1]}find/?{urlencode({'near': near})}"
    if (lost := LIST.fullmatch(asked)) and not _published(root, asked):
        return f"/{lost[1]}find/?{urlencode({'near': lost[2]})}"
    return ""


def preview_server(root: Path, port: int) -> ThreadingHTTPServer:
    """A server for the release at `root` on 127.0.0.1; port 0 takes any free one."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(Preview, root))
    except OSError as error:
        raise PublishError(f"port {port}: cannot be used ({error}); choose another with --port") from error

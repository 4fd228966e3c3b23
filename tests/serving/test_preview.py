"""The preview responds as a CDN would, and serves only what is published. Loopback only."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

import pytest

from aggregator.errors import PublishError
from aggregator.published_file import Copies, fixed
from aggregator.release.publisher import publish
from aggregator.serving.headers import HTTPS_ONLY, IMMUTABLE, SHORT
from aggregator.serving.preview import preview_server
from tests.support.content_encodings import UNPACK
from tests.support.records import MINUTE, NOW

FILES = [
    fixed("index.html", b"<p>home</p>" * 50, Copies.QUICK),
    *(fixed(f"{folder}find/index.html", b"towns and codes") for folder in ("", "es/")),
    fixed("404.html", b"<p>there is no such page</p>"),
    fixed("place/abc/index.html", b"<p>a place</p>"),
    *(fixed(f"{folder}zip/02139/index.html", b"around a code") for folder in ("", "es/")),
    *(fixed(f"{folder}town/saint-jean/index.html", b"a town") for folder in ("", "es/")),
    fixed("api/v1/locations.json", b"{}"),
    fixed("api/v1/locations.geojson", b"{}"),
    fixed("assets/page.0123456789.js", b"'use strict'"),
]


class Browser:
    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        """The response and its raw body; `_` in header names stands for `-`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(FILES, tmp_path / "public", NOW)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "public"


@pytest.fixture
def ask(out: Path) -> Iterator[Browser]:
    with preview_server(out, 0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Browser(server.server_port)
        server.shutdown()
        thread.join()


def test_a_page_is_served_as_published(ask: Browser) -> None:
    response, body = ask("/")
    assert (response.status, body) == (200, FILES[0].make())
    assert response.headers["Content-Encoding"] is None
    assert ask("/place/abc/?day=20")[1] == b"<p>a place</p>"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("deflate", None),
        ("", None),
    ],
)
def test_the_best_copy_accepted_by_the_browser_is_sent(ask: Browser, accepted: str, encoding: str | None) -> None:
    response, body = ask("/", Accept_Encoding=accepted)
    unpacked = UNPACK[encoding](body)
    assert (response.headers["Content-Encoding"], unpacked) == (encoding, FILES[0].make())
    assert response.headers["Content-Length"] == str(len(body))
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_file_without_a_copy_is_compressed_on_request(ask: Browser) -> None:
    for accepted in ("gzip, br", "gzip"):
        response, body = ask("/place/abc/", Accept_Encoding=accepted)
        assert (response.headers["Content-Encoding"], UNPACK["gzip"](body)) == ("gzip", b"<p>a place</p>")
        assert ask("/place/abc/", Accept_Encoding=accepted)[0].headers["ETag"] == response.headers["ETag"]


def test_an_unchanged_file_is_answered_with_304(ask: Browser) -> None:
    etag = ask("/")[0].headers["ETag"]
    response, body = ask("/", If_None_Match=etag)
    assert (response.status, body, response.headers["ETag"]) == (304, b"", etag)
    assert ask("/", If_None_Match='"another"')[0].status == 200


def test_head_is_get_without_the_body(ask: Browser) -> None:
    response, body = ask("/", "HEAD")
    assert (response.status, body, response.headers["Content-Length"]) == (200, b"", str(len(FILES[0].make())))


def test_a_missing_page_gets_the_404_page_whatever_the_browser_has_cached(ask: Browser) -> None:
    response, body = ask("/place/gone/")
    assert (response.status, body) == (404, b"<p>there is no such page</p>")
    assert ask("/place/gone/", If_None_Match=response.headers["ETag"])[0].status == 404


def test_a_folder_url_without_a_slash_redirects_to_the_one_with_it(ask: Browser) -> None:
    response, _ = ask("/place/abc")
    assert (response.status, response.headers["Location"]) == (301, "/place/abc/")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/find/?near=02139", "/zip/02139/"),
        ("/es/find/?near=+02139-1234", "/es/zip/02139/"),
        ("/?near=02139", "/zip/02139/"),
        ("/?near=Saint+Jean", "/find/?near=Saint+Jean"),
        ("/zip/02138/", "/find/?near=02138"),
        ("/es/town/nowhere", "/es/find/?near=nowhere"),
    ],
)
def test_a_search_without_javascript_redirects_to_its_result(ask: Browser, path: str, location: str) -> None:
    response, _ = ask(path)
    assert (response.status, response.headers["Location"]) == (302, location)


@pytest.mark.parametrize("near", ["", "+", "02138", "..", "../../secret.txt", "%00", "%0d%0aX:1", "x" * 5000])
def test_a_search_without_a_result_shows_the_find_page(ask: Browser, near: str) -> None:
    response, body = ask(f"/find/?near={near}")
    assert (response.status, body) == (200, b"towns and codes")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/place/../../secret.txt",
        "/place/%2e%2e/%2e%2e/secret.txt",
        "//secret.txt",
        "/..%5csecret.txt",
        "/link.txt",
        "/folder/secret.txt",
        "/%00",
        "/" + "a" * 5000,
        "/loop/",
    ],
)
def test_nothing_outside_the_release_is_served(ask: Browser, out: Path, path: str) -> None:
    (out / "link.txt").symlink_to(out.with_name("secret.txt"))
    (out / "folder").symlink_to(out.parent, target_is_directory=True)
    (out / "loop").symlink_to("loop")
    response, body = ask(path)
    assert response.status in (301, 404)
    assert b"secret" not in body


@pytest.mark.parametrize("suffix", [".gz", ".br"])
def test_precompressed_copies_have_no_url_of_their_own(ask: Browser, suffix: str) -> None:
    assert ask(f"/index.html{suffix}")[0].status == 404


def test_pages_cannot_be_framed_and_have_a_short_cache_time(ask: Browser) -> None:
    headers = ask("/")[0].headers
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert headers["Cache-Control"] == SHORT
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")


def test_a_preview_never_binds_browsers_to_https(ask: Browser) -> None:
    assert ask("/", X_Forwarded_Proto="https")[0].headers.get_all(HTTPS_ONLY[0]) is None


def test_assets_are_immutable_and_need_no_revalidation(ask: Browser) -> None:
    headers = ask("/assets/page.0123456789.js")[0].headers
    assert headers["Cache-Control"] == IMMUTABLE
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/locations.json", "application/json; charset=utf-8"),
        ("/api/v1/locations.geojson", "application/geo+json; charset=utf-8"),
    ],
)
def test_data_may_be_read_from_any_site_and_has_a_short_cache_time(ask: Browser, path: str, kind: str) -> None:
    headers = ask(path)[0].headers
    assert (headers["Content-Type"], headers["Access-Control-Allow-Origin"]) == (kind, "*")
    assert headers["Cache-Control"] == SHORT


def test_a_new_release_is_served_without_a_restart(ask: Browser, out: Path) -> None:
    publish([fixed("index.html", b"new")], out, NOW + MINUTE)
    assert ask("/")[1] == b"new"


def test_before_the_first_release_it_explains_what_to_do(tmp_path: Path) -> None:
    with preview_server(tmp_path / "nothing", 0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        response, body = Browser(server.server_port)("/")
        server.shutdown()
        thread.join()
    assert response.status == 404
    assert b"run `aggregator run` first" in body


def test_a_taken_port_is_an_error_that_names_it(ask: Browser, out: Path) -> None:
    with pytest.raises(PublishError, match=rf"port {ask.port}: cannot be used .* --port"):
        preview_server(out, ask.port)

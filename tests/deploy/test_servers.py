"""A release as nginx and Caddy serve it with the files of `deploy/`: loopback only, skipped if a server is missing."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic

import pytest

from aggregator.published_file import Copies, fixed
from aggregator.release.compress import SUFFIXES
from aggregator.release.publisher import publish
from aggregator.serving.headers import HTTPS_ONLY, MANIFEST, SHORT, TYPES, headers_for
from tests.serving.test_preview import Browser
from tests.support.records import MINUTE, NOW
from tests.support.web_servers import caddy, nginx

PATHS = (
    "index.html",
    "404.html",
    "freshness.json",
    "es/index.html",
    "es/404.html",
    "zip/01999/index.html",
    "es/zip/01999/index.html",
    "find/index.html",
    "es/find/index.html",
    "town/alder/index.html",
    "place/abc/index.html",
    f"smart-scheduling-links/{MANIFEST}",
    *(f"assets/thing.0123456789{suffix}" for suffix in TYPES),
    *(f"api/v1/thing{suffix}" for suffix in TYPES),
)
COMPRESSED = ("index.html", "freshness.json", "assets/thing.0123456789.js")  # in the future
Server = Callable[[Path, Path], AbstractContextManager[int]]
SERVERS: dict[str, Server] = {"nginx": nginx, "caddy": caddy}


def content(path: str) -> bytes:
    return f"<p>{path}</p>".encode() * 30


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "public"
    copies = {path: Copies.QUICK if path in COMPRESSED else Copies.NONE for path in PATHS}
    release = publish([fixed(path, content(path), copies[path]) for path in PATHS], out, NOW).path
    (out.parent / "secret.txt").write_text("secret")
    (release / ".secret").write_text("secret")
    (release / "place" / ".secret").mkdir()
    (release / "place" / ".secret" / "index.html").write_text("secret")
    return out


@pytest.fixture(scope="module", params=SERVERS)
def ask(request: pytest.FixtureRequest, out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with SERVERS[request.param](out, tmp_path_factory.mktemp(request.param)) as port:
        yield Browser(port)


@pytest.mark.parametrize("path", PATHS)
def test_every_kind_of_file_arrives_complete_with_the_documented_headers(ask: Browser, path: str) -> None:
    response, body = ask(f"/{path}")
    expected = headers_for(path)
    assert (response.status, body) == (200, content(path))
    assert {name: response.headers[name] for name in expected} == expected
    assert [len(response.headers.get_all(name, [])) for name in expected] == [1] * len(expected)


@pytest.mark.parametrize("path", ["/", "/zip/01999/", "/es/", "/place/abc/"])
def test_a_folder_url_serves_its_page(ask: Browser, path: str) -> None:
    response, body = ask(path)
    assert (response.status, body) == (200, content(f"{path[1:]}index.html"))
    assert response.headers["Content-Type"] == TYPES[".html"]


@pytest.mark.parametrize("path", [*COMPRESSED, "zip/01999/index.html", "api/v1/thing.geojson", "api/v1/thing.atom"])
@pytest.mark.parametrize("via", [{}, {"Via": "1.1 cdn"}], ids=["browser", "cdn"])
def test_a_client_that_accepts_gzip_gets_it_with_or_without_a_precompressed_copy(
    ask: Browser, path: str, via: dict[str, str]
) -> None:
    response, body = ask(f"/{path}", Accept_Encoding="gzip", **via)
    expected = headers_for(path)
    assert gzip.decompress(body) == content(path)
    assert response.headers["Content-Encoding"] == "gzip"
    assert {name: response.headers[name] for name in expected} == expected
    assert len(response.headers.get_all("Vary", [])) == 1


def test_compressed_files_are_not_compressed_again(ask: Browser) -> None:
    response, body = ask("/api/v1/thing.png", Accept_Encoding="gzip")
    assert (response.headers["Content-Encoding"], body) == (None, content("api/v1/thing.png"))


def test_responses_compressed_on_request_are_revalidated_too(ask: Browser) -> None:
    etag = ask("/zip/01999/", Accept_Encoding="gzip")[0].headers["ETag"]
    response, body = ask("/zip/01999/", Accept_Encoding="gzip", If_None_Match=etag)
    assert (response.status, body) == (304, b"")


def test_an_unchanged_file_is_answered_with_304(ask: Browser) -> None:
    tags = []
    for accepted in ("identity", "gzip"):
        etag = ask("/", Accept_Encoding=accepted)[0].headers["ETag"]
        response, body = ask("/", Accept_Encoding=accepted, If_None_Match=etag)
        assert (response.status, body, response.headers["ETag"]) == (304, b"", etag)
        assert response.headers["Cache-Control"] == SHORT
        tags.append(etag)
    assert all(etag.startswith('"') for etag in tags)  # strong ETags
    assert tags[0] != tags[1]


def test_head_is_get_without_the_body(ask: Browser) -> None:
    response, body = ask("/freshness.json", "HEAD", Accept_Encoding="identity")
    assert (response.status, body) == (200, b"")
    assert response.headers["Content-Length"] == str(len(content("freshness.json")))


def test_a_range_of_a_file_can_be_requested(ask: Browser) -> None:
    response, body = ask("/api/v1/thing.json", Range="bytes=3-7", Accept_Encoding="identity")
    assert (response.status, body) == (206, content("api/v1/thing.json")[3:8])


def test_a_folder_url_without_a_slash_redirects_to_the_one_with_it(ask: Browser) -> None:
    response, _ = ask("/place/abc")
    assert (response.status // 100, response.headers["Location"]) == (3, "/place/abc/")


@pytest.mark.parametrize("typed", ["01999", "+01999+", "01999-1234", "%2001999"])
@pytest.mark.parametrize("folder", ["", "es/"])
def test_a_search_for_a_zip_code_without_javascript_redirects_to_its_page(
    ask: Browser, folder: str, typed: str
) -> None:
    response, _ = ask(f"/{folder}find/?near={typed}")
    assert (response.status, response.headers["Location"]) == (302, f"/{folder}zip/01999/")
    assert response.headers["Cache-Control"] == SHORT


@pytest.mark.parametrize("folder", ["", "es/"])
def test_a_search_on_a_home_page_redirects_to_the_find_page(ask: Browser, folder: str) -> None:
    response, _ = ask(f"/{folder}?near=Cedar+Mills")
    assert (response.status, response.headers["Location"]) == (302, f"/{folder}find/?near=Cedar+Mills")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?near=",
        "?near=01998",
        "?near=0199",
        "?near=Nowhere",
        "?near=ALDER%0d%0aX:1",
        "?near=../place/abc",
        "?near=%00",
        "?nearby=01999",
    ],
)
def test_any_other_search_shows_the_find_page(ask: Browser, query: str) -> None:
    response, body = ask(f"/find/{query}")
    assert (response.status, body) == (200, content("find/index.html"))


@pytest.mark.parametrize("query", ["", "?near=", "?nearby=01999"])
def test_without_a_search_the_home_page_is_shown(ask: Browser, query: str) -> None:
    assert ask(f"/{query}")[0].status == 200
    assert ask(f"/{query}")[1] == content("index.html")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/zip/01998/", "/find/?near=01998"),
        ("/zip/01998", "/find/?near=01998"),
        ("/town/cedar-mills/", "/find/?near=cedar-mills"),
        ("/es/zip/01998/", "/es/find/?near=01998"),
        ("/es/town/nowhere/", "/es/find/?near=nowhere"),
    ],
)
def test_a_town_or_zip_code_without_a_page_redirects_to_the_find_page(ask: Browser, path: str, found: str) -> None:
    response, _ = ask(path)
    assert (response.status, response.headers["Location"]) == (302, found)
    assert response.headers["Cache-Control"] == SHORT


@pytest.mark.parametrize("path", ["/zip/%0d%0aX:1/", "/town/a%20b/", "/zip/../place/gone/", "/zip/01998/more/"])
def test_an_invalid_town_or_zip_code_gets_the_404_page(ask: Browser, path: str) -> None:
    assert ask(path)[0].status == 404


def test_only_the_home_page_handles_searches(ask: Browser) -> None:
    assert ask("/zip/01999/?near=alder")[1] == content("zip/01999/index.html")


@pytest.mark.parametrize("path", ["/nothing", "/place/gone/", "/api/", "/assets/gone.0123456789.js", "/freshness.jso"])
def test_a_missing_url_gets_the_404_page_with_a_short_cache_time(ask: Browser, path: str) -> None:
    response, body = ask(path)
    expected = headers_for("404.html")
    assert (response.status, body) == (404, content("404.html"))
    assert {name: response.headers[name] for name in expected} == expected


def test_the_404_page_is_in_the_language_of_the_folder(ask: Browser) -> None:
    assert (ask("/es/gone/")[0].status, ask("/es/gone/")[1]) == (404, content("es/404.html"))


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/freshness.json", "/find/?near=01999", "/index.html.gz"])
def test_only_https_responses_bind_browsers_to_https(ask: Browser, path: str) -> None:
    name, value = HTTPS_ONLY
    assert ask(path)[0].headers.get_all(name) is None
    assert ask(path, X_Forwarded_Proto="http")[0].headers.get_all(name) is None
    assert ask(path, X_Forwarded_Proto="https")[0].headers.get_all(name) == [value]


@pytest.mark.parametrize("path", ["/.secret", "/place/.secret/", "/place/.secret/index.html"])
def test_hidden_files_are_not_served(ask: Browser, path: str) -> None:
    response, body = ask(path)
    assert (response.status, body) == (404, content("404.html"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_precompressed_copies_have_no_url_of_their_own(ask: Browser, suffix: str) -> None:
    response, body = ask(f"/index.html{suffix}")
    assert (response.status, body) == (404, content("404.html"))


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "/place/../../secret.txt", "/..%5csecret.txt"],
)
def test_nothing_outside_the_release_is_served(ask: Browser, path: str) -> None:
    response, body = ask(path)
    assert response.status in (400, 404)
    assert b"secret" not in body


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_new_release_is_served_within_a_second(server: Server, tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "site" / "public"
    home.mkdir()
    publish([fixed("index.html", b"old", Copies.QUICK), fixed("gone/index.html", b"old")], out, NOW)
    with server(out, home) as port:
        ask = Browser(port)
        before = ask("/", Accept_Encoding="gzip")[0].headers["ETag"]
        assert ask("/gone/")[1] == b"old"
        publish([fixed("index.html", b"new, longer", Copies.QUICK), fixed("404.html", b"none")], out, NOW + MINUTE)
        latest = monotonic() + 2.5  # nginx compares whole seconds
        while ask("/")[1] == b"old" or ask("/gone/")[0].status == 200:
            assert monotonic() < latest
        assert ask("/")[1] == b"new, longer"
        assert ask("/gone/")[1] == b"none"
        assert ask("/", Accept_Encoding="gzip", If_None_Match=before)[0].status == 200

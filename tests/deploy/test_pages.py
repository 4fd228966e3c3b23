"""A release as Cloudflare Pages serves it with the files of `deploy/cloudflare`: by its own `wrangler`, on loopback.

Skipped without `wrangler` (`make tools`).
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from aggregator.published_file import fixed
from aggregator.release.publisher import publish
from aggregator.serving.headers import IMMUTABLE, SHORT, headers_for
from tests.deploy.test_servers import PATHS, content
from tests.serving.test_preview import Browser
from tests.support.records import NOW
from tests.support.web_servers import cloudflare_pages

ITS_OWN = "public, max-age=0, must-revalidate"  # it keeps pages until the next upload
OTHERS = {"Cache-Control", "Vary"}  # headers that it sets itself


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    out = tmp_path_factory.mktemp("site") / "public"
    publish([fixed(path, content(path)) for path in PATHS], out, NOW)
    with cloudflare_pages(out, tmp_path_factory.mktemp("wrangler")) as port:
        yield Browser(port)


@pytest.mark.parametrize("path", [path for path in PATHS if PurePosixPath(path).suffix != ".html"])
def test_every_kind_of_file_arrives_complete_with_the_documented_headers(ask: Browser, path: str) -> None:
    response, body = ask(f"/{path}")
    expected = headers_for(path)
    assert (response.status, body) == (200, content(path))
    assert {name: response.headers[name] for name in expected if name not in OTHERS} == {
        name: value for name, value in expected.items() if name not in OTHERS
    }
    assert response.headers["Cache-Control"] == {IMMUTABLE: IMMUTABLE, SHORT: ITS_OWN}[expected["Cache-Control"]]


@pytest.mark.parametrize("path", ["/", "/es/", "/zip/01999/", "/town/alder/", "/place/abc/"])
def test_a_folder_url_serves_its_page_and_is_revalidated(ask: Browser, path: str) -> None:
    response, body = ask(path)
    assert (response.status, body) == (200, content(f"{path[1:]}index.html"))
    assert response.headers["Content-Security-Policy"] == headers_for("index.html")["Content-Security-Policy"]
    assert ask(path, If_None_Match=response.headers["ETag"])[0].status == 304


@pytest.mark.parametrize("query", ["?near=01999", "?near=01998", "?near=Nowhere", "?near=../place/abc"])
def test_a_search_without_javascript_shows_the_find_page(ask: Browser, query: str) -> None:
    assert ask(f"/find/{query}")[1] == content("find/index.html")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/zip/01998/", "404.html"),
        ("/town/nowhere/", "404.html"),
        ("/assets/gone.0123456789.js", "404.html"),
        ("/es/gone/", "es/404.html"),
    ],
)
def test_a_missing_url_gets_the_404_page_with_a_short_cache_time(ask: Browser, path: str, shown: str) -> None:
    response, body = ask(path)
    assert (response.status, body) == (404, content(shown))
    assert response.headers["Cache-Control"] == "no-store"


def test_the_smart_manifest_is_json_under_every_spelling_of_its_url(ask: Browser) -> None:
    response, _ = ask("/smart-scheduling-links/%24bulk-publish")
    assert response.headers["Content-Type"] == headers_for("freshness.json")["Content-Type"]

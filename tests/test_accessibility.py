"""axe-core finds nothing on any kind of page, in both colour schemes, on a phone and on a desk; skips without Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests import snapshots
from tests.test_browser import Site, browser, pytestmark  # noqa: F401

MADE = snapshots.full()
PAGES = ("", "status/", "about/", "data/", "404.html", "zip/01901/", "town/alder/", f"place/{MADE.places[0].id}/")
SCREENS: tuple[dict[str, Any], ...] = (
    {"viewport": {"width": 320, "height": 800}, "color_scheme": "light"},
    {"viewport": {"width": 412, "height": 900}, "color_scheme": "dark"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark", "reduced_motion": "reduce"},
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("axe") / "public", MADE, snapshots.region(demo=True))
    yield site
    site.close()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: f"{s['viewport']['width']} {s['color_scheme']}")
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(browser: Browser, site: Site, path: str, screen: dict[str, Any]) -> None:  # noqa: F811
    page = browser.new_page(bypass_csp=True, **screen)
    try:
        page.goto(site.url + path, wait_until="networkidle")
        for folded in page.locator("details").all():
            folded.evaluate("node => { node.open = true }")
        found = Axe().run(page).response["violations"]
    finally:
        page.close()

    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []

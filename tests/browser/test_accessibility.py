"""axe-core finds no violation on any kind of page, in both color schemes, on phone and desktop screens."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.support import snapshots
from tests.support.browsing import Site, needs_chromium, serving, until_complete

MADE = snapshots.full()
PAGES = (
    "",
    "es/",
    "offers/",
    "status/",
    "about/",
    "data/",
    "404.html",
    "zip/02139/",
    "town/alder/",
    f"place/{MADE.places[0].id}/",
)
SCREENS: tuple[dict[str, Any], ...] = (
    {"viewport": {"width": 320, "height": 800}, "color_scheme": "light"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark", "reduced_motion": "reduce"},
)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("axe") / "public"
    with snapshots.room_for(4), serving(folder, MADE, made_up=True, languages=("en", "es")) as site:
        yield site


@pytest.mark.parametrize("screen", SCREENS, ids=lambda s: f"{s['viewport']['width']} {s['color_scheme']}")
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_violation(browser: Browser, site: Site, path: str, screen: dict[str, Any]) -> None:
    page = browser.new_page(bypass_csp=True, service_workers="block", **screen)
    try:
        with until_complete(page):
            page.goto(site.url + path)
        # elements without layout have no background that axe could check
        page.add_style_tag(content="* { content-visibility: visible !important; transition: none !important }")
        for folded in page.locator("details").all():
            folded.evaluate("node => { node.open = true }")
        found = Axe().run(page).response["violations"]
    finally:
        page.close()

    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []

"""The published page in a real Chromium; these tests are skipped without one (`.ci/run` installs it)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import snapshots
from tests.support.browsing import Site, Visit, needs_chromium, serving
from tests.support.snapshots import NOW

pytestmark = needs_chromium

SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site") / "public", snapshots.full()) as site:
        yield site


@pytest.fixture(scope="module")
def place(site: Site) -> str:
    """The URL of a place's page."""
    return f"{site.url}place/{snapshots.offers()[0].id}/"


def test_ages_follow_the_servers_clock_with_a_single_request(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, later=timedelta(minutes=3))

    assert "4 minutes ago (at 10:18 PM)" in visit.text("main")
    assert (visit.shown("#old"), visit.shown("#newer"), visit.shown("#offline")) == (False, False, False)
    assert visit.faults == []


def test_ages_are_in_the_language_of_the_page(browser: Browser, tmp_path: Path) -> None:
    ages = {
        timedelta(0): "hace 1 minuto",
        timedelta(hours=3): "hace 3 horas",
        timedelta(days=2): "hace 2 días",
    }
    with serving(tmp_path / "public", snapshots.full(), languages=("es",)) as site:
        for later, expected in ages.items():
            assert expected in Visit(browser, site.url, later=later).text("main")


def test_the_visitors_clock_and_time_zone_change_nothing_on_the_page(browser: Browser, site: Site) -> None:
    here = Visit(browser, site.url, timezone_id="America/New_York")
    there = Visit(browser, site.url, timezone_id="Asia/Tokyo", clock=NOW + timedelta(minutes=20))

    assert there.text("body") == here.text("body")
    assert "1 minute ago (at 10:18 PM)" in there.text("main")


def test_a_page_that_is_no_longer_updated_shows_a_notice(browser: Browser, site: Site, place: str) -> None:
    for url in (site.url, place, f"{site.url}zip/02139/"):
        assert Visit(browser, url, later=timedelta(minutes=25)).shown("#old"), url


def test_an_out_of_date_page_from_a_cache_shows_a_notice(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, later=timedelta(minutes=25), made=NOW + timedelta(minutes=24))

    assert visit.shown("#old")


def test_without_a_connection_the_page_stays_as_published(browser: Browser, place: str) -> None:
    before = Visit(browser, place, later=None, java_script_enabled=False)
    after = Visit(browser, place, later=None)

    assert after.text("main") == before.text("main")
    assert "No connection. This is from Thu, May 13, 10:19 PM EDT." in after.text("#offline")
    assert all("freshness.json" in fault or "ERR_FAILED" in fault for fault in after.faults)


def test_without_javascript_every_place_is_shown_and_no_control_is_dead(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, java_script_enabled=False)

    assert len(visit.names()) == len(snapshots.offers())
    assert len(visit.names("#towns .row")) == len(snapshots.full().places) - len(snapshots.offers())
    assert (visit.shown("#filters"), visit.shown("#here"), visit.shown("#find")) == (False, False, True)
    assert visit.shown("svg.map")
    assert "After May 13, 11:19 PM, do not rely on it: reload." in visit.text("main")


def test_without_javascript_a_search_opens_the_page_of_a_zip_code(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, java_script_enabled=False)
    visit.page.get_by_label("ZIP code or town").fill("02139")
    visit.page.get_by_role("button", name="Search").click()

    assert visit.page.url == f"{site.url}zip/02139/"
    assert visit.text("h1") == "Near 02139 Cambridge"


@pytest.mark.parametrize("path", ["", "zip/02139/"])
def test_nothing_shifts_while_the_page_loads(browser: Browser, site: Site, path: str) -> None:
    visit = Visit(browser, site.url + path, viewport={"width": 412, "height": 900})

    assert visit.page.evaluate(SHIFTS) < 0.005


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["", "zip/02139/", "town/alder/", "status/", "about/", "data/", "offline/"])
def test_no_page_scrolls_sideways(browser: Browser, site: Site, path: str, width: int) -> None:
    visit = Visit(browser, site.url + path, viewport={"width": width, "height": 800})
    visit.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["", "zip/02139/"])
def test_every_tap_target_is_large_enough(browser: Browser, site: Site, path: str) -> None:
    visit = Visit(browser, site.url + path, viewport={"width": 320, "height": 800})
    visit.page.evaluate("document.querySelector('#filters details').open = true")
    small = visit.page.evaluate(
        """() => [...document.querySelectorAll("a.button, button, summary, select, #filters label, [type=search]")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
            .map((one) => one.outerHTML)"""
    )

    assert small == []


def test_hostile_names_run_nothing_and_break_no_layout(browser: Browser, tmp_path: Path) -> None:
    hostile = snapshots.hostile()
    with serving(tmp_path / "public", snapshots.snapshot(hostile)) as site:
        for path in ("", f"place/{hostile.id}/", "zip/01930/", "?product=<img src=x onerror=alert(1)>&near=<b>"):
            visit = Visit(browser, site.url + path, viewport={"width": 320, "height": 800})
            visit.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

            assert [fault for fault in visit.faults if "404" not in fault] == [], path
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320, path
            assert visit.page.locator("script:not([src])").count() <= 1, path


def test_a_printed_page_is_a_list_with_booking_addresses(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    visit.page.emulate_media(media="print")

    assert not any(visit.shown(selector) for selector in ("#find", "#filters", "figure", "footer nav"))
    after = "getComputedStyle(document.querySelector('#cards .ways a'), '::after').content"
    assert "https://book.example.org/sign-up" in visit.page.evaluate(after).replace('" "', "")

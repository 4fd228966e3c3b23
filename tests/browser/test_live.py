"""The open page follows newer releases without moving what is being read, and stays readable offline."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser

from aggregator.model import Place, Snapshot
from tests.support.browsing import Site, Visit, needs_chromium, serving, until_complete
from tests.support.snapshots import LONG_RESTRICTION, NOW, offer, place, snapshot, window

pytestmark = needs_chromium

SOON = NOW + timedelta(minutes=2)
BOOK = "#cards .card:has-text('Library') a.button"


def library(count: int) -> Place:
    return place(2, offer(window(15, count)), name="Library", restrictions=LONG_RESTRICTION)


def before() -> Snapshot:
    return snapshot(
        place(1, offer(window(14)), name="Armory"), library(12), place(3, name="Chapel"), place(4, name="Depot")
    )


def after(*places: Place) -> Snapshot:
    return msgspec.structs.replace(snapshot(*places), generated_at=SOON)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serving(tmp_path / "public", before()) as site:
        yield site


@pytest.fixture
def visit(browser: Browser, site: Site) -> Visit:
    return Visit(browser, site.url, clock=NOW, viewport={"width": 412, "height": 900})


def renewed(visit: Visit, site: Site, *places: Place) -> None:
    """Publishes a newer release and lets the page refresh."""
    site.publish(after(*places))
    visit.made, visit.later = SOON, timedelta(minutes=2, seconds=10)
    visit.look_again()
    visit.page.locator(".made time[datetime^='2021-05-13T22:21']").first.wait_for()


def test_a_changed_card_updates_in_place_and_keeps_focus_details_and_scroll(visit: Visit, site: Site) -> None:
    visit.page.locator("#cards .card:has-text('Library') details summary").click()
    visit.page.locator(BOOK).focus()
    top = visit.page.evaluate("scrollY")
    renewed(visit, site, place(1, offer(window(14)), name="Armory"), library(7), place(3, name="Chapel"), place(4))

    assert "7 appointments" in visit.text("#cards .card:has-text('Library')")
    assert visit.page.locator(BOOK).evaluate("(book) => book === document.activeElement")
    assert visit.page.locator("#cards .card:has-text('Library') details").get_attribute("open") is not None
    assert visit.page.evaluate("scrollY") == top
    assert not visit.shown("#fresh button")
    assert visit.text(".summary") == "2 of 4 places have appointments."
    assert visit.faults == []


def test_a_place_that_runs_out_shows_it_in_place_until_the_filters_change(visit: Visit, site: Site) -> None:
    renewed(visit, site, place(1, name="Armory"), library(12), place(3, name="Chapel"), place(4))
    first = visit.page.locator("#cards > *").first

    assert "Armory" in first.inner_text() and "No appointments when last checked" in first.inner_text()
    visit.page.locator("#filters summary").click()
    visit.page.locator("[name=kind]").select_option("c")
    assert visit.names() == ["Library"]
    assert not first.is_visible()


def test_new_places_are_announced_and_appear_on_request(visit: Visit, site: Site) -> None:
    known = (place(1, offer(window(14)), name="Armory"), library(12))
    chapel, depot = (place(number, offer(window(14)), name=name) for number, name in ((3, "Chapel"), (4, "Depot")))
    renewed(visit, site, *known, chapel, depot, place(5, offer(window(16)), name="Grange"))
    assert visit.names() == ["Armory", "Library"]
    assert visit.text("#fresh") == "New places with appointments: 3 Show"
    assert visit.page.locator("#fresh").get_attribute("role") == "status"

    visit.page.locator("#fresh button").click()
    assert visit.names() == ["Armory", "Chapel", "Depot", "Library", "Grange"]
    assert visit.page.evaluate("document.activeElement.id") == "offers"
    assert (visit.shown("#fresh button"), visit.names("#towns .row")) == (False, [])
    assert visit.page.locator("svg.map a:not([hidden])").count() == 5


def test_only_new_places_that_fit_the_filters_are_announced(browser: Browser, site: Site) -> None:
    visit = Visit(browser, f"{site.url}?product=Pfizer", clock=NOW)
    moderna = window(14, products=("Moderna",))
    renewed(
        visit, site, place(1, offer(window(14)), name="Armory"), library(12), place(3, offer(moderna), name="Chapel")
    )

    assert not visit.shown("#fresh button")


def test_new_places_appear_at_once_on_an_empty_list(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "public", snapshot(place(1, name="Armory"))) as site:
        visit = Visit(browser, site.url, clock=NOW)
        assert "No place we could read has appointments" in visit.text("main")
        renewed(visit, site, place(1, offer(window(14)), name="Armory"))

        assert visit.names() == ["Armory"]
        assert "No place we could read has appointments" not in visit.text("main")


def test_a_newer_page_of_another_day_is_offered_instead(visit: Visit, site: Site) -> None:
    late = NOW + timedelta(hours=3)
    site.publish(msgspec.structs.replace(snapshot(library(3)), generated_at=late))
    visit.made, visit.later = late, timedelta(hours=3)
    visit.look_again()
    visit.page.locator("#newer a").wait_for()

    assert visit.names() == ["Armory", "Library"]
    assert "3 appointments" not in visit.text("#cards")


def test_failed_refreshes_back_off_and_a_hidden_page_sends_no_request(visit: Visit) -> None:
    requested: list[str] = []
    visit.page.on("request", lambda request: requested.append(request.url))
    visit.later = None
    for _ in range(20):
        visit.page.clock.run_for(60_000)
    assert 3 <= len(requested) <= 7
    assert "No connection. This is from Thu, May 13, 10:19 PM EDT." in visit.text("#offline")

    visit.page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    requested.clear()
    for _ in range(20):
        visit.page.clock.run_for(60_000)
    assert requested == []


def test_offline_visited_pages_open_and_other_pages_link_to_them(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    with until_complete(page):
        page.goto(site.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    page.wait_for_function("async () => Boolean(await caches.match('offline/'))")
    with until_complete(page):
        page.goto(f"{site.url}place/{library(1).id}/")
    context.set_offline(True)

    page.goto(f"{site.url}?kind=c", wait_until="load")
    page.locator("#offline").wait_for()
    assert "12 appointments" in page.locator("#cards").inner_text()
    assert page.locator("#active").inner_text() == "(1)"

    page.goto(f"{site.url}status/", wait_until="load")
    page.locator("#kept a").nth(1).wait_for()
    assert page.url == f"{site.url}offline/"
    links = page.locator("#kept a").evaluate_all("(all) => all.map((one) => one.href)")
    assert set(links) == {site.url, f"{site.url}place/{library(1).id}/"}
    context.close()

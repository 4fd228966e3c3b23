"""Search, distance, and the keyboard, in a real Chromium, compared with the data of the snapshot."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from aggregator.geography import kilometres, postal_areas
from aggregator.model import Place
from tests.support.browsing import Site, Visit, needs_chromium, serving, until_complete
from tests.support.page_filters import OFFERS, ask, first_day, names
from tests.support.snapshots import crowd, current, offer, place, snapshot, window

pytestmark = needs_chromium

HERE = (42.30, -71.50)
MILE = 1.609344


def away(one: Place) -> float:
    position = one.location.position
    return kilometres(*HERE, position.latitude, position.longitude) if position else inf


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site") / "public", crowd(120)) as site:
        yield site


@pytest.fixture(scope="module")
def visit(browser: Browser, site: Site) -> Visit:
    return Visit(browser, site.url, viewport={"width": 1000, "height": 800})


# --- distance -------------------------------------------------------------------------------------------------------


def test_the_distance_filter_without_a_location_asks_for_one(visit: Visit) -> None:
    for choice in ({"within": "10"}, {"sort": "far"}):
        ask(visit, **choice)
        assert visit.text("#why").startswith("To go by distance, say where first")
        assert len(visit.names()) == len(OFFERS)


def near_me(browser: Browser, url: str, **context: Any) -> Visit:
    place = {"latitude": HERE[0], "longitude": HERE[1]}
    return Visit(browser, url, geolocation=place, permissions=["geolocation"], **context)


def test_near_me_sorts_by_distance_without_sending_the_location(browser: Browser, site: Site) -> None:
    visit = near_me(browser, site.url)
    requested: list[str] = []
    visit.page.on("request", lambda request: requested.append(request.url))
    visit.page.get_by_role("button", name="Near me").click()
    visit.page.get_by_text("Where you are stays on your device").wait_for()
    by_name = {one.location.name: away(one) for one in OFFERS}
    ways = [by_name[name] for name in visit.names()]

    assert sorted(visit.names()) == sorted(by_name)
    assert all(after >= before - 0.7 for before, after in pairwise(ways))  # one map unit is 0.3 km
    nearest = round(ways[0] / MILE)
    assert visit.text("#cards .card:first-child .far") in {
        f"{miles} miles" for miles in (nearest - 1, nearest, nearest + 1)
    }
    last = visit.page.locator("#cards .card >> visible=true").last
    assert last.locator(".far").text_content() == "Distance not known"
    assert not [url for url in requested if "42.3" in url or "71.5" in url or "zip/" in url]
    assert visit.page.url == f"{site.url}?here=1&sort=far"

    visit.page.locator("#filters summary").click()
    visit.page.locator("#filters select[name=within]").select_option("5")
    shown = {name: by_name[name] / MILE for name in visit.names()}
    assert all(way < 5.5 or way == inf for way in shown.values())
    assert {name for name, way in by_name.items() if way / MILE < 4.5} <= set(shown)


def test_near_me_on_another_page_opens_the_home_page(browser: Browser, site: Site) -> None:
    visit = near_me(browser, f"{site.url}zip/02139/")
    visit.page.get_by_role("button", name="Near me").click()
    visit.page.get_by_text("Where you are stays on your device").wait_for()

    assert visit.page.url == f"{site.url}?here=1&sort=far"


def test_without_a_device_location_the_page_offers_a_search(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    visit.page.get_by_role("button", name="Near me").click()
    visit.page.get_by_text("Type a ZIP code or a town instead").wait_for()

    assert len(visit.names()) == len(OFFERS)


def test_a_zip_page_sorts_by_distance_and_says_if_nothing_is_near(browser: Browser, site: Site) -> None:
    area = postal_areas(("MA",), "US")["01462"]
    placed = [one for one in OFFERS if one.location.position]

    def way(one: Place) -> float:
        position = one.location.position
        assert position
        return kilometres(area.latitude, area.longitude, position.latitude, position.longitude) / MILE

    nearest = sorted(placed, key=way)[:20]
    visit = Visit(browser, f"{site.url}zip/01462/")
    assert visit.names() == names(nearest)

    ask(visit, within="10")
    assert visit.names() == names(one for one in nearest if way(one) <= 10)

    ask(visit, sort="soon")
    assert sorted(visit.names()) == sorted(names(nearest))
    offsets = {one.location.name: first_day(one) for one in nearest}
    assert [offsets[name] for name in visit.names()] == sorted(offsets.values())

    visit = Visit(browser, f"{site.url}zip/01930/?within=5")  # on a cape, far from all of them
    assert visit.text("#why") == "Nothing fits within 5 miles. The nearest farther away come first:"
    assert len(visit.names()) == 20


# --- search ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("02139", "zip/02139/"),
        (" 02139-1234 ", "zip/02139/"),
        ("cedar  MILLS", "town/cedar-mills/"),
        ("Elms", "town/elmsworth/"),
    ],
)
def test_a_search_opens_the_page_of_the_code_or_town_with_the_filters(
    browser: Browser, site: Site, query: str, path: str
) -> None:
    visit = Visit(browser, f"{site.url}zip/01462/?kind=c")
    visit.page.get_by_label("ZIP code or town").fill(query)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{site.url}{path}?kind=c")


@pytest.mark.parametrize("query", ["99999", "Atlantis", "..", "ʻ"])
@pytest.mark.parametrize("page", ["", "zip/01462/"])
def test_a_search_without_a_match_opens_the_find_page(browser: Browser, site: Site, page: str, query: str) -> None:
    visit = Visit(browser, f"{site.url}{page}?{urlencode({'near': query})}")
    visit.page.wait_for_url(f"{site.url}find/?{urlencode({'near': query})}")
    visit.page.get_by_text(f"We couldn’t find “{query}”").wait_for()

    assert visit.page.get_by_label("ZIP code or town").input_value() == query
    visit.page.locator("#towns summary", has_text="C").click()
    visit.page.get_by_role("link", name="Cedar Mills").click()
    visit.page.wait_for_url(f"{site.url}town/cedar-mills/")


@pytest.mark.parametrize(("query", "path"), [("02139", "zip/02139/"), ("Elms", "town/elmsworth/")])
def test_the_find_page_searches(browser: Browser, site: Site, query: str, path: str) -> None:
    visit = Visit(browser, f"{site.url}find/")
    visit.page.get_by_label("ZIP code or town").fill(query)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{site.url}{path}")


def test_the_404_page_of_a_zip_code_redirects_to_the_find_page(browser: Browser, site: Site) -> None:
    lost, page = f"{site.url}zip/99999/", (site.folder / "404.html").read_bytes()
    visit = Visit(browser, f"{site.url}find/")
    visit.page.route(lost, lambda route: route.fulfill(status=404, body=page, content_type="text/html"))
    visit.page.goto(lost)  # as an object store responds, which has no redirect rules
    visit.page.wait_for_url(f"{site.url}find/?near=99999")


@pytest.mark.parametrize(("query", "path"), [("02139", "zip/02139/"), ("Cedar Mills", "find/?near=Cedar+Mills")])
def test_without_javascript_a_search_opens_the_zip_page_or_the_find_page(
    browser: Browser, site: Site, query: str, path: str
) -> None:
    visit = Visit(browser, site.url, java_script_enabled=False)
    visit.page.get_by_label("ZIP code or town").fill(query)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{site.url}{path}")


def test_a_search_that_matches_several_towns_lets_the_visitor_choose(
    browser: Browser, site: Site, tmp_path_factory: Any
) -> None:
    towns = [place(number, offer(window(14)), city="Dunmere", state=state) for number, state in ((1, "MA"), (2, "CT"))]
    with serving(
        tmp_path_factory.mktemp("two") / "public", snapshot(*towns, place(3, current())), states=("CT", "MA")
    ) as two:
        visit = Visit(browser, f"{two.url}?near=Dunmere")
        visit.page.get_by_text("Which one?").wait_for()

        assert visit.page.locator("#found a").all_inner_texts() == ["Dunmere, CT", "Dunmere, MA"]
        visit.page.locator("#found a").first.click()
        visit.page.wait_for_url(f"{two.url}town/dunmere-ct/")


def test_the_keyboard_alone_gets_from_a_zip_code_to_booking(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    keys = visit.page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if visit.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached")

    tab_to("#near")
    keys.type("01462")
    with until_complete(visit.page):
        keys.press("Enter")
        visit.page.wait_for_url("**/zip/01462/")
    tab_to("#filters summary")
    keys.press("Enter")
    tab_to("[name=all]")
    keys.press("Space")
    assert visit.names("#rows .row")
    tab_to("#cards a.button")

    assert (visit.page.evaluate("document.activeElement.href") or "").startswith(("https://book.example.org/", "tel:"))
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

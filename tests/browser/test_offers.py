"""A home page without room for all offers loads all of them as soon as a filter is used."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Route, expect

from aggregator.model import Place, Snapshot
from tests.support.browsing import Site, Visit, needs_chromium, serving
from tests.support.page_filters import DAYS, OFFERS, ask, fits, names, soonest
from tests.support.snapshots import NOW, crowd, offer, place, room_for, snapshot, window

pytestmark = needs_chromium

ROOM = 10
SOON = NOW + timedelta(minutes=2)
ALL = "**/offers/"
FIRST = soonest(OFFERS)[:ROOM]
PARTLY = f"Only the first {ROOM} places could be looked at."
HERE = {"latitude": 42.30, "longitude": -71.50}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site") / "public"
    with room_for(ROOM), serving(folder, crowd(120), languages=("en", "es")) as site:
        yield site


def whole(visit: Visit) -> Visit:
    """Waits until all offers are loaded."""
    expect(visit.page.locator("#cards[data-whole]")).to_have_count(1)
    expect(visit.page.locator("#shown")).to_contain_text("shown")
    return visit


def opened(visit: Visit) -> Visit:
    visit.page.locator("#filters summary").click()
    return visit


# --- loading on demand ----------------------------------------------------------------------------------------------


def test_all_offers_are_fetched_once_and_only_on_the_first_filter(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    requested: list[str] = []
    visit.page.on("request", lambda request: requested.append(request.url.removeprefix(site.url)))
    assert visit.names() == FIRST
    assert visit.text("#more") == (
        f"{len(OFFERS) - ROOM} more places have appointments. Search by ZIP code, or choose a town below. "
        "See all places with appointments"
    )

    whole(opened(visit))
    assert visit.names() == soonest(OFFERS)
    assert visit.text("#shown") == f"Places shown: {len(OFFERS)}"
    assert visit.text("#more") == ""
    for asked_for in ({"kind": "c"}, {"kind": "c", "product": "Janssen"}, {"dose": "2"}, {"day": DAYS[13].isoformat()}):
        ask(visit, **asked_for)
        assert visit.names() == soonest(one for one in OFFERS if fits(one, **asked_for))
    assert [path for path in requested if "assets/" not in path] == ["offers/"]
    assert visit.faults == []


def test_the_filters_choices_cover_all_offers(browser: Browser, site: Site) -> None:
    visit = whole(opened(Visit(browser, site.url)))
    slots = [slot for one in OFFERS for slot in one.current.slots]
    counts = visit.page.locator("#strip label:not([hidden]) b").all_text_contents()

    assert visit.page.locator("#filters [name=product] option").all_text_contents() == [
        "Any",
        *sorted({product for slot in slots for product in slot.products}),
    ]
    assert sum(map(int, counts)) == sum(
        bool(one.current.slots) and fits(one, day=day.isoformat()) for one in OFFERS for day in DAYS
    )


@pytest.mark.parametrize("folder", ["", "es/"])
def test_a_url_with_filters_searches_all_offers(browser: Browser, site: Site, folder: str) -> None:
    filters = {"product": "Janssen", "dose": "2"}
    visit = Visit(browser, f"{site.url}{folder}?product=Janssen&dose=2")
    expect(visit.page.locator("#cards[data-whole]")).to_have_count(1)

    assert visit.names() == soonest(one for one in OFFERS if fits(one, **filters))
    assert visit.page.locator("#filters [name=product]").input_value() == "Janssen"
    hrefs = set(visit.page.locator("#cards h3 a").evaluate_all("(all) => all.map((one) => one.href)"))
    assert hrefs == {f"{site.url}{folder}place/{one.id}/" for one in OFFERS}


def test_near_me_sorts_all_offers(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, geolocation=HERE, permissions=["geolocation"])
    visit.page.get_by_role("button", name="Near me").click()
    whole(visit)
    ways = visit.page.locator("#cards .far").all_text_contents()
    miles = [int(way.split()[0]) for way in ways if way != "Distance not known"]

    assert sorted(visit.names()) == sorted(names(OFFERS))
    assert miles == sorted(miles)
    assert len(miles) == sum(bool(one.location.position) for one in OFFERS)


PLACED = sorted(one.location.name for one in OFFERS if one.location.position)


def marked(visit: Visit) -> list[str]:
    """The offers that are visible links on the map."""
    return sorted(visit.page.locator("svg.map a:not([hidden]) title").all_text_contents())


def test_the_map_links_listed_offers_draws_the_others_and_updates_with_all(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    drawn = visit.page.locator("svg.map .more")
    listed = [name for name in PLACED if name in FIRST]
    assert marked(visit) == listed
    assert str(drawn.get_attribute("d")).count("h0") == len(PLACED) - len(listed)

    whole(opened(visit))
    assert (marked(visit), drawn.count()) == (PLACED, 0)
    ask(visit, kind="c")
    fitting = [one.location.name for one in OFFERS if one.location.position and fits(one, kind="c")]
    expect(visit.page.locator("svg.map a:not([hidden])")).to_have_count(len(fitting))
    assert marked(visit) == sorted(fitting)


def test_marks_of_a_map_with_another_extent_are_ignored(browser: Browser, site: Site) -> None:
    page = (site.folder / "offers" / "index.html").read_text(encoding="utf-8")
    visit = Visit(browser, site.url)
    visit.page.route(ALL, lambda route: route.fulfill(body=page.replace('data-west="', 'data-west="-')))
    whole(opened(visit))

    assert visit.names() == soonest(OFFERS)
    assert marked(visit) == [name for name in PLACED if name in FIRST]
    assert visit.page.locator("svg.map .more").count() == 0


def test_without_javascript_a_link_opens_all_offers(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url, java_script_enabled=False)
    visit.page.get_by_role("link", name="See all places with appointments").click()

    assert visit.page.url == f"{site.url}offers/"
    assert visit.names() == soonest(OFFERS)
    assert visit.text("h1") == "All places with appointments"


def test_the_page_of_all_offers_filters_itself_and_near_me_opens_the_home_page(browser: Browser, site: Site) -> None:
    visit = Visit(browser, f"{site.url}offers/?kind=p", geolocation=HERE, permissions=["geolocation"])
    assert visit.names() == soonest(one for one in OFFERS if fits(one, kind="p"))

    visit.page.get_by_role("button", name="Near me").click()
    visit.page.wait_for_url(f"{site.url}?here=1&sort=far")
    assert sorted(whole(visit).names()) == sorted(names(OFFERS))


# --- loading fails --------------------------------------------------------------------------------------------------


def test_while_all_offers_load_the_page_shows_it_and_claims_no_empty_result(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    held: list[Route] = []
    visit.page.route(ALL, lambda route: held.append(route))
    opened(visit)
    expect(visit.page.locator("#shown")).to_have_text("Looking through all places …")
    visit.page.locator("#filters [name=walkin]").check()
    visit.page.locator("#filters [name=phone]").check()

    assert (visit.names(), visit.shown("#why"), len(held)) == ([], False, 1)
    assert visit.page.locator("#strip :disabled").count() == 0
    held[0].continue_()
    assert whole(visit).names() == soonest(one for one in OFFERS if fits(one, walkin="on", phone="on"))


@pytest.mark.parametrize("answer", ["none", "error", "another page", "another day"])
def test_if_all_offers_fail_to_load_the_page_states_its_coverage_and_retries(
    browser: Browser, site: Site, answer: str
) -> None:
    page = (site.folder / "offers" / "index.html").read_text(encoding="utf-8")
    fulfilments: dict[str, dict[str, Any]] = {
        "error": {"status": 503, "body": page},
        "another page": {"path": site.folder / "offline" / "index.html"},
        "another day": {"body": page.replace('data-today="2021-05-13"', 'data-today="2021-05-14"')},
    }
    visit = Visit(browser, site.url)
    visit.page.route(
        ALL, lambda route: route.fulfill(**fulfilments[answer]) if answer in fulfilments else route.abort()
    )
    opened(visit)
    expect(visit.page.locator("#shown")).to_have_text(f"Places shown: {ROOM} · {PARTLY}")
    visit.page.locator("#filters [name=kind]").select_option("p")
    printed = soonest(one for one in OFFERS if one.location.name in FIRST and fits(one, kind="p"))
    expect(visit.page.locator("#shown")).to_have_text(f"Places shown: {len(printed)} · {PARTLY}")
    assert (visit.names(), visit.shown("#why"), visit.shown("#more a")) == (printed, False, True)

    visit.page.unroute(ALL)
    visit.page.locator("#filters [name=kind]").select_option("c")
    assert whole(visit).names() == soonest(one for one in OFFERS if fits(one, kind="c"))


# --- newer releases -------------------------------------------------------------------------------------------------


def halls(*numbers: int) -> tuple[Place, ...]:
    return tuple(place(number, offer(window(14 + number)), name=f"Hall {number}") for number in numbers)


def later(*places: Place) -> Snapshot:
    return msgspec.structs.replace(snapshot(*places), generated_at=SOON)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Site]:
    with room_for(2), serving(tmp_path / "public", snapshot(*halls(0, 1, 2, 3, 4))) as site:
        yield site


def test_announced_places_appear_once_all_offers_are_loaded(browser: Browser, small: Site) -> None:
    visit = Visit(browser, small.url, clock=NOW)
    renewed(visit, small, *halls(-1, 0, 1, 2, 3, 4))
    expect(visit.page.locator("#fresh")).to_contain_text("New places with appointments: 1")
    opened(visit)
    expect(visit.page.locator("#cards[data-whole]")).to_have_count(1)

    assert sorted(visit.names()) == sorted(["Hall -1", *HALLS])
    assert not visit.shown("#fresh button")


@pytest.fixture
def visit(browser: Browser, small: Site) -> Visit:
    """A visit with all five halls loaded."""
    visit = opened(Visit(browser, small.url, clock=NOW))
    expect(visit.page.locator("#cards[data-whole]")).to_have_count(1)
    return visit


def renewed(visit: Visit, site: Site, *places: Place) -> None:
    site.publish(later(*places))
    visit.made, visit.later = SOON, timedelta(minutes=2, seconds=10)
    visit.look_again()


HALLS = ["Hall 0", "Hall 1", "Hall 2", "Hall 3", "Hall 4"]


def test_loaded_offers_stay_and_update_with_newer_releases(visit: Visit, small: Site) -> None:
    changed = place(4, offer(window(18, 3)), name="Hall 4")
    renewed(visit, small, *halls(0, 1, 2, 3), changed)

    expect(visit.page.locator("#cards .card:has-text('Hall 4')")).to_contain_text("3 appointments")
    assert (visit.names(), visit.shown("#fresh button"), visit.text("#more")) == (HALLS, False, "")
    assert visit.text("#shown") == "Places shown: 5"


def test_only_new_offers_of_a_newer_release_are_announced(visit: Visit, small: Site) -> None:
    renewed(visit, small, *halls(0, 1, 2, 3, 4, 5))
    expect(visit.page.locator("#fresh")).to_contain_text("New places with appointments: 1")

    visit.page.locator("#fresh button").click()
    assert visit.names() == [*HALLS, "Hall 5"]


def test_a_removed_offer_is_marked_in_place(visit: Visit, small: Site) -> None:
    renewed(visit, small, *halls(0, 1, 3, 4))
    gone = visit.page.locator("#cards > :nth-child(3)")

    expect(gone).to_have_text("Hall 2It is no longer among the places with appointments.")
    visit.page.locator("#filters [name=kind]").select_option("c")
    assert visit.names() == ["Hall 0", "Hall 1", "Hall 3", "Hall 4"]


def test_a_newer_release_that_fails_to_load_changes_nothing(visit: Visit, small: Site) -> None:
    visit.page.route(ALL, lambda route: route.abort())
    renewed(visit, small, *halls(0, 5, 6))

    expect(visit.page.locator("#offline")).to_be_visible()
    assert visit.names() == HALLS

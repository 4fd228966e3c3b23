"""Every filter of the page, in a real Chromium, compared with the data of the snapshot."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from aggregator.config.service_file import service_named
from aggregator.model import Available, LocationType
from tests.support.browsing import Site, Visit, needs_chromium, serving, until_complete
from tests.support.page_filters import (
    AGES,
    DAYS,
    FLAGS,
    KINDS,
    OFFERS,
    OTHERS,
    PARTS,
    PLACES,
    ask,
    fits,
    names,
    soonest,
)
from tests.support.snapshots import crowd

pytestmark = needs_chromium

COMBINATIONS: list[dict[str, str]] = [
    {},
    *({"kind": kind} for kind in KINDS),
    *({"product": product} for product in ("Pfizer", "Moderna", "Janssen")),
    *({"dose": dose} for dose in ("1", "2", "3", "booster")),
    *({"age": age} for age in AGES),
    *({"part": part} for part in PARTS),
    *({"day": day.isoformat()} for day in (DAYS[1], DAYS[7], DAYS[13])),
    *({flag: "on"} for flag in FLAGS),
    {"kind": "c", "product": "Moderna", "part": "a"},
    {"age": "216-780", "dose": "2", "spoken": "on"},
    {"day": DAYS[7].isoformat(), "part": "m", "product": "Pfizer"},
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site") / "public", crowd(120)) as site:
        yield site


@pytest.fixture(scope="module")
def visit(browser: Browser, site: Site) -> Visit:
    return Visit(browser, site.url, viewport={"width": 1000, "height": 800})


@pytest.mark.parametrize("filters", COMBINATIONS, ids=urlencode)
def test_a_filter_shows_the_matching_places_soonest_first(visit: Visit, filters: dict[str, str]) -> None:
    ask(visit, **filters)

    assert visit.names() == soonest(one for one in OFFERS if fits(one, **filters))


def test_a_service_without_doses_ages_and_kinds_is_filtered_by_product(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "public", crowd(120), service=service_named("appointment")) as site:
        visit = Visit(browser, f"{site.url}?dose=2&kind=p&product=Moderna")
        assert visit.names() == soonest(one for one in OFFERS if fits(one, product="Moderna"))
        assert visit.page.locator("#filters select").count() == 4
        assert visit.faults == []


def test_each_day_counts_the_places_that_match_the_other_filters(visit: Visit) -> None:
    ask(visit, product="Moderna", part="m")
    counts = {
        day.isoformat(): sum(
            bool(one.current.slots) and fits(one, product="Moderna", part="m", day=day.isoformat()) for one in OFFERS
        )
        for day in DAYS
    }
    shown = dict(visit.page.eval_on_selector_all(
        "#strip label:not([hidden])",
        "(all) => all.slice(1).map((one) => [one.firstChild.value, Number(one.lastElementChild.textContent)])",
    ))  # fmt: skip
    days = list(counts)
    first_empty = [
        day for before, day in zip(["", *days], days, strict=False) if counts.get(before, 1) and not counts[day]
    ]

    assert {day for day, count in counts.items() if count} | set(first_empty) == set(shown)
    assert shown == {day: counts[day] for day in shown}
    assert visit.page.locator("#strip label:not([hidden]) :disabled").count() == len(first_empty)


def test_places_without_appointments_are_hidden_and_counted_and_shown_on_request(visit: Visit) -> None:
    ask(visit)
    assert (visit.names("#towns .row"), visit.text("#hides")) == ([], f"({len(OTHERS)} hidden)")

    ask(visit, all="yes")
    assert sorted(visit.names("#towns .row")) == sorted(names(OTHERS))

    ask(visit, all="yes", kind="p")
    pharmacies = [one for one in OTHERS if one.location.location_type is LocationType.PHARMACY]
    assert sorted(visit.names("#towns .row")) == sorted(names(pharmacies))
    assert visit.text("#shown") == f"Places shown: {len(visit.names()) + len(pharmacies)}"


def test_the_map_shows_the_same_places_as_the_list(visit: Visit) -> None:
    ask(visit, all="yes", kind="p")
    placed = [one for one in PLACES if one.location.position and one.location.location_type is LocationType.PHARMACY]
    marks = visit.page.locator("svg.map a:not([hidden])")
    expect(marks).to_have_count(sum(one.current.available is Available.YES for one in placed))  # once it is rendered
    squares = visit.page.locator("svg.map .none").get_attribute("d") or ""

    assert squares.count("h0") - squares.count("M-9") == sum(one.current.available is Available.NO for one in placed)


def test_filters_are_in_the_url_and_survive_reload_and_back(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site.url)
    everything = visit.names()
    ask(visit, kind="c")
    clinics = visit.names()
    ask(visit, kind="c", product="Moderna", all="yes")
    some = visit.names()
    assert visit.page.url == f"{site.url}?product=Moderna&kind=c&all=1"

    with until_complete(visit.page):
        visit.page.reload()
    assert (visit.names(), visit.text("#active")) == (some, "(2)")

    for expected in (clinics, everything):
        while visit.names() != expected:
            before = visit.page.url
            visit.page.go_back()
            assert visit.page.url != before
    visit.page.go_forward()
    with until_complete(visit.page):
        visit.page.goto(f"{site.url}?kind=c&kind=&dose=nonsense&product=none&day=1999-01-01&sort=x")
    assert visit.names() == clinics

    visit.page.locator("#clear").click()
    assert (visit.names(), visit.page.url) == (everything, site.url)
    assert visit.faults == []


def test_an_empty_result_explains_why_and_what_to_do(browser: Browser, site: Site) -> None:
    visit = Visit(browser, f"{site.url}?walkin=w&wheelchair=a")

    assert visit.names() == []
    assert visit.text("#why").startswith("No place with appointments fits what you chose. Choose less")
    assert visit.shown("#clear")

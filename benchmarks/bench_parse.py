"""Measures one PrepMod page of 30 clinics, from bytes to merged readings, against selectolax and BeautifulSoup.

The references read the same fields as plain strings and clean nothing. Twenty pages alternate, so the normalizer's
caches (addresses, ZIPs, products) are warm for 300 venues, as they are when a host is visited again. The last line is a
first visit, with addresses that are not cached yet.
"""

import sys
from itertools import count
from typing import NamedTuple, cast

from bs4 import BeautifulSoup
from measure import Table, figure, medians, must, seconds
from selectolax.lexbor import LexborHTMLParser
from synthetic import NOW, ZONE, prepmod_page
from tables import Benchmark

from aggregator.adapter import Adapter, Fetch, HtmlRow, Page
from aggregator.clean.listing import Context, merge, normalize
from aggregator.config.region import Source
from aggregator.demo.prepmod_site import SEARCH
from aggregator.model import Answer, Reading
from providers.prepmod import PrepMod

SOURCE = Source(name="county", provider="prepmod", url=f"https://clinics.example.org{SEARCH}")
HEADERS = {"content-type": "text/html; charset=utf-8"}


class Size(NamedTuple):
    """Clinics per page, alternating pages, and rounds."""

    clinics: int
    pages: int
    rounds: int


class Clinic(NamedTuple):
    """The fields that the adapter reads from a row, as the references return them."""

    title: str
    address: str
    facts: dict[str, str]
    sign_up: str
    map_image: str


def handed_on(adapter: Adapter, page: Page) -> Page:
    """The page as the adapter's `pages` yields it, with its context."""

    async def fetch(url: str, **options: object) -> Page:
        return page

    step = adapter.pages(SOURCE, cast(Fetch, fetch)).__anext__()
    try:
        step.__await__().__next__()
    except StopIteration as found:
        return cast(Page, found.value)
    raise AssertionError("the adapter waited for something else than its page")


def ours(body: bytes) -> tuple[Reading, ...]:
    adapter = PrepMod()
    page = handed_on(adapter, Page(Answer(url=SOURCE.url, status=200, headers=HEADERS, body=body, fetched_at=NOW)))
    readings = []
    context = Context(
        source=SOURCE.name,
        base_url=page.url,
        time_zone=ZONE.key,
        state="MA",
        location_type=adapter.location_type,
    )
    for node in adapter.rows_of(page):
        listing = adapter.listing(HtmlRow(node, page, SOURCE))
        readings.append(normalize(listing, context, page.answer.fetched_at)[0])
    return merge(readings)


def selectolax(body: bytes) -> list[Clinic]:
    clinics = []
    for row in LexborHTMLParser(body).css("div.border-b"):
        facts = {}
        for label in row.css("strong:first-child"):
            name, _, value = label.parent.text().partition(":") if label.parent else ("", "", "")
            facts[name.strip()] = value.strip()
        title, address = row.css_first(".text-xl.font-black"), row.css_first(".text-xl.font-black + p")
        sign_up, image = row.css_first("a[href*='clinic_id=']"), row.css_first(".map-image img")
        clinics.append(
            Clinic(
                title=title.text(strip=True) if title else "",
                address=address.text(strip=True) if address else "",
                facts=facts,
                sign_up=sign_up.attributes["href"] or "" if sign_up else "",
                map_image=image.attributes["src"] or "" if image else "",
            )
        )
    return clinics


def beautiful_soup(body: bytes) -> list[Clinic]:
    clinics = []
    for row in BeautifulSoup(body, "html.parser", from_encoding="utf-8").select("div.border-b"):
        facts = {}
        for label in row.select("strong:first-child"):
            name, _, value = label.parent.get_text().partition(":") if label.parent else ("", "", "")
            facts[name.strip()] = value.strip()
        title, address = row.select_one(".text-xl.font-black"), row.select_one(".text-xl.font-black + p")
        sign_up, image = row.select_one("a[href*='clinic_id=']"), row.select_one(".map-image img")
        clinics.append(
            Clinic(
                title=title.get_text(strip=True) if title else "",
                address=address.get_text(strip=True) if address else "",
                facts=facts,
                sign_up=str(sign_up["href"]) if sign_up else "",
                map_image=str(image["src"]) if image else "",
            )
        )
    return clinics


def slots_of(body: bytes) -> int:
    return sum(len(reading.availability.slots) for reading in ours(body) if reading.availability)


def measured(size: Size) -> Table:
    pages = [prepmod_page(number * size.clinics, size.clinics) for number in range(size.pages)]
    slots = sum(map(slots_of, pages))
    must(slots == size.clinics * size.pages, f"the pages gave {slots} slots instead of {size.clinics * size.pages}")
    must(selectolax(pages[0]) == beautiful_soup(pages[0]), "the references read different fields")

    unseen = count(size.pages * size.clinics, size.clinics)

    def first_visit() -> float:
        body = prepmod_page(next(unseen), size.clinics)
        return seconds(lambda: ours(body))

    per_round = medians(
        lambda: seconds(lambda: [ours(page) for page in pages]),
        lambda: seconds(lambda: [selectolax(page) for page in pages]),
        lambda: seconds(lambda: [beautiful_soup(page) for page in pages]),
        rounds=size.rounds,
    )
    warm, bare, soup = (taken / size.pages for taken in per_round)
    (cold,) = medians(first_visit, rounds=size.pages)
    lines = (
        figure("beside bare selectolax", warm, reference=bare, limit=2.0),
        figure("beside BeautifulSoup (html.parser)", warm, reference=soup, limit=0.2),
        figure("addresses never seen before", cold),
    )
    title = f"One PrepMod page of {size.clinics} clinics, from bytes to merged readings"
    return Table(title, lines, {"pages read": size.pages, "slots read": slots})


BENCHMARK = Benchmark("bench_parse", measured, full=Size(30, pages=20, rounds=7), tiny=Size(2, pages=1, rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())

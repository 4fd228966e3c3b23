"""A link without a host: relative to the page on a web page, never to the file in data."""

import json
from typing import Any

import pytest

from aggregator.adapter import Page, read
from aggregator.model import Location
from providers.manual import Manual
from providers.prepmod import PrepMod
from providers.vaxfinder_mass import VaxfinderMass
from providers.wa_doh import WaDoh
from tests.support.pages import (
    FIRST_PAGE,
    SITE,
    TableClient,
    answer,
    clinic,
    only_reading,
    only_slot,
    search,
    source,
    visit,
)

DATA_HOST = "https://data.example.net"


def page(body: str, url: str = f"{SITE}/en/search") -> Page:
    return Page(answer(body, url))


@pytest.mark.parametrize(
    ("body", "base"),
    [
        ("<!DOCTYPE html><title>Clinics</title>", f"{SITE}/en/search"),
        ("\ufeff\n <div>a part of a page</div>", f"{SITE}/en/search"),
        ('<html><head><base href="/fr/"></head></html>', f"{SITE}/fr/"),
        ('<html><head><base href="https://book.example.org/x"></head></html>', "https://book.example.org/x"),
        ('{"note": "<html>"}', ""),
        ("name,website\nGull Hall,/book", ""),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR", ""),
        ("", ""),
    ],
)
def test_only_web_pages_have_a_base_for_relative_links(body: str, base: str) -> None:
    assert page(body).link_base == base


def test_a_base_element_changes_the_base_of_relative_links() -> None:
    named = page('<html><head><base href="https://book.example.org/fr/"></head></html>')
    assert named.join("next") == "https://book.example.org/fr/next"
    assert named.join("/next") == "https://book.example.org/next"


def test_the_first_field_that_is_a_link_wins_or_else_the_first_text() -> None:
    assert (
        read.first_link(None, "", "N/A", "www.gull.example.org", "https://other.example.org") == "www.gull.example.org"
    )
    assert read.first_link("call us", None, "-") == "call us"
    assert read.first_link(None, "") == ""


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("/registration?clinic_id=7", f"{SITE}/registration?clinic_id=7"),
        ("registration?clinic_id=7", f"{SITE}/appointment/en/clinic/registration?clinic_id=7"),
        ("www.book.example.org/registration?clinic_id=7", "https://www.book.example.org/registration?clinic_id=7"),
        ("https:/book.example.org/registration?clinic_id=7", "https://book.example.org/registration?clinic_id=7"),
    ],
)
def test_a_clinic_page_link_is_relative_to_the_page_unless_it_names_a_host(href: str, link: str) -> None:
    report = visit(PrepMod(), source(), TableClient({FIRST_PAGE: search(clinic(link=href))}))
    assert only_slot(report).booking_url == link


def of_json(**links: Any) -> Location:
    """The place in a JSON response with these links."""
    fields = "addressLine1 addressLine2 city state zipcode county latitude longitude description phone email directions"
    row: dict[str, Any] = dict.fromkeys([*fields.split(), "rawDataSourceName", "locationType"])
    row |= {"locationId": "g1", "locationName": "Gull Clinic", "vaccineAvailability": "AVAILABLE", "walkIn": False}
    row |= {"vaccineTypes": [], "updatedAt": "", "scheduleByPhone": False} | links
    found = {"paging": {"pageSize": 200, "pageNum": 1, "total": 1}, "locations": [row]}
    client = TableClient({DATA_HOST: json.dumps({"data": {"searchLocations": found}})})
    return only_reading(visit(WaDoh(), source(DATA_HOST), client)).location


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("gull.example.org/s/1", "https://gull.example.org/s/1"),
        ("http//gull.example.org/s?a=1&amp;b=2", "http://gull.example.org/s?a=1&b=2"),
        ("/s/1", ""),
        ("N/A", ""),
        ("call us", ""),
        (17, ""),
        ({"href": "https://gull.example.org"}, ""),
    ],
)
def test_a_link_in_json_needs_a_host(written: object, link: str) -> None:
    place = of_json(schedulingLink=written, infoLink=written)
    assert (place.booking_url, place.info_url) == (link, link)


def test_if_the_first_link_field_contains_words_the_second_is_used() -> None:
    place = of_json(schedulingLink="see website", infoLink="www.gull.example.org")
    assert place.booking_url == place.info_url == "https://www.gull.example.org"


@pytest.mark.parametrize(
    ("written", "link"),
    [("www.gull.example.org/a", "https://www.gull.example.org/a"), ("none", ""), ("https//:gull.example.org", "https://gull.example.org")],
)  # fmt: skip
def test_a_link_in_a_csv_needs_a_host(written: str, link: str) -> None:
    volunteers = TableClient({DATA_HOST: f"name,website\nGull Hall,{written}\n"})
    state = TableClient(
        {DATA_HOST: f"location_name,full_address,serves,vaccines_available,url\nGull Hall,,,,{written}\n"}
    )
    assert only_reading(visit(Manual(), source(DATA_HOST), volunteers)).location.info_url == link
    assert only_reading(visit(VaxfinderMass(), source(DATA_HOST), state)).location.booking_url == link

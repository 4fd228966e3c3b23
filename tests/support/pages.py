"""Helpers for the tests of adapters and visits: a client that answers from a table, and pages shaped like PrepMod's.

The pages are made up: they share only their structure and labels with the real ones.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from aggregator.adapter import Adapter
from aggregator.config.region import Pace, Source
from aggregator.config.service_file import service_named
from aggregator.errors import VisitError
from aggregator.model import Answer, Availability, Reading, Report, Request, Slot
from aggregator.visit.one_visit import collect
from aggregator.web.client import Client
from providers.prepmod import PrepMod
from tests.support.memory_hosts import HandClock, run

NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
SITE = "https://clinics.example.org"
SEARCH = f"{SITE}/appointment/en/clinic/search"
VENUE = "q[venue_search_name_or_venue_name_i_cont]"
FIRST_PAGE = f"{SEARCH}?{urlencode({VENUE: '', 'page': '1'})}"
REGISTRATION = "/appointment/en/client/registration?clinic_id="
WAITING_ROOM = "<html><title>Harbor County Virtual Waiting Room</title><body>Estimated wait: 4 minutes</body></html>"

Reply = str | bytes | Answer | VisitError


# --- visits ---------------------------------------------------------------------------------------------------------


class TableClient(Client):
    """Answers from a table of URLs; a URL that is not in it fails the test.

    `requested` lists the requested URLs, `rejected` those whose answers must not be cached.
    """

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        self.replies = replies
        self.requested: list[str] = []
        self.rejected: list[str] = []

    def reject(self, url: str) -> None:
        self.rejected.append(url)

    async def get(self, request: Request) -> Answer:
        url = f"{request.url}?{urlencode(request.params)}" if request.params else request.url
        self.requested.append(url)
        assert url in self.replies, f"{url} is not one of {sorted(self.replies)}"
        reply = self.replies[url]
        if isinstance(reply, VisitError):
            raise reply
        return reply if isinstance(reply, Answer) else answer(reply, url)


def answer(body: str | bytes, url: str = SEARCH, **headers: str) -> Answer:
    """A good answer, fetched at NOW; `_` in header names stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return Answer(url=url, status=200, headers=named, body=raw, fetched_at=NOW)


def source(url: str = SEARCH, state: str | None = "MA", **fields: Any) -> Source:
    """A source in a region of one state."""
    defaults: dict[str, Any] = {
        "name": "example",
        "provider": "example",
        "time_zone": "America/New_York",
        "states": (state,),
        "country": "US",
        "pace": Pace(deadline=30.0),
        "service": service_named("vaccination"),
    }
    return Source(url=url, state=state, **{**defaults, **fields})


def visit(adapter: Adapter, where: Source, client: Client, only: str = "") -> Report:
    """One visit at NOW. `only`: a group of products; others are left out."""
    return run(collect(replace(where, only=(only,) if only else ()), adapter, client, HandClock(NOW)))


def only_reading(report: Report) -> Reading:
    (reading,) = report.readings
    return reading


def availability_of(reading: Reading) -> Availability:
    assert reading.availability is not None
    return reading.availability


def only_slot(report: Report) -> Slot:
    (slot,) = availability_of(only_reading(report)).slots
    return slot


def names(report: Report) -> list[str]:
    return [reading.location.name for reading in report.readings]


# --- PrepMod --------------------------------------------------------------------------------------------------------


def clinic(
    title: str = "Gull Hall on 05/20/2021",
    address: str = "1 Kite St, Boston MA, 02120",
    *,
    count: str = "23",
    number: str = "7001",
    link: str | None = None,
    tag: str = "h2",
    products: str = "Moderna COVID-19 Vaccine",
    ages: str = "All Ages",
    note: str = "",
    hours: str = "10:00 am - 03:00 pm",
    count_label: str = "Available Appointments",
) -> str:
    """One row of a search. `link`: None for the sign-up link of the clinic's number, "" if sign-up has closed.

    Texts are inserted without escaping, so they may contain markup. `note` is the paragraph's whole content.
    """
    href = f"{REGISTRATION}{number}" if link is None else link
    sign_up = f'<p class="my-3"><a class="button-primary" href="{escape(href)}">Sign up</a></p>' if href else ""
    more = f"<p><strong>Additional Information:</strong> {note}</p>" if note else ""
    return f"""<div class="md:flex justify-between border-b border-gray-200"><div class="md:flex-shrink text-gray-800">
<{tag} class="text-xl font-black">
{title}
</{tag}>
<p> {address} </p>
<p><strong>Vaccinations offered:</strong>
<strong>{products}</strong></p>
<p><strong>Age groups served:</strong> {ages}</p>
<p><p><strong>Services offered:</strong> Screening</p>
{more}<p><strong>Clinic Hours
:</strong> {hours}</p>
<p><strong>{count_label}
:</strong>
{count}</p>
<div><strong>Special Instructions:</strong> The second dose has to be of the same product.</div>
{sign_up}</div>
<div class="map-image"><img alt="" src="/maps/clinic{number}.png?locale=en"></div></div>"""


def search(*clinics: str, next_page: str = "") -> str:
    """A page of a search: the last one, or one that links to `next_page`."""
    rows = "\n".join(clinics) or "<h3>No clinics to show.</h3>"
    after = (
        f'<span class="page next"><a href="{escape(next_page)}" rel="next">Next</a></span>'
        if next_page
        else '<span class="page next disabled">Next</span>'
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Harbor County</title></head>
<body><main id="maincontent"><h1>Find a Vaccination Clinic</h1><form id="clinic_search"></form>
<div class="mt-24 border-t">{rows}
<nav class="pagy-nav pagination"><span class="page active">1</span> {after}</nav></div></main>
<template><p class="text-xl font-bold" id="the-message">message</p></template></body></html>"""


def visit_search(replies: Mapping[str, Reply], state: str = "MA", only: str = "") -> Report:
    return visit(PrepMod(), source(state=state), TableClient(replies), only)


def read_search(*clinics: str, state: str = "MA", only: str = "") -> Report:
    """A visit to a search of one page."""
    return visit_search({FIRST_PAGE: search(*clinics)}, state, only)

"""Visits of adapters that declare something about their requests, and sources that limit them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

import httpx
import pytest

from aggregator.adapter import Fetch, HtmlAdapter, HtmlRow, JsonAdapter, Listing, Page, PageAdapter, Row, SourceInfo
from aggregator.config.region import Pace, Source
from aggregator.model import Report
from aggregator.visit.one_visit import collect
from aggregator.web.client import Client
from tests.support.memory_hosts import HOME, HandClock, Host, Replies, reply, run
from tests.support.pages import source

START = f"{HOME}/select?md=27"


def visited(adapter: Any, host: Host, where: Source) -> Report:
    hosts = host.hosts()

    async def work() -> Report:
        async with Client(where, hosts) as client:
            return await collect(where, adapter, client, HandClock())

    return run(work())


class Halls(HtmlAdapter):
    """Reads the halls of three pages, the later ones if they come."""

    name = "halls"
    title = "Halls"
    rows = "p"
    whole_rows = True

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        yield await fetch(source.url)
        for number in (2, 3):
            if page := await fetch.try_fetch(f"{HOME}/{number}"):
                yield page

    def listing(self, row: HtmlRow) -> Listing:
        return Listing(name=f"{row.text()} {row.page.url[-1]}", count=0)


HALL = reply(text="<html><p>Gull Hall</p></html>")


def test_a_visit_that_used_up_its_requests_goes_on_with_what_it_has_and_is_partial() -> None:
    host = Host(HALL)
    report = visited(Halls(), host, source(START, pace=Pace(most_requests=2)))
    assert (report.outcome, report.whole, report.requests) == ("OK", False, 2)
    assert [reading.location.name for reading in report.readings] == ["Gull Hall 7", "Gull Hall 2"]
    assert "2 requests were sent, as many as `pace.most_requests` allows" in report.message
    assert len(host.requested) == 2


def test_a_page_that_the_visit_cannot_do_without_ends_it_when_the_requests_are_used_up() -> None:
    class Needing(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            yield await fetch(source.url)
            yield await fetch(f"{HOME}/2")

    report = visited(Needing(), Host(HALL), source(START, pace=Pace(most_requests=1)))
    assert (report.outcome, report.whole, len(report.readings)) == ("OK", False, 1)


def test_a_visit_that_read_nothing_before_its_limit_is_no_good_answer() -> None:
    class Late(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            await fetch(source.url)
            yield await fetch(f"{HOME}/2")

    report = visited(Late(), Host(HALL), source(START, pace=Pace(most_requests=1)))
    assert (report.outcome, report.whole, report.readings) == ("DOWN", False, ())


def test_enough_requests_leave_a_visit_whole() -> None:
    report = visited(Halls(), Host(HALL), source(START, pace=Pace(most_requests=3)))
    assert (report.outcome, report.whole, report.message) == ("OK", True, "")


@pytest.mark.parametrize(("stops", "requests"), [(True, 2), (False, 3)])
def test_a_visit_requests_nothing_more_after_a_refusal_if_its_adapter_says_so(stops: bool, requests: int) -> None:
    class Wary(Halls):
        stops_when_refused = stops

    host = Host([HALL, reply(403), HALL])
    report = visited(Wary(), host, source(START))
    assert (report.outcome, report.whole, len(host.requested)) == ("BLOCKED", False, requests)
    assert len(report.readings) == requests - 1


class Declaring(JsonAdapter):
    """Sends a header, and takes 404 for a place that has gone."""

    name = "declaring"
    title = "Declaring"
    headers: ClassVar[Mapping[str, str]] = {"X-Api-Version": "2"}
    answers = frozenset({404})

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        yield await fetch(source.url, matrix={"a": "1", "b": "2"})

    def rows_of(self, page: Page) -> list[int]:
        return [page.status]

    def listing(self, row: Row) -> Listing:
        return Listing(name=f"Answered {row.value}", count=3)


@pytest.mark.parametrize("status", [200, 404])
def test_an_adapter_gets_its_headers_matrix_parameters_and_statuses(status: int) -> None:
    host = Host(reply(status, text="[]"))
    report = visited(Declaring(), host, source(START))
    assert [reading.location.name for reading in report.readings] == [f"Answered {status}"]
    assert host.requested[0].headers["x-api-version"] == "2"
    assert host.requested[0].url.raw_path.decode() == "/select;a=1;b=2?md=27"


@pytest.mark.parametrize("name", ["User-Agent", "cookie", "Host", "If-None-Match", "X-Ä", ""])
def test_an_adapter_cannot_set_a_header_that_only_the_framework_sets(name: str) -> None:
    with pytest.raises(TypeError, match=r"Bad\.headers"):
        type("Bad", (JsonAdapter,), {"headers": {name: "x"}})


@pytest.mark.parametrize("status", [100, 206, 302, 304, 401, 403, 429, 500, 503])
def test_a_refusal_or_an_outage_cannot_be_declared_an_answer(status: int) -> None:
    with pytest.raises(TypeError, match=rf"Bad\.answers: {status}"):
        type("Bad", (JsonAdapter,), {"answers": frozenset({status})})


class Guest(PageAdapter):
    """Chooses each office of a guest session; `link` is where its listings send people."""

    name = "guest"
    title = "Guest"
    guest_session = True
    whole_rows = True

    def __init__(self, link: str = START, at_once: bool = False) -> None:
        self.link, self.at_once = link, at_once

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        await fetch(source.url)
        choices = [fetch(f"{HOME}/location", form={"loc": office}) for office in ("1", "2")]
        found = await asyncio.gather(*choices) if self.at_once else [await choice for choice in choices]
        for page in found:
            yield page

    def listing(self, row: Row) -> Listing:
        return Listing(name=f"Office {row.page.text}", count=2, booking_url=self.link)


def offices() -> Replies:
    number = iter(range(9))

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=f"answer {next(number)}", headers={"set-cookie": f"step={request.url.path}"})

    return answer


def test_the_steps_of_a_guest_session_carry_its_cookies_and_keep_their_order() -> None:
    host = Host(offices())
    visited(Guest(at_once=True), host, source(START, pace=Pace(spacing=0.5, concurrency=8)))
    sent = [(request.content.decode(), request.headers.get("cookie")) for request in host.requested]
    assert sent == [("", None), ("loc=1", "step=/select"), ("loc=2", "step=/location")]


def test_a_link_for_people_to_the_start_of_a_guest_session_is_kept() -> None:
    report = visited(Guest(), Host(offices()), source(START))
    assert [reading.location.booking_url for reading in report.readings] == [START, START]
    assert report.problems == ()


def test_a_link_for_people_never_leads_into_our_guest_session() -> None:
    report = visited(Guest(f"{HOME}/location#top"), Host(offices()), source(START))
    assert [reading.location.booking_url for reading in report.readings] == ["", ""]
    assert (report.problems[0].field, report.problems[0].reason) == (
        "booking_url",
        "leads into our guest session, so we don't link to it; link to the page where people start",
    )

"""Partial visits: missing pages and deadlines; and openings that are listed twice."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from weakref import ref

import pytest

from aggregator.adapter import DataRow, Fetch, Node, Page, SourceInfo
from aggregator.config.region import Pace
from aggregator.errors import PageError, Refused, Throttled, Unreachable
from aggregator.model import Answer, Listing, Outcome, Request, SlotListing
from tests.support.pages import (
    FIRST_PAGE,
    SEARCH,
    WAITING_ROOM,
    Reply,
    TableClient,
    availability_of,
    clinic,
    names,
    search,
    source,
    visit,
    visit_search,
)
from tests.support.small_adapters import LAST, MORE, Halls, Signs, ThreePages, halls

# --- pages that may be missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Unreachable("timed out"), Outcome.DOWN),
        (Refused("403"), Outcome.BLOCKED),
        (PageError("404"), Outcome.CHANGED),
        (WAITING_ROOM, Outcome.BUSY),
    ],
)
def test_a_visit_continues_without_an_optional_page_and_is_partial(reply: Reply, outcome: Outcome) -> None:
    client = TableClient({SEARCH: halls("Gull"), MORE: reply, LAST: halls("Tern")})
    report = visit(ThreePages(), source(), client)
    assert client.requested == [SEARCH, MORE, LAST]
    assert (names(report), report.outcome, report.whole) == (["Gull", "Tern"], outcome, False)
    assert report.wait_minutes == (4 if outcome is Outcome.BUSY else None)


def test_a_host_that_asks_us_to_slow_down_gets_no_more_requests_in_this_visit() -> None:
    reply = Throttled("429", retry_after=900)
    client = TableClient({SEARCH: halls("Gull"), MORE: reply, LAST: halls("Tern")})
    report = visit(ThreePages(), source(), client)
    assert client.requested == [SEARCH, MORE]
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.BUSY, False)
    assert report.next_after == 900


def test_a_visit_ends_at_a_missing_required_page_and_earlier_rows_count() -> None:
    client = TableClient({SEARCH: halls("Gull"), MORE: halls("Auk"), LAST: Unreachable("timed out")})
    report = visit(ThreePages(), source(), client)
    assert (names(report), report.outcome, report.whole) == (["Gull", "Auk"], Outcome.DOWN, False)


def test_a_page_is_released_from_memory_before_the_next_request() -> None:
    read: list[ref[Page]] = []

    class Paged(Signs):
        next_page = "a"

        def rows_of(self, page: Page) -> Iterable[Node]:
            read.append(ref(page))
            return super().rows_of(page)

    class Watching(TableClient):
        async def get(self, request: Request) -> Answer:
            assert [page() for page in read] == [None] * len(self.requested)
            return await super().get(request)

    sign = "<p>Halls:</p><h2>{}</h2>"
    pages = {SEARCH: sign.format("Gull") + f"<a href='{MORE}'>", MORE: sign.format("Tern")}
    assert visit(Paged(), source(), Watching(pages)).whole
    assert len(read) == 2


# --- the deadline ---------------------------------------------------------------------------------------------------

SHORT = Pace(deadline=0.2)


class HangingClient(TableClient):
    """Never responds for a URL that is not in its table."""

    async def get(self, request: Request) -> Answer:
        if request.url not in self.replies:
            self.requested.append(request.url)
            await asyncio.Event().wait()
        return await super().get(request)


def test_at_the_deadline_requests_stop_and_earlier_rows_count() -> None:
    client = HangingClient({SEARCH: halls("Gull"), LAST: halls("Tern")})
    report = visit(ThreePages(), source(pace=SHORT), client)

    assert client.requested == [SEARCH, MORE]
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.DOWN, False)
    assert "the visit took longer than 0.2 s" in report.message
    assert report.requests == 2


def test_an_adapter_that_joins_its_files_at_the_end_still_reports_those_received() -> None:
    class Joining(ThreePages):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            first = await fetch(source.url)
            for url in (MORE, LAST):
                assert await fetch.try_fetch(url) is None
            yield first

    client = HangingClient({SEARCH: halls("Gull"), LAST: halls("Tern")})
    report = visit(Joining(), source(pace=SHORT), client)

    assert client.requested == [SEARCH, MORE]
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.DOWN, False)


def test_a_damaged_file_makes_the_visit_partial_and_is_named_without_its_query() -> None:
    class Damaged(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            page = await fetch(source.url)
            for name in ("a", "b"):
                fetch.damaged(f"https://user:key@gull.example/{name}.ndjson?sig=secret", "is empty")
            yield page

    report = visit(Damaged(), source(), TableClient({SEARCH: halls("Gull")}))
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.CHANGED, False)
    assert report.message.startswith("https://gull.example/a.ndjson is empty; look at it")
    assert [(one.value, one.reason) for one in report.problems] == [
        ("'https://gull.example/a.ndjson'", "is empty"),
        ("'https://gull.example/b.ndjson'", "is empty"),
    ]


def test_an_adapter_that_waits_for_anything_else_is_stopped() -> None:
    class Waiting(Halls):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            yield await fetch(source.url)
            await asyncio.Event().wait()

    report = visit(Waiting(), source(pace=SHORT), TableClient({SEARCH: halls("Gull")}))
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.DOWN, False)


# --- an empty page after others ---------------------------------------------------------------------------------------


def test_a_later_page_that_states_it_is_empty_makes_the_visit_partial() -> None:
    class Paged(Signs):
        next_page = "a"

    pages = {SEARCH: f"<p>Halls:</p><h2>Gull</h2><a href='{MORE}'>", MORE: "<p>Halls:</p>no halls"}
    report = visit(Paged(), source(), TableClient(pages))
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.CHANGED, False)
    assert "although earlier pages have 1 rows" in report.message


# --- what is listed twice ---------------------------------------------------------------------------------------------


def test_a_page_served_twice_counts_once() -> None:
    page = halls("Gull of Pfizer", "Tern of Pfizer")
    report = visit(ThreePages(), source(), TableClient({SEARCH: page, MORE: page, LAST: page}))
    assert report.whole
    assert [len(availability_of(reading).slots) for reading in report.readings] == [1, 1]


def test_two_equal_rows_on_one_page_are_two_openings() -> None:
    report = visit(Halls(), source(), TableClient({SEARCH: halls("Gull of Pfizer", "Gull of Pfizer")}))
    assert [len(availability_of(reading).slots) for reading in report.readings] == [2]


def test_an_opening_that_moved_to_the_next_page_with_another_count_counts_once() -> None:
    pages = {
        FIRST_PAGE: search(clinic(count="12"), next_page=f"{SEARCH}?page=2"),
        f"{SEARCH}?page=2": search(clinic(count="11"), clinic("Tern Hall on 05/21/2021", number="7002")),
    }
    report = visit_search(pages)
    assert [[slot.count for slot in availability_of(reading).slots] for reading in report.readings] == [[12], [23]]


def test_openings_of_two_resources_on_two_pages_are_distinguished_by_their_ids() -> None:
    class Nurses(ThreePages):
        def listing(self, row: DataRow) -> Listing:
            return Listing(name="Gull", slots=(SlotListing(start="2021-05-20 09:00", id=row.value, count=1),))

    report = visit(Nurses(), source(), TableClient({SEARCH: halls("ann"), MORE: halls("bo"), LAST: halls("bo")}))
    assert [len(availability_of(reading).slots) for reading in report.readings] == [2]

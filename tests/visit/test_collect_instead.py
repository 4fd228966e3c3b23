"""How a visit treats an unexpected page: a waiting room, an outage, an invalid link."""

import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from aggregator.adapter import DataRow, Fetch, Page, SourceInfo
from aggregator.errors import LeftAlone, PageError, Unreachable
from aggregator.model import Listing, Outcome
from tests.support.pages import SEARCH, WAITING_ROOM, Reply, TableClient, names, source, visit
from tests.support.small_adapters import LAST, ThreePages, halls


class Joined(ThreePages):
    """Reads its first page only if the last one is there too."""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        first, last = await fetch(source.url), await fetch(LAST)
        first.found(re.compile("halls of the town"))
        yield last


def test_a_waiting_room_in_place_of_any_page_is_busy() -> None:
    replies: dict[str, Reply] = {SEARCH: WAITING_ROOM, LAST: halls("Gull")}
    report = visit(Joined(), source(), TableClient(replies))
    assert (report.outcome, report.wait_minutes) == (Outcome.BUSY, 4)
    assert report.message.startswith(SEARCH)


def test_a_waiting_room_in_place_of_a_detail_page_is_busy_and_loses_only_that_row() -> None:
    class Detailed(ThreePages):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            self.detail = await fetch(LAST)
            yield await fetch(source.url)

        def listing(self, row: DataRow) -> Listing | None:
            if row.value == "Tern":
                self.detail.found(re.compile("open on"))
            return super().listing(row)

    replies: dict[str, Reply] = {SEARCH: halls("Gull", "Tern", "Auk"), LAST: WAITING_ROOM}
    report = visit(Detailed(), source(), TableClient(replies))
    assert (report.outcome, report.unread, names(report)) == (Outcome.BUSY, 1, ["Gull", "Auk"])


@pytest.mark.parametrize("link", ["<!DOCTYPE html>\n<title>", "javascript:alert(1)", "https://[gull/", "https:///x"])
def test_a_page_with_an_invalid_link_is_checked_for_a_block_page(link: str) -> None:
    class Leading(ThreePages):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            await fetch(source.url)
            yield await fetch(link)

    assert visit(Leading(), source(), TableClient({SEARCH: WAITING_ROOM})).outcome is Outcome.BUSY
    report = visit(Leading(), source(), TableClient({SEARCH: halls("Gull")}))
    assert (report.outcome, report.requests) == (Outcome.CHANGED, 1)
    assert report.message.startswith(f"{SEARCH} links to ")


def test_a_host_paused_after_an_error_has_the_outcome_of_that_error() -> None:
    class InParts(ThreePages):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            await fetch.try_fetch(source.url)
            yield await fetch(LAST)

    replies: dict[str, Reply] = {
        SEARCH: Unreachable(f"{SEARCH} answers 503; the next visit tries again"),
        LAST: LeftAlone("clinics.example.org asks us to wait; the next visit is after that", retry_after=60.0),
    }
    report = visit(InParts(), source(), TableClient(replies))
    assert (report.outcome, report.message) == (Outcome.DOWN, f"{SEARCH} answers 503; the next visit tries again")


# --- messages ---------------------------------------------------------------------------------------------------------


def test_an_earlier_good_page_that_looks_like_an_outage_is_not_blamed_for_a_later_one() -> None:
    class Ordered(ThreePages):
        def rows_of(self, page: Page) -> Iterable[Any]:
            return ()

        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            yield await fetch(source.url)
            yield await fetch(LAST)

    first = "<html><body><h1>Flu (currently unavailable)</h1></body></html>"
    report = visit(Ordered(), source(), TableClient({SEARCH: first, LAST: PageError(f"{LAST} answers 204")}))
    assert report.outcome is Outcome.CHANGED
    assert report.message.startswith(f"{LAST} answers 204; ")


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ("is empty", "is empty; look at it in a browser, and correct the adapter if it has changed"),
        ("begins 'a; b'", "begins 'a; b'; look at it in a browser, and correct the adapter if it has changed"),
        ("answers 404; check the url", "answers 404; check the url"),
    ],
)
def test_an_error_about_a_page_always_has_a_next_step(given: str, ends: str) -> None:
    assert str(PageError(f"{SEARCH} {given}")) == f"{SEARCH} {ends}"

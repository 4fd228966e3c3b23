"""Pages that may take long are read in a process of their own: with the same result, and never longer than allowed."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Page, SlotListing, SourceInfo
from aggregator.config.region import Pace, Source
from aggregator.errors import PageError, Throttled, Unreachable, VisitError
from aggregator.model import Answer, Attribution, Outcome, Report, Request
from aggregator.visit import worker_process
from aggregator.visit.long_visits import LongVisits, RememberingClient
from aggregator.visit.one_visit import collect
from aggregator.visit.worker_process import VisitArguments
from tests.support.memory_hosts import HandClock
from tests.support.records import NOW, source

LARGE = 2_000_000  # bytes of padding that make a page one that may take long


class Halls(JsonAdapter):
    """A made-up system: pages of names, each name a hall with one slot; the first says how many pages follow."""

    name = "halls"
    title = "Halls"
    rows = "halls"

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        page = await fetch(source.url)
        yield page
        for number in range(page.json["more"]):
            if further := await fetch.try_fetch(f"{source.url}{number}"):
                yield further

    def listing(self, row: DataRow) -> Listing:
        return Listing(name=row.value, id=row.value, slots=(SlotListing(start="2021-05-14T09:00:00-04:00", count=2),))


class Keeping(Halls):
    """Keeps how often it was visited, in a system that keeps much."""

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        fetch.keep("visits", str(int(fetch.kept.get("visits", "0")) + 1))
        fetch.attribute("Halls Trust")
        yield await fetch(source.url)


class Endless(Halls):
    """Hangs in a loop on a row."""

    def listing(self, row: DataRow) -> Listing:
        while True:
            pass


class Dying(Halls):
    """Ends the process that reads it, as running out of memory does."""

    def listing(self, row: DataRow) -> Listing:
        os._exit(9)


class Site:
    """A client. Its pages are large where `padding` is; those in `failing` do not come."""

    def __init__(self, *padding: int, halls: int = 3) -> None:
        self.padding, self.halls = iter(padding or (LARGE, LARGE, LARGE)), halls
        self.requested: list[str] = []
        self.failing: dict[str, VisitError] = {}

    async def get(self, request: Request) -> Answer:
        self.requested.append(request.url)
        padding = next(self.padding)
        if error := self.failing.get(request.url):
            raise error
        names = ", ".join(f'"{request.url[-1]} {number}"' for number in range(self.halls))
        body = f'{{"more": 2, "halls": [{names}]}}{" " * padding}'.encode()
        return Answer(url=request.url, status=200, headers={}, body=body, fetched_at=NOW)

    def reject(self, url: str) -> None:
        pass


URL = "https://halls.example.org/"
SOURCE = source(url=URL)


def visit(site: Site, adapter: Halls, where: Source = SOURCE) -> Report:
    async def work() -> Report:
        return await LongVisits().visit(where, adapter, site, HandClock(NOW))

    return asyncio.run(work())


def in_place(site: Site) -> Report:
    return asyncio.run(collect(SOURCE, Halls(), site, HandClock(NOW)))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources for whose visits a process was started."""
    sources: list[str] = []
    real = LongVisits._in_worker

    async def counted(self: LongVisits, visit: VisitArguments, client: RememberingClient) -> Report:
        sources.append(visit.source.name)
        return await real(self, visit, client)

    monkeypatch.setattr(LongVisits, "_in_worker", counted)
    return sources


def test_small_pages_are_read_in_place(started: list[str]) -> None:
    assert visit(Site(9, 9, 9), Halls()).outcome is Outcome.OK
    assert started == []


def test_large_pages_are_read_in_a_process_with_the_same_result_and_no_second_request(started: list[str]) -> None:
    site, other = Site(halls=500), Site(halls=500)
    found, expected = visit(site, Halls()), in_place(other)
    assert started == ["county"]
    assert len(found.readings) == 1500 and found.readings == expected.readings
    assert (found.outcome, found.rows, found.requests, found.received) == (
        expected.outcome, expected.rows, expected.requests, expected.received
    )  # fmt: skip
    assert site.requested == other.requested


def test_a_visit_that_began_in_place_goes_on_where_it_was(started: list[str]) -> None:
    site = Site(9, LARGE, 9)
    assert len(visit(site, Halls()).readings) == 9
    assert started == ["county"]
    assert site.requested == [URL, f"{URL}0", f"{URL}1"]


@pytest.mark.parametrize("error", [Unreachable("gone; look again"), Throttled("slow down", retry_after=70.0)])
@pytest.mark.parametrize("failing", [f"{URL}0", f"{URL}1"])
@pytest.mark.parametrize("padding", [(LARGE, 9, 9), (9, 9, LARGE)])
def test_a_page_that_does_not_come_is_not_asked_for_twice_and_its_error_is_kept(
    error: VisitError, failing: str, padding: tuple[int, ...]
) -> None:
    site, other = Site(*padding), Site(*padding)
    site.failing = other.failing = {failing: error}
    found, expected = visit(site, Halls()), in_place(other)
    assert (found.outcome, found.message, found.next_after) == (expected.outcome, expected.message, expected.next_after)
    assert (found.whole, found.readings) == (False, expected.readings)
    assert site.requested == other.requested


def test_a_source_that_keeps_much_is_read_in_a_process_and_its_state_comes_back(started: list[str]) -> None:
    async def work(kept: dict[str, str]) -> Report:
        return await LongVisits().visit(SOURCE, Keeping(), Site(0), HandClock(NOW), kept=kept)

    few = asyncio.run(work({"visits": "7"}))
    assert started == []
    many = asyncio.run(work({"visits": "7", "items": "x" * LARGE}))
    assert started == [SOURCE.name]
    assert (many.kept, many.attribution, len(many.readings)) == (few.kept, few.attribution, 3)
    assert (few.kept, few.attribution) == ((("visits", "8"),), Attribution(publisher="Halls Trust"))


def test_a_page_that_keeps_the_process_busy_is_ended_at_the_deadline() -> None:
    found = visit(Site(), Endless(), source(url=URL, pace=Pace(deadline=1.0)))
    assert (found.outcome, found.readings, found.requests) == (Outcome.DOWN, (), 1)
    assert f"{URL}: the visit took longer than 1 s" in found.message


def test_a_page_that_takes_too_much_computing_is_ended_before_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "work", with_little_time)
    found = visit(Site(), Endless())
    assert (found.outcome, found.readings) == (Outcome.CHANGED, ())
    assert f"{URL}: reading its answer took more than 60 s of CPU and was stopped" in found.message


real_work = worker_process.work


def with_little_time(*arguments: Any) -> None:
    worker_process.CPU_SECONDS = 1
    real_work(*arguments)


def test_a_process_that_dies_costs_only_this_visit() -> None:
    found = visit(Site(), Dying())
    assert (found.outcome, found.readings) == (Outcome.CHANGED, ())
    assert "ended with exit code 9; the next visit tries again" in found.message


def test_other_visits_go_on_while_a_page_keeps_its_process_busy() -> None:
    async def work() -> list[Report]:
        visits, clock = LongVisits(), HandClock(NOW)
        busy = asyncio.create_task(visits.visit(source("slow", url=URL), Endless(), Site(), clock))
        done = [await visits.visit(SOURCE, Halls(), Site(9, 9, 9), clock) for _ in range(20)]
        assert not busy.done()
        busy.cancel()
        await asyncio.wait([busy])
        return done

    assert [found.outcome for found in asyncio.run(work())] == [Outcome.OK] * 20


def kinds_of(kind: type[VisitError]) -> list[type[VisitError]]:
    return [found for below in kind.__subclasses__() for found in (below, *kinds_of(below))]


@pytest.mark.parametrize("kind", kinds_of(VisitError))
def test_every_error_of_a_visit_passes_through_the_pipe(kind: type[VisitError]) -> None:
    error = worker_process.Failure.of(kind("why; what next", retry_after=3.0, wait_minutes=4)).error()
    assert (type(error), str(error), error.retry_after, error.wait_minutes) == (kind, "why; what next", 3.0, 4)
    assert PageError in kinds_of(VisitError)

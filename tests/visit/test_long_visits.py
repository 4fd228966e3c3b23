"""Pages that may take long are read in a worker process: with the same result, and never longer than allowed."""

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

LARGE = 2_000_000  # bytes of padding that make a page count as slow


class Halls(JsonAdapter):
    """A made-up system: pages of names, each a hall with one slot; the first states how many pages follow."""

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
    """Loops forever on a row."""

    def listing(self, row: DataRow) -> Listing:
        while True:
            pass


class Dying(Halls):
    """Ends its own process, like a process out of memory."""

    def listing(self, row: DataRow) -> Listing:
        os._exit(9)


class Site:
    """A client. Its pages are large where `padding` is set; those in `failing` are missing."""

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
    """The sources whose visits started a worker."""
    sources: list[str] = []
    real = LongVisits._in_worker

    async def counted(self: LongVisits, visit: VisitArguments, client: RememberingClient) -> Report:
        sources.append(visit.source.name)
        return await real(self, visit, client)

    monkeypatch.setattr(LongVisits, "_in_worker", counted)
    return sources


def test_small_pages_are_read_in_this_process(started: list[str]) -> None:
    assert visit(Site(9, 9, 9), Halls()).outcome is Outcome.OK
    assert started == []


def test_large_pages_are_read_in_a_worker_with_the_same_result_and_no_second_request(started: list[str]) -> None:
    site, other = Site(halls=500), Site(halls=500)
    found, expected = visit(site, Halls()), in_place(other)
    assert started == ["county"]
    assert len(found.readings) == 1500 and found.readings == expected.readings
    assert (found.outcome, found.rows, found.requests, found.received) == (
        expected.outcome, expected.rows, expected.requests, expected.received
    )  # fmt: skip
    assert site.requested == other.requested


def test_a_visit_moved_to_a_worker_continues_where_it_was(started: list[str]) -> None:
    site = Site(9, LARGE, 9)
    assert len(visit(site, Halls()).readings) == 9
    assert started == ["county"]
    assert site.requested == [URL, f"{URL}0", f"{URL}1"]


@pytest.mark.parametrize("error", [Unreachable("gone; look again"), Throttled("slow down", retry_after=70.0)])
@pytest.mark.parametrize("failing", [f"{URL}0", f"{URL}1"])
@pytest.mark.parametrize("padding", [(LARGE, 9, 9), (9, 9, LARGE)])
def test_a_failed_page_is_not_requested_twice_and_its_error_is_kept(
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


def test_a_page_that_keeps_the_worker_busy_is_stopped_at_the_deadline() -> None:
    found = visit(Site(), Endless(), source(url=URL, pace=Pace(deadline=1.0)))
    assert (found.outcome, found.readings, found.requests) == (Outcome.DOWN, (), 1)
    assert f"{URL}: the visit took longer than 1 s" in found.message


def test_a_page_that_uses_too_much_cpu_time_is_stopped_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "work", with_little_time)
    found = visit(Site(), Endless())
    assert (found.outcome, found.readings) == (Outcome.CHANGED, ())
    assert f"{URL}: reading its answer took more than 60 s of CPU and was stopped" in found.message


real_work = worker_process.work


def with_little_time(*arguments: Any) -> None:
    worker_process.CPU_SECONDS = 1
    real_work(*arguments)


def test_a_worker_that_dies_affects_only_its_visit() -> None:
    found = visit(Site(), Dying())
    assert (found.outcome, found.readings) == (Outcome.CHANGED, ())
    assert "ended with exit code 9; the next visit tries again" in found.message


def test_other_visits_continue_while_a_page_keeps_its_worker_busy() -> None:
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
def test_every_visit_error_survives_the_pipe_from_the_worker(kind: type[VisitError]) -> None:
    error = worker_process.Failure.of(kind("why; what next", retry_after=3.0, wait_minutes=4)).error()
    assert (type(error), str(error), error.retry_after, error.wait_minutes) == (kind, "why; what next", 3.0, 4)
    assert PageError in kinds_of(VisitError)

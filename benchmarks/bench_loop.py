"""Measures the lag of the event loop while something large or hostile is processed.

A task wakes up every 5 ms; the lag is the longest delay beyond that. Meanwhile the code of `aggregator watch` prunes
old history, reads a SMART feed of 24 MB, and reads pages built to take long (calendars whose events never end, a CSV
full of quotes, a single JSON text of 8 MB).
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from measure import Table, figure, must
from synthetic import report
from tables import Benchmark

from aggregator import registry
from aggregator.clean.country import load_tables
from aggregator.clock import RecordedClock
from aggregator.config.region import Source
from aggregator.model import Answer, Outcome, Request
from aggregator.store.retention import prune
from aggregator.store.store import Store
from aggregator.store.times import stamp
from aggregator.visit.long_visits import LongVisits

TICK = 0.005  # seconds
LIMIT = 100.0  # ms
PRUNING, SMART = "pruning of old changes", "SMART feed"
NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
URL = "https://feed.example.org/"


class Size(NamedTuple):
    """Number of pruned changes, bytes of the SMART feed, and bytes of a hostile page."""

    changes: int
    feed: int
    hostile: int


class Taken(NamedTuple):
    """The lag and the time in milliseconds, and the number of changes or locations processed."""

    lag: float
    time: float
    done: int


class Lag:
    """The longest wait so far, in milliseconds."""

    longest = 0.0


@asynccontextmanager
async def lagging() -> AsyncIterator[Lag]:
    lag = Lag()

    async def tick() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(TICK)
            lag.longest = max(lag.longest, (perf_counter() - began - TICK) * 1000)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(2 * TICK)
    lag.longest = 0.0
    yield lag
    ticking.cancel()


class Pages:
    """A client that answers from a table of URL -> body."""

    def __init__(self, pages: dict[str, str]) -> None:
        self._pages = {url: body.encode() for url, body in pages.items()}

    async def get(self, request: Request) -> Answer:
        return Answer(url=request.url, status=200, headers={}, body=self._pages[request.url], fetched_at=NOW)

    def reject(self, url: str) -> None:
        pass


async def lag_of(work: Callable[[], Awaitable[int]]) -> Taken:
    """The lag while `work` runs; `work` returns how much it did."""
    async with lagging() as lag:
        began = perf_counter()
        done = await work()
        return Taken(lag.longest, (perf_counter() - began) * 1000, done)


async def lag_of_visit(provider: str, pages: dict[str, str], outcome: Outcome) -> Taken:
    source = Source(
        name="one", provider=provider, url=URL, state="MA", states=("MA",), country="US", time_zone="America/New_York"
    )
    adapter = registry.load(provider)()

    async def work() -> int:
        found = await LongVisits().visit(source, adapter, Pages(pages), RecordedClock(NOW))
        must(found.outcome is outcome, f"{provider}: {found.outcome} instead of {outcome} ({found.message})")
        return len(found.readings)

    return await lag_of(work)


def feed(least: int) -> dict[str, str]:
    """A SMART feed of at least that many bytes: every location has a schedule and three slots."""
    kinds = ("Location", "Schedule", "Slot")
    outputs = [{"type": kind, "url": f"{URL}{kind}"} for kind in kinds]
    pages = {URL: json.dumps({"transactionTime": NOW.isoformat(), "request": URL, "output": outputs})}
    number = size = 0
    lines: dict[str, list[str]] = {kind: [] for kind in kinds}
    while size < least:
        for line, kind in _records(number):
            lines[kind].append(line)
            size += len(line) + 1
        number += 1
    return pages | {f"{URL}{kind}": "\n".join(lines[kind]) for kind in kinds}


def _records(number: int) -> list[tuple[str, str]]:
    address = {"line": [f"{number} Elm St"], "city": "Boston", "state": "MA", "postalCode": "02118"}
    place = {"resourceType": "Location", "id": f"{number}", "name": f"Hall {number}", "address": address}
    code = {"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57"}
    plan = {
        "resourceType": "Schedule",
        "id": f"{number}",
        "actor": [{"reference": f"Location/{number}"}],
        "serviceType": [{"coding": [code]}],
    }
    slots = [
        {
            "resourceType": "Slot",
            "id": f"{number}-{hour}",
            "schedule": {"reference": f"Schedule/{number}"},
            "status": "free",
            "start": f"2021-05-14T{hour}:00:00-04:00",
            "end": f"2021-05-14T{hour}:15:00-04:00",
        }
        for hour in (10, 11, 12)
    ]
    return [(json.dumps(place), "Location"), (json.dumps(plan), "Schedule"), *((json.dumps(s), "Slot") for s in slots)]


async def lag_of_pruning(changes: int, folder: Path) -> Taken:
    with Store(folder / "a.db") as store:
        visit = report([1] * 300)
        store.save(visit, next_visit_at=visit.started_at, failures=0, doubted=0)
        old = stamp(visit.started_at - timedelta(days=99))
        rows = ((number % 300 + 1, old, "YES", number) for number in range(changes))
        with store.transaction():
            store.db.conn.executemany("INSERT INTO changes VALUES (NULL, ?, ?, ?, ?)", rows)

        async def work() -> int:
            moved = await asyncio.to_thread(prune, store, visit.started_at - timedelta(days=30), folder / "history")
            must(moved >= changes - 300, f"{moved} changes were moved instead of {changes}")
            return moved

        return await lag_of(work)


async def lags(size: Size, folder: Path) -> dict[str, Taken]:
    calendar, quotes = "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * (size.hostile // 13), 'a,b\n"' + '"' * size.hostile
    return {
        PRUNING: await lag_of_pruning(size.changes, folder),
        SMART: await lag_of_visit("smart_scheduling_links", feed(size.feed), Outcome.OK),
        "calendar, events that never end": await lag_of_visit("ics", {URL: calendar}, Outcome.CHANGED),
        "CSV of quotes": await lag_of_visit("ak_csv", {URL: quotes}, Outcome.CHANGED),
        "JSON nested too deeply": await lag_of_visit("vaccinespotter", {URL: "[" * size.hostile}, Outcome.CHANGED),
    }


def measured(size: Size) -> Table:
    load_tables(["US"])
    with TemporaryDirectory() as name:
        taken = asyncio.run(lags(size, Path(name)))
    lines = [
        *(figure(f"lag: {what}", one.lag, limit=LIMIT) for what, one in taken.items()),
        *(figure(f"time: {what}", one.time) for what, one in taken.items()),
    ]
    title = (
        f"The longest wait of the event loop beside a pruning of {size.changes:,} changes, a SMART feed of "
        f"{size.feed / 1_000_000:g} MB, and hostile pages of {size.hostile / 1000:g} kB"
    )
    return Table(title, lines, {"changes pruned": taken[PRUNING].done, "locations read": taken[SMART].done})


BENCHMARK = Benchmark(
    "bench_loop",
    measured,
    full=Size(changes=300_000, feed=24_000_000, hostile=200_000),
    tiny=Size(changes=700, feed=20_000, hostile=2000),
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())

"""How long the event loop keeps everybody waiting while something large or hostile is worked on beside it.

A task asks for its turn every 5 ms; what it waits longer than that, at most, is the lag. Beside it runs, through the
same code as in `aggregator watch`: pruning of old history, a SMART feed of 24 MB, and pages that are built to take long
(calendars whose events never end, a CSV of quotes, one JSON of 8 MB).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from measure import Row, must, show
from synthetic import report

from aggregator import registry
from aggregator.clean.country import load_tables
from aggregator.clock import RecordedClock
from aggregator.config.region import Source
from aggregator.model import Answer, Outcome, Report, Request
from aggregator.store.retention import prune
from aggregator.store.store import Store
from aggregator.store.times import stamp
from aggregator.visit.long_visits import LongVisits

CHANGES = 300_000
FEED = 24_000_000  # bytes of the SMART feed
HOSTILE = 200_000  # bytes
TICK = 0.005  # seconds
LIMIT = 100.0  # ms
NOW = datetime(2021, 5, 13, 14, 0, tzinfo=UTC)
URL = "https://feed.example.org/"


class Lag:
    """The longest wait so far, in milliseconds."""

    longest = 0.0


@asynccontextmanager
async def measured() -> AsyncIterator[Lag]:
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


async def lag_of(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """The lag while `work` goes on, and how long it takes, in milliseconds."""
    async with measured() as lag:
        began = perf_counter()
        await work()
        return lag.longest, (perf_counter() - began) * 1000


async def lag_of_visit(provider: str, pages: dict[str, str], outcome: Outcome) -> tuple[float, float]:
    source = Source(name="one", provider=provider, url=URL, state="MA", states=("MA",), time_zone="America/New_York")
    adapter = registry.load(provider)()
    found: list[Report] = []

    async def work() -> None:
        found.append(await LongVisits().visit(source, adapter, Pages(pages), RecordedClock(NOW)))

    taken = await lag_of(work)
    must(found[0].outcome is outcome, f"{provider}: {found[0].outcome} instead of {outcome} ({found[0].message})")
    return taken


def feed() -> dict[str, str]:
    """A SMART feed: every location has a schedule and three slots."""
    kinds = ("Location", "Schedule", "Slot")
    outputs = [{"type": kind, "url": f"{URL}{kind}"} for kind in kinds]
    pages = {URL: json.dumps({"transactionTime": NOW.isoformat(), "request": URL, "output": outputs})}
    number = size = 0
    lines: dict[str, list[str]] = {kind: [] for kind in kinds}
    while size < FEED:
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


async def lag_of_pruning(folder: Path) -> tuple[float, float]:
    with Store(folder / "a.db") as store:
        visit = report([1] * 300)
        store.save(visit, next_visit_at=visit.started_at, failures=0, doubted=0)
        old = stamp(visit.started_at - timedelta(days=99))
        rows = ((number % 300 + 1, old, "YES", number) for number in range(CHANGES))
        with store.transaction():
            store.db.conn.executemany("INSERT INTO changes VALUES (NULL, ?, ?, ?, ?)", rows)

        async def work() -> None:
            moved = await asyncio.to_thread(prune, store, visit.started_at - timedelta(days=30), folder / "history")
            must(moved >= CHANGES - 300, f"{moved} changes were moved instead of {CHANGES}")

        return await lag_of(work)


async def measure(folder: Path) -> list[Row]:
    taken = {
        f"pruning of {CHANGES:,} changes": await lag_of_pruning(folder),
        f"SMART feed of {FEED / 1_000_000:g} MB": await lag_of_visit("smart_scheduling_links", feed(), Outcome.OK),
        "calendar, events that never end": await lag_of_visit(
            "ics", {URL: "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * (HOSTILE // 13)}, Outcome.CHANGED
        ),
        "CSV of quotes": await lag_of_visit("ak_csv", {URL: 'a,b\n"' + '"' * HOSTILE}, Outcome.CHANGED),
        "JSON nested too deeply": await lag_of_visit("vaccinespotter", {URL: "[" * HOSTILE}, Outcome.CHANGED),
    }
    rows = [Row(f"lag: {what}", lag, LIMIT, 1.0) for what, (lag, _) in taken.items()]
    return rows + [Row(f"time: {what}", time) for what, (_, time) in taken.items()]


def main() -> None:
    load_tables(["US"])
    with TemporaryDirectory() as name:
        rows = asyncio.run(measure(Path(name)))
    show("The longest wait of the event loop, beside its limit", rows)


if __name__ == "__main__":
    main()

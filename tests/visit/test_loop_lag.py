"""The event loop is never blocked: SQLite runs in threads, long parsing in workers, and all other steps are short."""

import asyncio
import gzip
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aggregator import registry, schedule
from aggregator.adapter import DataRow, JsonAdapter, Listing, SlotListing
from aggregator.clean.country import load_tables
from aggregator.config.region import Region, parse_region
from aggregator.cycle import open_hosts
from aggregator.model import Outcome, Report
from aggregator.schedule import Watch
from aggregator.store.store import Store
from aggregator.store.times import stamp
from aggregator.visit.polling import poll
from aggregator.web.client import Hosts
from tests.support.memory_hosts import HandClock, Host, reply
from tests.support.records import DAY, MINUTE, NOW, REGION, reading, report, save

LONGEST = 0.1  # seconds


class Halls(JsonAdapter):
    """A made-up system: each row is a hall with its own street and two slots."""

    name = "halls"
    title = "Halls"

    def listing(self, row: DataRow) -> Listing:
        return Listing(
            name=f"Hall {row.value}",
            id=str(row.value),
            address=f"{row.value} Elm Street, Boston, MA 02118",
            slots=tuple(SlotListing(start=f"2021-05-{day}T09:00:00", count=row.value) for day in (14, 15)),
        )


ROWS = {"few": 20, "some": 1500, "many": 4000}  # for the source with that name; "many" may take long

RULES = "User-agent: *\nDisallow: /private"


def answered(request: httpx.Request) -> httpx.Response:
    name = request.url.host.partition(".")[0]
    if name == "busy":
        return httpx.Response(429, headers={"retry-after": "300"})
    body = json.dumps(list(range(ROWS[name]))).encode().ljust(1_500_000 if name == "many" else 0)
    headers = {"content-encoding": "gzip", "content-type": "application/json", "etag": '"1"'}
    return httpx.Response(200, content=gzip.compress(body), headers=headers)


def made_region(*names: str) -> Region:
    sources = "".join(f'[[sources]]\nname = "{name}"\nprovider = "halls"\nurl = "{url(name)}"\n' for name in names)
    return parse_region(REGION + sources, "alder.toml")


def url(name: str) -> str:
    return f"https://{name}.example.org/"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(registry, "load", lambda *_: Halls)
    load_tables(["US"])
    with Store(tmp_path / "a.db") as opened:
        yield opened


def mocked(hosts: Hosts) -> Hosts:
    hosts._transport, hosts.on_network = Host(answered, robots=reply(text=RULES)).transport(), False
    return hosts


async def visits(region: Region, store: Store) -> list[Report]:
    hosts = mocked(open_hosts(region, store, HandClock(NOW)))
    return await poll(region, region.sources, store, hosts, HandClock(NOW))


# --- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[tuple[threading.Thread, str]]:
    """All SQL statements of connections opened from now on, with the thread that runs them."""
    found: list[tuple[threading.Thread, str]] = []
    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(lambda sql: found.append((threading.current_thread(), sql)))
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return found


def test_a_poll_runs_no_sql_in_the_event_loop_thread(
    statements: list[tuple[threading.Thread, str]], store: Store
) -> None:
    region = made_region("few", "busy")
    hosts = mocked(open_hosts(region, store, HandClock(NOW)))
    statements.clear()

    async def twice() -> None:
        for _ in range(2):  # the second time with cached responses
            await poll(region, region.sources, store, hosts, HandClock(NOW))

    asyncio.run(twice())
    all_sql = " ".join(sql for _, sql in statements).replace('"', "")
    assert "INTO visits" in all_sql and "kept_answers" in all_sql and "host_waits" in all_sql
    assert [sql for thread, sql in statements if thread is threading.current_thread()] == []


def test_a_watch_runs_no_sql_in_the_event_loop_thread(
    statements: list[tuple[threading.Thread, str]], store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[asyncio.Task[None]] = []

    async def tidied() -> None:
        await watch.prune_history()
        watch.stop()

    def visited(found: Report) -> None:
        tasks.append(asyncio.get_running_loop().create_task(tidied()))

    monkeypatch.setattr(schedule, "uniform", lambda least, most: 0.0)
    watch = Watch(made_region("few"), store, tmp_path / "public", HandClock(NOW), visited, pytest.fail)
    mocked(watch.hosts)
    statements.clear()
    asyncio.run(asyncio.wait_for(watch.run(), 60))
    all_sql = " ".join(sql for _, sql in statements).replace('"', "")
    assert "INTO visits" in all_sql and "INTO last_publish" in all_sql and "DISTINCT substr(at, 1, 10)" in all_sql
    assert [sql for thread, sql in statements if thread is threading.current_thread()] == []


def test_the_event_loop_keeps_running_while_the_database_is_locked(
    statements: list[tuple[threading.Thread, str]], store: Store, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    statements.clear()

    async def work() -> list[Report]:
        polled = asyncio.create_task(visits(made_region("few"), store))
        while not any("begun_visits" in sql for _, sql in statements):  # noqa: ASYNC110 - another thread says it
            await asyncio.sleep(0.001)
        other.execute("ROLLBACK")
        return await polled

    (found,) = asyncio.run(work())
    assert (found.outcome, found.unsaved) == (Outcome.OK, "")
    other.close()


# --- CPU time ---------------------------------------------------------------------------------------------------------


def longest_step(work: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> float:
    """CPU seconds of the longest step of the loop, independent of other load on the machine."""
    steps: list[float] = []
    real = asyncio.events.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        real(handle)
        steps.append(time.thread_time() - began)

    with monkeypatch.context() as patch:
        patch.setattr(asyncio.events.Handle, "_run", timed)
        asyncio.run(work())
    return max(steps)


def test_the_event_loop_is_not_blocked_while_large_pages_are_read_and_saved(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = made_region(*ROWS)

    async def work() -> None:
        found = await visits(region, store)
        assert [(one.outcome, len(one.readings)) for one in found] == [(Outcome.OK, rows) for rows in ROWS.values()]

    assert any(longest_step(work, monkeypatch) < LONGEST for _ in range(3))


def test_the_event_loop_is_not_blocked_while_history_is_pruned_and_a_release_is_built(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, report(*(reading(str(number)) for number in range(300)), at=NOW - MINUTE))
    region = made_region("few")

    async def work() -> None:
        watch = Watch(region, store, tmp_path / "public", HandClock(NOW), print, pytest.fail)
        await asyncio.gather(watch.prune_history(), watch.publish())

    def prepared() -> float:
        rows = ((number % 300 + 1, stamp(NOW - 99 * DAY), "YES", number) for number in range(20_000))
        with store.transaction():
            store.db.conn.executemany(
                "INSERT INTO changes (location_id, at, available, count) VALUES (?, ?, ?, ?)", rows
            )
        return longest_step(work, monkeypatch)

    assert any(prepared() < LONGEST for _ in range(3))
    assert store.db.execute("SELECT count(*) FROM changes").fetchone()[0] < 1000


def test_the_measurement_detects_a_blocked_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy() -> None:
        until = time.thread_time() + 1.5 * LONGEST
        while time.thread_time() < until:
            pass

    assert longest_step(busy, monkeypatch) > LONGEST

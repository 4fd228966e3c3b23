"""Politeness per host that outlives a process: waits, started visits, cached responses."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from aggregator.config.region import Pace, Source
from aggregator.model import Outcome, Report
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.waits import host_waits
from aggregator.visit import polling
from aggregator.visit.polling import planned
from aggregator.web.validators import StoredAnswer
from tests.support.records import NOW
from tests.support.stores import empty_store
from tests.visit.test_poll import Places, World, made_region

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from aggregator.visit.polling import due, poll
from aggregator.store.store import Store
from aggregator.web.client import Hosts
from aggregator.web.validators import MemoryAnswers
from tests.support.records import NOW, region
from tests.support.memory_hosts import AGENT, HandClock, Host

folder, clock = Path(sys.argv[1]), HandClock(NOW)
clock.elapsed = float(sys.argv[2])

def killed(request):
    with (folder / "asked").open("a") as file:
        file.write(sys.argv[2] + "\\n")
    os.kill(os.getpid(), signal.SIGKILL)

with Store(folder / "a.db") as store:
    hosts = Hosts(AGENT, clock, MemoryAnswers(), False, Host(killed, robots=killed).transport())
    asyncio.run(poll(region(), due(region(), store, clock.now()), store, hosts, clock))
"""
HOST = "clinics.example.org"
TEN = tuple(
    Source(
        name=f"town-{number}", provider="places", url=f"https://{HOST}/{number}", time_zone="UTC", pace=Pace(spacing=1)
    )
    for number in range(10)
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Ten sources on one host."""
    with empty_store() as store:
        made = World(store, monkeypatch)
        made.region = made_region("county")
        yield made


def answers(world: World, *given: httpx.Response) -> None:
    """Sets the host's responses in order; the last one is repeated."""
    left = list(given)
    world.answers[HOST] = lambda request: left.pop(0) if len(left) > 1 else left[0]


def still_due(world: World) -> list[str]:
    waiting = planned(world.store, TEN, world.clock.now())
    return [source.name for source in TEN if source.name not in waiting]


# --- waits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["3600", "3599.997", "3600, 3600", "Thu, 13 May 2021 15:00:10 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_sent_to_one_source_applies_to_all_sources_on_its_host(
    world: World, status: int, value: str
) -> None:
    answers(world, httpx.Response(status, headers={"retry-after": value}))
    reports = world.poll(*TEN)
    assert world.requested == [HOST]
    others = [found for found in reports.values() if not found.requests]
    assert len(others) == 9
    assert {(found.outcome, found.readings) for found in others} == {(Outcome.BUSY, ())}
    assert {found.message for found in others} == {others[0].message}
    assert others[0].message.startswith(f"{HOST} asks us to slow down (status {status}), so we send it nothing")
    assert still_due(world) == []
    assert {state.failures for state in world.store.sources().values()} == {0, 1}


def test_the_next_process_also_waits_and_resumes_after_the_wait(world: World) -> None:
    answers(world, httpx.Response(429, headers={"retry-after": "3600"}), httpx.Response(200, json=["hall"]))
    world.poll(TEN[0])
    assert world.clock.elapsed < 60
    world.clock.elapsed = 3000
    assert still_due(world) == []
    assert {report.outcome for report in world.poll(*TEN).values()} == {Outcome.BUSY}
    assert len(world.requested) == 1
    world.clock.elapsed = 3700
    assert still_due(world) == [source.name for source in TEN]
    assert {report.outcome for report in world.poll(*TEN).values()} == {Outcome.OK}
    assert host_waits(world.store) == {}


def test_a_source_that_was_not_requested_keeps_its_answers(world: World) -> None:
    answers(world, httpx.Response(200, json=["hall"]))
    world.poll(*TEN)
    before = world.store.locations([TEN[5].name], NOW)
    answers(world, httpx.Response(429, headers={"retry-after": "3600"}))
    world.clock.elapsed = 600
    world.poll(*TEN)
    assert world.store.locations([TEN[5].name], NOW) == before
    assert (before[0].gone_at, before[0].checked_at is not None) == (None, True)


@pytest.mark.parametrize(
    ("answer", "most"),
    [
        (httpx.Response(429, headers={"retry-after": "20"}), 3),
        (httpx.Response(429), 3),
        (httpx.Response(503), 4),
        (httpx.Response(500), 4),
        (httpx.Response(403), 2),
        (httpx.Response(401), 2),
        (httpx.Response(503, text="<title>Just a moment...</title>"), 4),
    ],
)
def test_a_host_without_good_responses_is_soon_paused(world: World, answer: httpx.Response, most: int) -> None:
    answers(world, answer)
    reports = world.poll(*TEN)
    assert len(world.requested) <= most
    assert not any(report.outcome.is_good for report in reports.values())
    first = len(world.requested)
    for minute in range(2, 61, 2):
        world.clock.elapsed = max(world.clock.elapsed, minute * 60.0)
        due = still_due(world)
        world.poll(*(source for source in TEN if source.name in due)) if due else None
    assert len(world.requested) - first <= 12


def test_a_block_of_one_source_does_not_affect_the_others_on_its_host(world: World) -> None:
    def host(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if request.url.path == "/3" else httpx.Response(200, json=["hall"])

    world.answers[HOST] = host
    outcomes = [report.outcome for report in world.poll(*TEN).values()]
    assert (outcomes.count(Outcome.OK), outcomes.count(Outcome.BLOCKED)) == (9, 1)


def test_all_sources_wait_out_a_short_retry_after_within_the_visit(world: World) -> None:
    answers(world, httpx.Response(429, headers={"retry-after": "20"}), httpx.Response(200, json=["hall"]))
    reports = world.poll(*TEN)
    assert {report.outcome for report in reports.values()} == {Outcome.OK}
    assert len(world.requested) == 11


def test_a_slower_spacing_applies_to_the_next_process(world: World) -> None:
    answers(world, httpx.Response(503), httpx.Response(503), httpx.Response(503), httpx.Response(200, json=["hall"]))
    world.poll(TEN[0])
    world.clock.elapsed = began = 600.0
    world.poll(TEN[0], TEN[1])
    assert world.clock.elapsed - began > 4  # robots.txt, then two pages that would otherwise be a second apart


def test_a_wait_recorded_while_the_clock_was_ahead_is_ignored(world: World) -> None:
    answers(world, httpx.Response(429, headers={"retry-after": "3600"}))
    world.clock.elapsed = 86400
    world.poll(*TEN)
    world.clock.elapsed = 0
    assert still_due(world) == [source.name for source in TEN]


def test_the_list_of_hosts_contains_no_key(world: World) -> None:
    answers(world, httpx.Response(200, json=["hall"]))
    world.poll(replace(TEN[0], url=f"https://{HOST}/list?key=k3y-5tays-hidden"))
    assert {tally.host for tally in world.store.hosts(NOW)} == {HOST}


# --- started visits ---------------------------------------------------------------------------------------------------


class Died(BaseException):
    """The process died."""


def test_a_process_that_dies_before_saving_visits_each_source_at_most_once_per_interval(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(world, httpx.Response(200, json=["hall"]))

    def dies(*given: object) -> Report:
        raise Died

    monkeypatch.setattr(polling, "_save", dies)
    visits = 0
    for _ in range(20):  # restarts, 15 seconds apart
        if still_due(world):
            with pytest.raises(Died):
                world.poll(*TEN)
            visits += 1
        world.clock.elapsed = round(world.clock.elapsed) + 15.0
    assert visits <= 1 + world.clock.elapsed // TEN[0].interval


def test_a_process_killed_at_its_first_request_sends_none_when_restarted(tmp_path: Path) -> None:
    for elapsed in (0, 15, 30, 119, 121):
        command = [sys.executable, "-c", KILLED, str(tmp_path), str(elapsed)]
        subprocess.run(command, check=False, timeout=60)
    assert (tmp_path / "asked").read_text().split() == ["0", "121"]


def test_a_visit_is_recorded_before_its_first_request(world: World) -> None:
    seen: list[list[str]] = []

    def host(request: httpx.Request) -> httpx.Response:
        seen.append(still_due(world))
        return httpx.Response(200, json=["hall"])

    world.answers[HOST] = host
    world.poll(TEN[0])
    assert seen == [[source.name for source in TEN[1:]]]
    world.clock.elapsed += 121
    assert TEN[0].name in still_due(world)


def test_a_visit_recorded_in_the_future_is_ignored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(world, httpx.Response(200, json=["hall"]))
    world.clock.elapsed = 120
    world.poll(TEN[0])
    world.clock.elapsed = 0
    assert TEN[0].name in still_due(world)


# --- cached responses -------------------------------------------------------------------------------------------------


class Picky(Places):
    """Expects another page."""

    expects = ("another page",)


CURRENT = {"etag": '"1"', "last-modified": "Thu, 13 May 2021 13:00:00 GMT"}


class Honest:
    """A server that confirms an unchanged page, by etag or by date (RFC 9110, 13.1.3)."""

    def __init__(self) -> None:
        self.page = httpx.Response(200, json=["hall"], headers=CURRENT)
        self.asked_with: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        etag, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
        self.asked_with.append(etag or since)
        known = etag == self.page.headers.get("etag") if etag else since and since >= self.page.headers["last-modified"]
        return httpx.Response(304) if known else self.page


@pytest.fixture
def honest(world: World) -> Honest:
    server = Honest()
    world.answers[HOST] = server
    world.kept = HttpCacheStore(world.store, StoredAnswer)
    return server


def visited(world: World) -> Report:
    world.clock.elapsed = round(world.clock.elapsed) + 600.0
    return world.poll(TEN[0])[TEN[0].name]


def test_a_good_page_is_requested_conditionally_also_by_the_next_process(world: World, honest: Honest) -> None:
    assert visited(world).outcome is Outcome.OK
    world.kept = HttpCacheStore(world.store, StoredAnswer)
    assert (visited(world).outcome, honest.asked_with) == (Outcome.OK, [None, '"1"'])


@pytest.mark.parametrize(
    "wrong",
    [
        httpx.Response(200, text="<title>Scheduled maintenance</title>"),
        httpx.Response(200, text="<title>Sign in</title>"),
        httpx.Response(200, json=[None, None, "hall"]),
    ],
    ids=["maintenance", "a login", "rows that cannot be read"],
)
def test_a_304_never_brings_back_a_wrong_page(world: World, honest: Honest, wrong: httpx.Response) -> None:
    good = honest.page
    wrong.headers["last-modified"] = "Thu, 13 May 2021 13:30:00 GMT"  # newer than the page that returns
    honest.page = wrong
    assert not visited(world).outcome.is_good
    honest.page = good
    assert visited(world).outcome is Outcome.OK
    assert honest.asked_with == [None, None]


def test_after_a_failed_visit_a_page_is_requested_unconditionally(world: World, honest: Honest) -> None:
    visited(world)
    honest.page = httpx.Response(200, text="<title>Maintenance</title>", headers={"last-modified": "Thu, 13 May"})
    visited(world)
    honest.page = httpx.Response(200, json=["hall"], headers=CURRENT)
    visited(world)
    assert honest.asked_with == [None, '"1"', None]


def test_a_page_confirmed_by_304_but_unreadable_is_dropped_from_the_cache(world: World, honest: Honest) -> None:
    visited(world)
    world.adapter = Picky
    assert visited(world).outcome is Outcome.CHANGED
    visited(world)
    assert honest.asked_with == [None, '"1"', None]


def test_an_implausible_page_is_not_cached(world: World, honest: Honest) -> None:
    honest.page = httpx.Response(200, json=["a", "b", "c", "d"], headers=CURRENT)
    visited(world)
    honest.page = httpx.Response(200, json=["a"], headers={"etag": '"2"'})
    assert visited(world).outcome is Outcome.CHANGED
    visited(world)
    assert honest.asked_with == [None, '"1"', None]


def test_a_page_with_an_unreadable_row_is_not_cached_even_if_the_visit_is_good(world: World, honest: Honest) -> None:
    honest.page = httpx.Response(200, json=["a", "b", None], headers=CURRENT)
    report = visited(world)
    assert (report.outcome, report.whole) == (Outcome.OK, False)
    visited(world)
    assert honest.asked_with == [None, None]

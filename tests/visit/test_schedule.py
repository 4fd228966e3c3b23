"""`aggregator watch` visits each source at its own pace, never twice at once, until it is stopped."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator import schedule
from aggregator.config.region import Region, Source
from aggregator.cycle import make_release
from aggregator.errors import StoreError
from aggregator.model import Report
from aggregator.schedule import SOON, Watch
from aggregator.store.store import Store
from aggregator.store.waits import begin_visits
from tests.support.memory_hosts import HandClock
from tests.support.records import DAY, HOUR, MINUTE, NOW, SOURCES, reading, region, report, save

TWO = SOURCES + SOURCES.replace("county", "town")


class World:
    """A watch whose visits call `on_visit`, with a frozen clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.clock = HandClock(NOW)
        self.store = Store(folder / "a.db")
        self.region: Region = region(sources=TWO)
        self.errors: list[str] = []
        self.visited: list[str] = []
        self.on_visit: Callable[[Source], Awaitable[None]] = self.good
        monkeypatch.setattr(schedule, "poll", self._poll)
        monkeypatch.setattr(schedule, "uniform", lambda least, most: 0.0)

    async def _poll(self, region: Region, sources: tuple[Source, ...], *rest: Any) -> list[Report]:
        (source,) = sources
        self.visited.append(source.name)
        await self.on_visit(source)
        return []

    async def good(self, source: Source) -> None:
        save(self.store, report(reading(source.name, at=self.clock.now()), source=source.name, at=self.clock.now()))

    def watch(self) -> Watch:
        return Watch(
            self.region, self.store, self.folder / "public", self.clock, lambda report: None, self.errors.append
        )

    def visit_once(self, name: str = "county") -> datetime:
        """Visits a source once; returns when its next visit is scheduled."""

        async def work() -> datetime:
            watch = self.watch()
            watch.scheduler.start(paused=True)
            (source,) = [source for source in self.region.sources if source.name == name]
            try:
                await watch.visit(source)
            finally:
                (job,) = watch.scheduler.get_jobs()
                assert job.id == name
                watch.scheduler.shutdown(wait=False)
            at = job.trigger.run_date
            assert isinstance(at, datetime)
            return at

        return asyncio.run(work())

    def run(self, meanwhile: Callable[[Watch], Awaitable[None]]) -> None:
        """Runs the watch until `meanwhile` has ended it."""

        async def work() -> None:
            watch = self.watch()
            running = asyncio.create_task(watch.run())
            await meanwhile(watch)
            await asyncio.wait_for(running, 30)

        asyncio.run(work())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path, monkeypatch)
    with made.store:
        yield made


def test_the_next_visit_is_scheduled_for_the_time_in_the_database(world: World) -> None:
    assert world.visit_once() == NOW + 2 * MINUTE
    assert world.visited == ["county"]


def test_visits_are_spread_by_up_to_a_tenth_of_their_interval(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "uniform", lambda least, most: most)
    assert world.visit_once() == NOW + 2 * MINUTE + timedelta(seconds=12)


def test_a_source_that_is_not_due_is_not_visited(world: World) -> None:
    save(world.store, report(reading(), at=NOW - MINUTE))
    assert world.visit_once() == NOW + MINUTE
    assert world.visited == []


def test_a_watch_that_died_during_a_visit_waits_for_the_interval_when_restarted(world: World) -> None:
    begin_visits(world.store, NOW - MINUTE, {"county": NOW + MINUTE})
    assert world.visit_once() == NOW + MINUTE
    assert world.visited == []


def test_a_next_visit_far_in_the_future_does_not_keep_a_source_unvisited(world: World) -> None:
    world.store.save(report(at=NOW + 999 * DAY), next_visit_at=NOW + 999 * DAY, failures=0, doubted=0)
    assert world.visit_once() == NOW + 2 * MINUTE
    assert world.visited == ["county"]


def test_a_source_not_in_force_is_checked_again_only_after_its_interval(world: World) -> None:
    world.region = region(sources=f"{SOURCES}last_day = 2021-05-12\ninterval = 300")
    assert world.visit_once() == NOW + 5 * MINUTE
    assert world.visited == []


def test_a_visit_longer_than_its_interval_is_not_repeated_at_once(world: World) -> None:
    async def slow(source: Source) -> None:
        await world.good(source)
        world.clock.elapsed += 600

    world.on_visit = slow
    assert world.visit_once() == NOW + 10 * MINUTE + SOON


@pytest.mark.parametrize("error", [StoreError("the disk is full"), ValueError("a mistake in the program")])
def test_a_failed_visit_is_scheduled_again(world: World, error: Exception) -> None:
    async def failing(source: Source) -> None:
        raise error

    async def work() -> list[datetime]:
        watch = world.watch()
        watch.scheduler.start(paused=True)
        await asyncio.gather(watch.visit(world.region.sources[0]), return_exceptions=True)
        planned = [job.trigger.run_date for job in watch.scheduler.get_jobs()]
        watch.scheduler.shutdown(wait=False)
        return planned

    world.on_visit = failing
    assert asyncio.run(work()) == [NOW + 2 * MINUTE]
    (message,) = world.errors
    assert str(error) in message
    assert ("please report it" in message) == isinstance(error, ValueError)


def test_sources_are_visited_independently_and_never_twice_at_once(world: World) -> None:
    both, go_on = asyncio.Event(), asyncio.Event()

    async def waiting(source: Source) -> None:
        if set(world.visited) == {"county", "town"}:
            both.set()
        await go_on.wait()
        await world.good(source)

    async def meanwhile(watch: Watch) -> None:
        await asyncio.wait_for(both.wait(), 5)
        for source in world.region.sources:
            assert watch.scheduler.get_job(source.name) is None  # rescheduled only after the visit
        watch.stop()
        go_on.set()

    world.on_visit = waiting
    world.run(meanwhile)
    assert sorted(world.visited) == ["county", "town"]


@pytest.mark.parametrize("by", ["stop", "SIGTERM", "SIGINT", "SIGHUP"])
def test_on_a_stop_signal_running_visits_finish_and_are_published(world: World, by: str) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def long(source: Source) -> None:
        begun.set()
        await go_on.wait()
        await world.good(source)

    async def meanwhile(watch: Watch) -> None:
        await asyncio.wait_for(begun.wait(), 5)
        watch.stop() if by == "stop" else signal.raise_signal(signal.Signals[by])
        await asyncio.sleep(0.01)
        assert world.store.sources() == {}
        go_on.set()

    world.region = region()
    world.on_visit = long
    world.run(meanwhile)
    assert set(world.store.sources()) == {"county"}
    assert "Town hall county" in (world.folder / "public" / "index.html").read_text()
    assert world.errors == []


def test_a_release_that_cannot_be_written_is_reported_and_the_next_one_works(world: World) -> None:
    (world.folder / "public").write_text("somebody's file")

    async def work() -> None:
        watch = world.watch()
        await watch.publish()
        (world.folder / "public").unlink()
        await watch.publish()

    asyncio.run(work())
    (error,) = world.errors
    assert "public: is not a release" in error
    assert (world.folder / "public" / "index.html").is_file()


def test_an_unexpected_publish_error_is_reported_and_the_next_publish_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, failing = make_release, [ZeroDivisionError("no luck"), None]

    def made(*given: Any) -> Any:
        if error := failing.pop(0):
            raise error
        return work(*given)

    monkeypatch.setattr(schedule, "make_release", made)

    async def publish_twice() -> None:
        watch = world.watch()
        await watch.publish()
        await watch.publish()

    asyncio.run(publish_twice())
    (error,) = world.errors
    assert "unexpected ZeroDivisionError: no luck" in error and "please report it" in error
    assert (world.folder / "public" / "index.html").is_file()


def test_history_is_moved_to_its_files(world: World) -> None:
    for number, at in enumerate((NOW - 40 * DAY, NOW - 39 * DAY, NOW - HOUR)):
        save(world.store, report(*(reading(key, at=at) for key in "12"[: number % 2 + 1]), at=at))

    async def work() -> None:
        await world.watch().prune_history()

    asyncio.run(work())
    assert [path.suffixes for path in (world.folder / "history").iterdir()] == [[".jsonl", ".gz"]]
    assert world.errors == []

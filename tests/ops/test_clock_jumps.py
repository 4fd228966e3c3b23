"""A system clock set forward or back: nothing stops, nothing looks fresher than it is, nothing is deleted."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.clock_jumps import ClockJumps, KnownTime
from aggregator.cycle import prune_history
from aggregator.ops.source_health import health
from aggregator.schedule import Watch
from aggregator.snapshot import take
from aggregator.store.store import Store
from aggregator.visit.polling import planned
from tests.support.memory_hosts import HandClock
from tests.support.records import DAY, HOUR, MINUTE, NOW, reading, region, report, save, slot
from tests.support.stores import empty_store

REGION = region()


class SetClock(HandClock):
    """A clock whose wall time can be set; its monotonic time keeps running."""

    def set(self, by: timedelta) -> None:
        self.start += by


@pytest.mark.parametrize(
    ("by", "seen"),
    [(timedelta(), timedelta()), (timedelta(seconds=1), timedelta()), (6 * HOUR, 6 * HOUR), (-6 * HOUR, -6 * HOUR)],
    ids=["not set", "corrected by NTP", "set forward", "set back"],
)
def test_a_clock_jump_is_reported_once(by: timedelta, seen: timedelta) -> None:
    clock = SetClock()
    jumps = ClockJumps(clock)
    clock.elapsed += 5
    clock.set(by)
    assert (jumps.check(), jumps.check()) == (seen, timedelta())


# --- scheduled jobs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [1, 5, 24])
def test_a_source_with_a_visit_dated_in_the_future_is_due_at_once(hours: int) -> None:
    with empty_store() as store:
        save(store, report(reading(), at=NOW + hours * HOUR))
        assert planned(store, REGION.sources, NOW) == {}


@pytest.mark.parametrize("by", [6 * HOUR, -6 * HOUR], ids=["set forward", "set back"])
def test_every_scheduled_job_keeps_its_delay_when_the_clock_is_set(tmp_path: Path, by: timedelta) -> None:
    clock = SetClock()

    async def work() -> list[datetime]:
        watch = Watch(REGION, store, tmp_path / "public", clock, lambda report: None, lambda reason: None)
        watch.scheduler.start(paused=True)
        watch._plan(REGION.sources[0], NOW + 2 * MINUTE)
        before = [job.next_run_time for job in watch.scheduler.get_jobs()]
        watch.check_clock()
        assert [job.next_run_time for job in watch.scheduler.get_jobs()] == before
        clock.set(by)
        watch.check_clock()
        after = [job.next_run_time for job in watch.scheduler.get_jobs()]
        watch.scheduler.shutdown(wait=False)
        assert after == [time + by for time in before]
        return after

    with Store(tmp_path / "a.db") as store:
        assert asyncio.run(work())


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_status_reports_a_clock_set_back_until_no_visit_is_in_the_future() -> None:
    with empty_store() as store:
        save(store, report(reading(), at=NOW + 6 * HOUR))
        wrong = health(take(store, REGION, NOW), REGION, NOW)
        save(store, report(reading(at=NOW), at=NOW))
        right = health(take(store, REGION, NOW + MINUTE), REGION, NOW)
    assert "the system clock was set back: the newest visit is dated 2021-05-13 20:00 UTC" in wrong.clock
    (source,) = wrong.sources
    assert (source.attempted_at, source.last_good_at) == (None, None)
    assert right.clock == ""


# --- history ----------------------------------------------------------------------------------------------------------


def test_history_is_not_pruned_while_the_clock_is_far_ahead(tmp_path: Path) -> None:
    clock = SetClock(NOW)
    with Store(tmp_path / "a.db") as store:
        for number in (1, 2):
            at = NOW + number * MINUTE
            save(store, report(reading("1", slot(count=number), at=at), at=at))
        known = KnownTime(store.newest_time(), clock)
        clock.set(365 * DAY)
        assert prune_history(REGION, store, clock.now(), known) == 0
    assert not (tmp_path / "history").exists()


@pytest.mark.parametrize(
    ("newest", "running", "by", "far"),
    [
        (NOW, timedelta(), 23 * HOUR, False),
        (NOW, timedelta(), 25 * HOUR, True),
        (NOW, 40 * DAY, timedelta(), False),
        (NOW, 40 * DAY, 25 * HOUR, True),
        (None, timedelta(), 365 * DAY, False),
        (NOW, timedelta(), -365 * DAY, False),
    ],
    ids=["a day off", "longer off", "running for long", "set while running", "a new database", "set back"],
)
def test_the_clock_is_compared_with_the_newest_time_before_the_process_started(
    newest: datetime | None, running: timedelta, by: timedelta, far: bool
) -> None:
    clock = SetClock(NOW)
    known = KnownTime(newest, clock)
    clock.elapsed += running.total_seconds()
    clock.set(by)
    assert known.is_far_ahead() is far

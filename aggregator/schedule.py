"""Runs `aggregator watch`: APScheduler visits each source at its own pace and publishes every half minute.

A source is never visited twice at once (its job is rescheduled when the visit is over), and jitter spreads the visits.
SIGTERM, SIGINT, or SIGHUP (a closed terminal) stops the loop after the current visits and a last release. An error in a
job is reported and stops only that job. If the system clock is set, all planned times move along.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import uniform
from typing import TypeVarTuple

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator import log
from aggregator.clean import load_tables
from aggregator.clock import Clock
from aggregator.clock_jumps import ClockJumps, KnownTime
from aggregator.config import Region, Source
from aggregator.cycle import make_release, open_hosts, prune_history
from aggregator.errors import advised
from aggregator.model import Report, Snapshot
from aggregator.release import Release
from aggregator.store import Store
from aggregator.visit import LongVisits, due, planned, poll
from aggregator.web import look_up_many

JITTER = 0.1  # of a source's interval, at most
SOON = timedelta(seconds=1)  # the scheduler drops a job that is rescheduled while it still counts as running
PUBLISH_EVERY = 30  # seconds
PRUNE_EVERY = 6  # hours
CHECK_CLOCK_EVERY = 5  # seconds
THREADS = 3  # a release, pruning, and an error report can run at once

Arguments = TypeVarTuple("Arguments")


class Watch:
    """The scheduled jobs of one region on one store."""

    def __init__(
        self,
        region: Region,
        store: Store,
        out: Path,
        clock: Clock,
        on_report: Callable[[Report], None],
        on_error: Callable[[str], None],
        on_release: Callable[[Snapshot, Release, float], None] = lambda snapshot, release, took: None,
    ) -> None:
        """`on_error` and `on_release` (which gets the seconds it took) are called in threads and may block."""
        self.region, self.store, self.out, self.clock = region, store, out, clock
        self.on_report, self.on_error, self.on_release = on_report, on_error, on_release
        self.hosts = open_hosts(region, store, clock)
        self._visits = LongVisits()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="watch")
        self.scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._stopped = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._jumps = ClockJumps(clock)
        self._known = KnownTime(store.newest_time(), clock)

    async def run(self) -> None:
        """Runs until `stop` is called or a signal arrives."""
        load_tables({source.country for source in self.region.sources})
        look_up_many()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(name, self.stop)
        now = self.clock.now()
        waiting = await self.store.background.run(planned, self.store, self.region.sources, now)
        for source in self.region.sources:
            self._plan(source, waiting.get(source.name, now))
        self.scheduler.add_job(self.publish, "interval", seconds=PUBLISH_EVERY)
        self.scheduler.add_job(self.prune_history, "interval", hours=PRUNE_EVERY)
        self.scheduler.start()
        clock_checks = asyncio.create_task(self._check_clock_repeatedly())
        await self._stopped.wait()
        clock_checks.cancel()
        self.scheduler.pause()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self.scheduler.shutdown(wait=False)
        await self.hosts.aclose()
        await self.publish()
        self._threads.shutdown()

    async def _check_clock_repeatedly(self) -> None:
        while True:
            await asyncio.sleep(CHECK_CLOCK_EVERY)
            self.check_clock()

    def check_clock(self) -> None:
        """If the clock was set, moves every planned time by as much, so that each job keeps its remaining wait.

        The scheduler uses the system clock: set back by hours, it would visit and publish nothing for hours.
        """
        jump = self._jumps.check()
        if not jump:
            return
        log.lines.warning(
            "clock", problem=f"the system clock was set by {jump.total_seconds():+.0f} s; plans moved along"
        )
        for job in self.scheduler.get_jobs():
            if job.next_run_time is not None:
                job.modify(next_run_time=job.next_run_time + jump)

    def stop(self) -> None:
        """Starts no further job; `run` returns when the current ones are finished."""
        self._stopped.set()

    async def visit(self, source: Source) -> None:
        """Visits the source if it is active today and due, then plans its next visit."""
        started = self.clock.now()
        at = started + timedelta(seconds=source.interval)
        try:
            async with self._job():
                run = self.store.background.run
                if source in await run(due, self.region, self.store, started):
                    await poll(self.region, (source,), self.store, self.hosts, self.clock, self.on_report, self._visits)
                at = (await run(planned, self.store, (source,), self.clock.now())).get(source.name, at)
        finally:
            self._plan(source, at)

    async def publish(self) -> None:
        """Publishes what the store holds. If this fails, the next one may work."""
        async with self._job():
            await self._in_thread(self._release)

    async def _in_thread(self, work: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
        """Runs `work` outside the loop's default threads, which may all be blocked by slow name lookups."""
        await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _release(self) -> None:
        """Publishes over its own database connection, so that visits can be saved meanwhile."""
        began = self.clock.monotonic()
        with Store(self.store.path) as store:
            snapshot, release = make_release(self.region, store, self.out, self.clock.now())
        self.on_release(snapshot, release, self.clock.monotonic() - began)

    async def prune_history(self) -> None:
        """Prunes the history in a thread."""
        async with self._job():
            await self._in_thread(self._prune)

    def _prune(self) -> None:
        with Store(self.store.path) as store:
            prune_history(self.region, store, self.clock.now(), self._known)

    @asynccontextmanager
    async def _job(self) -> AsyncIterator[None]:
        """Wraps the work of a job: `run` waits for it at the end, and an error is reported and ends only this job."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            yield
        except Exception as error:
            await self._in_thread(self.on_error, advised(error))
        finally:
            self._under_way.discard(task)

    def _plan(self, source: Source, at: datetime) -> None:
        at = max(at, self.clock.now() + SOON) + timedelta(seconds=uniform(0, JITTER) * source.interval)  # noqa: S311
        self.scheduler.add_job(self.visit, "date", [source], run_date=at, id=source.name, replace_existing=True)

"""`aggregator watch`: APScheduler runs one job per source at the source's own pace, and publishes every half minute.

A source is never visited twice at once (each job is only put back when its visit is over), and visits are spread by
jitter. SIGTERM, SIGINT, or SIGHUP (a terminal that is closed) ends the loop after the visits under way and a last
release. An error of one job is reported and ends nothing, and neither does a system clock that is set.
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
from aggregator.cycle import make_release, open_hosts, tidy
from aggregator.errors import advised
from aggregator.model import Report, Snapshot
from aggregator.release import Release
from aggregator.store import Store
from aggregator.visit import LongVisits, due, planned, poll
from aggregator.web import look_up_many

JITTER = 0.1  # of a source's interval, at most
SOON = timedelta(seconds=1)  # the scheduler drops a job that is put back while it still counts as running
PUBLISH_EVERY = 30  # seconds
TIDY_EVERY = 6  # hours
CHECK_CLOCK_EVERY = 5  # seconds
THREADS = 3  # a release, the tidying and a report of an error at once

Arguments = TypeVarTuple("Arguments")


class Watch:
    """The jobs of one region on one store."""

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
        """`on_error` and `on_release` (with the seconds it took) are called in threads, and may take their time."""
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
        """Until `stop` is called or the process is asked to end."""
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
        self.scheduler.add_job(self.tidy, "interval", hours=TIDY_EVERY)
        self.scheduler.start()
        follow = asyncio.create_task(self._follow_clock())
        await self._stopped.wait()
        follow.cancel()
        self.scheduler.pause()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self.scheduler.shutdown(wait=False)
        await self.hosts.aclose()
        await self.publish()
        self._threads.shutdown()

    async def _follow_clock(self) -> None:
        while True:
            await asyncio.sleep(CHECK_CLOCK_EVERY)
            self.check_clock()

    def check_clock(self) -> None:
        """Moves every plan along where the clock was set, so that each keeps the wait that it had.

        The scheduler plans by the system clock: set back by hours, it would visit and publish nothing for as long.
        """
        jump = self._jumps.check()
        if not jump:
            return
        log.lines.warning("clock", problem=f"the system clock was set by {jump.total_seconds():+.0f} s")
        for job in self.scheduler.get_jobs():
            if job.next_run_time is not None:
                job.modify(next_run_time=job.next_run_time + jump)

    def stop(self) -> None:
        """No further job begins; `run` returns when those under way are over."""
        self._stopped.set()

    async def visit(self, source: Source) -> None:
        """One visit, if the source is in force today and its time has come; then the next is planned."""
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
        """A release of what is known; whatever makes it fail, the next one may work."""
        async with self._job():
            await self._in_thread(self._release)

    async def _in_thread(self, work: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
        """Not in the loop's own threads, all of which may be waiting for names that nobody resolves."""
        await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _release(self) -> None:
        """With a connection of its own, so that visits are saved meanwhile."""
        began = self.clock.monotonic()
        with Store(self.store.path) as store:
            snapshot, release = make_release(self.region, store, self.out, self.clock.now())
        self.on_release(snapshot, release, self.clock.monotonic() - began)

    async def tidy(self) -> None:
        async with self._job():
            await self._in_thread(self._tidy)

    def _tidy(self) -> None:
        with Store(self.store.path) as store:
            tidy(self.region, store, self.clock.now(), self._known)

    @asynccontextmanager
    async def _job(self) -> AsyncIterator[None]:
        """Around what a job does: `run` waits for it at the end, and any error is reported and ends only this job."""
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

"""`aggregator watch`: APScheduler runs one job per source at the source's own pace, and publishes when something came.

A source is never visited twice at once (each job is only put back when its visit is over), visits are spread by
jitter, and SIGTERM or SIGINT ends the loop after the visits under way.
"""

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import uniform

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.cycle import make_release, tidy, visit
from aggregator.errors import PublishError
from aggregator.model import Report
from aggregator.region import Region, Source
from aggregator.store.store import Store
from aggregator.web.pace import Clock

JITTER = 0.1  # of a source's wait, at most
PUBLISH_EVERY = 30  # seconds
TIDY_EVERY = 6  # hours


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
    ) -> None:
        self.region, self.store, self.out, self.clock = region, store, out, clock
        self.on_report, self.on_error = on_report, on_error
        self.scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        self.stopped = asyncio.Event()

    async def run(self) -> None:
        """Until `stop` is called or the process is asked to end."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.stopped.set)
        for source in self.region.sources:
            self._plan(source, self.clock.now())
        self.scheduler.add_job(self.publish, "interval", seconds=PUBLISH_EVERY, max_instances=1)
        self.scheduler.add_job(self.tidy, "interval", hours=TIDY_EVERY, max_instances=1)
        self.scheduler.start()
        await self.stopped.wait()
        self.scheduler.shutdown(wait=False)
        self.publish()

    def stop(self) -> None:
        self.stopped.set()

    async def visit(self, source: Source) -> None:
        """One visit, if the source is in force today and its time has come; then the next is planned."""
        now = self.clock.now()
        try:
            if source in self.region.active(now.astimezone(self.region.zone).date()):
                state = self.store.sources().get(source.name)
                if state is None or now >= state.next_visit_at:
                    await visit(self.region, (source,), self.store, self.clock, None, self.on_report)
        finally:
            self._plan(source, now)

    def publish(self) -> None:
        """A release of what is known; a disk that is full ends nothing, the next one may work."""
        try:
            make_release(self.region, self.store, self.out, self.clock.now())
        except PublishError as error:
            self.on_error(str(error))

    def tidy(self) -> None:
        tidy(self.region, self.store, self.clock.now())

    def _plan(self, source: Source, now: datetime) -> None:
        state = self.store.sources().get(source.name)
        wait = (state.next_visit_at - now).total_seconds() if state else 0.0
        wait = max(wait, 0.0) + uniform(0, JITTER) * source.interval  # noqa: S311  # spreads load, guards nothing
        at = now + timedelta(seconds=wait)
        self.scheduler.add_job(self.visit, "date", [source], run_date=at, id=source.name, replace_existing=True)

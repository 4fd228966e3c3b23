"""The commands that do the work: `run`, `watch`, `poll`, `publish`, and `serve` to look at what was published."""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime

from aggregator import log
from aggregator.clock_jumps import KnownTime
from aggregator.commands import terminal
from aggregator.commands.exit_codes import exit_code
from aggregator.commands.job import Job, job_of, tick
from aggregator.commands.parser import DEMO
from aggregator.commands.reporting import CycleReporter
from aggregator.config.region import Region
from aggregator.cycle import make_release, tidy, visit
from aggregator.demo.servers import MEANT_TO_FAIL, Demo
from aggregator.errors import StoreError, advised
from aggregator.model import GOOD, Report
from aggregator.schedule import Watch
from aggregator.serving.preview import preview_server
from aggregator.store.store import Store
from aggregator.visit.poll import due


def run(arguments: argparse.Namespace) -> int:
    with job_of(arguments) as job, _told(arguments, job) as teller:
        began = job.clock.monotonic()
        known = KnownTime(None if job.recording else job.store.newest_time(), job.clock)  # a recording's time is right
        reports = _visit(job, teller, arguments.quiet)
        problem = _tidied(job, known) or _unsaved(reports)
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        teller.published(snapshot, release, job.clock.monotonic() - began)
        if not arguments.quiet:
            terminal.summary(snapshot, reports, release, job.out)
        if problem:
            raise problem
    return answered(job.region, reports)


def poll_only(arguments: argparse.Namespace) -> int:
    with job_of(arguments, publishes=False) as job, _told(arguments, job) as teller:
        reports = _visit(job, teller, arguments.quiet)
        if problem := _unsaved(reports):
            raise problem
    return answered(job.region, reports)


def publish_only(arguments: argparse.Namespace) -> int:
    with job_of(arguments, asks=False) as job:
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        if not arguments.quiet:
            terminal.summary(snapshot, [], release, job.out)
    return 0


def watch_forever(arguments: argparse.Namespace) -> int:
    with job_of(arguments) as job, _told(arguments, job) as teller:
        if not arguments.quiet:
            terminal.say(f"watching {len(job.region.sources)} sources of {job.region.title}; Ctrl-C ends it")

        def failed(reason: str) -> None:
            log.lines.error("failed", reason=reason)
            teller.failed(reason)

        told = teller.visited, failed, teller.published
        asyncio.run(Watch(job.region, job.store, job.out, job.clock, *told).run())
    return 0


def serve(arguments: argparse.Namespace) -> int:
    with ExitStack() as stack:
        if arguments.region == DEMO and arguments.db.exists():
            with Store(arguments.db) as store:
                stack.enter_context(Demo(tick(store), datetime.now(UTC)))
        server = stack.enter_context(preview_server(arguments.out, arguments.port))
        terminal.say(f"{arguments.out} at http://127.0.0.1:{server.server_address[1]}/ - Ctrl-C ends it")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


@contextmanager
def _told(arguments: argparse.Namespace, job: Job) -> Iterator[CycleReporter]:
    """Who is told of what the command does in the block, also of the error that ends it."""
    log.configure(quiet=arguments.quiet)
    teller = CycleReporter(job.region, getattr(arguments, "metrics", None), alone=job.recording is not None)
    try:
        yield teller
    except Exception as error:
        teller.failed(advised(error))
        raise


def _visit(job: Job, teller: CycleReporter, quiet: bool) -> list[Report]:
    everything = job.recording or job.region.demo
    now = job.clock.now()
    chosen = (
        job.region.active(now.astimezone(job.region.zone).date()) if everything else due(job.region, job.store, now)
    )
    if not quiet:
        terminal.say(f"Visiting {len(chosen)} sources of {job.region.title} ...")
    return asyncio.run(visit(job.region, chosen, job.store, job.clock, job.recording, teller.visited))


def answered(region: Region, reports: Sequence[Report]) -> int:
    """The exit code. The demo's two sources that fail on purpose do not count."""
    meant = MEANT_TO_FAIL if region.demo else ()
    return exit_code(
        [report.outcome in GOOD and not report.unsaved for report in reports if report.source not in meant]
    )


def _tidied(job: Job, known: KnownTime) -> StoreError | None:
    """Prunes the database; an error is returned, because what is known can be published all the same."""
    try:
        tidy(job.region, job.store, job.clock.now(), known)
    except StoreError as error:
        return error
    return None


def _unsaved(reports: Sequence[Report]) -> StoreError | None:
    """The error of a poll of which nothing could be saved."""
    if not reports or not all(report.unsaved for report in reports):
        return None
    return StoreError(f"nothing of {len(reports)} visits could be saved: {reports[0].unsaved}")

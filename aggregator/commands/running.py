"""The commands that do the work: `run`, `watch`, `poll`, `publish`, and `serve` to look at what was published."""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from aggregator import log
from aggregator.clock_jumps import KnownTime
from aggregator.commands import terminal
from aggregator.commands.exit_codes import exit_code
from aggregator.commands.job import Job, job_of
from aggregator.commands.reporting import CycleReporter
from aggregator.config import Region
from aggregator.cycle import make_release, tidy, visit
from aggregator.errors import StoreError, advised
from aggregator.model import Report
from aggregator.schedule import Watch
from aggregator.serving import preview_server
from aggregator.visit import due


def run(arguments: argparse.Namespace) -> int:
    return answered(cycle(arguments))


def cycle(arguments: argparse.Namespace, region: Region | None = None) -> list[Report]:
    """One cycle. `region`: in place of the one that the arguments name; all its sources are visited, due or not."""
    with job_of(arguments, region) as job, _told(arguments, job) as teller:
        began = job.clock.monotonic()
        known = KnownTime(None if job.recording else job.store.newest_time(), job.clock)  # a recording's time is right
        reports = _visit(job, teller, arguments.quiet, everything=region is not None)
        problem = _tidied(job, known) or _unsaved(reports)
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        teller.published(snapshot, release, job.clock.monotonic() - began)
        if not arguments.quiet:
            terminal.summary(snapshot, reports, release, job.out)
        if problem:
            raise problem
    return reports


def poll_only(arguments: argparse.Namespace) -> int:
    with job_of(arguments, publishes=False) as job, _told(arguments, job) as teller:
        reports = _visit(job, teller, arguments.quiet)
        if problem := _unsaved(reports):
            raise problem
    return answered(reports)


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
    with preview_server(arguments.out, arguments.port) as server:
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


def _visit(job: Job, teller: CycleReporter, quiet: bool, *, everything: bool = False) -> list[Report]:
    now = job.clock.now()
    if job.recording or everything:
        chosen = job.region.active(now.astimezone(job.region.zone).date())
    else:
        chosen = due(job.region, job.store, now)
    if not quiet:
        terminal.say(f"Visiting {len(chosen)} sources of {job.region.title} ...")
    return asyncio.run(visit(job.region, chosen, job.store, job.clock, job.recording, teller.visited))


def answered(reports: Sequence[Report]) -> int:
    """The exit code of a cycle."""
    return exit_code([report.outcome.is_good and not report.unsaved for report in reports])


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

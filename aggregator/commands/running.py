"""The commands that do the work: `run`, `watch`, `poll`, `publish`, and `serve` to preview the result."""

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
from aggregator.cycle import make_release, prune_history, visit
from aggregator.errors import StoreError, advised
from aggregator.model import Report
from aggregator.schedule import Watch
from aggregator.serving import preview_server
from aggregator.visit import due


def run(arguments: argparse.Namespace) -> int:
    """Runs one cycle."""
    return answered(cycle(arguments))


def cycle(arguments: argparse.Namespace, region: Region | None = None) -> list[Report]:
    """Runs one cycle. `region` replaces that of the arguments, and all its sources are visited, due or not."""
    with job_of(arguments, region) as job, _reporting(arguments, job) as reporter:
        began = job.clock.monotonic()
        known = KnownTime(None if job.recording else job.store.newest_time(), job.clock)  # a recording's time is right
        reports = _visit(job, reporter, arguments.quiet, everything=region is not None)
        problem = _prune(job, known) or _unsaved(reports)
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        reporter.published(snapshot, release, job.clock.monotonic() - began)
        if not arguments.quiet:
            terminal.summary(snapshot, reports, release, job.out)
        if problem:
            raise problem
    return reports


def poll_only(arguments: argparse.Namespace) -> int:
    """Visits the sources that are due and stores their answers."""
    with job_of(arguments, publishes=False) as job, _reporting(arguments, job) as reporter:
        reports = _visit(job, reporter, arguments.quiet)
        if problem := _unsaved(reports):
            raise problem
    return answered(reports)


def publish_only(arguments: argparse.Namespace) -> int:
    """Publishes what the database holds."""
    with job_of(arguments, polls=False) as job:
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        if not arguments.quiet:
            terminal.summary(snapshot, [], release, job.out)
    return 0


def watch_forever(arguments: argparse.Namespace) -> int:
    """Runs the region until a signal stops it."""
    with job_of(arguments) as job, _reporting(arguments, job) as reporter:
        if not arguments.quiet:
            terminal.say(f"watching {len(job.region.sources)} sources of {job.region.title}; press Ctrl-C to stop")

        def failed(reason: str) -> None:
            log.lines.error("failed", reason=reason)
            reporter.failed(reason)

        callbacks = reporter.visited, failed, reporter.published
        asyncio.run(Watch(job.region, job.store, job.out, job.clock, *callbacks).run())
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Previews the published folder until Ctrl-C."""
    with preview_server(arguments.out, arguments.port) as server:
        terminal.say(f"{arguments.out} at http://127.0.0.1:{server.server_address[1]}/ - press Ctrl-C to stop")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


@contextmanager
def _reporting(arguments: argparse.Namespace, job: Job) -> Iterator[CycleReporter]:
    """The reporter of a command; it also reports the error that ends the block."""
    log.configure(quiet=arguments.quiet)
    reporter = CycleReporter(job.region, getattr(arguments, "metrics", None), offline=job.recording is not None)
    try:
        yield reporter
    except Exception as error:
        reporter.failed(advised(error))
        raise


def _visit(job: Job, reporter: CycleReporter, quiet: bool, *, everything: bool = False) -> list[Report]:
    now = job.clock.now()
    if job.recording or everything:
        chosen = job.region.active(now.astimezone(job.region.zone).date())
    else:
        chosen = due(job.region, job.store, now)
    if not quiet:
        terminal.say(f"Visiting {len(chosen)} sources of {job.region.title} ...")
    return asyncio.run(visit(job.region, chosen, job.store, job.clock, job.recording, reporter.visited))


def answered(reports: Sequence[Report]) -> int:
    """The exit code of a cycle."""
    return exit_code([report.outcome.is_good and not report.unsaved for report in reports])


def _prune(job: Job, known: KnownTime) -> StoreError | None:
    """Prunes the database; returns an error instead of raising it, because publishing can go on."""
    try:
        prune_history(job.region, job.store, job.clock.now(), known)
    except StoreError as error:
        return error
    return None


def _unsaved(reports: Sequence[Report]) -> StoreError | None:
    """The error of a poll that could save no report at all; None for any other poll."""
    if not reports or not all(report.unsaved for report in reports):
        return None
    return StoreError(f"none of {len(reports)} visits could be saved: {reports[0].unsaved}")

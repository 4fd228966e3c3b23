"""The commands that do the work: `run`, `watch`, `poll`, `publish`, and `serve` to look at what was published."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from aggregator import terminal
from aggregator.commands.job import ALL_FAILED, DEMO, SOME_FAILED, Commands, Job, job_of, tick
from aggregator.cycle import make_release, tidy, visit
from aggregator.demo.servers import MEANT_TO_FAIL, Demo
from aggregator.model import Report
from aggregator.poll import due
from aggregator.publish.preview import preview_server
from aggregator.region import Region
from aggregator.schedule import Watch
from aggregator.store.store import GOOD, Store


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    replay = argparse.ArgumentParser(add_help=False)
    replay.add_argument(
        "--replay", type=Path, nargs="+", default=[], metavar="HAR", help="answer every request from these recordings"
    )
    for name, function, parents, text in (
        ("run", run, [shared, replay], "one cycle: visit the sources that are due, store, publish"),
        ("watch", watch_forever, [shared], "the same for ever, each source at its own pace"),
        ("poll", poll_only, [shared, replay], "visit and store, without publishing"),
        ("publish", publish_only, [shared], "publish what the database knows"),
        ("serve", serve, [shared], "preview the release in a browser"),
    ):
        command = commands.add_parser(name, parents=parents, help=text, description=text)
        command.set_defaults(command=function)
        if name == "serve":
            command.add_argument("--port", type=int, default=8080, help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    with job_of(arguments) as job:
        reports = _visit(job, arguments.quiet)
        tidy(job.region, job.store, job.clock.now())
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        if not arguments.quiet:
            terminal.summary(snapshot, reports, release, job.out)
    return exit_code(job.region, reports)


def poll_only(arguments: argparse.Namespace) -> int:
    with job_of(arguments) as job:
        reports = _visit(job, arguments.quiet)
    return exit_code(job.region, reports)


def publish_only(arguments: argparse.Namespace) -> int:
    with job_of(arguments, asks=False) as job:
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        if not arguments.quiet:
            terminal.summary(snapshot, [], release, job.out)
    return 0


def watch_forever(arguments: argparse.Namespace) -> int:
    with job_of(arguments) as job:
        terminal.say(f"watching {len(job.region.sources)} sources of {job.region.title}; Ctrl-C ends it")
        tell = (lambda report: None) if arguments.quiet else terminal.visited

        async def loop() -> None:
            await Watch(job.region, job.store, job.out, job.clock, tell, terminal.failure).run()

        asyncio.run(loop())
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


def _visit(job: Job, quiet: bool) -> list[Report]:
    everything = job.recording or job.region.demo
    now = job.clock.now()
    chosen = (
        job.region.active(now.astimezone(job.region.zone).date()) if everything else due(job.region, job.store, now)
    )
    if not quiet:
        terminal.say(f"Visiting {len(chosen)} sources of {job.region.title} ...")
    tell = (lambda report: None) if quiet else terminal.visited
    return asyncio.run(visit(job.region, chosen, job.store, job.clock, job.recording, tell))


def exit_code(region: Region, reports: Sequence[Report]) -> int:
    """The demo's two sources that fail on purpose do not count."""
    meant = MEANT_TO_FAIL if region.demo else ()
    answered = [report.outcome in GOOD for report in reports if report.source not in meant]
    return 0 if all(answered) else SOME_FAILED if any(answered) else ALL_FAILED

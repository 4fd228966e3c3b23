"""The command line: `aggregator --help`. Thin: every command is a few calls into the rooms below.

Exit codes: 0 all sources answered; 90 some did not; 91 none did; 92 nothing was published; 2 wrong usage or
configuration.
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator import __version__, registry, terminal
from aggregator.cycle import RecordedClock, make_release, tidy, visit
from aggregator.demo.servers import DEMO_SOURCES, MEANT_TO_FAIL, Demo
from aggregator.errors import AggregatorError, ConfigError, StoreError
from aggregator.model import Report
from aggregator.poll import due
from aggregator.publish.preview import preview_server
from aggregator.publish.release import check_writable
from aggregator.region import Region, load_region, parse_region
from aggregator.schedule import Watch
from aggregator.snapshot import take
from aggregator.store.lock import exclusive
from aggregator.store.store import GOOD, Store
from aggregator.web.har import Recording, load_recording
from aggregator.web.pace import Clock, SystemClock

SOME_FAILED, ALL_FAILED, NOT_PUBLISHED, USAGE = 90, 91, 92, 2
DEMO = "demo"


@dataclass(frozen=True)
class Job:
    """What a command works on."""

    region: Region
    store: Store
    out: Path
    clock: Clock
    recording: Recording | None


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except ConfigError as error:
        terminal.failure(str(error))
        return USAGE
    except AggregatorError as error:
        terminal.failure(str(error))
        return NOT_PUBLISHED
    except KeyboardInterrupt:
        terminal.failure("interrupted; what was saved and published before stands")
        return NOT_PUBLISHED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aggregator", description="Who still has appointments, and where to click.")
    parser.add_argument("--version", action="version", version=f"aggregator {__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--region", default=DEMO, metavar="FILE", help="region file; default: the simulated demo region"
    )
    shared.add_argument(
        "--db", type=Path, default=Path("data/aggregator.db"), metavar="FILE", help="default: %(default)s"
    )
    shared.add_argument("--out", type=Path, default=Path("public"), metavar="DIR", help="default: %(default)s")
    shared.add_argument("--quiet", action="store_true", help="print only what needs a person")
    replay = argparse.ArgumentParser(add_help=False)
    replay.add_argument(
        "--replay", type=Path, nargs="+", default=[], metavar="HAR", help="answer every request from these recordings"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, function, parents, text in (
        ("run", run, [shared, replay], "one cycle: visit the sources that are due, store, publish"),
        ("watch", watch_forever, [shared], "the same for ever, each source at its own pace"),
        ("poll", poll_only, [shared, replay], "visit and store, without publishing"),
        ("publish", publish_only, [shared], "publish what the database knows"),
        ("serve", serve, [shared], "preview the release in a browser"),
        ("status", status, [shared], "how each source stands"),
        ("sources", sources, [shared], "the sources of the region and what reads them"),
        ("doctor", doctor, [shared], "check region, database and output folder"),
    ):
        command = commands.add_parser(name, parents=parents, help=text, description=text)
        command.set_defaults(command=function)
        if name == "serve":
            command.add_argument("--port", type=int, default=8080, help="default: %(default)s")
    return parser


# --- commands ---------------------------------------------------------------------------------------------------------


def run(arguments: argparse.Namespace) -> int:
    with _job(arguments) as job:
        reports = _visit(job, arguments.quiet)
        tidy(job.region, job.store, job.clock.now())
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        if not arguments.quiet:
            terminal.summary(snapshot, reports, release, job.out)
    return _exit_code(job.region, reports)


def poll_only(arguments: argparse.Namespace) -> int:
    with _job(arguments) as job:
        reports = _visit(job, arguments.quiet)
    return _exit_code(job.region, reports)


def publish_only(arguments: argparse.Namespace) -> int:
    with _job(arguments, asks=False) as job:
        snapshot, release = make_release(job.region, job.store, job.out, job.clock.now())
        if not arguments.quiet:
            terminal.summary(snapshot, [], release, job.out)
    return 0


def watch_forever(arguments: argparse.Namespace) -> int:
    with _job(arguments) as job:
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
                stack.enter_context(Demo(_tick(store), datetime.now(UTC)))
        server = stack.enter_context(preview_server(arguments.out, arguments.port))
        terminal.say(f"{arguments.out} at http://127.0.0.1:{server.server_address[1]}/ - Ctrl-C ends it")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


def status(arguments: argparse.Namespace) -> int:
    region = _region(arguments)
    with Store(arguments.db) as store:
        terminal.standing(take(store, region, datetime.now(UTC)).sources, region.zone)
    return 0


def sources(arguments: argparse.Namespace) -> int:
    region = _region(arguments)
    titles = [(source, registry.load(source.provider).title) for source in region.sources]
    terminal.configured(region, titles, datetime.now(region.zone).date())
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Checks what a run needs; the first thing that is wrong comes out as its error."""
    region = _region(arguments)
    _check_contact(region, arguments.region)
    terminal.say(f"region: {region.title}, {len(region.sources)} sources, all with an adapter")
    with exclusive(arguments.db), Store(arguments.db) as store:
        if (found := store.integrity()) != "ok":
            raise StoreError(f"{arguments.db}: {found}; move the file away and run again: a new one is made")
        terminal.say(f"database: {arguments.db} is sound, {len(store.sources())} sources visited")
    check_writable(arguments.out)
    terminal.say(f"output: {arguments.out} can be published to")
    return 0


# --- what the commands share ------------------------------------------------------------------------------------------


@contextmanager
def _job(arguments: argparse.Namespace, *, asks: bool = True) -> Iterator[Job]:
    """Region, store and clock of a command that writes; holds the lock of the database meanwhile.

    `asks`: whether it asks booking sites, so that they must be told how to reach the operator.
    """
    paths = getattr(arguments, "replay", [])
    recording = load_recording(paths) if paths else None
    clock: Clock = RecordedClock(recording.now) if recording else SystemClock()
    given = None if arguments.region == DEMO else _load(arguments.region)
    if given and asks and not recording:
        _check_contact(given, arguments.region)
    with (
        exclusive(arguments.db),
        Store(arguments.db) as store,
        _demo(store) if given is None else nullcontext(given) as region,
    ):
        yield Job(region, store, arguments.out, clock, recording)


@contextmanager
def _demo(store: Store) -> Iterator[Region]:
    """The demo region, whose simulated systems answer while the block runs."""
    with Demo(_tick(store), datetime.now(UTC)) as demo:
        yield parse_region(demo.region_text(), "the demo region")


def _region(arguments: argparse.Namespace) -> Region:
    """The region of a command that only looks."""
    if arguments.region == DEMO:
        return parse_region(Demo(0, datetime.now(UTC)).region_text(), "the demo region")
    return _load(arguments.region)


def _load(file: str) -> Region:
    region = load_region(Path(file))
    registry.check(region.sources)
    return region


def _tick(store: Store) -> int:
    """How many runs the demo has seen: its appointments come and go from one to the next."""
    return store.visits() // DEMO_SOURCES


def _check_contact(region: Region, file: str) -> None:
    if not region.demo and re.search(r"@example\.(org|com|net)$|//example\.", region.contact):
        raise ConfigError(
            f"{file}: contact: {region.contact!r} is the placeholder; put your own e-mail address or page there, "
            "so that the operators of booking sites can reach you"
        )


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


def _exit_code(region: Region, reports: Sequence[Report]) -> int:
    """The demo's two sources that fail on purpose do not count."""
    meant = MEANT_TO_FAIL if region.demo else ()
    answered = [report.outcome in GOOD for report in reports if report.source not in meant]
    return 0 if all(answered) else SOME_FAILED if any(answered) else ALL_FAILED


if __name__ == "__main__":
    sys.exit(main())

"""What the commands share: the region, store and clock that a command works on."""

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from aggregator import registry
from aggregator.clock import Clock, RecordedClock, SystemClock
from aggregator.commands.parser import DEMO
from aggregator.config.destination import Folder
from aggregator.config.region import Region, load_region, parse_region
from aggregator.demo.servers import DEMO_SOURCES, Demo
from aggregator.errors import ConfigError
from aggregator.release.publisher import only_publisher
from aggregator.store.lock import exclusive
from aggregator.store.store import Store
from aggregator.web.har import Recording, load_recording


@dataclass(frozen=True)
class Job:
    """What a command works on."""

    region: Region
    store: Store
    out: Path
    clock: Clock
    recording: Recording | None


@contextmanager
def job_of(arguments: argparse.Namespace, *, asks: bool = True, publishes: bool = True) -> Iterator[Job]:
    """Region, store and clock of a command that writes; holds the locks of the database and the output meanwhile.

    `asks`: whether it asks booking sites, so that they must be told how to reach the operator. `publishes`: whether it
    writes to the output folder.
    """
    paths = getattr(arguments, "replay", [])
    recording = load_recording(paths) if paths else None
    clock: Clock = RecordedClock(recording.now) if recording else SystemClock()
    given = None if arguments.region == DEMO else load(arguments.region)
    if given and asks and not recording:
        check_contact(given, arguments.region)
    if given and recording:
        given = structs.replace(given, target=Folder())  # a replay touches no network
    with (
        exclusive(arguments.db),
        only_publisher(arguments.out) if publishes else nullcontext(),
        Store(arguments.db) as store,
        _demo(store) if given is None else nullcontext(given) as region,
    ):
        yield Job(region, store, arguments.out, clock, recording)


@contextmanager
def _demo(store: Store) -> Iterator[Region]:
    """The demo region, whose simulated systems answer while the block runs."""
    with Demo(tick(store), datetime.now(UTC)) as demo:
        yield parse_region(demo.region_text(), "the demo region")


def region_of(arguments: argparse.Namespace) -> Region:
    """The region of a command that only looks."""
    if arguments.region == DEMO:
        return parse_region(Demo(0, datetime.now(UTC)).region_text(), "the demo region")
    return load(arguments.region)


def load(file: str) -> Region:
    """A region file whose sources all have an adapter; ConfigError says what is wrong."""
    region = load_region(Path(file))
    registry.check(region.sources)
    return region


def own_adapters(region: Path | None) -> str:
    """The folder of the operator's own adapters: beside the region file, or in the current folder if none is given."""
    return str((region.resolve().parent if region else Path.cwd()) / "providers")


def tick(store: Store) -> int:
    """How many runs the demo has seen: its appointments come and go from one to the next."""
    return store.visits() // DEMO_SOURCES


def check_contact(region: Region, file: str) -> None:
    """ConfigError where the contact is still the placeholder."""
    if not region.demo and re.search(r"@example\.(org|com|net)$|//example\.", region.contact):
        raise ConfigError(
            f"{file}: contact: {region.contact!r} is the placeholder; put your own e-mail address or page there, "
            "so that the operators of booking sites can reach you"
        )

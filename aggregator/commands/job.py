"""Opens what a command works on: the region, the store, and the clock."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from aggregator import registry
from aggregator.clock import Clock, RecordedClock, SystemClock
from aggregator.config import LocalFolder, Region, is_placeholder, load_region
from aggregator.errors import ConfigError
from aggregator.har import Recording, load_recording
from aggregator.release import check_site, only_publisher
from aggregator.store import Store, claim, exclusive


@dataclass(frozen=True)
class Job:
    """What a command works on. `recording`: what a replay answers from, or None."""

    region: Region
    store: Store
    out: Path
    clock: Clock
    recording: Recording | None


@contextmanager
def job_of(
    arguments: argparse.Namespace, region: Region | None = None, *, polls: bool = True, publishes: bool = True
) -> Iterator[Job]:
    """Opens the job of a command that writes, and holds the locks of the database and the output folder meanwhile.

    `region` replaces the one that the arguments name. `polls`: the command sends requests to booking sites, so that
    the region needs a real contact. `publishes`: it writes to the output folder. ConfigError if the database or the
    output folder belongs to another region.
    """
    paths = getattr(arguments, "replay", [])
    recording = load_recording(paths) if paths else None
    clock: Clock = RecordedClock(recording.now) if recording else SystemClock()
    if region is None:
        region = region_of(arguments)
        if polls and not recording:
            check_contact(region, arguments.region)
    if recording:
        region = structs.replace(region, target=LocalFolder())  # a replay touches no network
    with (
        exclusive(arguments.db),
        only_publisher(arguments.out) if publishes else nullcontext(),
        Store(arguments.db) as store,
    ):
        if publishes:
            check_site(arguments.out, region)
        claim(store, region.name)
        yield Job(region, store, arguments.out, clock, recording)


def region_of(arguments: argparse.Namespace) -> Region:
    """The region of --region or AGGREGATOR_REGION; ConfigError says how to get one."""
    if not arguments.region:
        raise ConfigError(
            "no region is given; name its file with --region FILE or AGGREGATOR_REGION (`aggregator init` writes one, "
            "and `aggregator demo run` shows a made-up region)"
        )
    return load(arguments.region)


def load(file: str) -> Region:
    """Loads a region file and checks that each source has an adapter; ConfigError says what is wrong."""
    region = load_region(Path(file))
    registry.check(region.sources)
    return region


def own_adapters(region: Path | None) -> str:
    """The folder of the operator's own adapters: beside the region file, or in the current folder without one."""
    return str((region.resolve().parent if region else Path.cwd()) / "providers")


def check_contact(region: Region, file: str) -> None:
    """ConfigError if the contact is still the placeholder."""
    if not region.loopback and is_placeholder(region.contact):
        raise ConfigError(
            f"{file}: contact is still the placeholder {region.contact!r}; replace it with your own e-mail address or "
            "web page, so that the operators of booking sites can reach you"
        )

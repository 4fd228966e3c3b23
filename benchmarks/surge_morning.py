"""The processes and the timing of the surge benchmark."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from surge_disk import Disk, disk
from surge_publisher import Publisher, region
from surge_residents import Load, Visit, load, visit_of
from surge_servers import Server, edge, origin

FEW, MANY = 50, 500  # connections


class Plan(NamedTuple):
    """Seconds for each part, and how often the first one is repeated."""

    every: int  # between two releases, and between two states of the demo
    rounds: int
    each: int
    warm: int
    residents: int
    flat_out: int
    calm: int  # before and after the accidents
    full: int  # seconds that the disk stays full
    cut: int  # seconds that the origin stays unreachable


@dataclass(frozen=True)
class Morning:
    """The running processes."""

    publisher: Publisher
    disk: Disk
    origin: Server
    edge: Server
    visit: Visit
    home: Path

    def load(self, server: Server, seconds: float, connections: int, *, think: bool = True) -> Load:
        return load(server.base, self.visit, self.home / "visit.lua", seconds, connections, think=think)


@contextmanager
def morning(home: Path, every: int) -> Iterator[Morning]:
    """Runs everything during the block; a release is published every `every` seconds."""
    with ExitStack() as running:
        releases = running.enter_context(disk(home / "site"))
        running.enter_context(region(home / "region.toml", every))
        publisher = Publisher(home, releases.path / "public", every)
        publisher.start()
        running.callback(publisher.stop)
        publisher.wait_for_release()
        first = running.enter_context(origin(home / "origin", publisher.out))
        second = running.enter_context(edge(home / "edge", first.base))
        yield Morning(publisher, releases, first, second, visit_of(publisher.out), home)

"""Starts and stops the booking systems of Harbor County, and creates the region for them.

    with Demo(World.at_present) as demo:
        region = demo.region()

After the block all ports are closed. Nothing is printed.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from aggregator.config import Region, parse_region
from aggregator.demo import chain_site, prepmod_site, smart_site, town_hall_site
from aggregator.demo.listener import HOST, serve
from aggregator.demo.simulated_site import Reply, SimulatedRequest, Site
from aggregator.demo.world import World

FIRST_PORT = 28701  # as in the region file; the other systems take the ports after it
REGION_FILE = Path(__file__).parent / "region" / "harbor_county.toml"
ADAPTERS = REGION_FILE.parent / "providers"


def systems(world: Callable[[], World]) -> dict[str, Site]:
    """Name -> booking system, in the order of their ports. Each answers from the current world."""

    def live(site: Callable[[World, SimulatedRequest], Reply | None]) -> Site:
        return lambda asked: site(world(), asked)

    return {
        "county-clinics": live(prepmod_site.county),
        "town-clinics": prepmod_site.queued,
        "lighthouse-health": live(smart_site.feed),
        "harbor-drug": live(chain_site.stores),
        "island-hospital": smart_site.down,
        "mobile-van": prepmod_site.nothing,
        "town-hall": live(town_hall_site.clinics),
    }


def ports_from(first: int) -> tuple[int, ...]:
    """The port of each system; 0 picks free ones."""
    return tuple(first + number if first else 0 for number, _ in enumerate(systems(World.at_present)))


class Demo:
    """The booking systems, running inside a `with` block. `latency`: seconds that each answer takes.

    `ports`: None picks free ones. Entering the block raises `PortTaken` if a port is in use.
    """

    def __init__(self, world: Callable[[], World], ports: Sequence[int] | None = None, latency: float = 0.15) -> None:
        self._systems = systems(world)
        self._ports = ports or (0,) * len(self._systems)
        self._latency = latency
        self._running = ExitStack()
        # system -> its address, without a slash at its end; the one asked for until it runs
        self.bases = {name: f"http://{HOST}:{port}" for name, port in zip(self._systems, self._ports, strict=True)}

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for (name, site), port in zip(self._systems.items(), self._ports, strict=True):
                self.bases[name] = starting.enter_context(serve(name, site, port, self._latency))
            self._running = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def region_text(self) -> str:
        """The text of the region file, with the URLs of these systems."""
        text = REGION_FILE.read_text(encoding="utf-8")
        for number, base in enumerate(self.bases.values()):
            text = text.replace(f"http://{HOST}:{FIRST_PORT + number}/", f"{base}/")
        return text

    def region(self) -> Region:
        """The region of that file, including the demo's adapter."""
        return parse_region(self.region_text(), str(REGION_FILE), str(ADAPTERS))

    def write_region(self, file: Path) -> None:
        """Writes the region file of these systems, and the demo's adapter into `providers/` beside it."""
        file.write_text(self.region_text(), encoding="utf-8")
        shutil.copytree(ADAPTERS, file.parent / "providers", dirs_exist_ok=True)

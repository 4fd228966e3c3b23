"""Starts and stops the booking systems of Harbor County and writes the region file that names them.

    with Demo(tick=0, now=datetime.now(UTC)) as demo:
        region = parse_region(demo.region_text(), "demo")

After the block nothing listens any more. Nothing is written to the terminal.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from aggregator.defaults import DEMO_PORT
from aggregator.demo import chain_site, prepmod_site, smart_site
from aggregator.demo.listener import HOST, serve
from aggregator.demo.places import STATE
from aggregator.demo.site import Site
from aggregator.demo.world import ZONE, World
from aggregator.model import LocationType

PREFERRED = tuple(range(DEMO_PORT, DEMO_PORT + 6))
DEMO_SOURCES = len(PREFERRED)
MEANT_TO_FAIL = ("town-clinics", "island-hospital")  # one holds people in a line, one is down

REGION = f"""name = "demo"
title = "Harbor County (demo)"
states = ["{STATE}"]
time_zone = "{ZONE.key}"
contact = "demo@example.org"
demo = true
"""

SOURCE = """
[[sources]]
name = "{system.name}"
title = "{system.title}"
provider = "{system.provider}"
url = "{base}{system.path}"
door = "{base}{system.door}"
location_type = "{system.location_type}"
interval = 60
pace = {{ spacing = 0.05, concurrency = 2 }}
"""


class System(NamedTuple):
    """One booking system: the source it is in the region file, and what answers there."""

    name: str
    title: str
    provider: str
    path: str  # what an adapter asks
    door: str  # where a person looks
    location_type: LocationType
    site: Site


def systems(world: World) -> tuple[System, ...]:
    """The six booking systems as they answer in `world`."""
    search, manifest = prepmod_site.SEARCH, smart_site.MANIFEST
    county, feed = partial(prepmod_site.county, world), partial(smart_site.feed, world)
    chain = partial(chain_site.stores, world)
    clinic, pharmacy = LocationType.CLINIC, LocationType.PHARMACY
    mass, mobile = LocationType.MASS_VAX, LocationType.MOBILE_CLINIC
    return (
        System("county-clinics", "Harbor County clinics", "prepmod", search, search, mass, county),
        System("town-clinics", "Town clinics", "prepmod", search, search, clinic, prepmod_site.queued),
        System("lighthouse-health", "Lighthouse Health", "smart_scheduling_links", manifest, "/", clinic, feed),
        System("harbor-drug", "Harbor Drug", "harbor_drug", chain_site.STORES_PATH, "/", pharmacy, chain),
        System("island-hospital", "Island Hospital", "smart_scheduling_links", manifest, "/", clinic, smart_site.down),
        System("mobile-van", "Mobile van", "prepmod", search, search, mobile, prepmod_site.nothing),
    )


class Demo:
    """The running region. `latency` is the time each answer takes, in seconds.

    A system whose port of `ports` is taken gets one that is free; with `ports` None all of them do.
    """

    def __init__(
        self, tick: int, now: datetime, ports: Sequence[int] | None = PREFERRED, latency: float = 0.15
    ) -> None:
        self._systems = systems(World(tick=tick, now=now))
        self._ports = (0,) * DEMO_SOURCES if ports is None else ports
        self._latency = latency
        self._running = ExitStack()
        # source -> address of its system, without a slash at its end; what is wished for until it runs
        self.bases = {
            system.name: f"http://{HOST}:{port}" for system, port in zip(self._systems, self._ports, strict=True)
        }

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for system, port in zip(self._systems, self._ports, strict=True):
                self.bases[system.name] = starting.enter_context(serve(system.site, port, self._latency))
            self._running = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def addresses(self) -> dict[str, str]:
        """Source -> what an adapter asks, as `bases`."""
        return {system.name: f"{self.bases[system.name]}{system.path}" for system in self._systems}

    def region_text(self) -> str:
        """The region file (TOML) of the systems: of the running ones inside the block, of `ports` before it."""
        return REGION + "".join(SOURCE.format(system=each, base=self.bases[each.name]) for each in self._systems)

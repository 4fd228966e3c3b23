"""Starts the demo for the commands: `aggregator demo run`, `serve`, and `systems`.

Ports are fixed, because published pages link to them: a Book button works while any demo command is running. A second
command reuses the systems of the first.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from aggregator.config import Region
from aggregator.demo.listener import NAME, PortTaken
from aggregator.demo.servers import FIRST_PORT, Demo, ports_from
from aggregator.demo.world import World
from aggregator.errors import ConfigError, excerpt
from aggregator.model import Report

PORT_VARIABLE = "AGGREGATOR_DEMO_PORT"
HIGHEST_FIRST_PORT = 65000
FAIL_ON_PURPOSE = {"town-clinics", "island-hospital"}  # one has a waiting room, one is down
PATIENCE = 5.0  # seconds to wait for a system that another process may be running


def chosen_ports(given: int | None) -> tuple[int, ...]:
    """The ports of the systems: consecutive from `first`, from the environment, or from the default."""
    text = str(given) if given is not None else os.environ.get(PORT_VARIABLE, "") or str(FIRST_PORT)
    if not (text.isdecimal() and int(text) <= HIGHEST_FIRST_PORT):
        raise ConfigError(
            f"first port of the simulated systems: {excerpt(text)} is not a number from 0 (any that are free) to "
            f"{HIGHEST_FIRST_PORT}; correct --first-port or {PORT_VARIABLE}"
        )
    return ports_from(int(text))


@contextmanager
def demo_region(ports: Sequence[int]) -> Iterator[Region]:
    """Yields the demo region while its systems run: new ones, or those of another demo command."""
    demo = Demo(World.at_present, ports)
    with ExitStack() as running:
        try:
            running.enter_context(demo)
        except PortTaken:
            if not all(_answers(name, base) for name, base in demo.bases.items()):
                raise
        yield demo.region()


def went_as_meant(reports: Iterable[Report]) -> bool:
    """Whether only the sources failed that fail on purpose, and everything was saved."""
    reports = list(reports)
    failed = {report.source for report in reports if not report.outcome.is_good}
    return failed == FAIL_ON_PURPOSE and not any(report.unsaved for report in reports)


def _answers(name: str, base: str) -> bool:
    """Whether the simulated system answers at `base`."""
    asking = HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
    with suppress(OSError, HTTPException), closing(asking) as connection:
        connection.request("GET", "/robots.txt")
        return connection.getresponse().getheader(NAME) == name
    return False

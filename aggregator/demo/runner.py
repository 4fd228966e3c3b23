"""Starts the demo for the commands: `aggregator demo run`, `serve`, and `systems`.

Ports are fixed, because published pages link to them: a Book button works whenever any demo command keeps the systems
answering. A second command uses the systems of the first.
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
FAIL_ON_PURPOSE = {"town-clinics", "island-hospital"}  # one holds people in a waiting room, one is down
PATIENCE = 5.0  # seconds for an answer from what may be a system of another process


def chosen_ports(given: int | None) -> tuple[int, ...]:
    """The ports of the systems: from the given one on, or the environment's, or the usual one."""
    text = str(given) if given is not None else os.environ.get(PORT_VARIABLE, "") or str(FIRST_PORT)
    if not (text.isdecimal() and int(text) <= HIGHEST_FIRST_PORT):
        raise ConfigError(
            f"first port of the simulated systems: {excerpt(text)} is not a number from 0 (any that are free) to "
            f"{HIGHEST_FIRST_PORT}; correct --first-port or {PORT_VARIABLE}"
        )
    return ports_from(int(text))


@contextmanager
def demo_region(ports: Sequence[int]) -> Iterator[Region]:
    """The demo region, whose systems answer while the block runs: new ones, or those of another demo command."""
    demo = Demo(World.at_present, ports)
    with ExitStack() as running:
        try:
            running.enter_context(demo)
        except PortTaken:
            if not all(_answers(name, base) for name, base in demo.bases.items()):
                raise
        yield demo.region()


def went_as_meant(reports: Iterable[Report]) -> bool:
    """Whether exactly those sources failed that do so on purpose, and everything read was saved."""
    reports = list(reports)
    failed = {report.source for report in reports if not report.outcome.is_good}
    return failed == FAIL_ON_PURPOSE and not any(report.unsaved for report in reports)


def _answers(name: str, base: str) -> bool:
    """Whether that system answers at `base`."""
    asking = HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
    with suppress(OSError, HTTPException), closing(asking) as connection:
        connection.request("GET", "/robots.txt")
        return connection.getresponse().getheader(NAME) == name
    return False

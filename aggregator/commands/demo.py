"""The command `demo`: the simulated booking systems, kept running for somebody who wants to look at them."""

import argparse
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from threading import Event

from aggregator.commands.terminal import say
from aggregator.demo.listener import serve
from aggregator.demo.servers import PREFERRED, Demo
from aggregator.demo.town_hall_site import CLINICS_PATH, clinics
from aggregator.demo.world import World


def run_systems(arguments: argparse.Namespace) -> int:
    """What the systems answer does not change while they run."""
    now = datetime.now(UTC)
    ports = [arguments.port + number if arguments.port else 0 for number in range(len(PREFERRED) + 1)]
    town_hall = partial(clinics, World(tick=0, now=now))
    with Demo(0, now, ports[:-1]) as demo, serve(town_hall, ports[-1], latency=0.0) as base:
        for name, address in (*demo.addresses().items(), ("town-hall", f"{base}{CLINICS_PATH}")):
            say(f"{name:<18} {address}")
        say("Ctrl-C ends them")
        with suppress(KeyboardInterrupt):
            Event().wait()
    return 0

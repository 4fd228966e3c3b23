"""`aggregator demo`: the made-up region, from a first run to Book buttons that work."""

import argparse
from contextlib import suppress
from threading import Event

from aggregator.commands import running
from aggregator.commands.terminal import say
from aggregator.demo import CLINICS_PATH, Demo, World, chosen_ports, demo_region, went_as_meant


def run(arguments: argparse.Namespace) -> int:
    """One cycle of the demo region. 0 if only those sources failed that fail on purpose."""
    with demo_region(chosen_ports(arguments.first_port)) as region:
        reports = running.cycle(arguments, region)
    if not went_as_meant(reports):
        return running.answered(reports)
    if not arguments.quiet:
        say("Town clinics (a waiting room) and Island Hospital (down) failed on purpose: see how the page says it.")
        say("Next: `aggregator demo serve` (or `make serve`) shows the page, and its Book buttons work.")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Previews the release while the booking systems answer."""
    if not arguments.out.exists():
        say(f"{arguments.out} does not exist yet: `aggregator demo run` (or `make run`) publishes it")
    with demo_region(chosen_ports(arguments.first_port)):
        say("The made-up booking sites answer as well, so the Book buttons work.")
        return running.serve(arguments)


def systems(arguments: argparse.Namespace) -> int:
    """Keeps the booking systems answering until Ctrl-C."""
    with Demo(World.at_present, chosen_ports(arguments.first_port)) as demo:
        for source in demo.region().sources:
            say(f"{source.name:<18} {source.url}")
        say(f"{'town-hall':<18} {demo.bases['town-hall']}{CLINICS_PATH}")
        say("Ctrl-C ends them")
        with suppress(KeyboardInterrupt):
            Event().wait()
    return 0

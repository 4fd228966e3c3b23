"""The commands `demo run`, `demo serve`, and `demo systems`: a made-up region with Book buttons that work."""

import argparse
from contextlib import suppress
from threading import Event

from aggregator.commands import running
from aggregator.commands.terminal import say
from aggregator.demo import CLINICS_PATH, Demo, World, chosen_ports, demo_region, went_as_meant


def run(arguments: argparse.Namespace) -> int:
    """Runs one cycle of the demo region; 0 if only the sources failed that fail on purpose."""
    with demo_region(chosen_ports(arguments.first_port)) as region:
        reports = running.cycle(arguments, region)
    if not went_as_meant(reports):
        return running.answered(reports)
    if not arguments.quiet:
        say("Town clinics (waiting room) and Island Hospital (down) failed on purpose: see how the page shows it.")
        say("Next: `aggregator demo serve` (or `make serve`) shows the page, with Book buttons that work.")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Previews the release and runs the simulated booking systems meanwhile."""
    if not arguments.out.exists():
        say(f"{arguments.out} does not exist yet: `aggregator demo run` (or `make run`) publishes it")
    with demo_region(chosen_ports(arguments.first_port)):
        say("The simulated booking sites are running, too, so the Book buttons work.")
        return running.serve(arguments)


def systems(arguments: argparse.Namespace) -> int:
    """Runs the simulated booking systems until Ctrl-C."""
    with Demo(World.at_present, chosen_ports(arguments.first_port)) as demo:
        for source in demo.region().sources:
            say(f"{source.name:<18} {source.url}")
        say(f"{'town-hall':<18} {demo.bases['town-hall']}{CLINICS_PATH}")
        say("Press Ctrl-C to stop them.")
        with suppress(KeyboardInterrupt):
            Event().wait()
    return 0

"""The commands that only look: `status`, `sources`, `doctor`."""

import argparse
from datetime import UTC, datetime

from aggregator import registry, terminal
from aggregator.commands.job import Commands, check_contact, region_of
from aggregator.errors import StoreError
from aggregator.places.explaining import unknown_decisions
from aggregator.publish.release import check_writable
from aggregator.snapshot import take
from aggregator.store.lock import exclusive
from aggregator.store.store import Store


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    for name, function, text in (
        ("status", status, "how each source stands"),
        ("sources", sources, "the sources of the region and what reads them"),
        ("doctor", doctor, "check region, database and output folder"),
    ):
        commands.add_parser(name, parents=[shared], help=text, description=text).set_defaults(command=function)


def status(arguments: argparse.Namespace) -> int:
    region = region_of(arguments)
    with Store(arguments.db) as store:
        terminal.standing(take(store, region, datetime.now(UTC)).sources, region.zone)
    return 0


def sources(arguments: argparse.Namespace) -> int:
    region = region_of(arguments)
    titles = [(source, registry.load(source.provider).title) for source in region.sources]
    terminal.configured(region, titles, datetime.now(region.zone).date())
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Checks what a run needs; the first thing that is wrong comes out as its error."""
    region = region_of(arguments)
    check_contact(region, arguments.region)
    terminal.say(f"region: {region.title}, {len(region.sources)} sources, all with an adapter")
    with exclusive(arguments.db), Store(arguments.db) as store:
        if (found := store.integrity()) != "ok":
            raise StoreError(f"{arguments.db}: {found}; move the file away and run again: a new one is made")
        terminal.say(f"database: {arguments.db} is sound, {len(store.sources())} sources visited")
        for line in unknown_decisions(store, region):
            terminal.say(line)
    check_writable(arguments.out)
    terminal.say(f"output: {arguments.out} can be published to")
    return 0

"""The commands `places explain` and `places list`: which locations were merged into one place, and why."""

import argparse

from aggregator.commands.job import region_of
from aggregator.commands.terminal import say
from aggregator.places import explain, merged, unknown_decisions
from aggregator.store import Store


def explain_one(arguments: argparse.Namespace) -> int:
    """Prints the evidence for one place."""
    region = region_of(arguments)
    with Store(arguments.db) as store:
        for line in (*explain(store, region, arguments.id), *unknown_decisions(store, region)):
            say(line)
    return 0


def list_merged(arguments: argparse.Namespace) -> int:
    """Prints every merged place."""
    with Store(arguments.db) as store:
        lines = merged(store)
    for line in lines or ["No locations have been merged so far"]:
        say(line)
    return 0

"""`aggregator places`: which locations are one place, and why."""

import argparse

from aggregator.commands.job import region_of
from aggregator.commands.terminal import say
from aggregator.places import explain, merged, unknown_decisions
from aggregator.store import Store


def explain_one(arguments: argparse.Namespace) -> int:
    region = region_of(arguments)
    with Store(arguments.db) as store:
        for line in (*explain(store, region, arguments.id), *unknown_decisions(store, region)):
            say(line)
    return 0


def list_merged(arguments: argparse.Namespace) -> int:
    with Store(arguments.db) as store:
        lines = merged(store)
    for line in lines or ["No two locations are one place so far"]:
        say(line)
    return 0

"""`aggregator places`: which locations are one place, and why."""

import argparse

from aggregator.commands.job import Commands, region_of
from aggregator.commands.terminal import say
from aggregator.places.explaining import explain, merged, unknown_decisions
from aggregator.store.store import Store


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    text = "which locations of several sources are one place, and why"
    kinds = commands.add_parser("places", help=text, description=text).add_subparsers(required=True, metavar="WHAT")
    about = "what an id is, why its locations were merged, what nearly was, and how to change it"
    one = kinds.add_parser("explain", parents=[shared], help=about, description=about)
    one.add_argument("id", metavar="ID", help="as in the address of a place's page, or a former one")
    one.set_defaults(command=explain_one)
    about = "every location that is shown with another one, and why"
    kinds.add_parser("list", parents=[shared], help=about, description=about).set_defaults(command=list_merged)


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

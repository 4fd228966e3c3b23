"""The parser of the command line: each command, its options, and its help.

It imports no command, so `aggregator --help` costs next to nothing. `load` imports the chosen one, which takes the
parsed arguments and returns its exit code.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from aggregator import __version__
from aggregator.defaults import DATABASE

REGION_VARIABLE = "AGGREGATOR_REGION"
PUBLIC, DEMO_DATABASE = Path("public"), Path("data/demo.db")
SHELLS = ("bash", "zsh", "fish")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse gives it no public name


def command_line() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="aggregator", description="Who still has appointments, and where to click.")
    parser.add_argument("--version", action="version", version=f"aggregator {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = _shared()
    for add in (_running, _inspect, _releasing, _places):
        add(commands, shared)
    for add_alone in (_init, _authoring, _trial, _checking, _demo, _completion):
        add_alone(commands)
    return parser


def load(arguments: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    """The function of the chosen command, whose module is imported now."""
    module, _, function = arguments.command.partition(".")
    command: Callable[[argparse.Namespace], int] = getattr(import_module(f"aggregator.commands.{module}"), function)
    return command


def parsers_of(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """`parser` and those of its commands, at every depth."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from parsers_of(command)


def _shared() -> argparse.ArgumentParser:
    """What commands on a region take."""
    shared = argparse.ArgumentParser(add_help=False)
    _region(shared, "region file", str)
    _files(shared, DATABASE)
    return shared


def _region(parser: argparse.ArgumentParser, text: str, kind: type[str] | type[Path]) -> None:
    """Adds --region, which the environment can give as well."""
    default = os.environ.get(REGION_VARIABLE) or None
    text = f"{text}; default: the file that {REGION_VARIABLE} names"
    parser.add_argument("--region", type=kind, default=default, metavar="FILE", help=text)


def _files(parser: argparse.ArgumentParser, database: Path) -> None:
    """Adds the options for what a command reads, writes, and prints."""
    parser.add_argument("--db", type=Path, default=database, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=PUBLIC, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--quiet", action="store_true", help="print only what needs a person")


def _command(
    commands: Commands, name: str, function: str, text: str, *parents: argparse.ArgumentParser
) -> argparse.ArgumentParser:
    """Adds a command; `function` is the "module.function" that runs it."""
    command = commands.add_parser(name, parents=parents, help=text, description=text)
    command.set_defaults(command=function)
    return command


def _init(commands: Commands) -> None:
    text = "write a region file from a few answers; what no option gives is asked for"
    init = _command(commands, "init", "init.init", text)
    init.add_argument(
        "file", type=Path, nargs="?", default=Path("region.toml"), metavar="FILE", help="new file; default: %(default)s"
    )
    init.add_argument("--title", default="", help="heading of the page")
    init.add_argument(
        "--state", default="", metavar="CODES", help="such as WY, or MA,RI; in France departments, such as 01"
    )
    init.add_argument("--country", default="", metavar="CODE", help="two letters; default: US")
    init.add_argument("--contact", default="", help="your e-mail address or web page; booking sites see it")
    init.add_argument(
        "--sources", default="", metavar="NAMES", help="names of ready sources, or all or none; default: all"
    )
    init.add_argument("--time-zone", default="", metavar="ZONE", help="default: that of most places in the states")
    init.add_argument("--name", default="", help="short name of the region; default: made from the title")


def _running(commands: Commands, shared: argparse.ArgumentParser) -> None:
    replay = argparse.ArgumentParser(add_help=False)
    replay.add_argument(
        "--replay", type=Path, nargs="+", default=[], metavar="HAR", help="answer every request from these recordings"
    )
    metrics = argparse.ArgumentParser(add_help=False)
    metrics.add_argument("--metrics", type=Path, metavar="FILE", help="write metrics for Prometheus after each cycle")
    text = "one cycle: visit the sources that are due, store, publish"
    _command(commands, "run", "running.run", text, shared, replay, metrics)
    text = "the same for ever, each source at its own pace"
    _command(commands, "watch", "running.watch_forever", text, shared, metrics)
    _command(commands, "poll", "running.poll_only", "visit and store, without publishing", shared, replay)
    _command(commands, "publish", "running.publish_only", "publish what the database knows", shared)
    _port(_command(commands, "serve", "running.serve", "preview the release in a browser", shared))


def _port(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--port", type=int, default=8080, help="of the preview; default: %(default)s")


def _inspect(commands: Commands, shared: argparse.ArgumentParser) -> None:
    text = "what is late, broken or blocked, and what to do"
    status = _command(commands, "status", "inspect.status", text, shared)
    status.add_argument("--json", action="store_true", help="for machines; docs/operate.md has the keys")
    _command(commands, "sources", "inspect.sources", "the sources of the region and what reads them", shared)
    _command(commands, "doctor", "inspect.doctor", "check region, database and output folder", shared)


def _releasing(commands: Commands, shared: argparse.ArgumentParser) -> None:
    text = "serve the release before the one that is served; the next cycle publishes anew"
    _command(commands, "rollback", "releasing.rollback", text, shared)


def _places(commands: Commands, shared: argparse.ArgumentParser) -> None:
    text = "which locations of several sources are one place, and why"
    kinds = commands.add_parser("places", help=text, description=text).add_subparsers(required=True, metavar="WHAT")
    text = "what an id is, why its locations were merged, what nearly was, and how to change it"
    explain = _command(kinds, "explain", "places.explain_one", text, shared)
    explain.add_argument("id", metavar="ID", help="as in the address of a place's page, or a former one")
    _command(kinds, "list", "places.list_merged", "every location that is shown with another one, and why", shared)


def _authoring(commands: Commands) -> None:
    text = "write an adapter template, its test case, and its source entry from a recorded visit"
    new = _command(commands, "new", "authoring.new_adapter", text)
    new.add_argument("name", metavar="NAME", help="of the adapter: small letters, digits, underscores")
    new.add_argument("--har", type=Path, required=True, metavar="FILE", help="network log of the browser, with content")
    new.add_argument("--url", default="", help="the answer to read; default: the one whose rows look most like places")
    new.add_argument("--region", type=Path, metavar="FILE", help="append the source to this region file")
    one = _command(commands, "capture", "authoring.capture_visit", "record one polite visit as a HAR file")
    one.add_argument("name", metavar="NAME", help="a source of the region file, or a name for the recording")
    one.add_argument("--url", default="", help="what to ask for, where NAME is no source")
    _region(one, "region file with the source, or with your contact", str)
    one.add_argument("--contact", default="", help="your e-mail address or page, where no region file gives it")
    one.add_argument("--out", type=Path, metavar="FILE", help="default: NAME.har")


def _trial(commands: Commands) -> None:
    command = _command(
        commands,
        "try",
        "try_adapter.try_adapter",
        "show what an adapter reads: clean values, problems, a verdict, the next step",
    )
    command.add_argument("name", metavar="NAME", help="the provider: the name of its file in providers/")
    visits = command.add_mutually_exclusive_group()
    visits.add_argument("--har", type=Path, nargs="+", default=[], metavar="FILE", help="answer from these recordings")
    visits.add_argument("--live", action="store_true", help="visit the provider's sources of --region once")
    command.add_argument("--case", default="", metavar="CASE", help="only this case of tests/providers/NAME")
    _region(command, "region file with sources of the provider", Path)
    accept = "write what was read into the case as the expected values"
    command.add_argument("--accept", action="store_true", help=accept)
    command.add_argument("--all", action="store_true", help="print every place, however many there are")


def _checking(commands: Commands) -> None:
    text = "check adapters against the contract, each with the cases in tests/providers/NAME"
    command = _command(commands, "check", "checking.check", text)
    command.add_argument("names", nargs="*", metavar="NAME", help="providers; default: all adapters of your own")
    _region(command, "region file, beside which `providers/` has your adapters", Path)


def _demo(commands: Commands) -> None:
    text = "a made-up region, whose booking systems are simulated on this machine"
    kinds = commands.add_parser("demo", help=text, description=text).add_subparsers(required=True, metavar="WHAT")
    systems = argparse.ArgumentParser(add_help=False)
    systems.add_argument(
        "--first-port",
        type=int,
        metavar="PORT",
        help="of the seven simulated systems; 0: any that are free; default: AGGREGATOR_DEMO_PORT, or else 28701",
    )
    run = _command(kinds, "run", "demo.run", "one cycle of the made-up region: visit, store, publish", systems)
    _files(run, DEMO_DATABASE)
    text = "preview the release in a browser, with booking systems that answer its Book buttons"
    serve = _command(kinds, "serve", "demo.serve", text, systems)
    serve.add_argument("--out", type=Path, default=PUBLIC, metavar="DIR", help="default: %(default)s")
    _port(serve)
    text = "run the booking systems until Ctrl-C, with a town hall that has no adapter yet"
    _command(kinds, "systems", "demo.systems", text, systems)


def _completion(commands: Commands) -> None:
    text = "print a script with which your shell completes commands, options and file names"
    command = _command(commands, "completion", "completion.completion", text)
    command.add_argument("shell", choices=SHELLS, help="the shell that is to run the script")

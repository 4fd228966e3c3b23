"""Defines the command line: each command with its options. `help_texts` has what `--help` says about it.

It imports no command, so that `aggregator --help` answers at once. `load` imports the chosen command, which takes the
parsed arguments and returns its exit code.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from aggregator import __version__
from aggregator.commands.help_texts import HELP, PROGRAM
from aggregator.defaults import DATABASE

REGION_VARIABLE = "AGGREGATOR_REGION"
PUBLIC, DEMO_DATABASE = Path("public"), Path("data/demo.db")
SHELLS = ("bash", "zsh", "fish")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse gives it no public name


def command_line() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="aggregator",
        description=PROGRAM.description,
        epilog=PROGRAM.epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"aggregator {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = _shared()
    _init(commands)
    for add in (_running, _inspect, _releasing, _places):
        add(commands, shared)
    for add_alone in (_authoring, _trial, _checking, _demo, _completion):
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
    """The options of every command that works on a region."""
    shared = argparse.ArgumentParser(add_help=False)
    _region(shared, "region file", str)
    _files(shared, DATABASE)
    return shared


def _region(parser: argparse.ArgumentParser, text: str, kind: type[str] | type[Path]) -> None:
    """Adds --region, whose default the environment can set."""
    default = os.environ.get(REGION_VARIABLE) or None
    text = f"{text}; default: the file named by {REGION_VARIABLE}"
    parser.add_argument("--region", type=kind, default=default, metavar="FILE", help=text)


def _files(parser: argparse.ArgumentParser, database: Path) -> None:
    """Adds --db, --out, and --quiet."""
    parser.add_argument("--db", type=Path, default=database, metavar="FILE", help="database; default: %(default)s")
    _out(parser)
    parser.add_argument("--quiet", action="store_true", help="print only what needs a person")


def _out(parser: argparse.ArgumentParser) -> None:
    text = "published folder; default: %(default)s"
    parser.add_argument("--out", type=Path, default=PUBLIC, metavar="DIR", help=text)


def _add(commands: Commands, name: str, *parents: argparse.ArgumentParser, group: str = "") -> argparse.ArgumentParser:
    """Adds the command `name` (of `group`, such as "places") with its help."""
    help_text = HELP[f"{group} {name}".strip()]
    return commands.add_parser(
        name,
        parents=parents,
        help=help_text.summary,
        description=help_text.description,
        epilog=help_text.epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _command(
    commands: Commands, name: str, function: str, *parents: argparse.ArgumentParser, group: str = ""
) -> argparse.ArgumentParser:
    """Adds a command that runs `function`, "module.function" in `aggregator.commands`."""
    command = _add(commands, name, *parents, group=group)
    command.set_defaults(command=function)
    return command


def _group(commands: Commands, name: str) -> Commands:
    """Adds a command that has commands of its own."""
    return _add(commands, name).add_subparsers(required=True, metavar="WHAT")


def _init(commands: Commands) -> None:
    init = _command(commands, "init", "init.init")
    init.add_argument(
        "file", type=Path, nargs="?", default=Path("region.toml"), metavar="FILE", help="new file; default: %(default)s"
    )
    init.add_argument("--title", default="", help="heading of the page")
    init.add_argument("--state", default="", metavar="CODES", help="WY, or several: MA,RI; in France departments: 01")
    init.add_argument("--country", default="", metavar="CODE", help="two letters; default: US")
    init.add_argument("--contact", default="", help="your e-mail address or web page; booking sites see it")
    init.add_argument(
        "--sources", default="", metavar="NAMES", help="names of ready sources, all, or none; default: all"
    )
    init.add_argument("--time-zone", default="", metavar="ZONE", help="default: that of most places in the states")
    init.add_argument("--name", default="", help="short name of the region; default: made from the title")


def _running(commands: Commands, shared: argparse.ArgumentParser) -> None:
    replay = argparse.ArgumentParser(add_help=False)
    text = "answer every request from these recordings; no network"
    replay.add_argument("--replay", type=Path, nargs="+", default=[], metavar="HAR", help=text)
    metrics = argparse.ArgumentParser(add_help=False)
    text = "write metrics for Prometheus after each cycle"
    metrics.add_argument("--metrics", type=Path, metavar="FILE", help=text)
    _command(commands, "run", "running.run", shared, replay, metrics)
    _command(commands, "watch", "running.watch_forever", shared, metrics)
    _command(commands, "poll", "running.poll_only", shared, replay)
    _command(commands, "publish", "running.publish_only", shared)
    _port(_command(commands, "serve", "running.serve", shared))


def _port(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--port", type=int, default=8080, help="port of the preview; default: %(default)s")


def _inspect(commands: Commands, shared: argparse.ArgumentParser) -> None:
    status = _command(commands, "status", "inspect.status", shared)
    status.add_argument("--json", action="store_true", help="print JSON; docs/operate.md describes its keys")
    _command(commands, "sources", "inspect.sources", shared)
    _command(commands, "doctor", "inspect.doctor", shared)


def _releasing(commands: Commands, shared: argparse.ArgumentParser) -> None:
    _command(commands, "rollback", "releasing.rollback", shared)


def _places(commands: Commands, shared: argparse.ArgumentParser) -> None:
    kinds = _group(commands, "places")
    explain = _command(kinds, "explain", "places.explain_one", shared, group="places")
    explain.add_argument("id", metavar="ID", help="current or former id, as in the address of the place's page")
    _command(kinds, "list", "places.list_merged", shared, group="places")


def _authoring(commands: Commands) -> None:
    new = _command(commands, "new", "authoring.new_adapter")
    new.add_argument("name", metavar="NAME", help="name of the adapter: small letters, digits, underscores")
    text = "the browser's network log, exported with content"
    new.add_argument("--har", type=Path, required=True, metavar="FILE", help=text)
    text = "the response to read; default: the one whose rows look most like places"
    new.add_argument("--url", default="", help=text)
    new.add_argument("--region", type=Path, metavar="FILE", help="append the source to this region file")
    one = _command(commands, "capture", "authoring.capture_visit")
    one.add_argument("name", metavar="NAME", help="a source of the region file, or a name for the recording")
    one.add_argument("--url", default="", help="the address to record if NAME is not a source")
    _region(one, "region file with the source, or with your contact", str)
    one.add_argument("--contact", default="", help="your e-mail address or page, if there is no region file")
    one.add_argument("--out", type=Path, metavar="FILE", help="default: NAME.har")
    cassette = _command(commands, "import-cassette", "authoring.import_cassette")
    text = "a cassette of VCR (.yaml, .yml, .json), or a text with curl commands and their answers"
    cassette.add_argument("files", type=Path, nargs="+", metavar="FILE", help=text)
    cassette.add_argument("--out", type=Path, required=True, metavar="FILE", help="the HAR file to write")


def _trial(commands: Commands) -> None:
    command = _command(commands, "try", "try_adapter.try_adapter")
    command.add_argument("name", metavar="NAME", help="the provider: the name of its file in providers/")
    visits = command.add_mutually_exclusive_group()
    visits.add_argument("--har", type=Path, nargs="+", default=[], metavar="FILE", help="replay these recordings")
    visits.add_argument("--live", action="store_true", help="visit the provider's sources of --region once")
    command.add_argument("--case", default="", metavar="CASE", help="only this case of tests/providers/NAME")
    _region(command, "region file with sources of the provider", Path)
    text = "save what was read as the expected values of the case"
    command.add_argument("--accept", action="store_true", help=text)
    command.add_argument("--all", action="store_true", help="print every place, however many there are")


def _checking(commands: Commands) -> None:
    command = _command(commands, "check", "checking.check")
    command.add_argument("names", nargs="*", metavar="NAME", help="providers; default: all adapters of your own")
    _region(command, "region file with your adapters in `providers/` beside it", Path)


def _demo(commands: Commands) -> None:
    kinds = _group(commands, "demo")
    systems = argparse.ArgumentParser(add_help=False)
    text = "first port of the seven simulated systems; 0: any free ports; default: AGGREGATOR_DEMO_PORT, or else 28701"
    systems.add_argument("--first-port", type=int, metavar="PORT", help=text)
    run = _command(kinds, "run", "demo.run", systems, group="demo")
    _files(run, DEMO_DATABASE)
    serve = _command(kinds, "serve", "demo.serve", systems, group="demo")
    _out(serve)
    _port(serve)
    _command(kinds, "systems", "demo.systems", systems, group="demo")


def _completion(commands: Commands) -> None:
    command = _command(commands, "completion", "completion.completion")
    command.add_argument("shell", choices=SHELLS, help="the shell that runs the script")

"""The command `completion`: a script with which a shell completes commands, options, and file names."""

import argparse
import sys

import shtab

from aggregator.commands.parser import command_line, parsers_of

COMPLETED = {"FILE": shtab.FILE, "HAR": shtab.FILE, "DIR": shtab.DIRECTORY}  # metavar -> what the shell offers for it


def completion(arguments: argparse.Namespace) -> int:
    """Prints the script. It holds all commands and options, so completing starts no Python."""
    parser = command_line()
    for one in parsers_of(parser):
        for action in one._actions:
            if offered := COMPLETED.get(str(action.metavar)):
                action.complete = offered  # type: ignore[attr-defined]  # that is how shtab is told
    sys.stdout.write(shtab.complete(parser, arguments.shell))
    return 0

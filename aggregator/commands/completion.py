"""The command `completion`: prints a script that completes commands, options, and file names in a shell."""

import argparse
import sys

import shtab

from aggregator.commands.parser import command_line, parsers_of

COMPLETED = {"FILE": shtab.FILE, "HAR": shtab.FILE, "DIR": shtab.DIRECTORY}  # metavar -> what the shell offers for it


def completion(arguments: argparse.Namespace) -> int:
    """Prints the script. It lists all commands and options, so that completion never starts Python."""
    parser = command_line()
    for one in parsers_of(parser):
        for action in one._actions:
            if offered := COMPLETED.get(str(action.metavar)):
                action.complete = offered  # type: ignore[attr-defined]  # shtab reads this attribute
    sys.stdout.write(shtab.complete(parser, arguments.shell))
    return 0

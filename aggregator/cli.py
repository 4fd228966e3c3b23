"""The command line: `aggregator --help`. Thin: each command is in `aggregator.commands`.

Exit codes: 0 all sources answered; 90 some did not; 91 none did; 92 nothing was published or saved; 2 wrong usage or
configuration. No error ends in a bare traceback; AGGREGATOR_TRACEBACK=1 adds it to the line.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from aggregator import __version__
from aggregator.commands import authoring, checking, demo, inspect, places, releasing, running, terminal, trial
from aggregator.commands.job import DEMO, NOT_PUBLISHED, USAGE
from aggregator.errors import TRACEBACK, ConfigError, advised
from aggregator.redact import redacted
from aggregator.store.store import DATABASE

MODULES = (running, inspect, releasing, places, authoring, trial, checking, demo)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except ConfigError as error:
        terminal.failure(str(error))
        return USAGE
    except Exception as error:
        terminal.failure(advised(error))
        if os.environ.get(TRACEBACK):
            sys.stderr.write(redacted("".join(traceback.format_exception(error))))
        return NOT_PUBLISHED
    except KeyboardInterrupt:
        terminal.failure("interrupted; what was saved and published before stands")
        return NOT_PUBLISHED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aggregator", description="Who still has appointments, and where to click.")
    parser.add_argument("--version", action="version", version=f"aggregator {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in MODULES:
        module.register(commands, _shared())
    return parser


def _shared() -> argparse.ArgumentParser:
    """What commands on a region take."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--region", default=DEMO, metavar="FILE", help="region file; default: the simulated demo region"
    )
    shared.add_argument("--db", type=Path, default=DATABASE, metavar="FILE", help="default: %(default)s")
    shared.add_argument("--out", type=Path, default=Path("public"), metavar="DIR", help="default: %(default)s")
    shared.add_argument("--quiet", action="store_true", help="print only what needs a person")
    return shared


if __name__ == "__main__":
    sys.exit(main())

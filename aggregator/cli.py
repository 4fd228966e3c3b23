"""Entry point of the command line. The commands are in `aggregator.commands`.

Every error ends as one line on standard error and an exit code; AGGREGATOR_TRACEBACK=1 adds the traceback.
"""

import os
import sys
import traceback
from collections.abc import Sequence

from aggregator.commands.exit_codes import NOT_PUBLISHED, USAGE
from aggregator.commands.parser import command_line, load
from aggregator.errors import TRACEBACK, ConfigError, advised
from aggregator.redact import redacted


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = command_line().parse_args(argv)
    try:
        return load(arguments)(arguments)
    except ConfigError as error:
        _failure(str(error))
        return USAGE
    except Exception as error:
        _failure(advised(error))
        if os.environ.get(TRACEBACK):
            sys.stderr.write(redacted("".join(traceback.format_exception(error))))
        return NOT_PUBLISHED
    except KeyboardInterrupt:
        _failure("interrupted; everything saved and published so far is kept")
        return NOT_PUBLISHED


def _failure(text: str) -> None:
    from aggregator.commands import (
        terminal,  # imported late: it costs more than everything else that `aggregator --help` needs
    )

    terminal.failure(text)


if __name__ == "__main__":
    sys.exit(main())

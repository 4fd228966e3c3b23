"""The exit codes of the commands; `help_texts` explains them for each command."""

from collections.abc import Sequence

SOME_FAILED, ALL_FAILED, NOT_PUBLISHED, USAGE = 90, 91, 92, 2


def exit_code(good: Sequence[bool]) -> int:
    """0 if all are good, SOME_FAILED if some are, ALL_FAILED if none is."""
    return 0 if all(good) else SOME_FAILED if any(good) else ALL_FAILED

"""The exit codes of the commands."""

from collections.abc import Sequence

SOME_FAILED, ALL_FAILED, NOT_PUBLISHED, USAGE = 90, 91, 92, 2


def exit_code(good: Sequence[bool]) -> int:
    """By how many of them are good."""
    return 0 if all(good) else SOME_FAILED if any(good) else ALL_FAILED

"""Creates the problems that report dropped values."""

from aggregator.errors import excerpt
from aggregator.model import Problem


def problem(field: str, value: object, reason: str) -> Problem:
    """A Problem with its value cut to one line, fit for a log."""
    return Problem(field=field, value=excerpt(value), reason=reason)

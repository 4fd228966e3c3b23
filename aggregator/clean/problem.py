"""How the modules of this room report what they had to drop."""

from aggregator.errors import excerpt
from aggregator.model import Problem


def problem(field: str, value: object, reason: str) -> Problem:
    """A Problem whose value is cut to a line, fit for a log."""
    return Problem(field=field, value=excerpt(value), reason=reason)

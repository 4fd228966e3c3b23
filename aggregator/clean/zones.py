"""Time zones by their IANA names, as sources write them ("Pacific/Guam", also old names such as "Canada/Eastern")."""

from functools import cache
from zoneinfo import available_timezones

# Files of the operating system that no source can mean: "localtime" is the zone of the machine itself.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


def is_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database, in its own spelling."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_PLACES

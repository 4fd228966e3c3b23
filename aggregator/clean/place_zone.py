"""Time zones by their IANA names, as sources write them ("Pacific/Guam", also old names such as "Canada/Eastern")."""

from functools import cache
from zoneinfo import available_timezones

from aggregator.clean.problem import problem
from aggregator.errors import RecordError
from aggregator.model import Listing, Problem

# Files of the operating system that no source can mean: "localtime" is the zone of the machine itself.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})
_UNKNOWN = (
    'is not an IANA time zone such as "America/New_York", so times without an offset are not read; '
    "map it to one in the adapter"
)


def own_zone(listing: Listing) -> str:
    """The zone that a listing states for its place; "" if it states none, or none that exists."""
    name = listing.time_zone.strip()
    return name if name in _names() else ""


def has_unknown_zone(listing: Listing) -> bool:
    """Whether a listing states a zone that does not exist, so that its times without an offset mean nothing."""
    return bool(listing.time_zone.strip()) and not own_zone(listing)


def unknown_zone(listing: Listing) -> Problem:
    """The problem of a place with an unknown zone."""
    return problem("time_zone", listing.time_zone, _UNKNOWN)


def no_zone(listing: Listing) -> RecordError:
    """The error of a local time at a place with an unknown zone."""
    return RecordError("time_zone", listing.time_zone, _UNKNOWN)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_PLACES

"""Decides whether a location has moved since it was stored: an id never moves to another address. Pure.

Only positions that the source states are evidence; the center of a postal code is not. Mobile clinics move by nature,
so no check here applies to them.
"""

from difflib import SequenceMatcher

from aggregator.clean.address_key import AddressKey, address_key_of, has_other_address, is_same_address
from aggregator.clean.position import distance, given_position
from aggregator.clean.text import folded
from aggregator.clean.town import SAME_TOWN
from aggregator.model import Location, LocationType

FURTHEST = 500.0  # meters between two addresses that one id may have


def has_moved(before: Location, after: Location) -> bool:
    """Whether the source's own id now belongs to another spot.

    That is an address more than 500 m away or, without two positions, one in another town. Another street in the same
    town may be a correction, because the source states that it is the same location.
    """
    return _is_same_spot(before, after) is False


def is_same_venue(before: Location, after: Location) -> bool:
    """Whether an id that may be an event's means the same venue before and after; False in doubt.

    A venue that was renamed at its address is the same; an event with the same name in another street is not.
    """
    same = _is_same_spot(before, after)
    if same is not None:
        return same
    one, other = address_key_of(before), address_key_of(after)
    if has_other_address(one, other):
        return False
    return folded(before.name) == folded(after.name) or (_is_nowhere(before) and _is_nowhere(after))


def has_identical_address(before: Location, after: Location) -> bool:
    """Whether address and position are exactly equal, so that no comparison is needed."""
    return (before.address_lines, before.city, before.state, before.postal_code, before.position) == (
        after.address_lines, after.city, after.state, after.postal_code, after.position,
    )  # fmt: skip


def _is_same_spot(before: Location, after: Location) -> bool | None:
    """Whether both are at the same spot; None if their addresses and positions don't tell."""
    if before.location_type is after.location_type is LocationType.MOBILE_CLINIC:
        return True
    one, other = address_key_of(before), address_key_of(after)
    elsewhere = _other_town(one, other)
    if not elsewhere and _is_spelled_alike(before, after, one, other):
        return True  # Ignore the positions: they are corrected more often than a house moves.
    apart = distance(given_position(before), given_position(after))
    if apart is not None:
        return apart <= FURTHEST
    if elsewhere:
        return False
    return True if is_same_address(one, other) else None


def _is_spelled_alike(before: Location, after: Location, one: AddressKey, other: AddressKey) -> bool:
    """Whether both have the same address apart from abbreviations; a likely typing error is a difference."""
    if one.street and other.street:
        return (one.house, one.street) == (other.house, other.street)
    lines = [folded(" ".join(place.address_lines)) for place in (before, after)]
    return bool(lines[0]) and lines[0] == lines[1]


def _other_town(one: AddressKey, other: AddressKey) -> bool:
    """Whether state, town, and postal code place them in two towns; False if they don't tell."""
    if one.state and other.state and one.state != other.state:
        return True
    codes, towns = (one.postal_code, other.postal_code), (one.town, other.town)
    if all(codes) and codes[0] == codes[1]:
        return False
    if all(towns):
        return not _is_one_town(*towns)
    return all(codes)


def _is_one_town(one: str, other: str) -> bool:
    # "East Elm" and "West Elm" are similar by letters, but are not the same town.
    return one == other or (one[:1] == other[:1] and SequenceMatcher(None, one, other).ratio() >= SAME_TOWN)


def _is_nowhere(location: Location) -> bool:
    return not (location.address_lines or location.city or location.postal_code)

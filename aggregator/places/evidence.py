"""Compares two locations and decides whether they are one place, with the reason in words. Pure.

Contradictions come first: whatever else agrees, another state, store number, suite, or chain makes them two places.
Then the evidence counts in this order: an external id; the address and the name; the position and the name. Anything
else is UNSURE and stays separate, because a wrong merge hides a place, while a missed one only shows it twice.
"""

from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from aggregator.clean import (
    address_key_of,
    differing_units,
    distance,
    given_position,
    has_other_address,
    is_same_address,
    is_same_road,
    is_same_town,
)
from aggregator.model import Location, LocationType
from aggregator.places.comparable_ids import Keys, keys_of
from aggregator.places.names import Name, compatible, is_one_name, likeness, name_of

RULES = "4"  # increase it whenever the rules change: then everything is matched again
NEAR = 100.0  # meters between two positions of one place, at most
FAR = 5000.0  # meters from which two positions are two places, unless their addresses agree
BY_POSITION, BY_ADDRESS, BY_ID, BY_HAND = 1, 2, 3, 4  # the strength of the evidence for one place


class Verdict(StrEnum):
    """SAME: one place. DIFFERENT: two places, whatever else joins them. UNSURE: not enough evidence."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNSURE = "UNSURE"


class Facts:
    """The comparable facts of a location. `position`: latitude and longitude if the source itself states them."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self.keys = keys_of(location.external_ids)
        self.spot = address_key_of(location)
        self.position = given_position(location)
        self.phones = frozenset(filter(None, (location.info_phone, location.booking_phone)))
        self.location_type = location.location_type

    @cached_property
    def name(self) -> Name:
        """The comparable name, computed on demand: most locations have nothing nearby to be compared with."""
        return name_of(self._location)


class Finding(NamedTuple):
    """The result of a comparison. `close`: an id, the address, or the position agrees. `score` ranks the evidence.

    `one_store`: number and address of the store agree, so that even one source may list it twice. `one_venue`: address
    (or street, if neither has a house number) and name differ at most in spelling.
    """

    verdict: Verdict
    reason: str
    close: bool = False
    score: tuple[int, bool, float] = (0, False, 0.0)
    one_store: bool = False
    one_venue: bool = False


def compare(one: Facts, other: Facts) -> Finding:
    """Compares two locations; their order does not matter."""
    here = is_same_address(one.spot, other.spot)
    apart = distance(one.position, other.position)
    numbers = one.keys.stores & other.keys.stores
    entries = (one.keys.entries & other.keys.entries) | (one.keys.events & other.keys.events)
    close = bool(numbers or entries or here or (apart is not None and apart <= NEAR))
    if reason := _contradiction(one, other, here, apart, bool(numbers)):
        return Finding(Verdict.DIFFERENT, reason, close)
    one_venue = (here or is_same_road(one.spot, other.spot)) and is_one_name(one.name, other.name)
    strength, reason = _evidence(one, other, here, apart)
    if not strength:
        return Finding(Verdict.UNSURE, reason, close, one_venue=one_venue)
    score = strength, bool(one.phones & other.phones), likeness(one.name, other.name)
    return Finding(Verdict.SAME, reason, close, score, bool(numbers) and here, one_venue)


def _contradiction(one: Facts, other: Facts, here: bool, apart: float | None, one_number: bool) -> str:
    """The reason why they are two places; "" if there is none."""
    first, second = one.spot, other.spot
    if first.state and second.state and first.state != second.state:
        return f"one is in {first.state}, the other in {second.state}"
    if not one_number and (system := _other_number(one.keys, other.keys)):
        return f"they have different {system} numbers"
    if here and (units := differing_units(first, second)):
        return f"one is in unit {units[0]}, the other in {units[1]}"
    if not one_number and one.name.brand and other.name.brand and one.name.brand != other.name.brand:
        return f"one belongs to {one.name.brand}, the other to {other.name.brand}"
    if apart is not None and apart > FAR and not here:
        return f"they are {apart / 1000:.0f} km apart"
    codes = first.postal_code, second.postal_code
    if all(codes) and codes[0] != codes[1] and not here and has_other_address(first, second):
        return "their streets and postal codes differ"
    return ""


def _other_number(one: Keys, other: Keys) -> str:
    """The system in which both have store numbers but none agree."""
    systems = {key.system for key in one.stores} & {key.system for key in other.stores}
    return min(systems - {key.system for key in one.stores & other.stores}, default="")


def _evidence(one: Facts, other: Facts, here: bool, apart: float | None) -> tuple[int, str]:
    """The strength of the evidence for one place, and what it is; 0 and what is missing if it is not enough."""
    elsewhere = has_other_address(one.spot, other.spot)
    if numbers := one.keys.stores & other.keys.stores:
        return BY_ID, f"same store number ({min(numbers)})"
    if (entries := one.keys.entries & other.keys.entries) and not elsewhere:
        return BY_ID, f"same id ({min(entries)})"
    events = one.keys.events & other.keys.events
    if here and (shared := events | (one.keys.shared & other.keys.shared)):
        return BY_ID, f"same id ({min(shared)}) at the same address"
    alike = compatible(one.name, other.name)
    if events and alike and not elsewhere and is_same_town(one.spot, other.spot):
        return BY_ID, f"same id ({min(events)}) and name in one town"
    if here:
        return (BY_ADDRESS, "same address and name") if alike else (0, "same address, but different names")
    if entries or events:
        return 0, f"same id ({min(entries | events)}), but different addresses"
    if apart is None or apart > NEAR:
        return 0, "no id, address, or position in common"
    if elsewhere or not alike or not _alike_in_kind(one.location_type, other.location_type):
        return 0, f"{apart:.0f} m apart, but different in address, name, or kind"
    return BY_POSITION, f"{apart:.0f} m apart, with the same name"


def _alike_in_kind(one: LocationType, other: LocationType) -> bool:
    """Whether two kinds of place can be one: a pharmacy and a mass site cannot; a clinic can be anything."""
    return one == other or LocationType.CLINIC in (one, other)

"""Records of the JSON data, with the field names of UNIVAF, so that its clients can read them.

docs/published-contract.md describes every field.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from aggregator.model import AvailabilityNow, Available, LocationType, Place, Position, Slot

encode = msgspec.json.Encoder().encode

_NORTH_AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")

ONE_DOSE = {
    frozenset({"1"}): "first_dose_only",
    frozenset({"2"}): "second_dose_only",
    frozenset({"3"}): "third_dose_only",
    frozenset({"booster"}): "booster_only",
}


class SlotData(msgspec.Struct, frozen=True, kw_only=True):
    """A slot. Exists beside `model.Slot` because published names stay, and empty texts become null.

    `count` is of this slot alone. `count_from_start`: if only the first time of many is known, how many there are from
    `start` on; a client that does not know this field reads "some" instead of too many at one time.
    """

    start: datetime
    end: datetime | None
    available: Available
    count: int | None
    count_from_start: int | None
    at_least: bool
    products: tuple[str, ...]
    dose: str | None
    booking_url: str | None
    restrictions: str | None
    all_day: bool


class AvailabilityData(msgspec.Struct, frozen=True, kw_only=True):
    """The current answer. Exists beside `model.AvailabilityNow` because it adds the products and doses of its slots."""

    source: str
    sources: tuple[str, ...]
    outcome: str | None
    available: Available
    available_count: int | None
    may_have_more: bool
    products: tuple[str, ...]
    doses: tuple[str, ...]
    slots: tuple[SlotData, ...]
    checked_at: datetime | None
    valid_at: datetime | None
    changed_at: datetime | None


class AttributionData(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to name beside the data. Exists beside `model.Attribution` because empty texts become null."""

    publisher: str | None
    license: str | None
    url: str | None


class LocationData(msgspec.Struct, frozen=True, kw_only=True):
    """A place. Exists beside `model.Place` and `model.Location` because UNIVAF publishes both in one flat object."""

    id: str
    aliases: tuple[str, ...]
    external_ids: tuple[tuple[str, str], ...]
    provider: str
    location_type: LocationType
    name: str
    address_lines: tuple[str, ...]
    city: str | None
    state: str | None
    postal_code: str | None
    county: str | None
    country: str | None
    position: Position | None
    time_zone: str
    info_phone: str | None
    info_url: str | None
    booking_phone: str | None
    booking_url: str | None
    description: str | None
    restrictions: str | None
    availability: AvailabilityData
    attributions: tuple[AttributionData, ...]


def location_data(place: Place) -> LocationData:
    """The published record of a place."""
    facts = place.location
    return LocationData(
        id=place.id,
        aliases=place.aliases,
        external_ids=facts.external_ids,
        provider=place.provider,
        location_type=facts.location_type,
        name=facts.name,
        address_lines=facts.address_lines,
        city=facts.city or None,
        state=facts.state or None,
        postal_code=facts.postal_code or None,
        county=facts.county or None,
        country=facts.country or None,
        position=facts.position,
        time_zone=facts.time_zone,
        info_phone=_phone(facts.info_phone),
        info_url=facts.info_url or None,
        booking_phone=_phone(facts.booking_phone),
        booking_url=facts.booking_url or None,
        description=facts.description or None,
        restrictions=facts.restrictions or None,
        availability=availability_data(place.current, tuple(one.current.source for one in place.source_views)),
        attributions=tuple(
            AttributionData(publisher=one.publisher or None, license=one.license or None, url=one.url or None)
            for one in place.attributions
        ),
    )


def availability_data(current: AvailabilityNow, sources: tuple[str, ...]) -> AvailabilityData:
    """The published record of an answer; `sources` are the names of all sources that list the place."""
    slots = tuple(_slot(slot) for slot in current.slots)
    open_slots = [slot for slot in slots if slot.available is Available.YES] or slots
    products = (*(name for slot in open_slots for name in slot.products), *current.products)
    doses = (*(slot.dose for slot in open_slots), dose_name(current.doses))
    return AvailabilityData(
        source=current.source,
        sources=sources,
        outcome=current.outcome,
        available=current.available,
        available_count=current.available_count,
        may_have_more=current.may_have_more,
        products=tuple(dict.fromkeys(products)),
        doses=tuple(dict.fromkeys(dose for dose in doses if dose)),
        slots=slots,
        checked_at=current.checked_at,
        valid_at=current.valid_at,
        changed_at=current.changed_at,
    )


def _slot(slot: Slot) -> SlotData:
    return SlotData(
        start=slot.start,
        end=slot.end,
        available=slot.available,
        count=None if slot.first_of_many else slot.count,
        count_from_start=slot.count if slot.first_of_many else None,
        at_least=slot.at_least,
        products=slot.products,
        dose=dose_name(slot.doses),
        booking_url=slot.booking_url or None,
        restrictions=slot.restrictions or None,
        all_day=slot.all_day,
    )


def dose_name(doses: Collection[str]) -> str | None:
    """UNIVAF's name for a set of doses: all_doses (first and second), first_dose_only, …

    None if no dose is stated or UNIVAF has no name for the set.
    """
    if not doses:
        return None
    stated = frozenset(doses)
    return "all_doses" if stated >= {"1", "2"} else ONE_DOSE.get(stated)


def rfc3339(moment: datetime) -> str:
    """The time in UTC, to the second."""
    return _utc(moment, moment.fold)  # times of one zone that differ only in `fold` are equal in Python


@lru_cache(maxsize=4096)  # one visit checks many places at the same time
def _utc(moment: datetime, fold: int) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def rfc3339_or_none(moment: datetime | None) -> str | None:
    """`rfc3339`, or None for None."""
    return rfc3339(moment) if moment else None


def _phone(number: str) -> str | None:
    """A number as UNIVAF writes it: "607-555-0107" in North America, E.164 elsewhere; None if empty."""
    found = _NORTH_AMERICAN.fullmatch(number)
    return "-".join(found.groups()) if found else number or None

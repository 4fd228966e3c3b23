"""A place as the open data have it, in UNIVAF's words, so that its clients can read us.

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
    start: datetime
    end: datetime | None
    available: Available
    count: int | None
    at_least: bool
    products: tuple[str, ...]
    dose: str | None
    booking_url: str | None
    restrictions: str | None
    all_day: bool


class AvailabilityData(msgspec.Struct, frozen=True, kw_only=True):
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


class LocationData(msgspec.Struct, frozen=True, kw_only=True):
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
    position: Position | None
    time_zone: str
    info_phone: str | None
    info_url: str | None
    booking_phone: str | None
    booking_url: str | None
    description: str | None
    restrictions: str | None
    availability: AvailabilityData


def location_data(place: Place) -> LocationData:
    """A place as it is published."""
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
        position=facts.position,
        time_zone=facts.time_zone,
        info_phone=_phone(facts.info_phone),
        info_url=facts.info_url or None,
        booking_phone=_phone(facts.booking_phone),
        booking_url=facts.booking_url or None,
        description=facts.description or None,
        restrictions=facts.restrictions or None,
        availability=availability_data(place.current, tuple(one.current.source for one in place.source_views)),
    )


def availability_data(current: AvailabilityNow, sources: tuple[str, ...]) -> AvailabilityData:
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
        count=slot.count,
        at_least=slot.at_least,
        products=slot.products,
        dose=dose_name(slot.doses),
        booking_url=slot.booking_url or None,
        restrictions=slot.restrictions or None,
        all_day=slot.all_day,
    )


def dose_name(doses: Collection[str]) -> str | None:
    """UNIVAF's word for a set of doses: all_doses (a first and a second can be had), first_dose_only, …

    None where no dose is stated, or a set that UNIVAF has no word for.
    """
    if not doses:
        return None
    known = frozenset(doses)
    return "all_doses" if known >= {"1", "2"} else ONE_DOSE.get(known)


def rfc3339(moment: datetime) -> str:
    """In UTC, to the second."""
    return _utc(moment, moment.fold)  # times of one zone that differ only in `fold` are equal to Python


@lru_cache(maxsize=4096)  # many places were looked at in one visit
def _utc(moment: datetime, fold: int) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def maybe(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _phone(number: str) -> str | None:
    """As UNIVAF's data have it: North American numbers like "607-555-0107", any other one in E.164."""
    found = _NORTH_AMERICAN.fullmatch(number)
    return "-".join(found.groups()) if found else number or None

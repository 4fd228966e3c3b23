"""The open data: locations as JSON, GeoJSON and CSV, one JSON a place, and the small freshness file.

Field names are UNIVAF's, so that its clients can read us. docs/published-contract.md describes every field.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache

import msgspec

from aggregator.model import Available, Current, LocationType, Place, Position, Slot, Snapshot, SourceState, Told
from aggregator.publish.files import Essences, File, digest, essences
from aggregator.region import Region

encode = msgspec.json.Encoder().encode

ONE_DOSE = {
    frozenset({"1"}): "first_dose_only",
    frozenset({"2"}): "second_dose_only",
    frozenset({"3"}): "third_dose_only",
    frozenset({"booster"}): "booster_only",
}
CSV_COLUMNS = (
    "id", "provider", "location_type", "name", "address", "city", "state", "postal_code", "county", "latitude",
    "longitude", "booking_url", "booking_phone", "restrictions", "available", "available_count", "products", "doses",
    "first_slot", "checked_at", "valid_at", "changed_at",
)  # fmt: skip


class SlotData(msgspec.Struct, frozen=True, kw_only=True):
    start: datetime
    end: datetime | None
    available: Available
    count: int | None
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


def data_files(snapshot: Snapshot, region: Region, known: Essences | None = None) -> Iterator[File]:
    """Every data file. All but `freshness.json` are made anew only where something but the time of our visit changed.

    `known`: the essences of the snapshot, where they are at hand.
    """
    known = essences(snapshot) if known is None else known
    head = {"generated_at": rfc3339(snapshot.generated_at), "region": region.name}
    named = digest(region.name)
    for place in snapshot.places:
        key = named + known[place.id]
        for name in (place.id, *place.aliases):
            yield File(f"api/v1/places/{name}.json", key, lambda place=place: _whole(place, region))  # type: ignore[misc]
    whole = digest(region.name, [known[place.id] for place in snapshot.places])
    locations = cache(lambda: [location_data(place) for place in snapshot.places])
    yield File("api/v1/locations.json", whole, lambda: encode(head | {"data": locations()}))
    yield File("api/v1/locations.geojson", whole, lambda: encode(_geojson(locations())))
    yield File("api/v1/locations.csv", whole, lambda: _csv(locations()))
    freshness = head | {"stale_after": region.stale_after, "sources": [_freshness(one) for one in snapshot.sources]}
    yield File("freshness.json", b"", lambda: encode(freshness))


def _whole(place: Place, region: Region) -> bytes:
    told = [_told(one) for one in place.told]
    return encode({"region": region.name, "data": location_data(place), "sources": told, "history": place.history})


def _freshness(source: SourceState) -> dict[str, object]:
    return {
        "name": source.name,
        "outcome": source.outcome,
        "attempted_at": _maybe(source.attempted_at),
        "last_good_at": _maybe(source.last_good_at),
        "all_checked_at": _maybe(source.all_checked_at),
        "wait_minutes": source.wait_minutes,
    }


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
        info_phone=facts.info_phone or None,
        info_url=facts.info_url or None,
        booking_phone=facts.booking_phone or None,
        booking_url=facts.booking_url or None,
        description=facts.description or None,
        restrictions=facts.restrictions or None,
        availability=_availability(place.current, tuple(one.current.source for one in place.told)),
    )


def _availability(current: Current, sources: tuple[str, ...]) -> AvailabilityData:
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
        products=tuple(dict.fromkeys(products)),
        doses=tuple(dict.fromkeys(dose for dose in doses if dose)),
        slots=slots,
        checked_at=current.checked_at,
        valid_at=current.valid_at,
        changed_at=current.changed_at,
    )


def _told(told: Told) -> dict[str, object]:
    """What one source says of a place."""
    place = told.location
    return {
        "provider": told.provider,
        "name": place.name,
        "booking_url": place.booking_url or None,
        "external_ids": place.external_ids,
        "availability": _availability(told.current, (told.current.source,)),
    }


def _slot(slot: Slot) -> SlotData:
    return SlotData(
        start=slot.start,
        end=slot.end,
        available=slot.available,
        count=slot.count,
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


def _maybe(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _geojson(locations: Iterable[LocationData]) -> dict[str, object]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": location.id,
                "geometry": {"type": "Point", "coordinates": [location.position.longitude, location.position.latitude]}
                if location.position
                else None,
                "properties": location,
            }
            for location in locations
        ],
    }


def _csv(locations: Iterable[LocationData]) -> bytes:
    """One row a location. A cell that a spreadsheet would take for a formula is marked as text."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for place in locations:
        said = place.availability
        first = next((slot.start for slot in said.slots if slot.available is Available.YES), None)
        row = (
            place.id, place.provider, place.location_type, place.name, ", ".join(place.address_lines), place.city,
            place.state, place.postal_code, place.county, place.position and place.position.latitude,
            place.position and place.position.longitude, place.booking_url, place.booking_phone, place.restrictions,
            said.available, said.available_count, "; ".join(said.products), "; ".join(said.doses),
            first and first.isoformat(), _maybe(said.checked_at), _maybe(said.valid_at), _maybe(said.changed_at),
        )  # fmt: skip
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell for cell in row]
        )
    return text.getvalue().encode()

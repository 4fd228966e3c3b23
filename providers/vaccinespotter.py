"""Vaccine Spotter: the GeoJSON of an aggregator that ran from February to September 2021, one file per state.

- Second hand: what it read from other booking systems, published for everyone; no key.
- Fills in: places, whether they have appointments, every time with product and dose, when it checked.
- Cannot fill in: phones. An hour after its last check it states null, which stays UNKNOWN.
- A time listed under two kinds (normal, second dose only) is one appointment.
"""

from collections.abc import Iterable
from typing import Any

from aggregator.adapter import DataRow, JsonAdapter, Listing, SlotListing, read, stores

DOSES = {"all_doses": ("1", "2"), "2nd_dose_only": ("2",)}
DIGITS = {"cvs": 5, "kroger": 8}  # of a store number in other systems; here its leading zeros are lost


class Vaccinespotter(JsonAdapter):
    name = "vaccinespotter"
    title = "Vaccine Spotter"
    whole_rows = True
    rows = "features"

    def listing(self, row: DataRow) -> Listing | None:
        place = row["properties"]
        empty = not place["city"] and not place["address"] and place["appointments_available"] is None
        if empty or not read.in_states(place["state"], row.source):
            return None
        longitude, latitude = row["geometry"]["coordinates"]
        slots, name = _slots(place["appointments"] or ()), place["name"] or place["provider_brand_name"]
        return Listing(
            id=str(int(place["id"])),
            name=name,
            location_type=stores.kind_of(read.plain(name)),
            address=(place["address"] or "",),
            **read.given(place, city="city", state="state", postal_code="postal_code", booking_url="url"),
            position=(latitude, longitude),
            external_ids=(("vaccinespotter", place["id"]), *_store(place)),
            available=None if slots else read.answer(place["appointments_available"]),
            slots=slots,
            **_offer([] if slots else [place], "appointment_vaccine_types", "appointment_types"),
            valid_at=place["appointments_last_fetched"] or "",
        )


def _slots(appointments: Any) -> tuple[SlotListing, ...]:
    """One slot for each time; some sources state that there are appointments, but no times."""
    found: dict[str, list[Any]] = {}
    for one in appointments:
        if start := one.get("time") or one.get("date"):
            found.setdefault(start, []).append(one)
    return tuple(
        SlotListing(start=start, count=1, **_offer(same, "vaccine_types", "appointment_types"))
        for start, same in found.items()
    )


def _offer(entries: Iterable[Any], vaccines: str, kinds: str) -> dict[str, Any]:
    """Products and doses of the entries for a place or a time."""
    return {
        "products": tuple(name for one in entries for name in one.get(vaccines) or () if name != "unknown"),
        "doses": tuple(dose for one in entries for kind in one.get(kinds) or () for dose in DOSES.get(kind, ())),
    }


def _store(place: Any) -> tuple[tuple[str, str], ...]:
    """The chain's store number. Albertsons brands have it in the name; their id here is another number."""
    provider, brand = place["provider"], place["provider_brand"] or ""
    number = read.plain(place["provider_location_id"])
    if provider == "albertsons":
        number = stores.albertsons_store(read.plain(place["name"]))[1]
        return ((brand, number),) if number else ()
    system = brand if provider in brand else f"{provider}_{brand}"
    return ((system, number.zfill(DIGITS.get(provider, 0)) if number.isdigit() else number),)

"""SMART Scheduling Links (FHIR Location / Schedule / Slot in static files): any publisher of that open standard.

- Official: the most official source there is, published for aggregators; no key.
- Fills in: everything that a publisher states.
- Cannot fill in: more than the feed; some count days, or "some" instead of a number of appointments.
- `options.publisher` names the publisher. `DEPARTURES` lists where CVS, Walgreens, Rite Aid, Kroger, and PrepMod
  depart from the specification.
- `options.service_type` is the code or name of the service to read from a feed of several (default: immunization, if
  the feed marks any).
"""

import re
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from aggregator.adapter import Available, Listing, LocationType, Row, SlotListing, SourceInfo, fhir

SYSTEMS = {
    "https://cdc.gov/vaccines/programs/vtrcks": "vtrcks",
    "http://hl7.org/fhir/sid/us-npi": "npi_usa",
    "https://walgreens.com": "walgreens",
}


class Departure(NamedTuple):
    """How one publisher departs from the specification, as seen in its feed."""

    system: str = ""  # the system of Location.id as an external id
    pad: int = 0  # its number of digits
    name: str = "{name}"
    days_only: bool = False  # the hours of a slot only label its day
    local: bool = False  # the wall-clock hours are right; the offset is standard time all year
    capacity_is_flag: bool = False  # any number above 0 only means "some"
    one_link: bool = False  # a store's slots share one link; if they don't, the store has none
    no_slots: Available = Available.NO  # the availability of a location without slots
    booking_url: str = ""  # replaces the feed's links, which lead to a landing page
    location_type: LocationType = LocationType.PHARMACY


DEPARTURES = {
    "": Departure(location_type=LocationType.CLINIC),
    "prepmod": Departure(local=True, location_type=LocationType.CLINIC),
    "cvs": Departure("cvs", 5, "CVS #{id}", days_only=True, capacity_is_flag=True, no_slots=Available.UNKNOWN,
                     booking_url="https://www.cvs.com/vaccine/intake/store/cvd-schedule"),
    "walgreens": Departure("walgreens", days_only=True, capacity_is_flag=True),
    "rite_aid": Departure("rite_aid", name="Rite Aid #{id}", days_only=True, local=True),
    "kroger": Departure("kroger", 8, days_only=True, one_link=True),
}  # fmt: skip


class SmartSchedulingLinks(fhir.FeedAdapter):
    name = "smart_scheduling_links"
    title = "SMART Scheduling Links"
    options = {**fhir.FeedAdapter.options, "publisher": tuple(DEPARTURES)[1:]}

    def listing(self, row: Row) -> Listing | None:
        if isinstance(row.value, Exception):
            raise row.value
        found: fhir.Joined = row.value
        published = str(row.page.json.get("transactionTime") or "")
        place, how = found.location, DEPARTURES[row.source.options.get("publisher", "")]
        number, bartell = str(place["id"]), _bartell(place, how)
        if how.system == "kroger" and re.fullmatch("9{5,}", number):  # test stores
            return None
        slots = tuple(_slot(slot, schedule, how) for slot, schedule, _ in found.slots)
        free = [slot for slot in slots if slot.available is None and str(slot.count) != "0"]
        return Listing(
            id=number,
            name=f"Bartell Drugs #{bartell}" if bartell else how.name.format(id=number, name=place.get("name") or ""),
            location_type=how.location_type,
            booking_phone=str(next((v for slot, _, _ in found.slots for v in fhir.values(slot, "booking-phone")), "")),
            booking_url=_booking_url(place, free, row.source, how),
            external_ids=_identifiers(place, row.source, how),
            valid_at=max((as_of for _, _, as_of in found.slots if as_of), default=published),
            **fhir.place(place),
            **fhir.answer(found, slots, how.no_slots),
        )


def _slot(slot: fhir.Record, schedule: fhir.Record, how: Departure) -> SlotListing:
    capacity = next(iter(fhir.values(slot, "slot-capacity")), None)
    some = how.capacity_is_flag and re.fullmatch("[1-9][0-9]*", str(capacity))
    free, taken = slot.get("status") == "free", str(slot.get("status")).startswith("busy")
    return SlotListing(
        start=str(slot.get("start") or ""),
        end=str(slot.get("end") or ""),
        count=0 if taken else None if some else capacity,
        available=None if free else Available.NO if taken else Available.UNKNOWN,
        products=fhir.products(slot, schedule),
        doses=fhir.doses(slot, schedule),
        booking_url=how.booking_url or str(next(iter(fhir.values(slot, "booking-deep-link")), "") or ""),
        clock="local" if how.local else "offset",
        days_only=how.days_only,
    )


def _booking_url(place: fhir.Record, free: list[SlotListing], source: SourceInfo, how: Departure) -> str:
    """The link of a free slot, else of the place; for PrepMod a search for the name around the ZIP code."""
    if how is not DEPARTURES["prepmod"]:
        links = list(filter(None, dict.fromkeys(slot.booking_url for slot in free)))
        several = how.one_link and len(links) > 1
        return "" if several else next(filter(None, [how.booking_url, *links, *fhir.telecom(place, "url")]), "")
    around = {"location": (place.get("address") or {}).get("postalCode") or "", "search_radius": "10 miles"}
    params = around | {"q[venue_search_name_or_venue_name_i_cont]": place.get("name") or ""}
    query = urlencode(params, errors="replace")  # JSON can contain lone surrogates
    return f"https://{urlsplit(source.url).netloc}/appointment/en/clinic/search?{query}"


def _identifiers(place: fhir.Record, source: SourceInfo, how: Departure) -> tuple[tuple[str, str], ...]:
    host, number = urlsplit(source.url).hostname, str(place["id"])
    own = how.system or f"{source.options.get('publisher') or source.name}-{host}-location"
    pairs = [(own, number.lstrip("0").zfill(how.pad) if how.system else number)]
    for found in place.get("identifier") or ():
        system, value = str(found.get("system") or ""), str(found.get("value") or "")
        system = f"prepmod-{host}-clinic" if system.endswith(":prepmod:clinic") else SYSTEMS.get(system, system)
        pairs.append((system, value.lstrip("0") if system == "walgreens" else value))
    if bartell := _bartell(place, how):
        pairs.append(("bartell", bartell))
    return tuple(dict.fromkeys(pairs))


def _bartell(place: fhir.Record, how: Departure) -> str:
    """The number of a Bartell store (the last two digits of Rite Aid's 6900 to 6999); "" for other stores."""
    found = re.fullmatch(r"69(\d\d)", str(place["id"])) if how.system == "rite_aid" else None
    return str(int(found[1])) if found else ""

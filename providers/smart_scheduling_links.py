"""SMART Scheduling Links (FHIR Location / Schedule / Slot in static files): any publisher of that open standard.

The most official source there is: published for aggregators, no key. Fills in everything a publisher states. What CVS,
Walgreens, Rite Aid, Kroger and PrepMod do otherwise than the specification is in `DEPARTURES`; a source names its
publisher with `options.publisher`. Cannot: say more than the feed; some count days or "some" instead of appointments.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from aggregator.adapter import Adapter, Available, Fetch, Listing, LocationType, Page, SlotListing, SourceInfo, fhir

SYSTEMS = {
    "https://cdc.gov/vaccines/programs/vtrcks": "vtrcks",
    "http://hl7.org/fhir/sid/us-npi": "npi_usa",
    "https://walgreens.com": "walgreens",
}
STATED = {"some": Available.YES, "none": Available.NO, True: Available.YES, False: Available.NO}


class Departure(NamedTuple):
    """How one publisher departs from the specification (each seen in its feed)."""

    system: str = ""  # of Location.id as an external id
    pad: int = 0  # digits of it
    name: str = "{name}"
    days_only: bool = False  # the hours of a slot are a label of its day
    local: bool = False  # wall-clock hours are right, the offset is the standard-time one all year
    some: bool = False  # capacity is a flag dressed as a number
    no_slots: Available = Available.NO  # what a location without any slot means
    booking_url: str = ""  # where the feed links to a landing page
    location_type: LocationType = LocationType.PHARMACY


DEPARTURES = {
    "": Departure(location_type=LocationType.CLINIC),
    "prepmod": Departure(local=True, location_type=LocationType.CLINIC),
    "cvs": Departure("cvs", 5, "CVS #{id}", days_only=True, some=True, no_slots=Available.UNKNOWN,
                     booking_url="https://www.cvs.com/vaccine/intake/store/cvd-schedule"),
    "walgreens": Departure("walgreens", days_only=True, some=True),
    "rite_aid": Departure("rite_aid", name="Rite Aid #{id}", days_only=True, local=True),
    "kroger": Departure("kroger", 8, days_only=True),
}  # fmt: skip


class SmartSchedulingLinks(Adapter):
    name = "smart_scheduling_links"
    title = "SMART Scheduling Links"
    options = {"publisher": tuple(DEPARTURES)[1:]}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        manifest = await fetch(source.url)
        self.published = str(manifest.json.get("transactionTime") or "") if isinstance(manifest.json, dict) else ""
        self.feed = fhir.Feed(source.states)
        files = fhir.outputs(manifest.json, manifest.url, source.states)
        for file in sorted(files, key=lambda file: fhir.KINDS.index(file.kind)):
            page = await (fetch.or_none(file.url) if file.kind == "Slot" else fetch(file.url))
            self.feed.add(file.kind, page.text if page else None, file.as_of)
        yield manifest

    def rows_of(self, page: Page) -> Iterator[Any]:
        return self.feed.rows()

    def says_empty(self, page: Page) -> bool:
        return True  # a manifest with its three kinds of file, none of which lists a location of ours

    def listing(self, row: fhir.Joined | Exception, page: Page, source: SourceInfo) -> Listing | None:
        if isinstance(row, Exception):
            raise row
        place, how = row.location, DEPARTURES[source.options.get("publisher", "")]
        number, brand = str(place["id"]), how.name
        if set(number) == {"9"} and len(number) >= 5:  # Kroger's test stores
            return None
        if source.options.get("publisher") == "rite_aid" and re.fullmatch(r"69\d\d", number):
            brand, number = "Bartell Drugs #{id}", number[2:].lstrip("0")
        address = place.get("address") or {}
        slots = tuple(_slot(slot, schedule, how) for slot, schedule, _ in row.slots)
        free = [slot for slot in slots if slot.available is None]
        links = [slot.booking_url for slot in free if slot.booking_url] + fhir.telecom(place, "url")
        # without every slot file, a location with nothing free may have its free slots in the missing one
        unseen = not row.whole and not free
        return Listing(
            id=str(place["id"]),
            name=brand.format(id=number, name=place.get("name") or ""),
            address=tuple(address.get("line") or ()),
            city=address.get("city") or "",
            state=address.get("state") or "",
            postal_code=str(address.get("postalCode") or ""),
            county=address.get("district") or "",
            position=fhir.position(place),
            location_type=how.location_type,
            info_phone="".join(fhir.telecom(place, "phone")[:1]),
            info_url="".join(fhir.telecom(place, "url")[:1]),
            booking_phone=str(next((v for slot, _, _ in row.slots for v in fhir.values(slot, "booking-phone")), "")),
            booking_url=_door(place, source, how) or "".join(links[:1]),
            description=place.get("description") or "",
            external_ids=_identifiers(place, source, how),
            available=None if slots or unseen else _stated(row, how),
            slots=() if unseen else slots,
            valid_at=max((as_of for _, _, as_of in row.slots if as_of), default=self.published),
        )


def _slot(slot: fhir.Record, schedule: fhir.Record, how: Departure) -> SlotListing:
    capacity = next(iter(fhir.values(slot, "slot-capacity")), None)
    some = how.some and str(capacity) not in {"0", "None"} and str(capacity).isdigit()
    products = fhir.values(schedule, "vaccine-product")
    return SlotListing(
        start=str(slot["start"]),
        end=str(slot.get("end") or ""),
        count=None if some else capacity if slot.get("status") == "free" else 0,
        available=None if slot.get("status") == "free" else Available.NO,
        products=tuple(f"cvx:{p['code']}" if p.get("code") else p.get("display") or "" for p in products if p),
        doses=tuple(str(dose) for dose in fhir.values(schedule, "vaccine-dose")),
        booking_url=how.booking_url or str(next(iter(fhir.values(slot, "booking-deep-link")), "") or ""),
        clock="local" if how.local else "offset",
        days_only=how.days_only,
    )


def _stated(row: fhir.Joined, how: Departure) -> Available:
    """What is said of a location without slots: `has-availability` of its schedules, else the publisher's habit."""
    said = [STATED.get(value, Available.UNKNOWN) for s in row.schedules for value in fhir.values(s, "has-availability")]
    return next((a for a in (Available.YES, Available.UNKNOWN, Available.NO) if a in said), how.no_slots)


def _door(place: fhir.Record, source: SourceInfo, how: Departure) -> str:
    """Where to book when the slots' own links are not the place; PrepMod: the search around the ZIP, for the name."""
    if how is not DEPARTURES["prepmod"]:
        return how.booking_url
    around = {"location": (place.get("address") or {}).get("postalCode") or "", "search_radius": "10 miles"}
    query = urlencode(around | {"q[venue_search_name_or_venue_name_i_cont]": place.get("name") or ""})
    return f"https://{urlsplit(source.url).netloc}/appointment/en/clinic/search?{query}"


def _identifiers(place: fhir.Record, source: SourceInfo, how: Departure) -> tuple[tuple[str, str], ...]:
    own = how.system or f"{source.options.get('publisher') or source.name}-{urlsplit(source.url).hostname}-location"
    pairs = [(own, str(place["id"]).zfill(how.pad))]
    for found in place.get("identifier") or ():
        system, value = str(found.get("system") or ""), str(found.get("value") or "")
        if system.endswith(":prepmod:clinic"):
            system = f"prepmod-{urlsplit(source.url).hostname}-clinic"
        pairs.append((SYSTEMS.get(system, system), value))
    if how.system == "rite_aid" and re.fullmatch(r"69\d\d", str(place["id"])):
        pairs.append(("bartell", str(place["id"])[2:].lstrip("0")))
    return tuple(dict.fromkeys(pairs))

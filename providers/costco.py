"""Costco pharmacies on AppointmentPlus (book.appointment-plus.com).

- Semi-official: the public booking page's own requests; no agreement, no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: warehouses around a point with address and position, product, free places at every start time of the first
  days that have any.
- Cannot fill in: doses, phone, later days.
- The calendars keep showing times after a site's booking page has closed. A closed page means that nothing is
  available.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from aggregator.adapter import (
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    LocationType,
    PageError,
    Pages,
    SlotListing,
    SourceInfo,
    read,
)

PAGE = "https://book-costcopharmacy.appointment-plus.com"
API = "https://book.appointment-plus.com/book-appointment"
CLOSED = ("scheduling is not currently available", "Account Error")
PER_PAGE = 20
MAX_PAGES = 10
DAYS_AHEAD = 28
OPEN_DAYS = 7  # an answer has at most this many days with openings


class Calendars(NamedTuple):
    """Title and days of each service in each calendar of a store. `complete`: every request was answered."""

    days: list[tuple[str, Any]]
    complete: bool


NONE = Calendars([], complete=True)  # while the site's booking page is closed


class Costco(JsonAdapter):
    name = "costco"
    title = "Costco"
    rows = "clientObjects"
    location_type = LocationType.PHARMACY
    whole_rows = True
    options = {"latitude": (), "longitude": ()}  # texts: the center of the search, which covers 100 km around it

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        booking = source.url.rstrip("/").rpartition("/")[2]
        booking_page = await fetch(source.url)
        closed = any(notice in booking_page.shown for notice in CLOSED)
        params = {"clientMasterId": "", "clientId": "", "bookingId": booking}
        about = await fetch(f"{PAGE}/get-preferences", params=params)
        master = {"clientMasterId": str(about.json["data"]["clientmasterId"])}
        for number in range(1, MAX_PAGES + 1):
            stores = await fetch(f"{API}/get-clients", params=_around(source, master, number))
            calendars: dict[str, Calendars] = {}
            for store in self.rows_of(stores):
                if read.named_states(store.get("state"), source) and not (_is_hidden(store) or closed):
                    here = master | {"clientId": str(store["id"])}
                    calendars[read.plain(store["id"])] = await _calendars(fetch, here)
            yield stores.with_context(None if closed else calendars)
            if len(stores.json[self.rows]) < PER_PAGE:
                return
        raise PageError(f"{source.url}: lists more than {MAX_PAGES} pages of stores; raise MAX_PAGES if they are real")

    def listing(self, row: DataRow) -> Listing | None:
        key = str(int(row["id"]))
        if not read.in_states(row["state"], row.source) or _is_hidden(row):
            return None
        calendars: Calendars = NONE if row.context is None else row.context[key]
        slots = tuple(slot for title, days in calendars.days for slot in _slots(title, days))
        return Listing(
            **read.copied(row, name="locationName", address=("address1",)),
            **read.copied(row, city="city", state="state", postal_code="postalCode"),
            id=key,
            position=(row["latitude"], row["longitude"]),
            booking_url=row.source.url,
            external_ids=(("costco-appointmentplus", key),),  # this is not the warehouse number
            count=0 if calendars is NONE else None,
            no_if_empty=True,
            complete=calendars.complete,
            slots=slots,
        )


def _is_hidden(store: Mapping[str, Any]) -> bool:
    return store.get("displayToCustomer", True) is False


def _around(source: SourceInfo, master: dict[str, str], number: int) -> dict[str, str]:
    middle = {f"centerCoordinates[{key}]": source.options[key] for key in ("latitude", "longitude")}
    return master | middle | {"pageNumber": str(number), "itemsPerPage": str(PER_PAGE), "radiusInKilometers": "100"}


async def _calendars(fetch: Fetch, store: dict[str, str]) -> Calendars:
    listed = store | {"pageNumber": "1", "itemsPerPage": "10"}
    found: list[tuple[str, Any]] = []
    employees = await fetch.try_fetch(f"{API}/get-employees", params=listed)
    complete = bool(employees)
    for employee in employees.json["employeeObjects"] if employees else ():
        services = await fetch.try_fetch(f"{API}/get-services/{employee['id']}", params=listed)
        complete = complete and bool(services)
        for service in services.json["serviceObjects"] if services else ():
            params = store | {"employeeId": str(employee["id"]), "services[]": str(service["id"])}
            hours = await fetch.try_fetch(f"{API}/get-grid-hours", params=params | _window(fetch))
            complete = complete and bool(hours)
            if hours:
                found.append((service["serviceDetails"]["title"], hours.json["data"]["gridHours"]))
    return Calendars(found, complete)


def _window(fetch: Fetch) -> dict[str, str]:
    return {
        "startTimestamp": f"{fetch.today} 00:00:00",
        "endTimestamp": f"{fetch.today + timedelta(days=DAYS_AHEAD)} 23:59:59",
        "limitNumberOfDaysWithOpenSlots": str(OPEN_DAYS),
        "numberOfSpotsNeeded": "1",
        "isStoreHours": "true",
        "toTimeZone": "false",
        "fromTimeZone": "149",  # the API's number for a time zone, as the booking page sends it
    }


def _slots(title: str, days: Any) -> list[SlotListing]:
    """The starts of all days (PHP sends [] for no days); one without numbers is open for some people."""
    slots = []
    for day, grid in () if days == [] else days.items():
        times = grid["timeSlots"]
        starts = times["startTimestamp"]
        places = times.get("numberOfSpots") or [None] * len(starts)
        taken = times.get("numberOfSpotsTaken") or [None] * len(starts)
        for start, size, used in zip(starts, places, taken, strict=True):
            free = None if size is None or used is None else max(int(size) - int(used), 0)
            slots.append(SlotListing(start=f"{day} {start}", count=free, products=(title,)))
    return slots

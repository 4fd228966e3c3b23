"""Southcoast Health (Fall River, New Bedford, Wareham): the scheduling API in front of the hospital group's Epic.

Official: the group's own page and API, no agreement. Fills in: one place per town with its street, single times.
Cannot: ZIP, products, doses. Its host refuses without `SessionToken`, `Origin` and `Referer` in the source's headers.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, Page, PageError, SlotListing, SourceInfo

SEARCH = "https://southcoastapps.southcoast.org/OnlineAppointmentSchedulingApi/api/resourceTypes/slots/search"
TOWNS = ("Fall River", "North Dartmouth", "Wareham")
NONE = "At this time, there are no appointments available through online scheduling."
DAYS = 28


class Southcoast(JsonAdapter):
    name = "southcoast"
    title = "Southcoast Health"
    options = {"resource_type": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        door = await fetch(source.url)
        self.closed = NONE in " ".join(door.text.split())
        first, last = (f"{day}T00:00:00.000Z" for day in (fetch.today, fetch.today + timedelta(days=DAYS)))  # of UTC
        kind = {"SpecialtyID": None, "ConcentrationID": None}
        asked = {"ProviderCriteria": kind, "ResourceTypeId": source.options["resource_type"]}
        for self.town in TOWNS:
            here = asked | {"StartDate": first, "EndDate": last, "Location": self.town}
            if page := door if self.closed else await fetch.or_none(SEARCH, json=here):
                yield page

    def rows_of(self, page: Page) -> tuple[Any]:
        answer = {"dateToSlots": {}} if self.closed else page.json
        if "dateToSlots" not in answer:
            raise PageError(f"{page.url} has no dateToSlots for {self.town}; was its SessionToken sent?")
        return (answer,)

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        days = row["dateToSlots"].items()
        times = [(day, slot["time"]) for day, at in days for department in at.values() for slot in department["slots"]]
        places = row.get("addressByDepartmentId") or {}
        place: dict[str, str] = next(iter(places.values()), {})
        return Listing(
            name=f"Southcoast Health {self.town}",
            id=self.town,
            address=(place.get("address", ""),),
            city=place.get("city", self.town),
            state=place.get("state", ""),
            booking_url=source.url,
            external_ids=tuple((self.name, number) for number in places),
            available=None if times else Available.NO,
            slots=tuple(SlotListing(start=f"{day}T{time}", count=1) for day, time in times),
        )

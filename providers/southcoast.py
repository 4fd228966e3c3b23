"""Southcoast Health (Fall River, New Bedford, Wareham): the scheduling API in front of the hospital group's Epic.

- Official: the group's own page and API; no agreement. The search needs a session token, which everyone is given, and
  `Origin` and `Referer` of the group's page in the source's headers.
- Fills in: one place per town with its street, single times.
- Cannot fill in: ZIP code, products, doses.
"""

from datetime import timedelta

from aggregator.adapter import Fetch, Listing, PageAdapter, Pages, Row, SlotListing, SourceInfo, read

API = "https://southcoastapps.southcoast.org/OnlineAppointmentSchedulingApi/api"
NONE = "At this time, there are no appointments available through online scheduling."


class Southcoast(PageAdapter):
    name = "southcoast"
    title = "Southcoast Health"
    local_ids = whole_rows = True
    options = {"resource_type": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        front = await fetch(source.url)
        closed = front.says(NONE)
        if not closed:
            session = await fetch(f"{API}/sessions")
            fetch.send_token(session, "SessionToken", session.json)
        first, last = (f"{day}T00:00:00.000Z" for day in (fetch.today, fetch.today + timedelta(weeks=4)))  # in UTC
        body = {"ResourceTypeId": source.options["resource_type"], "StartDate": first, "EndDate": last}
        for town in ("Fall River", "North Dartmouth", "Wareham"):
            here = body | {"ProviderCriteria": {"SpecialtyID": None, "ConcentrationID": None}, "Location": town}
            if page := front if closed else await fetch.try_fetch(f"{API}/resourceTypes/slots/search", json=here):
                yield page.with_context(town)

    def listing(self, row: Row) -> Listing:
        town, closed = row.context, row.page.says(NONE)
        answer = {"dateToSlots": {}} if closed else row.page.json
        days, places = answer["dateToSlots"], answer.get("addressByDepartmentId") or {}
        times = [f"{day}T{slot['time']}" for day, at in days.items() for one in at.values() for slot in one["slots"]]
        place = {"city": town} | next(iter(places.values()), {})
        return Listing(
            **read.given(place, city="city", state="state"),
            name=f"Southcoast Health {town}",
            id=town,
            address=(place.get("address", ""),),
            booking_url=row.source.url,
            external_ids=tuple((self.name, number) for number in places),
            count=0 if closed else None,
            no_if_empty=True,
            slots=tuple(SlotListing(start=time, count=1) for time in times),
        )

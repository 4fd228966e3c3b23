"""ZocDoc: the booking marketplace that some hospitals and urgent-care practices used for vaccination.

Official: the site's own GraphQL interface, no key; the query is ours. Fills in: address, position, phone, free times.
Cannot: products, counts. Which providers there are, and what people call them, is `options.providers`: a table of
"pr_…|lo_…" to names. Closed ones stay there and answer with empty days.
"""

from collections.abc import AsyncIterator
from typing import Any

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, Page, SlotListing, SourceInfo

VACCINE_VISIT = "5243"
QUERY = """query providerLocationsAvailability($ids: [String], $procedure: String) { providerLocations(ids: $ids) {
  id location { address1 address2 city state zipCode latitude longitude phone }
  availability(directoryId: "-1", insurancePlanId: "-1", isNewPatient: true, numDays: 28, procedureId: $procedure) {
    times { date timeslots { startTime } }
  }
} }"""


class Zocdoc(JsonAdapter):
    name = "zocdoc"
    title = "ZocDoc"
    rows = "data.providerLocations"
    options = {"providers": (), "booking_url": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        variables = {"ids": list(source.options["providers"]), "procedure": VACCINE_VISIT}
        asked = {"operationName": "providerLocationsAvailability", "variables": variables, "query": QUERY}
        yield await fetch(source.url, json=asked)

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        place, availability = row["location"], row["availability"]
        days = availability["times"] if availability else []
        slots = tuple(SlotListing(start=time["startTime"], count=1) for day in days for time in day["timeslots"])
        return Listing(
            name=source.options["providers"][row["id"]],
            id=row["id"],
            address=(place.get("address1") or "", place.get("address2") or ""),
            city=place.get("city") or "",
            state=place.get("state") or "",
            postal_code=place.get("zipCode") or "",
            position=(place["latitude"], place["longitude"]) if place.get("latitude") else None,
            info_phone=place.get("phone") or "",
            booking_url=source.options.get("booking_url", ""),
            external_ids=((self.name, row["id"]),),
            available=None if slots else Available.NO if availability else Available.UNKNOWN,
            slots=slots,
        )

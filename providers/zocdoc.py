"""ZocDoc: the booking marketplace that some hospitals and urgent-care practices used for vaccination.

- Official: the site's own GraphQL interface; no key. The query is ours.
- Fills in: address, position, phone, free times.
- Cannot fill in: products, counts.
- `options.providers` is the list of providers: a table of "pr_…|lo_…" to the names people use. Closed ones stay in it
  and answer with empty days.
"""

from datetime import date
from typing import Any

from aggregator.adapter import DataRow, Listing, SlotListing, SourceInfo, graphql, read

VACCINE_VISIT = "5243"
QUERY = """query providerLocationsAvailability($ids: [String], $procedure: String) { providerLocations(ids: $ids) {
  id location { address1 address2 city state zipCode latitude longitude phone }
  availability(directoryId: "-1", insurancePlanId: "-1", isNewPatient: true, numDays: 28, procedureId: $procedure) {
    times { date timeslots { startTime } }
  }
} }"""


class Zocdoc(graphql.GraphqlAdapter):
    name = "zocdoc"
    title = "ZocDoc"
    rows = "data.providerLocations"
    query = QUERY
    whole_rows = True
    options = {"providers": (), "booking_url": ()}

    def variables(self, source: SourceInfo, today: date) -> list[dict[str, Any]]:
        return [{"ids": list(source.options["providers"]), "procedure": VACCINE_VISIT}]

    def listing(self, row: DataRow) -> Listing:
        place, availability = row["location"], row["availability"]
        days = availability["times"] if availability else []
        slots = tuple(SlotListing(start=time["startTime"], count=1) for day in days for time in day["timeslots"])
        return Listing(
            name=row.source.options["providers"][row["id"]],
            id=row["id"],
            **read.given(place, city="city", state="state", postal_code="zipCode", info_phone="phone"),
            address=(place.get("address1") or "", place.get("address2") or ""),
            position=read.point(place, "latitude", "longitude"),
            booking_url=row.source.options.get("booking_url", ""),
            no_if_empty=True,
            complete=bool(availability),
            slots=slots,
        )

"""athenahealth consumer scheduling (consumer.scheduling.athena.io): one practice's booking widget.

Shape from published code, never seen by us. Official: the practice's own widget, no agreement. Fills in: name, address,
phone, times with their end. Cannot: products, doses, tell apart two towns of one practice. Its host refuses without the
tokens of the visit in the source's headers (`Authorization`, `x-scheduling-jwt`); to an old service GUID it lists none.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, Page, SlotListing, SourceInfo

WEEKS = 4  # asked one by one: from May 2021 on a longer window was too much for the host
STATUS = {"free": Available.YES, "busy": Available.NO}
QUERY = """query SearchSlots($locationIds: [String!], $practitionerIds: [String!], $specialty: String,
    $serviceTypeTokens: [String!]!, $startAfter: String!, $startBefore: String!) {
  searchSlots(locationIds: $locationIds, practitionerIds: $practitionerIds, specialty: $specialty,
      serviceTypeTokens: $serviceTypeTokens, startAfter: $startAfter, startBefore: $startBefore) {
    location { resource { ...on Location { id name address { line city state postalCode } telecom { system value } } } }
    practitionerAvailability { isTelehealth availability { id start end status } }
  }
}"""


class Athena(JsonAdapter):
    name = "athena"
    title = "athenahealth scheduling"
    rows = "data.searchSlots"
    lists_only_available = True
    options = {"location": (), "service": (), "booking_url": (), "restrictions": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        given = source.options
        who = {"locationIds": [given["location"]], "practitionerIds": [], "specialty": "Unknown Provider"}
        for week in range(WEEKS):
            first, last = (f"{fetch.today + timedelta(weeks=week + more)}T00:00:00Z" for more in (0, 1))
            what = {"serviceTypeTokens": [given["service"]], "startAfter": first, "startBefore": last}
            asked = {"operationName": "SearchSlots", "variables": who | what, "query": QUERY}
            if page := await fetch.or_none(source.url, json=asked):
                yield page

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        place = row["location"]["resource"]
        address = place["address"]
        times = [
            time for who in row["practitionerAvailability"] for time in who["availability"] if self.once(time["id"])
        ]
        return Listing(
            name=place["name"],
            id=place["id"],
            address=tuple(address["line"]),
            city=address["city"],
            state=address["state"],
            postal_code=address["postalCode"],
            booking_phone=next((one["value"] for one in place.get("telecom") or () if one["system"] == "phone"), ""),
            booking_url=source.options.get("booking_url", ""),
            restrictions=source.options.get("restrictions", ""),
            external_ids=((self.name, place["id"]),),
            available=None if times else Available.NO,
            slots=tuple(_slot(time) for time in times),
        )


def _slot(time: dict[str, str]) -> SlotListing:
    said = STATUS.get(time["status"], Available.UNKNOWN)
    return SlotListing(start=time["start"], end=time["end"], count=int(said is Available.YES), available=said)

"""athenahealth consumer scheduling (consumer.scheduling.athena.io): one practice's booking widget.

- Official: the practice's own widget; no agreement. The search needs two tokens, which the host gives to everyone.
- Not verified: written from published code; we have no recording of the system.
- Fills in: name, address, phone, times with their end.
- Cannot fill in: products, doses, which of a practice's towns a time is in.
- An outdated service GUID returns no times.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from aggregator.adapter import Available, DataRow, Fetch, Listing, Pages, SlotListing, SourceInfo, graphql, read

WEEKS = 4  # one request each: since May 2021 the host has refused longer windows
QUERY = """query SearchSlots($locationIds: [String!], $practitionerIds: [String!], $specialty: String,
    $serviceTypeTokens: [String!]!, $startAfter: String!, $startBefore: String!) {
  searchSlots(locationIds: $locationIds, practitionerIds: $practitionerIds, specialty: $specialty,
      serviceTypeTokens: $serviceTypeTokens, startAfter: $startAfter, startBefore: $startBefore) {
    location { resource { ...on Location { id name address { line city state postalCode } telecom { system value } } } }
    practitionerAvailability { isTelehealth availability { id start end status } }
  }
}"""


class Athena(graphql.GraphqlAdapter):
    name = "athena"
    title = "athenahealth scheduling"
    rows = "data.searchSlots"
    query = QUERY
    lists_only_available = True
    options = {"location": (), "service": (), "booking_url": (), "restrictions": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        location: str = source.options["location"]
        place = {"locationId": location, "practitionerId": "", "contextId": location.partition("-")[0]}
        bearer = await fetch(urljoin(source.url, "/t"))
        scheduling = await fetch(urljoin(source.url, "/u"), params=place)
        token = bearer.json.get("token")
        fetch.send_token(bearer, "Authorization", f"Bearer {token}" if token else "")
        fetch.send_token(scheduling, "x-scheduling-jwt", scheduling.json.get("token"))
        async for page in super().pages(source, fetch):
            yield page

    def variables(self, source: SourceInfo, today: date) -> Iterator[dict[str, Any]]:
        given = source.options
        who = {"locationIds": [given["location"]], "practitionerIds": [], "specialty": "Unknown Provider"}
        for week in range(WEEKS):
            first, last = (f"{today + timedelta(weeks=week + more)}T00:00:00Z" for more in (0, 1))
            yield who | {"serviceTypeTokens": [given["service"]], "startAfter": first, "startBefore": last}

    def listing(self, row: DataRow) -> Listing:
        place = row["location"]["resource"]
        address = place["address"]
        times = {time["id"]: time for who in row["practitionerAvailability"] for time in who["availability"]}
        return Listing(
            **read.copied(place, name="name", id="id"),
            **read.copied(address, city="city", state="state", postal_code="postalCode"),
            **read.given(row.source.options, booking_url="booking_url", restrictions="restrictions"),
            address=tuple(address["line"]),
            booking_phone=next((one["value"] for one in place.get("telecom") or () if one["system"] == "phone"), ""),
            no_if_empty=not times,
            slots=tuple(map(_slot, times.values())),
        )


def _slot(time: dict[str, str]) -> SlotListing:
    available = read.answer(time["status"], "free", "busy")
    count = None if available is Available.UNKNOWN else int(available is Available.YES)
    return SlotListing(id=time["id"], start=time["start"], end=time["end"], count=count, available=available)

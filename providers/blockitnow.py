"""Blockit (blockitnow.com): the booking pages of one organisation, here Holyoke Health Center.

Shape from published code, never seen by us. Official: the marketplace's own GraphQL interface, no key. Fills in: name
and address of each place, times with their end. Cannot: products, doses, phone; which words besides "FREE" a time may
have for its status, so that any other leaves it unknown.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, Page, SlotListing, SourceInfo

API = "https://api.blockitnow.com/graphql"
DAYS = 28
PAGE_SIZE = 10
MAX_PAGES = 20
ORGANIZATION = """
query GetConsumerSchedulingOrganizationQuery($id: ID!) { getConsumerSchedulingOrganization(id: $id) { id name } }
"""
PROFILES = """
query SearchProfilesInOrganizationQuery(
    $organizationId: ID!, $page: Int, $pageSize: Int, $searchProfilesInput: SearchProfilesInput!) {
  searchProfilesInOrganization(
      organizationId: $organizationId, page: $page, pageSize: $pageSize, searchProfilesInput: $searchProfilesInput) {
    id location { id name address1 address2 city state postalCode }
  }
}
"""
SLOTS = """
query GetConsumerSchedulingProfileSlotsQuery($procedureId: ID!, $profileId: ID!, $start: String, $end: String) {
  getConsumerSchedulingProfileSlots(procedureId: $procedureId, profileId: $profileId, start: $start, end: $end) {
    id start end status
  }
}
"""


class Blockitnow(JsonAdapter):
    name = "blockitnow"
    title = "Blockit"
    rows = "data.searchProfilesInOrganization"
    options = {"organization": (), "specialty": (), "procedure": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        given = source.options
        found = await fetch(API, json=_asked(ORGANIZATION, id=given["organization"]))
        wanted = {"specialtyId": given["specialty"], "procedureId": given["procedure"], "sort": "NEXT_AVAILABILITY"}
        wanted |= dict.fromkeys(("hasConsumerScheduling", "isActive", "organizationIsActive"), True)
        organization = found.json["data"]["getConsumerSchedulingOrganization"]["id"]
        self.slots: dict[str, Any] = {}
        for number in range(1, MAX_PAGES + 1):
            within = {"organizationId": organization, "page": number, "pageSize": PAGE_SIZE}
            page = await fetch(API, json=_asked(PROFILES, **within, searchProfilesInput=wanted))
            profiles = list(self.rows_of(page))
            for profile in profiles:
                asked = {"procedureId": given["procedure"], "profileId": profile["id"], "start": str(fetch.today)}
                asked["end"] = str(fetch.today + timedelta(days=DAYS))
                times = await fetch.or_none(API, json=_asked(SLOTS, **asked))
                self.slots[profile["id"]] = (times.json.get("data") or {}) if times else {}
            yield page
            if len(profiles) < PAGE_SIZE:
                return

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        place = row["location"]
        times = self.slots[row["id"]].get("getConsumerSchedulingProfileSlots")
        return Listing(
            name=place["name"],
            id=place["id"],
            address=(place["address1"], place["address2"] or ""),
            city=place["city"],
            state=place["state"],
            postal_code=place["postalCode"],
            booking_url=source.url,
            external_ids=(("blockit", row["id"]),),
            available=Available.UNKNOWN if times is None else None if times else Available.NO,
            slots=tuple(_slot(time) for time in times or ()),
        )


def _asked(query: str, **variables: Any) -> dict[str, Any]:
    return {"operationName": query.split()[1].partition("(")[0], "query": query, "variables": variables}


def _slot(time: dict[str, str]) -> SlotListing:
    free = time["status"] == "FREE"
    return SlotListing(
        start=time["start"], end=time["end"], count=1 if free else None, available=None if free else Available.UNKNOWN
    )

"""Blockit (blockitnow.com): the booking pages of one organisation, here Holyoke Health Center.

- Official: the marketplace's own GraphQL interface; no key.
- Not verified: written from published code; we have no recording of the system.
- Fills in: name and address of each place, times with their end.
- Cannot fill in: products, doses, phone. "FREE" is the only status that we know; any other leaves its time UNKNOWN.
"""

from datetime import timedelta
from typing import Any

from aggregator.adapter import Available, DataRow, Fetch, Listing, Page, Pages, SlotListing, SourceInfo, graphql, read

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


class Blockitnow(graphql.GraphqlAdapter):
    name = "blockitnow"
    title = "Blockit"
    rows = "data.searchProfilesInOrganization"
    options = {"organization": (), "specialty": (), "procedure": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        given = source.options
        found = await fetch(API, json=graphql.question(ORGANIZATION, {"id": given["organization"]}))
        organization = graphql.data(found)["getConsumerSchedulingOrganization"]["id"]
        wanted = {"specialtyId": given["specialty"], "procedureId": given["procedure"], "sort": "NEXT_AVAILABILITY"}
        wanted |= dict.fromkeys(("hasConsumerScheduling", "isActive", "organizationIsActive"), True)
        for number in range(1, MAX_PAGES + 1):
            within = {"organizationId": organization, "page": number, "pageSize": PAGE_SIZE}
            page = await fetch(API, json=graphql.question(PROFILES, within | {"searchProfilesInput": wanted}))
            profiles, answers = list(self.rows_of(page)), dict[str, Page | None]()
            for profile in profiles:
                variables = {"procedureId": given["procedure"], "profileId": profile["id"], "start": str(fetch.today)}
                variables["end"] = str(fetch.today + timedelta(days=DAYS))
                times = answers[profile["id"]] = await fetch.try_fetch(API, json=graphql.question(SLOTS, variables))
                if times and _times(times) is None:
                    fetch.damaged(times.url, f"has no list of times for profile {profile['id']}")
            yield page.with_context(answers)
            if len(profiles) < PAGE_SIZE:
                return

    def listing(self, row: DataRow) -> Listing:
        place, times = row["location"], _times(row.context[row["id"]])
        slots = tuple(_slot(time) for time in times or ())
        return Listing(
            **read.copied(place, name="name", id="id", address=("address1", "address2")),
            **read.copied(place, city="city", state="state", postal_code="postalCode"),
            booking_url=row.source.url,
            external_ids=(("blockit", row["id"]),),
            no_if_empty=True,
            complete=times is not None,
            slots=slots,
        )


def _times(page: Page | None) -> Any:
    """The list of a profile's times; None if there is no answer, or if it has errors."""
    answer = page.json if page else {}
    return None if answer.get("errors") else (answer.get("data") or {}).get("getConsumerSchedulingProfileSlots")


def _slot(time: dict[str, str]) -> SlotListing:
    free = time["status"] == "FREE"
    return SlotListing(
        start=time["start"], end=time["end"], count=1 if free else None, available=None if free else Available.UNKNOWN
    )

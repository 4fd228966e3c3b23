"""Washington State Department of Health: the GraphQL interface of its vaccine locator, paged for each state.

- Official: documented for everyone; no key. It is comprehensive in Washington and has only Costco elsewhere.
- Fills in: places with address, position, phone, products, YES or NO, when the entry was updated.
- Cannot fill in: times, counts, doses.
- Its copies of PrepMod were wrong, so we skip them. Entries from Costco's store list state no availability.
"""

import re
from typing import Any

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    Listing,
    LocationType,
    PageError,
    Pages,
    SourceInfo,
    graphql,
    read,
)

QUERY = """query SearchLocations($searchInput: SearchLocationsInput) {
  searchLocations(searchInput: $searchInput) {
    paging { pageSize pageNum total }
    locations {
      locationId locationName locationType addressLine1 addressLine2 city state zipcode county latitude longitude
      description phone email schedulingLink infoLink vaccineAvailability vaccineTypes directions updatedAt
      rawDataSourceName scheduleByPhone walkIn
    }
  }
}"""
PAGE_SIZE = 200
WRONG = ("2255", "2755", "riteaid-5288")
KINDS = {"Mass Vaccination Site": LocationType.MASS_VAX, "Store": LocationType.PHARMACY}


class WaDoh(graphql.GraphqlAdapter):
    name = "wa_doh"
    title = "Washington State vaccine locator"
    whole_rows = True
    rows = "data.searchLocations.locations"
    query = QUERY

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        listed = answered = 0
        for state in source.states:
            number, more, before = 1, True, listed
            while more:
                search = {"state": state, "paging": {"pageNum": number, "pageSize": PAGE_SIZE}}
                page = await fetch.try_fetch(source.url, json=graphql.question(self.query, {"searchInput": search}))
                if page is None:
                    break
                found = len(list(self.rows_of(page)))
                yield page
                answered, listed = answered + 1, listed + found
                paging = page.json["data"]["searchLocations"][
                    "paging"
                ]  # the page size may differ from the requested one
                more = bool(found) and int(paging["total"]) > number * int(paging["pageSize"])
                if not more and int(paging["total"]) < listed - before:
                    fetch.damaged(page.url, f"lists {listed - before} places in {state} but counts {paging['total']}")
                number += 1
        if answered and not listed:
            raise PageError(
                f"{source.url} lists no place in {', '.join(source.states)}; its data must be missing, see its web page"
            )

    def listing(self, row: DataRow) -> Listing | None:
        number, origin, phone = read.plain(row["locationId"]), row["rawDataSourceName"] or "", row["phone"] or ""
        if number in WRONG or origin.startswith("PrepMod"):
            return None
        kind, answer = row["locationType"] or "", read.answer(row["vaccineAvailability"], "AVAILABLE", "UNAVAILABLE")
        return Listing(
            **read.copied(row, id="locationId", name="locationName", address=("addressLine1", "addressLine2")),
            **read.given(row, city="city", state="state", postal_code="zipcode", county="county", info_url="infoLink"),
            position=read.point(row, "latitude", "longitude"),
            location_type=LocationType.PHARMACY if kind.startswith("Pharmacy") else KINDS.get(kind),
            info_phone=phone,
            booking_phone=phone if row["scheduleByPhone"] else "",
            booking_url=read.first_link(row["schedulingLink"], row["infoLink"]),
            restrictions=read.lines(row["description"], row["directions"], "Walk-in" if row["walkIn"] else ""),
            external_ids=(("wa_doh", number), *_costco(row)),
            available=Available.UNKNOWN if origin == "CostcoLocationsFn" else answer,
            products=tuple(row["vaccineTypes"] or ()),
            valid_at=row["updatedAt"] or "",
        )


def _costco(row: Any) -> tuple[tuple[str, str], ...]:
    """The store's ids: its number from its e-mail address or name; `costco-<n>` has the booking system's number."""
    name = read.plain(row["locationName"])
    if not name.startswith("Costco"):
        return ()
    store = re.match(r"w0*+(\d+)phm@", row["email"] or "") or re.search(r"#0*(\d+)", name)
    ids = (("costco", store[1]),) if store else ()
    if "appointment-plus" in (row["schedulingLink"] or ""):
        return (*ids, ("appointment_plus", read.plain(row["locationId"]).removeprefix("costco-")))
    return ids

"""Iowa's provider search (vaccinate.iowa.gov): pharmacies and clinics around a ZIP code, as JSON text inside JSON.

- Official: the state's own page; no key. One search, 1,000 miles around Ames, lists them all.
- Fills in: address, position, phone, link, and the title of an upcoming event, if any.
- Cannot fill in: appointments; every place is UNKNOWN.
"""

import json
from typing import Any

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Page, Pages, SourceInfo, fragment, read, stores


class IaState(JsonAdapter):
    name = "ia_state"
    title = "Iowa provider search"
    only_places = whole_rows = True

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        yield await fetch(source.url, form={"address": "50010", "range": "1000"})

    def rows_of(self, page: Page) -> list[dict[str, Any]]:
        answer = page.json
        if answer["Success"] is not True:
            raise page.error(f"reports that the search failed: {answer.get('Message')!r}")
        rows = json.loads(answer["Result"])
        if not isinstance(rows, list):
            raise page.error(f"contains {type(rows).__name__}, not a list of providers")
        return rows

    def listing(self, row: DataRow) -> Listing | None:
        if not read.flag(row, "ActiveFlag"):
            return None
        number = str(int(row["ProviderID"]))
        return Listing(
            name=row["ProviderName"],
            id=number,
            **read.copied(row, address=("Address1",), city="City", state="State", postal_code="Zipcode"),
            position=read.point(row, "LatCoord", "LngCoord"),
            location_type=stores.kind_of(read.plain(row["ProviderName"])),
            info_phone=row["Phone"],
            info_url=row["websiteurl"],
            description=fragment(row["upcomingevents"]).text(separator=" ", strip=True),
        )

"""Luma Health scheduling widget (lumahealth.io): the openings of one practice, here East Boston Neighborhood Health.

Official: the practice's own widget, with its public id; no agreement. Fills in: facilities with their ZIP, every
opening with its time. Cannot: streets, products; who may come, which `options.restrictions` says. The openings want
the token of the widget's login as a header, which only the region file can set (`x-access-token`): without it the
host refuses. The ids of forms and facilities change now and then, and old ones answer with an empty list.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aggregator.adapter import Fetch, JsonAdapter, Listing, Page, SlotListing, SourceInfo

DAYS = 20
LIMIT = 100  # openings in one answer
MAX_PAGES = 50


class Luma(JsonAdapter):
    name = "luma"
    title = "Luma Health"
    rows = "response"
    lists_only_available = True
    options = {"query": (), "restrictions": (), "booking_url": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        # days of UTC, so that none of ours is cut, whatever the clocks do
        first, last = fetch.today, fetch.today + timedelta(days=DAYS)
        dates = urlencode([("date", f">{first}T00:00:00Z"), ("date", f"<{last}T23:59:59Z")])
        asked = {"limit": str(LIMIT), "populate": "true", "sort": "date", "sortBy": "asc", "status": "available"}
        for number in range(1, MAX_PAGES + 1):
            params = asked | source.options.get("query", {}) | {"page": str(number)}
            page = await fetch(f"{source.url}?{dates}", params=params)
            yield page
            if len(page.json["response"]) < LIMIT:
                return

    def listing(self, row: Any, page: Page, source: SourceInfo) -> Listing:
        facility = row["facility"]
        return Listing(
            name=facility["name"],
            id=facility["_id"],
            postal_code=facility["postcode"],
            booking_url=source.options.get("booking_url", ""),
            restrictions=source.options.get("restrictions", ""),
            external_ids=((self.name, facility["_id"]),),
            slots=(SlotListing(start=row["date"], count=1),),
        )

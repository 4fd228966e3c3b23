"""Luma Health scheduling widget (lumahealth.io): one practice's openings, here East Boston Neighborhood Health.

- Official: the practice's own widget, with its public id; no agreement.
- Fills in: facilities with their ZIP code, every opening with its time.
- Cannot fill in: streets, products; who may come (`options.restrictions` says it).
- `options.widget` is the public id; anyone gets a token for it. `options.query` holds the practice page's other
  parameters.
- The ids of forms and facilities change now and then; old ones return an empty list.
"""

from datetime import timedelta
from urllib.parse import urlencode, urljoin

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Pages, SlotListing, SourceInfo, read

DAYS = 20
LIMIT = 100  # openings in one answer
MAX_PAGES = 50


class Luma(JsonAdapter):
    name = "luma"
    title = "Luma Health"
    rows = "response"
    lists_only_available = True
    options = {"widget": (), "query": (), "restrictions": (), "booking_url": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        login = await fetch(urljoin(source.url, "/api/widgets/login"), json={"id": source.options["widget"]})
        fetch.send_token(login, "x-access-token", login.json.get("token"))
        last = fetch.today + timedelta(days=DAYS)  # in UTC, so the first and last local day may be partial
        dates = urlencode([("date", f">{fetch.today}T00:00:00Z"), ("date", f"<{last}T23:59:59Z")])
        common = {"limit": str(LIMIT), "populate": "true", "sort": "date", "sortBy": "asc", "status": "available"}
        for number in range(1, MAX_PAGES + 1):
            params = common | source.options.get("query", {}) | {"page": str(number)}
            page = await fetch(f"{source.url}?{dates}", params=params)
            yield page
            if len(page.json["response"]) < LIMIT:
                return

    def listing(self, row: DataRow) -> Listing:
        facility = row["facility"]
        return Listing(
            **read.copied(facility, name="name", id="_id", postal_code="postcode"),
            **read.given(row.source.options, booking_url="booking_url", restrictions="restrictions"),
            slots=(SlotListing(id=str(row.get("_id", "")), start=row["date"], count=1),),
        )

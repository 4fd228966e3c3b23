"""Northwell Health's vaccination sites (New York): a paged list of places.

- Official: the hospital group's own page reads it; no key.
- Fills in: sites with address, position, vaccine, booking link.
- Cannot fill in: appointments; every site is UNKNOWN.
"""

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Listing, Pages, SourceInfo, read


class Northwell(JsonAdapter):
    name = "northwell"
    title = "Northwell Health"
    only_places = whole_rows = True
    rows = "response.locations"

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        first = await fetch(source.url)
        yield first
        links = [first.join(link["url"]) for link in first.json["response"]["pagination"]["display"] if link["url"]]
        for url in dict.fromkeys(links):
            if url != first.url and (page := await fetch.try_fetch(url)):
                yield page

    def listing(self, row: DataRow) -> Listing:
        return Listing(
            id=str(int(row["id"])),
            **read.copied(
                row, name="name", address=("address", "suite"), city="city", state="state", postal_code="zip"
            ),
            county=row["county"] or "",
            position=(row["latitude"], row["longitude"]),
            booking_url=row["program_url"] or "",
            restrictions="Walk-in" if row.get("is_walk_in") else "",
            products=(row["vaccine_manufacturer"] or "",),
        )

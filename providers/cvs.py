"""CVS city status: the JSON behind the public page about COVID-19 vaccines, from February to May 2021.

- Semi-official: the chain's own page; no agreement, no key. It needs the page as `Referer`.
- Not verified: written from published code; we have no recording of the system.
- Fills in: for each city, whether any store has appointments, and when the list was made.
- Cannot fill in: stores (the chain's later SMART Scheduling Links feed has them), times, products, counts (they
  contradict the status).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.adapter import Adapter, DataRow, Fetch, Listing, LocationType, Page, Pages, SourceInfo, read

CLOCK = ZoneInfo("America/Denver")  # the zone of currentTime, which states none


class Cvs(Adapter):
    name = "cvs"
    title = "CVS (by city)"
    whole_rows = True
    row_type = DataRow
    location_type = LocationType.PHARMACY

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        yield (await fetch(source.url)).with_context(source.states)

    def rows_of(self, page: Page) -> Iterable[Any]:
        try:
            data = page.json["responsePayloadData"]["data"]
            return [row for state in page.context for row in read.of_state(data, state)]
        except (KeyError, TypeError, AttributeError) as error:
            raise page.error(f"has no entry for one of the states ({error!r}); it begins {page.text[:80]!r}") from None

    def listing(self, row: DataRow) -> Listing:
        now = row.page.json["responsePayloadData"].get("currentTime")
        key = f"{row['state']}-{row['city']}".upper()
        return Listing(
            name=f"CVS, {row['city'].title()}",
            id=key,
            city=row["city"],
            state=row["state"],
            booking_url="https://www.cvs.com/immunizations/covid-19-vaccine",
            description="One answer for all CVS stores of the city.",
            available=read.answer(row["status"].strip().lower(), "available", "fully booked"),
            valid_at=datetime.fromisoformat(now).replace(tzinfo=CLOCK).isoformat() if now else "",
        )

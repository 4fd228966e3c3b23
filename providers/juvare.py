"""Juvare sign-up (events.juvare.com): the list of clinics behind a state's registration page, a Next.js data file.

- Official: the state's own page; no key.
- Fills in: clinics still open for sign-up, with day, hour, and the products and doses that their titles name.
- Cannot fill in: counts (a "-50" in a title is the planned number).
- Clinics at one venue become one place; each slot has its clinic's title (some clinics are internal).
- Times are local. The day is often the one on which sign-up began, so a clinic that is still listed after it is
  UNKNOWN.
- Links lead to the state's page, not past its questions.
"""

import re
from datetime import date

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    Pages,
    SlotListing,
    SourceInfo,
    read,
    vaccines,
)

BUILD = re.compile(r'"buildId":\s*"([^"]+)"')  # each deployment has a new one, and the files of old ones are gone
ORDINAL = r"(?:1st|2nd|3rd|first|second|third)"
# Matches "1st and 2nd Dose", "2ND Pfizer", "Dose 1", but not "2nd Ward".
DOSE = re.compile(rf"(?i)\bdose [123]\b|\b{ORDINAL}\b(?=(?:\W+(?:and|or|{ORDINAL})){{0,5}}\W+(?:dose|moderna|pfizer))")


class Juvare(JsonAdapter):
    name = "juvare"
    title = "Juvare sign-up"
    rows = "pageProps.events"

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        front = await fetch(source.url)
        events = await fetch(front.join(f"/_next/data/{front.found(BUILD)[1]}/events.json"))
        yield events.with_context(fetch.today)

    def listing(self, row: DataRow) -> Listing:
        title, place, start, end = row["name"], row["location"], row["dateFrom"], row["dateTo"] or ""
        month, day, year = (int(part) for part in (end or start).partition(",")[0].split("/"))
        today: date = row.context
        over, doses = date(year, month, day) < today, tuple(DOSE.findall(title))
        slot = SlotListing(start=start, end=end, products=vaccines.named_in(title), doses=doses, restrictions=title)
        address = read.address_in(place, row.source)  # drops notes after it; "" if the text names no state
        venue = re.split(r"[\r\n,]|\.\s+(?=\d)", place, maxsplit=1)[0].strip(" .")
        return Listing(
            name=title if not venue or venue[0].isdigit() else venue,
            address=address,
            position=(row["lat"], row["lon"]) if row["lat"] else None,
            booking_url=row.source.url,
            description="" if address else place,
            restrictions=title if over else "",
            external_ids=((self.name, row["slug"]),),
            available=Available.UNKNOWN if over else None,
            slots=() if over else (slot,),
        )

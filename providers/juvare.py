"""Juvare sign-up (events.juvare.com): the list of clinics behind a state's registration page, a Next.js data file.

Official: the state's own page, no key. Fills in: clinics still open for sign-up, with day, hour, and the products and
doses their titles name; clinics of one venue become one place, and each title goes with its slot (some are internal).
Cannot: counts (a "-50" in a title is what was planned). Times are local. The day given is often that on which sign-up
began: a clinic that is still listed after it is unknown. Links lead to the state's page, not around its questions.
"""

import re
from datetime import date

from aggregator.adapter import Available, DataRow, Fetch, JsonAdapter, Listing, Pages, SlotListing, SourceInfo, read

BUILD = re.compile(r'"buildId":\s*"([^"]+)"')  # a new one with each deployment; the file of an old one is gone
ORDINAL = r"(?:1st|2nd|3rd|first|second|third)"
# "1st and 2nd Dose", "2ND Pfizer", "Dose 1", but not "2nd Ward"
DOSE = re.compile(rf"(?i)\bdose [123]\b|\b{ORDINAL}\b(?=(?:\W+(?:and|or|{ORDINAL})){{0,5}}\W+(?:dose|moderna|pfizer))")


class Juvare(JsonAdapter):
    name = "juvare"
    title = "Juvare sign-up"
    rows = "pageProps.events"

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        door = await fetch(source.url)
        events = await fetch(door.join(f"/_next/data/{door.found(BUILD)[1]}/events.json"))
        yield events.with_context(fetch.today)

    def listing(self, row: DataRow) -> Listing:
        title, place, start, end = row["name"], row["location"], row["dateFrom"], row["dateTo"] or ""
        month, day, year = (int(part) for part in (end or start).partition(",")[0].split("/"))
        today: date = row.context
        over, doses = date(year, month, day) < today, tuple(DOSE.findall(title))
        slot = SlotListing(start=start, end=end, products=read.vaccines_in(title), doses=doses, restrictions=title)
        address = read.address_in(place, row.source)  # notes follow it, and a text that names no state is no address
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

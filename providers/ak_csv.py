"""Anchorage's list of appointments (anchoragecovidvaccine.org, Alaska): a CSV compiled from PrepMod and pharmacies.

- Official: the municipality's own file, refreshed every minute; no key.
- Fills in: count per place and day, products, sign-up links, PrepMod's clinic ids.
- Cannot fill in: hours, phone, position. Days have no year; we take the one nearest to today.
- "Available" instead of a count means YES. "Walk-in only" means NO appointments and becomes a restriction.
"""

import re
from datetime import datetime

from aggregator.adapter import Available, CsvAdapter, DataRow, Listing, SlotListing, attr, fragment

CLINIC = re.compile(r"\A\s*+(?:\w++:)?//([^/:]+)/.*[?&]clinic_id=(\d+)")
WITHOUT_COUNT = {"Available": Available.YES, "Walk-in only": Available.NO}


class AkCsv(CsvAdapter):
    name = "ak_csv"
    title = "Anchorage appointment list"
    expects = ("date,location,address,appts,vaccine",)

    def listing(self, row: DataRow) -> Listing:
        place, count, vaccine = fragment(row["location"]), row["appts"].strip(), (row["vaccine"],)
        url = attr(place, "a", "href")
        clinic, dated = CLINIC.search(url), count not in WITHOUT_COUNT
        start = _day(row["date"], row.page.answer.fetched_at) if dated else ""
        slot = SlotListing(start=start, count=count, products=vaccine, doses=vaccine, booking_url=url)
        return Listing(
            name=place.text(separator=" ", strip=True),
            address=row["address"].rstrip(" ,.-"),  # "Anchorage, 99502-", "North Pole, ."
            booking_url=url,
            restrictions=count if count == "Walk-in only" else "",
            external_ids=((f"prepmod-{clinic[1]}-clinic", clinic[2]),) if clinic else (),
            available=WITHOUT_COUNT.get(count),
            products=() if dated else vaccine,
            slots=(slot,) if dated else (),
        )


def _day(written: str, now: datetime) -> str:
    """The ISO date of "8/06" in the year that brings it nearest to now; ValueError for another form."""
    month, day = map(int, written.split("/"))
    ahead = month - now.month
    return f"{now.year + (ahead < -6) - (ahead > 6)}-{month:02}-{day:02}"

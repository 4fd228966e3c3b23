"""A CSV kept by volunteers: places that no booking system knows, where one calls or walks in.

As official as the people who keep it. Fills in what its columns hold; cannot: counts. Only `name` is needed, an empty
cell says nothing:
  id, name, address, city, state, postal_code, county, phone, website
  how          phone: call to book; walk-in: no appointment needed; empty: the website says
  available    yes, no, or empty: nobody asked
  date, hours  of one clinic, "2021-08-14" and "9:00 am - 1:00 pm"; a place with several clinics has several rows
  vaccines, restrictions, notes, in words
  checked      when somebody last asked, "2021-08-12" or "2021-08-12 14:30", local time; a day later it is too old
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from aggregator.adapter import (
    Available,
    CsvAdapter,
    Listing,
    Page,
    RecordError,
    SlotListing,
    SourceInfo,
    vaccine_line,
    website,
)

AVAILABLE = {"yes": Available.YES, "no": Available.NO, "": None}
HOW = {"phone": "", "walk-in": "Walk-in: no appointment needed", "": ""}


class Manual(CsvAdapter):
    name = "manual"
    title = "Volunteers' list"

    def says_empty(self, page: Page) -> bool:
        header, whole, _ = page.text.removeprefix("\ufeff").partition("\n")
        return bool(whole) and "name" in (column.strip(' "\r') for column in header.split(","))

    def listing(self, row: dict[str, str], page: Page, source: SourceInfo) -> Listing | None:
        cell = defaultdict(str, {column: value.strip() for column, value in row.items()})
        if not any(cell.values()):
            return None
        available, how = AVAILABLE[_checked(cell, "available", AVAILABLE)], _checked(cell, "how", HOW)
        slot = SlotListing(
            start=cell["date"],
            hours=cell["hours"],
            available=available or Available.UNKNOWN,
            products=(cell["vaccines"],) if cell["vaccines"] else (),
        )
        dated = bool(cell["date"])
        return Listing(
            name=cell["name"],
            id=cell["id"],
            address=(cell["address"],) if cell["city"] else cell["address"],
            city=cell["city"],
            state=cell["state"],
            postal_code=cell["postal_code"],
            county=cell["county"],
            info_phone=cell["phone"],
            booking_phone=cell["phone"] if how == "phone" else "",
            info_url=website(cell["website"]),
            description="\n".join(filter(None, (cell["notes"], "" if dated else vaccine_line([cell["vaccines"]])))),
            restrictions="\n".join(filter(None, (HOW[how], cell["restrictions"]))),
            available=available,
            slots=(slot,) if dated else (),
            valid_at=cell["checked"],
        )


def _checked(cell: Mapping[str, str], column: str, accepted: Iterable[str]) -> str:
    word = cell[column].lower()
    if word not in accepted:
        raise RecordError(column, cell[column], f"is none of {', '.join(filter(None, accepted))}; it may be empty")
    return word

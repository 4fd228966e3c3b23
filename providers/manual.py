"""A CSV that volunteers keep: places that no booking system knows, where people call or walk in.

- As official as the people who keep it.
- Fills in: what its columns hold. Only `name` is required; an empty cell states nothing.
- Cannot fill in: counts.

Columns:

- `id`, `name`, `address`, `city`, `state`, `postal_code`, `county`, `phone`, `website`
- `how`: "phone" (call to book), "walk-in" (no appointment needed), or empty (see the website)
- `available`: "yes", "no", or empty (nobody asked)
- `date`, `hours`: of one clinic, "2021-08-14" and "9:00 am - 1:00 pm"; a place with several clinics has several rows
- `vaccines`, `restrictions`, `notes`: in words
- `checked`: when somebody last asked, "2021-08-12" or "2021-08-12 14:30", local time; a day later it is too old
"""

from collections import defaultdict

from aggregator.adapter import Available, CsvAdapter, DataRow, Listing, Page, SlotListing, read

AVAILABLE = {"yes": Available.YES, "no": Available.NO, "": None}
HOW = {"phone": "", "walk-in": "Walk-in: no appointment needed", "": ""}


class Manual(CsvAdapter):
    name = "manual"
    title = "Volunteers' list"
    local_ids = True

    def says_empty(self, page: Page) -> bool:
        header, whole, _ = page.text.partition("\n")
        return bool(whole) and "name" in (column.strip(' "\r') for column in header.split(","))

    def listing(self, row: DataRow) -> Listing | None:
        cell = defaultdict(str, {column: value.strip() for column, value in row.items()})
        if not any(cell.values()):
            return None
        answers = {column: cell[column].lower() for column in ("available", "how")}
        available, how = read.meaning(answers, "available", AVAILABLE), read.meaning(answers, "how", HOW)
        span, products = read.copied(cell, start="date", hours="hours"), (cell["vaccines"],)
        slot = SlotListing(**span, available=available or Available.UNKNOWN, products=products)
        return Listing(
            **read.copied(cell, id="id", name="name", city="city", state="state", postal_code="postal_code"),
            **read.copied(cell, county="county", info_phone="phone", description="notes", valid_at="checked"),
            address=(cell["address"],) if cell["city"] else cell["address"],
            booking_phone=cell["phone"] if answers["how"] == "phone" else "",
            info_url=cell["website"],
            restrictions=read.lines(how, cell["restrictions"]),
            available=available,
            products=() if cell["date"] else products,
            slots=(slot,) if cell["date"] else (),
        )

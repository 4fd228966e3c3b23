"""LibCal (Springshare): the public calendar of a library, where many towns hold their clinics and sign-up hours.

- Official: the list that the library's own calendar page requests; no key, no agreement. (LibCal's documented API wants
  a key, and is not used.) Some libraries disallow it in robots.txt.
- Fills in: room or address, dates, the event's page, title, and description.
- Cannot fill in: free places, so each place is UNKNOWN unless the source says that an announced event can be booked; a
  canceled event is NO. Most events name only a room: `options.address` is the library's.
- `options.words` selects events by title, category, or audience; `options.products` and `options.announced` say what
  they mean (`aggregator.adapter.announced`).
- Shape from published clients of 2024 to 2026, never seen by us.
"""

import re

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    Pages,
    SourceInfo,
    announced,
    linked_data,
    read,
)

PER_PAGE = 100
MAX_PAGES = 20
CANCELED = re.compile(r"\s*\(cancell?ed\)", re.IGNORECASE)  # how LibCal begins the title


class LibCal(JsonAdapter):
    name = "libcal"
    title = "LibCal"
    rows = "results"
    options = {**announced.OPTIONS, "address": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for number in range(1, MAX_PAGES + 1):
            params = {"date": str(fetch.today), "perpage": str(PER_PAGE), "page": str(number)}
            page = await fetch(source.url, params=params)
            yield page
            if number * int(page.json["perpage"]) >= int(page.json["total_results"]):
                return
        fetch.damaged(source.url, f"has more than {MAX_PAGES} pages; ask for fewer calendars with `c=` in the url")

    def listing(self, row: DataRow) -> Listing | None:
        if read.flag(row, "online_event"):
            return None
        where, days_only = read.plain(row["location"]), read.flag(row, "all_day")
        groups = linked_data.records(row.get("categories_arr")) + linked_data.records(row.get("audiences"))
        event = announced.Announced(
            title=row["title"],
            key=read.plain(row["id"]),
            start=row["startdt"],
            end=row["enddt"],
            url=row["url"],
            note=read.plain(row.get("description")),
            categories=tuple(read.plain(one.get("name")) for one in groups),
            available=Available.NO if CANCELED.match(row["title"]) else None,
            days_only=days_only,
        )
        elsewhere = read.state_at_end(where)  # a room has no address of its own
        address = where if elsewhere else row.source.options.get("address", "")
        place = {"name": where, "address": address} if where else {"address": address}
        return announced.listing(event, place, row.source, self.name)

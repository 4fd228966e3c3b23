"""NJ MVC: the appointment pages of the New Jersey Motor Vehicle Commission (licenses, Real ID, titles, tests).

- Official: the state's own page, no key, no agreement; its format is undocumented.
- Fills in: agencies with address and phone; for each type of appointment, how many there are and when the first is.
- Cannot fill in: the other times, positions (the page has pixels of a drawn map).
- Shape from published code of 2020 to 2025, never seen by us. New appointments appear at 7 a.m.
- `options.types` has the numbers at the end of the pages' addresses: "12" Real ID, "15" initial permit, "11" renewal.
  Keep all types in one source: one place then shows them side by side.
- An agency has another number for each type, so its name and address identify it.
"""

import re
from collections.abc import Iterable
from typing import Any

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    Page,
    Pages,
    RecordError,
    SlotListing,
    SourceInfo,
    read,
)

NONE = "No Appointments Available"
FIRST = re.compile(r"([\d,]+) Appointments? Available\s*<br\s*/?>\s*Next Available:\s*(.+)", re.IGNORECASE)


class NjMvc(JsonAdapter):
    name = "nj_mvc"
    title = "NJ MVC appointments"
    expects = ("locationData", "timeData")
    may_be_empty = False
    options = {"types": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for number in source.options["types"]:
            if page := await fetch.try_fetch(f"{source.url}/{number}"):
                yield page.with_context(number)

    def rows_of(self, page: Page) -> Iterable[dict[str, Any]]:
        first = {read.plain(record["LocationId"]): record["FirstOpenSlot"] for record in page.script_json("timeData")}
        return [place | {"first": first.get(read.plain(place["Id"]))} for place in page.script_json("locationData")]

    def listing(self, row: DataRow) -> Listing:
        town, _, service = (part.strip() for part in row["Name"].partition("-"))
        url = f"{row.source.url}/{row.context}/{row['Id']}"
        first = read.plain(row["first"])  # "" if the page has no time for this agency, or null
        found = FIRST.fullmatch(first)
        if first not in {"", NONE} and not found:
            raise RecordError("FirstOpenSlot", first, f"is neither {NONE!r} nor a number and a first time")
        slots = _first_of(found[1], found[2], service, url) if found and found[2] != "null" else ()
        return Listing(
            name=f"NJ MVC {town}",
            **read.copied(row, address=("Street1", "Street2"), city="City", state="State", postal_code="Zip"),
            **read.given(row, info_phone="PhoneNumber", time_zone="TimeZone"),
            external_ids=(("nj_mvc", f"{row.context}:{row['Id']}"),),
            # A missing or empty time says nothing, even if the same agency has none for another type.
            available=Available.NO if first == NONE else Available.UNKNOWN,
            slots=slots,
            booking_url=url,
        )


def _first_of(count: str, start: str, service: str, url: str) -> tuple[SlotListing, ...]:
    return (SlotListing(start=start, count=count, first_of_many=True, products=(service,), booking_url=url),)

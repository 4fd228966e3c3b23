"""Rite Aid and Bartell Drugs: the JSON behind the booking page, queried by circles, then for the stores found.

- Unofficial: the chain's own page uses it; no key.
- Fills in: stores with address, position, phone, and every listed time with its products.
- Cannot fill in: doses; stores that an answer omits. It may omit stores inside its radius, so let circles overlap.
- The constant part of the query (`vaccineIds`, `count`, …) belongs to the source's URL, because Rite Aid has changed
  it.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aggregator.adapter import (
    Available,
    DataRow,
    Listing,
    LocationType,
    Page,
    RecordError,
    SlotListing,
    SourceInfo,
    circles,
    read,
)

TOTALS = ("totalSlotCount", "totalAvailableSlots")  # in a summary, in an answer with times
GROUP = 25  # stores in one query for their times, as on the site itself
PRODUCTS = {
    "9": "Moderna",
    "11": "Pfizer",
    "13": "Johnson & Johnson",
    "42": "Moderna",
    "43": "Pfizer",
    "46": "Johnson & Johnson",
    "47": "Pfizer (5-11)",
    "95": "Moderna bivalent",
    "96": "Pfizer bivalent",
}


class Riteaid(circles.CircleAdapter):
    name = "riteaid"
    title = "Rite Aid"
    location_type = LocationType.PHARMACY
    options = {"circles": ()}  # ZIP code at the center -> radius in miles: at most 100, less where stores are dense

    def around(self, source: SourceInfo) -> dict[str, circles.Question]:
        around = source.options["circles"].items()
        return {
            middle: circles.Question(source.url, {"address": middle, "radius": str(miles)}) for middle, miles in around
        }

    def is_full(self, page: Page, source: SourceInfo) -> bool:
        return len(_stores(page)) >= int(parse_qs(urlsplit(source.url).query)["count"][0])

    def within(
        self, page: Page, circle: circles.Question, source: SourceInfo, asked: set[str]
    ) -> Iterator[circles.Question]:
        # Since January 2022 a circle's answer has only the first time of a store; before, it had all of them.
        open_stores = (
            r for r in _stores(page) if read.named_states(r["state"], source) and r.get("firstAvailableSlot")
        )
        numbers = [one for one in dict.fromkeys(read.plain(r["storeNumber"]) for r in open_stores) if one not in asked]
        asked.update(numbers)
        for start in range(0, len(numbers), GROUP):
            stores = {"storeNumbers": ",".join(numbers[start : start + GROUP])}
            yield circles.Question(source.url, {**(circle.params or {}), **stores})

    def rows_of(self, page: Page) -> Iterable[Any]:
        return _stores(page)

    def listing(self, row: DataRow) -> Listing | None:
        if not read.in_states(row["state"], row.source):
            return None
        days, first = row["availableSlots"], row.get("firstAvailableSlot", 0)
        if not days and not isinstance(first, str | None):
            raise RecordError(
                "availableSlots",
                row.value,
                "has neither days nor a first time; compare the answer with the chain's page",
            )
        if not days and not first and any(map(row.get, TOTALS)):
            seen = row.value
            raise RecordError(
                "totalSlotCount", seen, "counts appointments but lists none; compare the answer with the chain's page"
            )
        number = int(row["storeNumber"])
        bartell = (("bartell", str(number - 6900)),) if 6900 <= number <= 6999 else ()
        slots = _slots(days)
        return Listing(
            **read.copied(row, address=("address",), city="city", state="state"),
            id=str(number),
            name=f"Bartell Drugs #{number - 6900}" if bartell else f"Rite Aid #{number}",
            postal_code=row["fullZipCode"] or row["zipcode"],
            position=(row["latitude"], row["longitude"]),
            info_phone=row["fullPhone"] or "",
            booking_url="https://www.riteaid.com/pharmacy/covid-qualifier",
            description=row["locationDescription"] or "",
            external_ids=(("rite_aid", str(number)), *bartell),
            available=Available.YES if first and not slots else None,
            no_if_empty=True,
            slots=slots,
        )


def _stores(page: Page) -> list[Any]:
    if page.json.get("Status") != "SUCCESS":
        raise page.error(
            f"answered {page.json.get('Status')!r}: {page.json.get('ErrMsg')!r}; try the chain's page in a browser"
        )
    return page.json["data"]["stores"] or []  # null if the circle has none


def _slots(days: list[Any]) -> tuple[SlotListing, ...]:
    """One slot for each appointment: answers repeat it under each of its products, and may repeat a day."""
    once = {day["date"]: day for day in days}.values()
    found: dict[str, tuple[str, list[str]]] = {}
    for day in once:
        for vaccine, appointments in day["slots"].items():
            for one in appointments:
                _, products = found.setdefault(one["appointmentId"], (one["apptDateTime"], []))
                products.append(PRODUCTS.get(vaccine, f"vaccine {vaccine}"))
    stated = sum(day["available_slots"] for day in once)
    if stated != len(found):
        raise RecordError("available_slots", stated, f"but {len(found)} appointments are listed; see the chain's page")
    return tuple(
        SlotListing(id=number, start=start, count=1, products=tuple(products))
        for number, (start, products) in found.items()
    )

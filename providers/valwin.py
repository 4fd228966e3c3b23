"""Valwin (ePharmacie): web sites of pharmacy groups in mainland and overseas France.

- Official: the sites' public interface; no key.
- Fills in: pharmacies, position, times.
- Cannot fill in: telephone, doses, mostly the product ("Vaccin COVID-19"; the title of a time is free text and can be
  wrong).
- Times are local, also overseas.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from aggregator.adapter import DataRow, Fetch, Listing, LocationType, Page, SlotListing, read, visit_reasons


class Valwin(visit_reasons.VisitReasonAdapter):
    name = "valwin"
    title = "Valwin"
    location_type = LocationType.PHARMACY

    def rows_at(self, page: Page) -> Iterable[Any]:
        if not isinstance(page.json, dict) or not page.json:
            raise page.error("is not an object of pharmacies; open it in a browser")
        return page.json.values()

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        if codes.in_region(row["address"]["zipCode"]):
            free = read.flag(row, "hasAvailableSlot")
            place = Listing(
                **read.copied(row["address"], address=("street",), city="city", postal_code="zipCode"),
                **read.copied(row, id="id", name="name", info_url="websiteUrl"),
                position=read.point(row.get("geoTag"), "latitude", "longitude"),
                booking_url=f"{row['websiteUrl']}/animations",
                count=None if free else 0,
            )
            yield place, [visit_reasons.VisitReason("", row.page.join(f"{row['id']}/slots"))] if free else ()

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        found, requested, url = list[Any](), set[str](), reason.record
        while url and url not in requested and (page := await fetch.try_fetch(url)):
            requested.add(url)
            found += page.json["result"]
            url = page.json["links"]["next"] and page.join(page.json["links"]["next"])
        return None if url and not found else found

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        for number, slot in enumerate(answer):
            kinds = [kind for kind in slot["types"] if visit_reasons.is_vaccination(kind["label"])]
            path = f"animation-details/{kinds[0]['id']}/1/60" if len(kinds) == 1 else "animations"
            if kinds:
                products, url = tuple(kind["label"] for kind in kinds), f"{slot['websiteUrl']}/{path}"
                span = read.copied(slot, start="start", end="end")
                yield visit_reasons.Opening(number, SlotListing(**span, count=1, products=products, booking_url=url))

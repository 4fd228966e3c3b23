"""Valwin (ePharmacie): web sites of pharmacy groups in France and overseas.

The public interface of the sites, no key. Fills in: pharmacies, position, times. Cannot: telephone, doses, mostly the
product ("Vaccin COVID-19"; the title of a time is free text and can be wrong). Times are local, also overseas.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from aggregator.adapter import Fetch, Listing, LocationType, Page, PageError, SlotListing, SourceInfo, motives


class Valwin(motives.MotiveAdapter):
    name = "valwin"
    title = "Valwin"
    location_type = LocationType.PHARMACY

    def rows_at(self, page: Page) -> Iterable[Any]:
        if not isinstance(page.json, dict):
            raise PageError(f"{page.url} is not a map of pharmacies; look at it in a browser")
        return page.json.values()

    async def inquire(self, row: Any, page: Page, source: SourceInfo, fetch: Fetch) -> motives.Places:
        if self.in_region(row["address"]["zipCode"], source):
            asked = [motives.Motive("", page.join(f"{row['id']}/slots"))] if row["hasAvailableSlot"] else ()
            yield _place(row), asked

    async def ask(self, motive: motives.Motive, day: date, fetch: Fetch) -> Any:
        found: list[Any] = []
        url = motive.record
        while url and self.once(url):
            page = await fetch.or_none(url)
            if not page:
                return found or None
            found += page.json["result"]
            following = page.json["links"]["next"]
            url = page.join(following) if following else ""
        return found

    def openings(self, answer: Any) -> Iterable[motives.Opening]:
        for number, slot in enumerate(answer):
            kinds = [kind for kind in slot["types"] if "vaccin" in kind["label"].lower()]
            path = f"animation-details/{kinds[0]['id']}/1/60" if len(kinds) == 1 else "animations"
            found = SlotListing(
                start=slot["start"],
                end=slot["end"],
                count=1,
                products=tuple(kind["label"] for kind in kinds),
                booking_url=f"{slot['websiteUrl']}/{path}",
            )
            if kinds:
                yield motives.Opening(number, found)


def _place(row: Any) -> Listing:
    where, point = row["address"], row.get("geoTag") or {}
    return Listing(
        id=row["id"],
        name=row["name"],
        address=(where["street"],),
        city=where["city"],
        postal_code=where["zipCode"],
        position=(point["latitude"], point["longitude"]) if point else None,
        info_url=row["websiteUrl"],
        booking_url=f"{row['websiteUrl']}/animations",
        external_ids=(("valwin", row["id"]),),
    )

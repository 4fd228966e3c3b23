"""Bimedoc: appointments at the pharmacies in France that use this software.

- By agreement: a partner's interface, which needs a key (`Authorization`).
- Fills in: pharmacies, position, telephone, times with their product.
- Cannot fill in: doses, the end of a time.
- An answer may include times after the last requested day.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from aggregator.adapter import DataRow, Fetch, Listing, LocationType, SlotListing, read, visit_reasons

WINDOW = timedelta(days=28)


class Bimedoc(visit_reasons.VisitReasonAdapter):
    name = "bimedoc"
    title = "Bimedoc"
    location_type = LocationType.PHARMACY

    def query(self, number: int, today: date) -> dict[str, str]:
        return {"start_date": today.isoformat(), "end_date": (today + WINDOW).isoformat()}

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        own = await fetch.try_fetch(f"{row.source.url.rstrip('/')}/{row['id']}", params=self.query(1, fetch.today))
        if own and codes.in_region(own.json["postcode"]):
            yield _place(own.json), [visit_reasons.VisitReason("", own.json["slots"])]

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        return reason.record

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        for number, slot in enumerate(answer):
            found = SlotListing(start=slot["datetime"], count=1, products=(slot["vaccine_name"],))
            yield visit_reasons.Opening(number, found)


def _place(row: Any) -> Listing:
    point = row.get("coordinates")
    return Listing(
        **read.copied(row, id="id", name="name", address=("street",), city="city", postal_code="postcode"),
        position=(point[1], point[0]) if point else None,
        info_phone=row.get("phone_number") or "",
        booking_url=f"https://app.bimedoc.com/application/scheduler/{row['id']}?vmd=true",
    )

"""MeSoigner: booking sites of pharmacies in France (pharm-upp and others).

- By agreement: a partner's interface, which needs a key (`Authorization`).
- Fills in: pharmacies, position, telephone, times with their products and free places.
- Cannot fill in: the end of a time; doses, except of the bivalent vaccines, which are boosters.
- The answer for one pharmacy covers several weeks.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from aggregator.adapter import DataRow, Fetch, Listing, LocationType, SlotListing, read, visit_reasons


class Mesoigner(visit_reasons.VisitReasonAdapter):
    name = "mesoigner"
    title = "MeSoigner"
    location_type = LocationType.PHARMACY

    def key(self, row: Any) -> str:
        return str(row["rdv_site_web"])  # one pharmacy may be listed under several numbers

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        if codes.in_region(row["zipcode"]):
            reasons = [visit_reasons.VisitReason("", f"{row.source.url.rstrip('/')}/{row['id']}")]
            yield (visit_reasons.by_telephone(_place(row)), ()) if row["booking_disabled"] else (_place(row), reasons)

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        page = await fetch.try_fetch(f"{reason.record}/{day}")
        return page and page.json["slots"]

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        # Ignore the keys of the days: "2021-06-185" was one of them.
        slots = (slot for days in answer for slots in days.values() for slot in slots)
        for number, slot in enumerate(slots):
            start, products = slot["slot_beginning"], tuple(slot["available_vaccines"])
            doses = ("booster",) if products and all("BA." in product for product in products) else ()
            found = SlotListing(start=start, count=slot["number_of_slots"], products=products, doses=doses)
            yield visit_reasons.Opening(number, found)


def _place(row: Any) -> Listing:
    return Listing(
        **read.copied(row, id="id", name="name", address=("adress_street",), city="adress_city", postal_code="zipcode"),
        position=read.point(row.get("position"), "latitude", "longitude"),
        info_phone=row.get("phone_number") or "",
        booking_url=row["rdv_site_web"],
    )

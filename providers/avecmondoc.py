"""AvecMonDoc: booking pages of doctors, pharmacies and vaccination centres in France.

- Official: the site's public interface; no key.
- Fills in: places, times with the dose and the vaccine if the reason names them, position and telephone.
- Cannot fill in: what an appointment is for if the reason does not name it.
- A source is the list of the whole country, cut to the region, or the `slug` address of one organisation.
- Times are true UTC: read as local, they would fall in the lunch break of the recorded pharmacy.
- The list counts opening hours for COVID-19 only. If it counts none, we query the place for other vaccinations.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from aggregator.adapter import (
    Available,
    DataRow,
    Fetch,
    Listing,
    Page,
    SlotListing,
    read,
    stores,
    vaccines,
    visit_reasons,
)

WINDOW = timedelta(days=6)


class Avecmondoc(visit_reasons.VisitReasonAdapter):
    name = "avecmondoc"
    title = "AvecMonDoc"
    rows = "data"
    own_page = r"/Organizations/slug/"

    def query(self, number: int, today: date) -> dict[str, str]:
        return {"page": str(number)}

    def more(self, page: Page) -> bool:
        return bool(page.json["hasNextPage"])

    def key(self, row: Any) -> str:
        return str(row["url"])

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        listed, root = row.value, row.page.url.partition("/Organizations")[0]
        if listed and not codes.in_region(listed["zipCode"]):
            return
        no_covid = bool(listed) and str(listed["businessHoursCovidCount"]) == "0"
        own = await fetch.try_fetch(f"{root}/Organizations/slug/{quote(_slug(listed))}") if listed else row.page
        if own:
            url = f"{root}/BusinessHours/availabilitiesPerDay"
            reasons = [one for one in _reasons(own.json) if not no_covid or vaccines.others_in(one["reason"])]
            none = Available.NO if no_covid and not reasons else None
            yield _place((listed or {}) | own.json, available=none), [_visit_reason(reason, url) for reason in reasons]
        else:
            yield _place(listed), None

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        url, body = reason.record
        span = {"periodStart": f"{day}T00:00:00.000Z", "periodEnd": f"{day + WINDOW}T00:00:00.000Z"}
        page = await fetch.try_fetch(url, json=body | span)
        return visit_reasons.answer_of(page)

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        for slot in (slot for day in answer[:-1] for slot in day["slots"]):
            if read.flag(slot, "isAvailable"):  # slot["start"] is only a counter
                hours = slot["businessHours"]
                yield visit_reasons.Opening(hours["id"], SlotListing(start=hours["start"], end=hours["end"], count=1))

    def later(self, answer: Any) -> str:
        following = answer[-1]["nextAvailableBusinessHour"]
        return following["start"] if following else ""


def _slug(found: Any) -> str:
    return str(found.get("slug") or found["url"].rstrip("/").rpartition("/")[2])


def _reasons(organisation: Any) -> Iterable[Any]:
    for reason in organisation["consultationReasons"]:
        listed = reason.get("active") is not False and reason.get("deleted") is not True
        if listed and visit_reasons.is_vaccination(reason["reason"]):
            yield reason


def _visit_reason(reason: Any, url: str) -> visit_reasons.VisitReason:
    body = {"consultationReasonId": reason["id"], "organizationId": reason["organizationId"], "type": "inOffice"}
    return visit_reasons.VisitReason(reason["reason"], (url, body | {"disabledPeriods": [], "fullDisplay": True}))


def _place(found: Any, available: Available | None = None) -> Listing:
    number, point = _slug(found).rpartition("-")[2], found.get("coordinates")
    return Listing(
        id=number,
        name=found["name"],
        address=(found["address"] or "",),
        **read.given(found, city="city", postal_code="zipCode"),
        position=read.point(point, "lat", "lng") or read.point(point, "y", "x"),
        location_type=stores.kind_of(read.plain(found["name"])),
        info_phone=found.get("phone") or "",
        booking_url=f"https://patient.avecmondoc.com/fiche/structure/{quote(_slug(found))}",
        external_ids=(("amd", number),),
        available=available,
    )

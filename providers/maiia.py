"""Maiia: booking pages of vaccination centres, hospitals and pharmacies in France.

- Official: the site's public interface; no key.
- Fills in: places, position, telephone, times of each practitioner with the dose, the vaccine if the visit reason
  names it (often it does not).
- Cannot fill in: reasons that are neither marked as injections nor named as vaccinations.
- A source is the list of one kind of place (`speciality.shortName`) in the whole country, cut to the region.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from aggregator.adapter import DataRow, Fetch, Listing, Page, SlotListing, read, visit_reasons

LIMIT = 50
SLOTS = 100
WINDOW = timedelta(days=28)


class Maiia(visit_reasons.VisitReasonAdapter):
    name = "maiia"
    title = "Maiia"
    rows = "items"
    total = "total"
    asks = 1  # without an opening, the next one is requested

    def query(self, number: int, today: date) -> dict[str, str]:
        return _paged(LIMIT, number - 1)

    def more(self, page: Page) -> bool:
        return len(page.json["items"]) == LIMIT

    def key(self, row: Any) -> str:
        return str(row["center"]["id"])  # a center is listed once for each of its practitioners

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        code = row["center"]["publicInformation"]["address"].get("zipCode")
        if row["center"].get("isDemo") or not codes.in_region(code):
            return
        root, centre = row.page.url.rpartition("/")[0], row["center"]["id"]
        answer = await fetch.try_fetch(
            f"{root}/consultation-reason-hcd", params={"rootCenterId": centre, **_paged(SLOTS, 0)}
        )
        reasons = filter(_relevant, answer.json["items"]) if answer else ()
        yield _place(row), [_visit_reason(reason, centre, root) for reason in reasons] if answer else None

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        root, query = reason.record
        query = {**query, "from": f"{day}T00:00:00"}
        until = {"to": f"{day + WINDOW}T00:00:00"}
        page = await fetch.try_fetch(f"{root}/availabilities", params={**query, **until, **_paged(SLOTS, 0)})
        if page and not page.json["items"]:
            page = await fetch.try_fetch(f"{root}/availability-closests", params=query)
        return visit_reasons.answer_of(page)

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        if "items" in answer:
            slots, counted = answer["items"], answer["total"] <= len(answer["items"])
        else:
            slots = [answer["closestPhysicalAvailability"]] if answer["availabilityCount"] != 0 else []
            counted = False
        for slot in filter(None, slots):
            span = SlotListing(start=slot["startDateTime"], end=slot["endDateTime"], count=1 if counted else None)
            yield visit_reasons.Opening((slot.get("practitionerId"), span.start), span)


def _paged(limit: int, number: int) -> dict[str, str]:
    return {"limit": str(limit), "page": str(number), "size": str(limit)}


def _relevant(reason: Any) -> bool:
    marked = (reason.get("injectionType") or "NONE") != "NONE" or "covid" in reason["name"].lower()
    return visit_reasons.is_vaccination(reason["name"], marked=marked)


def _visit_reason(reason: Any, centre: str, root: str) -> visit_reasons.VisitReason:
    name, limited, kind = reason["name"], reason.get("patientLimitation", "PUBLIC"), reason.get("injectionType")
    note = "" if limited == "PUBLIC" else f"\nPatients: {limited}"
    record = root, {"centerId": centre, "consultationReasonName": name}
    return visit_reasons.VisitReason(name + note, record, dose="" if kind in (None, "NONE") else kind)


def _place(row: Any) -> Listing:
    centre, public = row["center"], row["center"]["publicInformation"]
    address = public["address"]
    point = (address.get("location") or {}).get("coordinates")
    link = centre.get("url") or row.get("url")
    return Listing(
        **read.copied(centre, id="id", name="name"),
        **read.given(address, address="fullAddress", city="city", postal_code="zipCode"),
        position=(point[1], point[0]) if point else None,
        info_phone=(public.get("officeInformation") or {}).get("phoneNumber") or "",
        booking_url=urljoin("https://www.maiia.com", f"{link}?centerid={centre['id']}") if link else "",
    )

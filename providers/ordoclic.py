"""Ordoclic: booking pages of pharmacies and practices in France.

- Official: the site's public interface; no key.
- Fills in: places, position, telephone, times of each professional, the dose, the vaccine if the reason names it.
  Also places that take only calls, or that book elsewhere.
- Cannot fill in: reasons that are not marked or named as vaccinations.
- A source is the search of the whole country, cut to the region, or one place's `profile`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from aggregator.adapter import Available, DataRow, Fetch, Listing, LocationType, SlotListing, read, visit_reasons

WINDOW = timedelta(days=14)


class Ordoclic(visit_reasons.VisitReasonAdapter):
    name = "ordoclic"
    title = "Ordoclic"
    rows = "items"
    total = "total_count"
    own_page = r"/profile/"

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        found = row.value or _search_row(row.page.json)
        settings, root = found.get("bookingSettings") or {}, row.page.join("/v1/solar")
        if not codes.in_region(found["location"]["zip"]):
            return
        if settings.get("option") == "internal":
            answer = await fetch.try_fetch(f"{root}/entities/{found['id']}/reasons")
            yield _place(found), list(_visit_reasons(answer.json["reasons"], found, root)) if answer else None
        elif settings.get("option") == "external":
            yield _place(found, booking_url=settings["externalUrl"], available=Available.UNKNOWN), ()
        else:
            yield visit_reasons.by_telephone(_place(found)), ()

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        url, body = reason.record
        span = {"dateStart": f"{day}T00:00:00.000Z", "dateEnd": f"{day + WINDOW}T00:00:00.000Z"}
        page = await fetch.try_fetch(url, json=body | span)
        return visit_reasons.answer_of(page)

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        for slot in answer["slots"]:
            span = SlotListing(start=slot["timeStart"], end=slot["timeEnd"], count=1)
            yield visit_reasons.Opening((slot.get("medicalStaffID"), span.start), span)  # ids are not unique

    def later(self, answer: Any) -> str:
        return (answer.get if answer["slots"] else answer.__getitem__)("nextAvailableSlotDate") or ""


def _search_row(profile: Any) -> Any:
    """Converts a profile to the form of a row of the search."""
    attributes = {attribute["label"]: attribute["value"] for attribute in profile["attributeValues"]}
    where = profile["listAddress"][0]
    return {
        **{key: profile[key] for key in ("name", "phone", "type")},
        "id": profile["entityId"],
        "location": {
            **{key: profile[key] for key in ("address", "zip", "city")},
            "coordinates": {"lat": where["lat"], "lon": where["lng"]},
        },
        "publicProfile": {"slug": profile["profileSlug"]},
        "professionals": [one["id"] for one in profile["publicProfessionals"]],
        "bookingSettings": attributes.get("booking_settings"),
    }


def _visit_reasons(reasons: Any, found: Any, root: str) -> Iterable[visit_reasons.VisitReason]:
    for reason in reasons:
        dose = reason.get("vaccineInjectionDose")
        if not read.flag(reason, "canBookOnline") or not visit_reasons.is_vaccination(
            reason["name"], marked=bool(dose)
        ):
            continue
        note = "" if reason.get("isAcceptNewPatient", True) else "\nOwn patients only"
        for staff in dict.fromkeys(found["professionals"]):
            body = {"entityId": found["id"], "medicalStaffId": staff, "reasonId": reason["id"]}
            record = f"{root}/slots/availableSlots", body
            yield visit_reasons.VisitReason(reason["name"] + note, record, dose=str(dose or ""))


def _place(found: Any, **fields: Any) -> Listing:
    where, slug = found["location"], found["publicProfile"]["slug"]
    facts = read.copied(found, id="id", name="name") | {
        **read.copied(where, address=("address",), city="city", postal_code="zip"),
        "position": read.point(where.get("coordinates"), "lat", "lon"),
        "location_type": LocationType.PHARMACY if found["type"] == "Pharmacie" else None,
        "info_phone": found["phone"] or "",
        "booking_url": f"https://app.ordoclic.fr/app/pharmacie/{slug}",
    }
    return Listing(**facts | fields)

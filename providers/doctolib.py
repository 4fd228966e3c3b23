"""Doctolib: booking pages of hospitals, vaccination centres, doctors and pharmacies in France.

- By agreement only: the site turns others away, and we obey its robots.txt.
- Fills in: places, position, telephone, times with product and dose.
- Cannot fill in: how many people a time is for, second doses (booked with the first).
- Visit reasons for COVID-19 are recognized by their code, whatever their name; reasons with a new code, by their mark
  as a first shot; reasons for other vaccines, by their name.
- Several practices at one address become one location.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from aggregator.adapter import DataRow, Fetch, Listing, Page, SlotListing, read, vaccines, visit_reasons

WINDOW = "14"  # days in one answer
DOSES = {  # ref_visit_motive_id -> product and dose
    **dict.fromkeys((6970, 8739), ("Pfizer", "1")),
    **dict.fromkeys((7005, 8740), ("Moderna", "1")),
    **dict.fromkeys((7107, 8741), ("AstraZeneca", "1")),
    7945: ("Janssen", "1"),
    8192: ("Pfizer", "3"),
    8193: ("Moderna", "3"),
    **dict.fromkeys((10515, 10516), ("Pfizer 5-11", "1")),
}
FOR_STAFF = re.compile(r"(?<!non )(?:professionnel|soignant)", re.IGNORECASE)


class Doctolib(visit_reasons.VisitReasonAdapter):
    name = "doctolib"
    title = "Doctolib"
    rows = "data.doctors"
    own_page = r"/booking/"

    def query(self, number: int, today: date) -> dict[str, str]:
        return {"page": str(number)}

    def more(self, page: Page) -> bool:
        return all(doctor["exact_match"] for doctor in self.rows_at(page))  # the others are in neighboring departments

    def key(self, row: Any) -> str:
        return _slug(row["link"])

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        listed = row.value
        if listed and not listed["exact_match"]:
            return
        link = listed["link"].partition("?")[0] if listed else ""
        booking = await fetch.try_fetch(row.page.join(f"/booking/{_slug(link)}.json")) if listed else row.page
        if not booking:
            return
        data = booking.json["data"]
        agendas = [agenda for agenda in data.get("agendas") or () if not agenda.get("booking_disabled")]
        groups: dict[str, list[Any]] = {}
        for place in data["places"]:
            if not place.get("zipcode") or codes.in_region(place["zipcode"]):
                groups.setdefault(place.get("full_address") or place["id"], []).append(place)
        for places in groups.values():
            practices = {str(number) for place in places for number in _practices(place)}
            here = [agenda for agenda in agendas if practices & agenda["visit_motive_ids_by_practice_id"].keys()]
            found = _place(places, data.get("profile") or {}, link, _slug(booking.url.removesuffix(".json")))
            if here:
                yield found, list(_visit_reasons(data, here, practices, booking))
            else:
                yield visit_reasons.by_telephone(found), ()

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        url, query = reason.record
        query = {"start_date": day.isoformat(), **query, "insurance_sector": "public", "limit": WINDOW}
        page = await fetch.try_fetch(url, params=query)
        return visit_reasons.answer_of(page)

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        for day in answer["availabilities"]:
            for slot in day["slots"]:
                start = slot if isinstance(slot, str) else slot["start_date"]
                yield visit_reasons.Opening(start, SlotListing(start=start))

    def later(self, answer: Any) -> str:
        return answer.get("next_slot") or ""


def _slug(link: str) -> str:
    return urlsplit(link).path.rstrip("/").rpartition("/")[2].lower()


def _practices(place: Any) -> Sequence[Any]:
    return place.get("practice_ids") or [place["id"].rpartition("-")[2]]


def _visit_reasons(
    data: Any, agendas: list[Any], practices: set[str], page: Page
) -> Iterable[visit_reasons.VisitReason]:
    categories = {category["id"]: category["name"] for category in data.get("visit_motive_categories") or ()}
    for reason in data["visit_motives"]:
        category = categories.get(reason.get("visit_motive_category_id"), "")
        product, dose = DOSES.get(int(reason.get("ref_visit_motive_id") or 0), ("", ""))
        products = (product,) if product else vaccines.others_in(reason["name"])
        wanted = products or reason.get("first_shot_motive") is True
        if not wanted or reason.get("allow_new_patients") is False or FOR_STAFF.search(category):
            continue
        # Keep the order of the booking data: another order gives other answers.
        ids = [str(agenda["id"]) for agenda in agendas if _holds(agenda, reason["id"], practices)]
        if ids:
            params = {"visit_motive_ids": str(reason["id"]), "agenda_ids": "-".join(ids)}
            record = page.join("/availabilities.json"), params | {"practice_ids": "-".join(sorted(practices))}
            name = read.lines(reason["name"], category)
            yield visit_reasons.VisitReason(name, record, products=products, dose=dose)


def _holds(agenda: Any, reason: int, practices: set[str]) -> bool:
    return any(reason in agenda["visit_motive_ids_by_practice_id"].get(practice, ()) for practice in practices)


def _place(places: list[Any], profile: Any, link: str, slug: str) -> Listing:
    place, number = places[0], profile.get("id", "")
    ids = tuple(f"{number}pid{practice}" for one in places for practice in _practices(one))
    return Listing(
        id=ids[0],
        name=place.get("name") or profile.get("name_with_title") or slug,
        address=place.get("full_address") or place.get("address") or "",
        **read.given(place, city="city", postal_code="zipcode"),
        position=read.point(place, "latitude", "longitude"),
        info_phone=place.get("phone_number") or place.get("landline_number") or "",
        booking_url=urljoin("https://www.doctolib.fr", f"{link}?pid={place['id']}") if link else "",
        external_ids=tuple(("doctolib", one) for one in ids),
    )

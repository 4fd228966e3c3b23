"""Keldoc: booking pages of hospitals and vaccination centres in France.

- By agreement: a known user agent was let through.
- Fills in: places, position, times with product and dose if the visit reason or its category names them, the
  telephone number of a reason that is booked by telephone.
- Cannot fill in: how many people a time is for, times after the first days (only the next one that the system
  states).
- A source is a department's search, or the `resource` address of one clinic.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aggregator.adapter import DataRow, Fetch, Listing, Page, SlotListing, visit_reasons

BOOKING = "https://booking.keldoc.com/api/patients/v2"
TIMETABLES = "https://www.keldoc.com/api/patients/v2/timetables"
SPECIALTIES = (144, 153, 496)  # infectious diseases, and two called COVID19 - Vaccination
CENTRE = "Centre de vaccination COVID-19"
WINDOW = timedelta(days=4)
KEYS = ("type", "location", "slug")
RELEVANT = re.compile(r"inj|rappel|prem|unique|janssen|second|[1-4] ?[èe](?:re|me)", re.IGNORECASE)


class Keldoc(visit_reasons.VisitReasonAdapter):
    name = "keldoc"
    title = "Keldoc"
    rows = "results.section_1.data"  # the other sections cannot be booked online
    own_page = r"/searches/resource\?"
    asks = 1  # answers state the next opening to the minute

    def query(self, number: int, today: date) -> dict[str, str]:
        return {"page": str(number)}

    def more(self, page: Page) -> bool:
        return bool(page.json["options"]["next_page"])

    def key(self, row: Any) -> str:
        return "/".join(_clinic(row["url"]))

    async def places_in(self, row: DataRow, codes: visit_reasons.PostalCodes, fetch: Fetch) -> visit_reasons.Places:
        params = dict(zip(KEYS, _clinic(row["url"]), strict=True)) if row.value else {}
        found = await fetch.try_fetch(f"{BOOKING}/searches/resource", params=params) if row.value else row.page
        if not found:
            return
        clinic = found.json
        for specialty in filter(_vaccinates, clinic["specialties"]):
            root = f"{BOOKING}/clinics/{clinic['id']}/specialties/{specialty['id']}/cabinets"
            cabinets = clinic.get("cabinets")
            if cabinets is None:
                answer = await fetch.try_fetch(root)
                cabinets = _list(answer) if answer else ()
            for cabinet in cabinets:
                code = re.search(r"\b\d{5}\b", cabinet["location"])
                if code and codes.in_region(code[0]):
                    answer = await fetch.try_fetch(f"{root}/{cabinet['id']}/motive_categories")
                    place = _place(cabinet, clinic, specialty, found)
                    yield place, list(_visit_reasons(_list(answer))) if answer else None

    async def ask(self, reason: visit_reasons.VisitReason, day: date, fetch: Fetch) -> Any:
        number, agendas = reason.record
        span = [("from", day.isoformat()), ("to", (day + WINDOW).isoformat())]
        query = urlencode([*span, *(("agenda_ids[]", agenda) for agenda in agendas)])
        page = await fetch.try_fetch(f"{TIMETABLES}/{number}?{query}")
        return visit_reasons.answer_of(page)

    def openings(self, answer: Any) -> Iterable[visit_reasons.Opening]:
        elsewhere = answer.get("date") or answer.get("phone_number")
        days = {} if elsewhere else answer["availabilities"]
        for slot in (slot for day in days.values() for slot in day):
            agenda = slot["agenda_id"]
            if agenda is not None or slot.get("start_time"):  # with neither, the slot is a placeholder
                yield visit_reasons.Opening(
                    (slot["start_time"], str(agenda)), SlotListing(start=slot["start_time"], count=1)
                )

    def later(self, answer: Any) -> str:
        return answer.get("date") or ""

    def telephone(self, answer: Any) -> str:
        return answer.get("phone_number") or ""


def _clinic(url: str) -> list[str]:
    return url.strip("/").split("/")[: len(KEYS)]


def _vaccinates(specialty: Any) -> bool:
    skills = {skill["name"] for skill in specialty.get("skills") or ()}
    return specialty["id"] in SPECIALTIES or CENTRE in skills or "vaccin" in str(specialty.get("name")).lower()


def _list(answer: Page) -> list[Any]:
    if not isinstance(answer.json, list):
        raise answer.error("is not a list")
    return answer.json


def _visit_reasons(categories: list[Any]) -> Iterable[visit_reasons.VisitReason]:
    for category in categories:
        for reason in category["motives"]:
            relevant = RELEVANT.search(reason["name"]) or visit_reasons.is_vaccination(reason["name"])
            if relevant and reason.get("teleconsultation") is not True:
                record = reason["id"], [agenda["id"] for agenda in reason["agendas"]]
                yield visit_reasons.VisitReason(reason["name"], record, products=(reason["name"], category["name"]))


def _place(cabinet: Any, clinic: Any, specialty: Any, page: Page) -> Listing:
    params = parse_qs(urlsplit(page.url).query)
    path = "/".join(params[key][0] for key in KEYS)
    query = urlencode({"cabinet": cabinet["id"], "specialty": specialty["id"]})
    number = f"{clinic['id']}pid{cabinet['id']}" if str(clinic["id"]) != str(cabinet["id"]) else str(clinic["id"])
    return Listing(
        id=number,
        name=cabinet["name"],
        address=cabinet["location"],
        position=(cabinet["latitude"], cabinet["longitude"]),
        booking_url=f"https://vaccination-covid.keldoc.com/{path}?{query}",
    )

"""HealthPost widgets: Lowell General Hospital's vaccination stations, each a "doctor" with a calendar of 45 days.

- Official: the hospital's own booking page; no key.
- Fills in: the venue's name and address, single times, product and dose of each.
- Cannot fill in: phone (a placeholder). Dates have no year; we count from the request's.
"""

import json
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aggregator.adapter import (
    Adapter,
    Fetch,
    Html,
    Listing,
    Node,
    Page,
    Pages,
    Row,
    SlotListing,
    SourceInfo,
    fragment,
    text,
)

DAYS = 45
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ANSWER = re.compile(r"\A\s*HealthPost\.server_response_for_update\((.*)\);?\s*\Z", re.DOTALL)
NONE = ".no_availability"
DOSE = re.compile(r"\b(?:first|second|third) dose\b", re.IGNORECASE)
PATIENTS = {"new": "New patients only", "existing": "Established patients only"}


class Healthpost(Adapter):
    name = "healthpost"
    title = "HealthPost"
    options = {"stations": (), "location": ()}  # "{doctor id}-{slug}" of each; id of the practice's location

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        for station in source.options["stations"]:
            params = {
                "appointment_action": "new",
                "embed": "1",
                "start_at": f"{fetch.today} 00:00:00",
                "end_at": f"{fetch.today + timedelta(days=DAYS)} 00:00:00",
                "num_of_days": str(DAYS),
                "practice_location_id": source.options["location"],
                "html_container_id": "appointments",
            }
            url = urlsplit(source.url)._replace(path=f"/doctors/{station}/time_slots", query="").geturl()
            if page := await fetch.try_fetch(url, params=params):
                yield page

    def rows_of(self, page: Page) -> list[tuple[dict[str, Any], Html]]:
        answer = json.loads(page.found(ANSWER)[1])
        part = fragment(answer.get("time_slots_div") or "")
        if not part.css_matches(f"td.slots li.slot, {NONE}"):
            raise page.error("contains neither a slot nor a text that there is none")
        return [(answer, part)]

    def listing(self, row: Row) -> Listing:
        answer, part = row.value
        first = date.fromisoformat(parse_qs(urlsplit(row.page.url).query)["start_at"][0][:10])
        days = [_day(text(head), first) for head in part.css(".day-date")]
        columns = zip(days, part.css("td.slots"), strict=True)
        slots = tuple(
            _slot(answer["doctor_id"], day, slot) for day, column in columns for slot in column.css("li.slot")
        )
        place = part.css_first(".availability_locations")
        station = f"{answer['practice_location_id']}:{answer['doctor_id']}"
        return Listing(
            name=place.text(deep=False, strip=True) if place else "",
            address=text(place, ".location-address"),
            booking_url=row.source.url,
            restrictions=answer["profile"].get("message_about_scheduling") or "",
            external_ids=((self.name, station),),
            count=0 if part.css_matches(NONE) else None,
            no_if_empty=True,
            slots=slots,
        )


def _day(head: str, first: date) -> date:
    """The date of "Mar  1": the next one, counted from the month of `first`."""
    name, number = head.split()
    month = MONTHS.index(name) + 1
    return date(first.year + (month < first.month), month, int(number))


def _slot(station: object, day: date, slot: Node) -> SlotListing:
    reasons = [text(reason) for reason in slot.css(".list_of_reason_for_visits li")]
    kinds = (slot.attributes["class"] or "").split()
    return SlotListing(
        id=str(station),
        start=f"{day} {text(slot, 'a')}",
        count=1,
        products=tuple(DOSE.sub("", reason) for reason in reasons),
        doses=tuple(reasons),
        restrictions=next((PATIENTS[kind] for kind in kinds if kind in PATIENTS), ""),
    )

"""PrimaryBio event pages in Colorado: Centura Health's drive-up events and the Denver Ball Arena.

- Unofficial: the page's own request, with the token that the page gives to everyone.
- Not verified: written from published code; we have no recording of the system.
- Fills in: events with address, position, product, every free time. A time has room for at least one person.
- Cannot fill in: counts, phones.
- If both doses are booked together, a first time counts only if a second one follows it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aggregator.adapter import (
    DataRow,
    Fetch,
    JsonAdapter,
    Listing,
    LocationType,
    Page,
    Pages,
    SlotListing,
    SourceInfo,
    attr,
    read,
)

LEEWAY = timedelta(hours=8)
FOLLOW_UP = "follow_up_test_configuration_id"  # equal for events whose second doses belong together
LAST = "last_time"  # our own key: the last time of all events with the same FOLLOW_UP
BOOKING_PAGES = {
    "centuramassvaccine": "https://www.centura.org/covid-19/covid-19-vaccine-information/vaccine-events",
    "truecare24-cdphe": "https://covid-19-vaccinations.truecare24.com/colorado-vaccines-for-all/",
}
ZIPS = {"Colorado Springs, CO": "80906", "Commerce City, CO": "80022"}  # of the two sites that are listed without one


class Centura(JsonAdapter):
    name = "centura"
    title = "Centura Health"
    guest_session = True
    rows = "appointment_slot_groups"
    location_type = LocationType.MASS_VAX
    lists_only_available = True
    whole_rows = True

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        front = await fetch(source.url)
        fetch.send_token(front, "X-CSRF-Token", attr(front.html, "meta[name=csrf-token]", "content"))
        yield await fetch(front.join(f"/test_groups/{_group(source)}/appointment_slot_availabilities"), json={})

    def rows_of(self, page: Page) -> Iterable[Any]:
        events = super().rows_of(page)
        with suppress(AttributeError, KeyError, TypeError, ValueError):  # then only events with follow-ups fail
            last = _last_times(events)
            return [event | {LAST: last.get(event[FOLLOW_UP])} for event in events]
        return events

    def listing(self, row: DataRow) -> Listing | None:
        if not read.flag(row, "active"):
            return None
        title, both, address = row["title"], row["follow_up_required"], row["address"].removesuffix(", USA")
        code = next((code for town, code in ZIPS.items() if address.endswith(town)), "")
        slots = tuple(
            SlotListing(start=start.isoformat(), products=read.vaccines_in(title), doses=("1", "2") if both else ())
            for start in _first_times(row)
        )
        return Listing(
            id=str(int(row["id"])),
            name=title,
            address=f"{address} {code}".strip(),
            position=(row["latitude"], row["longitude"]),
            booking_url=BOOKING_PAGES.get(_group(row.source), row.source.url),
            restrictions=title if re.search(r"\bonly\b|\bdose\b|\d\s*\+", title, re.IGNORECASE) else "",
            no_if_empty=True,
            slots=slots,
        )


def _group(source: SourceInfo) -> str:
    return source.url.rstrip("/").rpartition("/")[2]


def _first_times(event: Any) -> Iterator[datetime]:
    """Yields the times that can be booked.

    If a second dose must follow, these are the times with a later one at the same event, and early enough before the
    last time of all events with the same follow-up.
    """
    times = _times(event)
    if not read.flag(event, "follow_up_required") or not times:
        yield from times
        return
    shortest = timedelta(days=event["follow_up_minimum_days"])
    longest = timedelta(days=event["follow_up_maximum_days"])
    in_order = sorted(times)
    for first in times:
        later = bisect_right(in_order, first + shortest - LEEWAY)
        follows = later < len(in_order) and in_order[later] < first + longest + LEEWAY
        if follows and first <= event[LAST] - shortest:
            yield first


def _last_times(events: Iterable[Any]) -> dict[Any, datetime]:
    """The last time of all events with the same follow-up, by follow-up."""
    last: dict[Any, datetime] = {}
    for event in events:
        if times := _times(event):
            last[event[FOLLOW_UP]] = max(*times, last.get(event[FOLLOW_UP], times[0]))
    return last


def _times(event: Any) -> list[datetime]:
    return [datetime.fromisoformat(slot["starts_at"]) for slot in event["appointment_slots"]]

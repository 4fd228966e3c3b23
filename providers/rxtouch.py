"""RxTouch "rbssched": the pharmacy scheduler of Stop & Shop and Hannaford.

- Semi-official: the public booking page's own requests; no agreement, no key. Sometimes it shows a captcha or a
  waiting room; then we stop.
- Not verified: written from published code; we have no recording of the system.
- Fills in: stores with openings within 50 miles of a ZIP code, with address and every free time of this month and the
  next.
- Cannot fill in: product, dose, position.
- A session answers about ten ZIP codes, so a source has at most that many.
"""

import re
from datetime import timedelta
from typing import Any, NamedTuple

from aggregator.adapter import (
    Fetch,
    Listing,
    LocationType,
    Page,
    PageAdapter,
    Pages,
    Row,
    SlotListing,
    SourceInfo,
    read,
)

NONE_NEAR = "There are no locations with available appointments"


class Facility(NamedTuple):
    """A store's label, its free times, and whether every part of its calendar was answered."""

    label: str
    times: list[str]
    complete: bool


class RxTouch(PageAdapter):
    name = "rxtouch"
    title = "RxTouch pharmacy scheduler"
    guest_session = True
    location_type = LocationType.PHARMACY
    lists_only_available = True
    options = {"chain": (), "appointment_type": (), "zips": ()}  # the chain's name, a number as text, a list

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        base, kind = source.url.partition("/Patient/")[0], source.options["appointment_type"]
        seen: set[str] = set()
        await fetch(source.url)  # starts the session
        for place in source.options["zips"]:
            fields = {"zip": place, "appointmentType": kind}
            near = await fetch.try_fetch(f"{base}/Patient/CheckZipCode", form=fields | {"PatientInterfaceMode": "0"})
            if near is None or _nothing_near(near):
                continue
            stores = await fetch(f"{base}/Patient/Schedule", params=fields)
            new = {facility: label for facility, label in _facilities(stores).items() if facility not in seen}
            seen.update(new)
            for facility, label in new.items():
                times, complete = await _times(base, facility, kind, fetch)
                info = await fetch(f"{base}/Facility/GetInfo", form={"facilityId": facility})
                yield info.with_context(Facility(label, times, complete))

    def listing(self, row: Row) -> Listing:
        store, chain = row.page.json, row.source.options["chain"]
        found: Facility = row.context
        number = re.search(r"#(\d+)", found.label)
        facility = str(int(store["FacilityId"]))
        slots = tuple(SlotListing(start=time, count=1) for time in found.times)
        return Listing(
            name=f"{chain} #{number[1]}" if number else found.label,
            id=facility,
            **read.copied(store, address=("Address",), city="City", postal_code="Zip"),
            booking_url=row.source.url,
            external_ids=((f"rxtouch-{chain.lower().replace(' ', '_')}", facility),),
            no_if_empty=True,
            complete=found.complete,
            slots=slots,
        )


async def _times(base: str, facility: str, kind: str, fetch: Fetch) -> tuple[list[str], bool]:
    """The free times of this month and the next, and whether every request for them was answered."""
    first, times = fetch.today.replace(day=1), list[str]()
    for month in (first, (first + timedelta(days=31)).replace(day=1)):
        fields = {"facilityId": facility, "month": str(month.month), "year": str(month.year)}
        shown = fields | {"snapCalendarToFirstAvailMonth": "false"}
        days = await _data(fetch, f"{base}/Calendar/PatientCalendar", shown)
        if days is None:
            return times, False
        for number in (day["DayNumber"] for day in days["Days"] if read.flag(day, "Available")):
            form = fields | {"day": str(number), "appointmentTypeId": kind}
            rows = await _data(fetch, f"{base}/Calendar/PatientCalendarDay", form)
            if rows is None:
                return times, False
            day = month.replace(day=number)
            times += [f"{day:%m/%d/%Y} {row['RowTitle']}" for row in rows["Rows"]]  # may be empty
    return times, True


async def _data(fetch: Fetch, url: str, form: dict[str, str]) -> dict[str, Any] | None:
    page = await fetch.try_fetch(url, form=form)
    return page.json["Data"] if page and page.json["Success"] is True else None


def _nothing_near(page: Page) -> bool:
    """Whether an answer, a JSON string, states that nothing is free near the ZIP code; "" means that something is."""
    if page.json == "":
        return False
    if isinstance(page.json, str) and NONE_NEAR in page.json:
        return True
    raise page.error(f"answered {page.json!r} for a ZIP code; check that options.zips has at most ten valid ones")


def _facilities(page: Page) -> dict[str, str]:
    """The number of each store with openings -> its label."""
    nodes = page.html.css("select#facility option")
    found = {value: node.text(strip=True) for node in nodes if (value := node.attributes.get("value") or "").strip("0")}
    if not found:
        raise page.error("has no store in select#facility; open it in a browser and check options.zips")
    if "</select>" not in page.text:
        raise page.error("is cut off inside select#facility; the next visit tries again")
    return found

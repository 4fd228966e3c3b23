"""Epic MyChart open scheduling: what a hospital on Epic lets people book without an account.

- Official: the hospital's own portal; no agreement, no key. The schedule needs the hidden token that its page gives
  to everyone.
- Fills in: departments with their address, single times, dose and product if the visit type names them.
- Cannot fill in: position, phone, how long a visit takes, who may come. Some departments give the organisation's
  address as theirs (`options.address` replaces it).
- Not verified: hospitals of Mass General Brigham share an entrance page, which leads to their portal by
  `options.institution`; this path is written from published code.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aggregator.adapter import Fetch, JsonAdapter, Listing, Page, Pages, Row, SlotListing, SourceInfo, attr, read

WEEKS = 4  # one answer covers a week
VERIFICATION = (
    "__RequestVerificationToken"  # the name of the page's hidden field, and of the header that sends its value
)
FIELD = f"input[name={VERIFICATION}]"
EMBEDDED = re.compile(r"https://(?:(?!https://)[^\"'\s<>\\])+/EmbeddedSchedule\?[^\"'\s<>\\]+", re.IGNORECASE)
ANY_DAY = {str(day): True for day in range(7)}
ANY_TIME = {"Providers": {}, "Departments": {}, "DaysOfWeek": ANY_DAY, "TimesOfDay": "both"}
DOSE = re.compile(r"\b(?:1st|2nd|3rd|first|second|third)(?: dose)?\b", re.IGNORECASE)


class MyChart(JsonAdapter):
    name = "mychart"
    title = "MyChart open scheduling"
    guest_session = True
    lists_only_available = True  # a portal without openings lists no departments
    options = {
        "schedule": (),  # the path that returns times; its case differs between hosts
        "specialty": (),  # this or `department`, with `visit_type`, if the page's URL has no ids
        "visit_type": (),
        "department": (),
        "institution": (),
        "gate": (),  # fetched first: it redirects to a page "No_Slots" if nothing is open
        "address": (),
        "booking_url": (),
        "restrictions": (),
    }

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        given = source.options
        if "gate" in given and "No_Slots" in (await fetch(given["gate"])).url:
            return
        schedule_page = await _schedule_page(source, fetch)
        fetch.send_token(schedule_page, VERIFICATION, attr(schedule_page.html, FIELD, "value"))
        form = {"view": "grouped", "filters": json.dumps(ANY_TIME)} | _ids(given, schedule_page)
        for week in range(WEEKS):
            start = {"start": (fetch.today + timedelta(weeks=week)).isoformat()}
            page = await fetch(schedule_page.join(given["schedule"]), params={"noCache": "1"}, form=form | start)
            if week and page.json["ErrorCode"] == "StartDateTooFarInFuture":
                return
            yield page

    def rows_of(self, page: Page) -> list[str]:
        answer = page.json if isinstance(page.json, dict) else {}
        days, departments = answer.get("AllDays"), answer.get("AllDepartments")
        if answer.get("ErrorCode") or not isinstance(days, dict) or not isinstance(departments, dict):
            raise page.error(f"answered with the error {answer.get('ErrorCode')!r} instead of a schedule")
        return list(dict.fromkeys([*departments, *(day["DepartmentID"] for day in days.values())]))

    def listing(self, row: Row) -> Listing:
        number, page, given = row.value, row.page, row.source.options
        place = page.json["AllDepartments"][number]
        at = {} if "address" in given else place["Address"]
        # A department has one day for each of its providers.
        days = {key: day for key, day in page.json["AllDays"].items() if day["DepartmentID"] == number}
        slots = tuple(_slot(key, day, slot) for key, day in days.items() for slot in day["Slots"])
        return Listing(
            name=place["Name"],
            id=number,
            address=tuple(at["Street"]) if at else given["address"],
            **read.given(at, city="City", state="StateName", postal_code="PostalCode"),
            booking_url=given.get("booking_url", row.source.url),
            restrictions=given.get("restrictions", ""),
            external_ids=((f"mychart-{urlsplit(page.url).hostname}", number),),
            no_if_empty=True,
            slots=slots,
        )


async def _schedule_page(source: SourceInfo, fetch: Fetch) -> Page:
    """Fetches the page whose token the schedule needs."""
    front = await fetch(source.url)
    if "institution" in source.options:
        fetch.send_token(front, "RequestVerificationToken", attr(front.html, FIELD, "value"))
        session = await fetch(front.join("/Home/CreateSession"), json={})
        chosen = {"Institution": source.options["institution"], "tokenStr": session.text}
        return await fetch((await fetch(front.join("/Home/RedirectUrl"), form=chosen)).text.strip())
    embedded = EMBEDDED.search(unescape(front.text))
    if embedded and not front.html.css_matches(FIELD):
        return await fetch(embedded[0])  # the ids in this link change without notice
    return front


def _ids(given: Mapping[str, str], schedule_page: Page) -> dict[str, str]:
    """The query ids of the schedule, from the source's options or else from the page's URL."""
    if "specialty" in given:
        return {"specList": given["specialty"], "vtList": given["visit_type"]}
    if "department" in given:
        return {"dept": given["department"], "vt": given["visit_type"]}
    query = dict(parse_qsl(urlsplit(schedule_page.url).query))
    return {key: query[key] for key in ("id", "dept", "vt")}


def _slot(key: str, day: dict[str, Any], slot: dict[str, Any]) -> SlotListing:
    visit = day.get("VisitTypeName") or ""
    start = f"{day['DateISO']}T{slot['StartTimeISO']}"
    return SlotListing(id=key, start=start, count=1, products=(DOSE.sub("", visit),), doses=(visit,))

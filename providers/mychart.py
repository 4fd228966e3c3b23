"""Epic MyChart open scheduling: what a hospital on Epic lets people book without an account.

Official: the hospital's own portal, no agreement, no key. Fills in: departments with their address, single times, dose
and product as far as the visit type names them. Cannot: position, phone, how long a visit takes, who may come; some
departments give the organisation's address for their own (`options.address`). The schedule wants the hidden token of
its page; it is sent as the form field of that name. Mass General Brigham's three steps are not built.
"""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aggregator.adapter import Available, Fetch, JsonAdapter, Listing, Page, PageError, SlotListing, SourceInfo

WEEKS = 4  # one answer covers a week
PROOF = "__RequestVerificationToken"  # the hidden field of the page without which its host refuses
EMBEDDED = re.compile(r"https://[^\"'\s<>\\]+/EmbeddedSchedule\?[^\"'\s<>\\]+", re.IGNORECASE)
ANY_TIME = {
    "Providers": {},
    "Departments": {},
    "DaysOfWeek": {str(day): True for day in range(7)},
    "TimesOfDay": "both",
}
DOSE = re.compile(r"\b(?:1st|2nd|3rd|first|second|third)(?: dose)?\b", re.IGNORECASE)


class MyChart(JsonAdapter):
    name = "mychart"
    title = "MyChart open scheduling"
    lists_only_available = True  # a portal without any opening shows none of its departments
    options = {
        "schedule": (),  # the path that is asked for times: its case differs from host to host
        "specialty": (),
        "visit_type": (),
        "gate": (),  # asked first: it leads to a page "No_Slots" where nothing is open
        "address": (),
        "booking_url": (),
        "restrictions": (),
    }

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        given = source.options
        if "gate" in given and "No_Slots" in (await fetch(given["gate"])).url:
            return
        door = await fetch(source.url)
        embedded = EMBEDDED.search(unescape(door.text))
        if embedded and not door.html.css_matches(f"input[name={PROOF}]"):
            door = await fetch(embedded[0])  # the ids in this link change without notice
        token = door.html.css_first(f"input[name={PROOF}]")
        if token is None:
            raise PageError(f"{door.url} has no {PROOF}; does it ask for a login, or has its layout changed?")
        form = {"view": "grouped", "filters": json.dumps(ANY_TIME), PROOF: token.attributes.get("value") or ""}
        if "specialty" in given:
            form |= {"specList": given["specialty"], "vtList": given["visit_type"]}
        else:
            query = dict(parse_qsl(urlsplit(door.url).query))
            form |= {key: query[key] for key in ("id", "dept", "vt")}
        for week in range(WEEKS):
            start = {"start": (fetch.today + timedelta(weeks=week)).isoformat()}
            page = await fetch(door.join(given["schedule"]), params={"noCache": "1"}, form=form | start)
            if week and page.json["ErrorCode"] == "StartDateTooFarInFuture":
                return
            yield page

    def rows_of(self, page: Page) -> list[str]:
        answer = page.json if isinstance(page.json, dict) else {}
        days, departments = answer.get("AllDays"), answer.get("AllDepartments")
        if answer.get("ErrorCode") or not isinstance(days, dict) or not isinstance(departments, dict):
            raise PageError(f"{page.url} answers with the error {answer.get('ErrorCode')!r} and no schedule")
        return list(dict.fromkeys([*departments, *(day["DepartmentID"] for day in days.values())]))

    def listing(self, row: str, page: Page, source: SourceInfo) -> Listing:
        place, given = page.json["AllDepartments"][row], source.options
        at = {} if "address" in given else place["Address"]
        # a department has a day for each of its providers, and weeks share their first and last day
        days = [day for key, day in page.json["AllDays"].items() if day["DepartmentID"] == row and self.once(key)]
        slots = tuple(_slot(day, slot) for day in days for slot in day["Slots"])
        return Listing(
            name=place["Name"],
            id=row,
            address=tuple(at["Street"]) if at else given["address"],
            city=at.get("City") or "",
            state=at.get("StateName") or "",
            postal_code=at.get("PostalCode") or "",
            booking_url=given.get("booking_url", source.url),
            restrictions=given.get("restrictions", ""),
            external_ids=((f"mychart-{urlsplit(page.url).hostname}", row),),
            available=None if slots else Available.NO,
            slots=slots,
        )


def _slot(day: dict[str, Any], slot: dict[str, Any]) -> SlotListing:
    visit = day.get("VisitTypeName") or ""
    return SlotListing(
        start=f"{day['DateISO']}T{slot['StartTimeISO']}",
        count=1,
        products=(DOSE.sub("", visit),),
        doses=(visit,),
    )

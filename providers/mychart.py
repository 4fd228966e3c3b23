"""Epic MyChart open scheduling: what a hospital on Epic lets people book without an account.

Official: the hospital's own portal, no agreement, no key. Fills in: departments with their address, single times, dose
and product as far as the visit type names them. Cannot: position, phone, how long a visit takes, who may come; some
departments give the organisation's address for their own (`options.address`). The schedule wants the hidden token that
its page hands to everybody. Hospitals of Mass General Brigham stand behind one door, which leads to their portal by
`options.institution`; that way was never seen by us, its shape is from published code.
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
PROOF = "__RequestVerificationToken"  # the header that hosts want what stands in the page's hidden field in
FIELD = f"input[name={PROOF}]"
EMBEDDED = re.compile(r"https://(?:(?!https://)[^\"'\s<>\\])+/EmbeddedSchedule\?[^\"'\s<>\\]+", re.IGNORECASE)
ANY_DAY = {str(day): True for day in range(7)}
ANY_TIME = {"Providers": {}, "Departments": {}, "DaysOfWeek": ANY_DAY, "TimesOfDay": "both"}
DOSE = re.compile(r"\b(?:1st|2nd|3rd|first|second|third)(?: dose)?\b", re.IGNORECASE)


class MyChart(JsonAdapter):
    name = "mychart"
    title = "MyChart open scheduling"
    lists_only_available = True  # a portal without any opening shows none of its departments
    options = {
        "schedule": (),  # the path that is asked for times: its case differs from host to host
        "specialty": (),  # this or `department`, with `visit_type`, where the page's own address has no ids
        "visit_type": (),
        "department": (),
        "institution": (),
        "gate": (),  # asked first: it leads to a page "No_Slots" where nothing is open
        "address": (),
        "booking_url": (),
        "restrictions": (),
    }

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        given = source.options
        if "gate" in given and "No_Slots" in (await fetch(given["gate"])).url:
            return
        door = await _door(source, fetch)
        fetch.send_token(door, PROOF, attr(door.html, FIELD, "value"))
        form = {"view": "grouped", "filters": json.dumps(ANY_TIME)} | _ids(given, door)
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
            raise page.error(f"answers with the error {answer.get('ErrorCode')!r} and no schedule")
        return list(dict.fromkeys([*departments, *(day["DepartmentID"] for day in days.values())]))

    def listing(self, row: Row) -> Listing:
        number, page, given = row.value, row.page, row.source.options
        place = page.json["AllDepartments"][number]
        at = {} if "address" in given else place["Address"]
        # a department has a day for each of its providers
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


async def _door(source: SourceInfo, fetch: Fetch) -> Page:
    """The page whose token the schedule wants."""
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


def _ids(given: Mapping[str, str], door: Page) -> dict[str, str]:
    """What the schedule is asked for: of the source's options, else of the page's own address."""
    if "specialty" in given:
        return {"specList": given["specialty"], "vtList": given["visit_type"]}
    if "department" in given:
        return {"dept": given["department"], "vt": given["visit_type"]}
    query = dict(parse_qsl(urlsplit(door.url).query))
    return {key: query[key] for key in ("id", "dept", "vt")}


def _slot(key: str, day: dict[str, Any], slot: dict[str, Any]) -> SlotListing:
    visit = day.get("VisitTypeName") or ""
    start = f"{day['DateISO']}T{slot['StartTimeISO']}"
    return SlotListing(id=key, start=start, count=1, products=(DOSE.sub("", visit),), doses=(visit,))

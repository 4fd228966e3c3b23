"""Cal.com: booking pages of clinics, pharmacies, and offices.

- Official: the documented API for free times, "no API key is needed", and the pages' own Markdown. Terms on automated
  reading were not found. Shape from documents and published code, never seen by us.
- Fills in: address, every time of two weeks with its end, free seats of group appointments.
- Cannot fill in: products and ages other than in titles; how many people a time without seats is for. A host whose
  calendar is disconnected looks full, and one that opens its times later does, too.
- The source's URL is a host's `…/llms.txt` or one event type's `….md`. Without them, list `options.event_types`: `{ id,
  name, link, minutes, address }`. `options.address` replaces labels such as "In Person (Organizer Address)", and
  `options.api` is that of a host that runs the software itself. We never book, nor hold a time.
"""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from aggregator.adapter import Available, Fetch, Listing, Page, PageAdapter, Pages, Row, SlotListing, SourceInfo, read

API = "https://api.cal.com/v2/slots"
NONE = "No public event types."
AHEAD = timedelta(days=14)
FACT = re.compile(r"^- ([A-Z][\w ]*): (.+)$", re.MULTILINE)
WHO = re.compile(r" \(([^()\d]{0,40}\d[^()]{0,40})\)")  # "RSV (60+)"
MINUTES = re.compile(r"\d{1,4},? ")  # of several lengths, the first is the default
ONLINE = re.compile(r"Cal Video|Google Meet|Zoom|Teams|Jitsi|Phone", re.IGNORECASE)


class EventType(NamedTuple):
    """What can be booked: one kind of appointment at one place."""

    id: str
    name: str
    link: str
    minutes: int
    address: str = ""
    zone: str = ""
    product: str = ""
    who: str = ""
    description: str = ""


class CalCom(PageAdapter):
    name = "cal_com"
    title = "Cal.com"
    headers = {"cal-api-version": "2024-09-04"}
    answers = frozenset({404})  # the host removed the event type
    may_be_empty = True
    options = dict.fromkeys(("event_types", "address", "api"), ())

    async def pages(self, source: SourceInfo, fetch: Fetch) -> Pages:
        links = [source.url.removesuffix(".md")]
        if source.url.endswith("/llms.txt"):
            start = await fetch(source.url)
            lines = [line for line in start.text.splitlines() if line.startswith("- [") and "event type id" in line]
            links = [line.partition("](")[2].partition(")")[0] for line in lines]
            if not links and NONE not in start.text:
                raise start.error(f"lists no event types and does not say {NONE!r}")
        offset = ZoneInfo(source.time_zone).utcoffset(datetime.combine(fetch.today, time(12)))
        first = fetch.today - timedelta(days=bool(offset and offset > timedelta()))  # the API counts days in UTC
        async for kind in _event_types(links, source, fetch):
            span = {"start": f"{first}", "end": f"{fetch.today + AHEAD}", "timeZone": kind.zone or source.time_zone}
            if page := await fetch.try_fetch(source.options.get("api", API), params={"eventTypeId": kind.id} | span):
                yield page.with_context(kind)

    def listing(self, row: Row) -> Listing:
        kind: EventType = row.context
        answer = row.page.json
        gone = row.page.status == 404 and "not found" in answer["error"]["message"].lower()
        data = {} if gone else answer["data"]
        return Listing(
            name=kind.name,
            address=kind.address,
            description=kind.description,
            restrictions=kind.who,
            booking_url=kind.link,
            external_ids=((self.name, kind.id),),
            available=Available.UNKNOWN if gone else None,
            slots=tuple(_slot(slot, kind) for day in data.values() for slot in day),
            no_if_empty=not gone,
        )


async def _event_types(links: list[str], source: SourceInfo, fetch: Fetch) -> AsyncIterator[EventType]:
    """The event types of `options.event_types`, or else those of the pages, without those that take place online."""
    if "event_types" in source.options:
        for one in source.options["event_types"]:
            yield EventType(**(one | {"id": str(one["id"])}))
        return
    for link in links:
        page = await fetch.try_fetch(f"{link}.md")
        facts = dict(FACT.findall(page.text.partition("\n## ")[0])) if page else {}
        if page and not ({"Host", "Event type id"} <= facts.keys() and MINUTES.match(facts.get("Duration", ""))):
            fetch.damaged(page.url, "has no host, event type id, or duration in minutes")
        elif page and not ONLINE.match(facts.get("Location", "")):
            yield _described(page, link, facts, source)


def _described(page: Page, link: str, facts: Mapping[str, str], source: SourceInfo) -> EventType:
    """One event type as its page describes it: "Flu (60+) – Town Hall with Harbor County"."""
    heading = page.text.partition("\n")[0].removeprefix("# ").removesuffix(f" with {facts['Host']}")
    title, _, place = heading.replace(" — ", " – ").partition(" – ")
    who = WHO.search(title)
    location = facts.get("Location", "")
    return EventType(
        id=facts["Event type id"],
        name=place or facts["Host"],
        link=facts.get("Booking page", link),
        minutes=int(facts["Duration"].partition(" ")[0].rstrip(",")),
        address=location if re.search(r"\d", location) else source.options.get("address", ""),
        zone=facts.get("Host time zone", ""),
        product=WHO.sub("", title),
        who=who[1] if who else "",
        description=" ".join(re.findall(r"^> (.+)$", page.text, re.MULTILINE)),
    )


def _slot(slot: Mapping[str, Any], kind: EventType) -> SlotListing:
    return SlotListing(
        start=slot["start"],
        end=slot.get("end") or read.later(slot["start"], kind.minutes),
        count=slot.get("seatsRemaining"),  # only group appointments have seats
        products=(kind.product,) if kind.product else (),
        booking_url=kind.link,
    )

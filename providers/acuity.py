"""Acuity Scheduling (as.me, app.acuityscheduling.com): one practice's public calendar, in any of its three layouts.

- Official: the practice's own booking page; no agreement, no key.
- Fills in: times (`weekly`), free places of each class (`class`), or days (`monthly`).
- Cannot fill in: when an appointment ends; name, address, and restrictions, which the page has as free text at best
  (`options` give them).
- `options.offer` selects the appointment types on the page whose name contains that text.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from aggregator.adapter import Available, Fetch, Listing, OnePlaceAdapter, Page, Row, SlotListing, SourceInfo, line

# The calendars fetched in a visit: weekly ones never end, and one request of 27 days covers a month.
WINDOWS = {"weekly": 2, "class": 40, "monthly": 3}
NEXT = "a.calendar-next, a[href*=showCalendar]:not([class*=prev])"  # found by its class or by its link
NOTHING = "#no-times-available-message, .no-dates-available"
CLASSES = "table.class-list tr:not(.visible-xs):has(.class-signup-container)"  # the page has each class twice
CLOSED = re.compile(r"types are private, none are available|no appointment types available for scheduling")
TYPE = re.compile(r"typeToCalendars\[(\d+)\]\s*=\s*\[\[(\d+),\s*'((?:[^'\\]|\\.)*)'")


class Offer(NamedTuple):
    """The numbers of an appointment type and its calendar. `none`: the page offers no type with the configured name."""

    type: str
    calendar: str
    name: str = ""
    none: bool = False


class Acuity(OnePlaceAdapter):
    name = "acuity"
    title = "Acuity Scheduling"
    # Without a kind, the page is read as it is served.
    options = {**OnePlaceAdapter.options, "kind": tuple(WINDOWS), "type": (), "calendar": (), "offer": (), "days": ()}

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        given = source.options
        kind, named = given.get("kind"), Offer(given.get("type", ""), given.get("calendar", ""))
        offers = [named]
        if not kind or "offer" in given:
            page = await fetch(source.url)
            offers = list(dict.fromkeys(_offers(page, given.get("offer", ""))))
            none = "offer" in given and not offers and bool(TYPE.search(page.text))
            if not kind or not offers:
                yield page.with_context(named._replace(none=none))
                return
        for offer in offers:
            form = {"type": offer.type, "calendar": offer.calendar, "skip": "true", "options[qty]": "1"}
            if kind == "weekly":
                form["options[numDays]"] = given.get("days", "27")
            async for page in _windows(source.url, kind, form, fetch):
                yield page.with_context(offer)

    def rows_of(self, page: Page) -> tuple[Page]:
        if not any(_slots(page, "", "")) and not _says_none(page) and not page.context.none:
            raise page.error("shows neither times nor a text that there are none")
        return (page,)

    def listing(self, row: Row) -> Listing:
        owner = parse_qs(urlsplit(row.source.url).query).get("owner", [""])[0]
        offer: Offer = row.context
        number = ":".join(filter(None, (owner, offer.calendar, offer.type)))
        slots = tuple(_slots(row.page, number, offer.name))
        return self.place(
            row,
            external_ids=((self.name, number),) if owner else (),
            slots=slots,
            available=Available.NO if not slots and _says_none(row.page) else None,
            no_if_empty=offer.none,
        )


async def _windows(url: str, kind: str, form: dict[str, str], fetch: Fetch) -> AsyncIterator[Page]:
    """Yields one calendar after the other: after an empty one, the next may have times."""
    url = urlsplit(url)._replace(path="/schedule.php").geturl()  # pages of single shops have other paths
    further: dict[str, str] | None = {}
    for _ in range(WINDOWS[kind]):
        if further is None:
            return
        fields = {"action": "showCalendar", "fulldate": "1", "template": kind}
        page = await fetch(url, params=fields, form=form | further)
        yield page
        further = None if _is_closed(page) else _further(page, kind)


def _further(page: Page, kind: str) -> dict[str, str] | None:
    """The form fields that request the next calendar: the next month, or what "More Times" would send."""
    if kind == "monthly":
        months = page.html.css_first("#chooseMonthSched")
        if months is None:
            raise page.error("has no list of months")
        month = months.css_first("option[selected] + option")
        return {"month": month.attributes["value"] or ""} if month else None
    link = page.html.css_first(NEXT)
    if link is None:
        return None
    href = unquote(link.attributes["href"] or "")
    fields = [(f"options[nextprev][{start}]", day) for start, day in re.findall(r'"([\d-]{10})":"([\d-]{10})"', href)]
    fields += [("options[offset]", offset) for offset in re.findall(r"offset:\s*(\d+)", href)]
    if not fields:
        raise page.error(f"has the next-link {href!r} without an offset or a day; see what a browser sends for it")
    return dict([("month", month) for month in re.findall(r"showCalendar\('([^']*)'", href)] + fields)


def _offers(page: Page, wanted: str) -> Iterator[Offer]:
    """Yields the offers of a page whose type or calendar has a label that contains `wanted`."""
    if TYPE.search(page.text) and not page.html.css_matches("label[for^=appointmentType-]"):
        raise page.error("has no label for any of its appointment types")
    for kind, calendar, with_whom in TYPE.findall(page.text):
        label = line(page.html.css_first(f"label[for='appointmentType-{kind}']"))
        named = next((name for name in (label, with_whom) if wanted.lower() in name.lower()), "")
        if named and "unavailable" not in named.lower():
            yield Offer(kind, calendar, named)


def _says_none(page: Page) -> bool:
    """Whether the page states that nothing is open: in words, or by marking each of its classes as full."""
    full = ["class-full" in (row.attributes.get("class") or "") for row in page.html.css(CLASSES)]
    return page.html.css_matches(NOTHING) or _is_closed(page) or (bool(full) and all(full))


def _is_closed(page: Page) -> bool:
    return bool(CLOSED.search(" ".join(line(alert) for alert in page.html.css(".alert-danger"))))


def _slots(page: Page, number: str, offer: str) -> Iterator[SlotListing]:
    """Yields the openings; PageError for a class that is neither full nor has a button. `number` is the calendar's."""
    product = offer.rpartition(" - ")[2]
    shared: dict[str, Any] = {"id": number, "doses": (offer,), "restrictions": offer}
    shared["products"] = (product,) if product else ()
    for time in page.html.css("input[name='time[]']"):
        yield SlotListing(start=time.attributes["value"] or "", count=1, **shared)
    for row in page.html.css(CLASSES):
        button, full = row.css_first("a.btn-class-signup"), "class-full" in (row.attributes.get("class") or "")
        if button is None and not full:
            raise page.error("has a class that is neither full nor has a sign-up button")
        if button is None:
            continue  # a full class still shows a number, which means nothing
        left = re.search(r"\d+", line(button.parent, ".num-slots-available-container"))
        yield SlotListing(start=button.attributes["data-time"] or "", count=left[0] if left else None, **shared)
    for day in page.html.css("td.scheduleday.activeday"):
        yield SlotListing(start=day.attributes["day"] or "", days_only=True, **shared)

"""The open slots of a place as an iCalendar file (RFC 5545), to which calendar programs subscribe.

Times are in UTC, which calendars convert to the zone of their user; all-day slots are dates in the zone of the place.
Events are transparent: they are not appointments of the user and block no time.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from functools import cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from icalendar import Calendar as CalendarFile
from icalendar import Event, Parameters, Timezone, vText
from icalendar.parser import Contentline

from aggregator.exports.xml_safe import xml_safe
from aggregator.model import Available, Place, Slot
from aggregator.wording import (
    Link,
    RenderContext,
    address_line,
    credits_of,
    postal_line,
    restrictions,
    shown_slots,
    ways_to_book,
    web_link,
)

EVENTS = 200  # most events in a file: the soonest
Ways = tuple[Link | None, Link | None]  # the links to book and to call
REFRESH = timedelta(minutes=15)  # how often a subscribed calendar should refresh


def calendar_file(place: Place, page: str, context: RenderContext) -> bytes:
    """The file of a place; `page`: the URL of its page, "" if the region file has no `url`."""
    slots = _open(place)[:EVENTS]
    ways = ways_to_book(place, shown_slots(place), context) if slots else (None, None)
    events = [_event(place, ways, alike, page, context).to_ical() for alike in slots] or [_no_event()]
    head, end = _frame()
    name = Contentline.from_parts("X-WR-CALNAME", Parameters(), vText(xml_safe(place.location.name)))
    return b"".join((head, name.to_ical(), b"\r\n", *events, end))


@cache
def _frame() -> tuple[bytes, bytes]:
    """Beginning and end of every file, serialized once: icalendar would take half the time of a release."""
    frame = CalendarFile()
    frame.add("prodid", "-//appointment-aggregator//open slots//EN")
    frame.add("version", "2.0")
    frame.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    head, end, rest = frame.to_ical().partition(b"END:VCALENDAR")
    return head, end + rest


@cache
def _no_event() -> bytes:
    """The component of a calendar without events, because RFC 5545 (3.6) requires at least one."""
    content: bytes = Timezone.from_tzid("UTC", first_date=date(1970, 1, 1), last_date=date(1970, 1, 2)).to_ical()
    return content


def _open(place: Place) -> list[tuple[Slot, ...]]:
    """The open slots, soonest first. Slots that differ only in their count become one event."""
    if place.gone_at or place.current.available is not Available.YES:
        return []
    alike: dict[str, list[Slot]] = defaultdict(list)
    for slot in place.current.slots:
        if slot.available is Available.YES:
            alike[_identity(slot)].append(slot)
    return sorted((tuple(slots) for slots in alike.values()), key=lambda slots: slots[0].start)


def _identity(slot: Slot) -> str:
    """The part of an event's UID that identifies the slot; its count may change."""
    parts = (slot.start.timestamp(), slot.end and slot.end.timestamp(), slot.products, slot.doses, slot.restrictions)
    return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=10).hexdigest()


def _event(place: Place, ways: Ways, alike: tuple[Slot, ...], page: str, context: RenderContext) -> Event:
    slot, words, location, (link, call) = alike[0], context.words, place.location, ways
    event = Event()
    event.add("uid", f"{place.id}-{_identity(slot)}")
    # Without METHOD, DTSTAMP is the time of the last revision (RFC 5545, 3.8.7.2).
    event.add("dtstamp", place.current.changed_at or context.time.now)
    _set_span(event, slot, context.local(location.time_zone).zone)
    count = words.total(alike)
    if slot.first_of_many:
        count = words.first_of_many(count, slot.start, context.local(location.time_zone))
    what = ", ".join(filter(None, (count, *slot.products, words.doses(slot.doses))))
    event.add("summary", xml_safe(f"{location.name}: {what}"))
    event.add("location", xml_safe(", ".join(filter(None, (address_line(location), postal_line(location))))))
    event.add("description", xml_safe("\n".join(_description(place, slot, call, page, context))))
    book = web_link(slot.booking_url, words.book_at) or link
    if book or page:
        event.add("url", "".join(xml_safe(book.href if book else page).split()))
    event.add("transp", "TRANSPARENT")
    return event


def _set_span(event: Event, slot: Slot, zone: ZoneInfo) -> None:
    """Sets DTSTART and DTEND, as dates for all-day slots. A DTEND has to be later (RFC 5545, 3.6.1)."""
    spans = {"dtstart": slot.start} | ({"dtend": slot.end} if slot.end and slot.end > slot.start else {})
    for name, at in spans.items():
        event.add(name, at.astimezone(zone).date() if slot.all_day else at.astimezone(UTC))


def _description(place: Place, slot: Slot, call: Link | None, page: str, context: RenderContext) -> Iterable[str]:
    """The lines of an event. Who may book comes first."""
    for rule in restrictions(place.location.restrictions, place.current.slots, (slot,), lambda _: "", context.words):
        yield f"{rule.label} {rule.text}"
    yield context.words.say("The booking site listed them when we last looked. They can be gone within minutes.")
    yield from credits_of(place, context.words)
    if call:
        yield call.text
    if page:
        yield page

"""What is shown of one place, decided: frozen dataclasses that the templates only lay out. Pure.

Every text is ready to be shown but not escaped. Every `Link.href` taken from a source begins with http://, https:// or
tel:; anything else a source calls a link is left out. Times of slots are in the place's own zone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aggregator.model import Available, Current, Location, Place, Slot
from aggregator.publish import wording
from aggregator.publish.restrictions import Restriction, restrictions
from aggregator.publish.wording import Calendar

DAYS_ON_CARD = 5
TIMES_PER_DAY = 24
HISTORY_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: RFC 3339, and as text that the script may replace by its age."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence around a moment."""

    before: str
    moment: Moment | None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The slots of one day (or one span of days) that are alike.

    `what` says how many, at what hours, of what. `book` is there where days have links of their own.
    """

    when: str
    what: str
    dose: str
    times: str
    book: Link | None


@dataclass(frozen=True, slots=True)
class Card:
    """A place as the lists show it, whatever the answer for it is."""

    id: str
    name: str
    address: str
    town: str
    postal_code: str
    kind: str
    available: Available
    headline: str
    days: tuple[Day, ...]
    more_days: str
    restrictions: tuple[Restriction, ...]
    link: Link | None
    call: Link | None
    said: Said


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One place: its card, and all there is besides."""

    card: Card
    gone: str
    all_days: tuple[Day, ...]
    description: str
    info: Link | None
    directions: Link | None
    approximate: bool
    source: str
    door: Link | None
    valid_at: str
    changed_at: str
    history: tuple[str, ...]


def place_view(place: Place, region_time: Calendar, door: str) -> PlacePage:
    """`door`: where a person looks at the place's source."""
    location, current = place.location, place.current
    local_time = _calendar(location.time_zone, region_time.now)
    slots = () if place.gone_at else _shown_slots(current)
    days = _days(slots, local_time)
    position = location.position
    return PlacePage(
        card=_card(place, slots, days, local_time, region_time, door),
        gone=wording.gone(current.source_title, region_time.stamp(place.gone_at)) if place.gone_at else "",
        all_days=days,
        description=location.description,
        info=web_link(location.info_url, wording.more_at),
        directions=Link(
            f"https://www.openstreetmap.org/directions?to={position.latitude:.5f}%2C{position.longitude:.5f}",
            wording.DIRECTIONS,
        )
        if position
        else None,
        approximate=bool(position and position.approximate),
        source=current.source_title,
        door=web_link(door, wording.look_at),
        valid_at=region_time.stamp(current.valid_at) if current.valid_at else "",
        changed_at=region_time.stamp(current.changed_at) if current.changed_at else "",
        history=tuple(
            f"{region_time.stamp(change.at)}: {wording.answer(change.available, change.count)}"
            for change in place.history[:HISTORY_SHOWN]
        ),
    )


@lru_cache(maxsize=64)
def _calendar(zone: str, now: datetime) -> Calendar:
    return Calendar(ZoneInfo(zone), now)


def _card(
    place: Place,
    slots: Sequence[Slot],
    days: tuple[Day, ...],
    local_time: Calendar,
    region_time: Calendar,
    door: str,
) -> Card:
    location, current = place.location, place.current
    days_in_order = list(dict.fromkeys(day.when for day in days))
    on_card = set(days_in_order[:DAYS_ON_CARD])
    more = len(days_in_order) - len(on_card)
    link, call = _ways_to_book(location, current.available, slots, door)
    return Card(
        id=place.id,
        name=location.name,
        address=", ".join(filter(None, (*location.address_lines, location.city))),
        town=location.city,
        postal_code=" ".join(filter(None, (location.state, location.postal_code))),
        kind=wording.KINDS[location.location_type],
        available=current.available,
        headline=wording.headline(current.available, current.available_count, bool(days)),
        days=tuple(day for day in days if day.when in on_card),
        more_days=f"and {wording.number(more, 'more day')}" if more else "",
        restrictions=restrictions(
            location.restrictions, current.slots, slots, lambda slot: local_time.days(*_span(slot, local_time))
        ),
        link=link,
        call=call,
        said=_said(current, region_time),
    )


def _shown_slots(current: Current) -> tuple[Slot, ...]:
    """The slots that can be had, or may be; soonest first."""
    if current.available is Available.NO or current.expired:
        return ()
    return tuple(sorted((s for s in current.slots if s.available is not Available.NO), key=lambda slot: slot.start))


def _days(slots: Iterable[Slot], time: Calendar) -> tuple[Day, ...]:
    groups: dict[tuple[date, date, str, bool], list[Slot]] = defaultdict(list)
    urls = set()
    for slot in slots:
        urls.add(slot.booking_url)
        unsure = slot.available is Available.UNKNOWN
        groups[*_span(slot, time), wording.DOSES.get(slot.doses, ""), unsure].append(slot)
    return tuple(
        _day(*key, group, time, several_links=len(urls) > 1)
        for key, group in sorted(groups.items(), key=lambda item: item[0])
    )


def _span(slot: Slot, time: Calendar) -> tuple[date, date]:
    """First and last day a slot may mean. One that began before today begins today."""
    first = time.local(slot.start).date()
    if slot.end is None or (not slot.all_day and slot.end - slot.start < timedelta(days=1)):
        return first, first
    last = (time.local(slot.end) - timedelta(microseconds=1)).date()
    first = max(first, time.today)
    return first, max(first, last)


def _day(
    first: date, last: date, dose: str, unsure: bool, slots: Sequence[Slot], time: Calendar, *, several_links: bool
) -> Day:
    timed = [slot for slot in slots if not slot.all_day] if first == last else []
    starts = [time.local(slot.start) for slot in timed]
    ends = [time.local(slot.end or slot.start) for slot in timed]
    count = wording.NOT_SURE if unsure else wording.total([slot.count for slot in slots])
    hours = wording.hours(min(starts), max(ends)) if timed else ""
    products = dict.fromkeys(product for slot in slots for product in slot.products)
    single = dict.fromkeys(time.local(slot.start) for slot in timed if not slot.window)
    name_link = partial(wording.book_day_at, time.day(first) if first == last else "")
    return Day(
        when=time.days(first, last),
        what=", ".join(filter(None, (count, hours, *products))),
        dose=dose,
        times=wording.times(sorted(single), TIMES_PER_DAY) if len(single) > 1 else "",
        book=next(filter(None, (web_link(slot.booking_url, name_link) for slot in slots if several_links)), None),
    )


def _ways_to_book(
    location: Location, available: Available, slots: Iterable[Slot], door: str
) -> tuple[Link | None, Link | None]:
    """Where to click, and whom to call. Where nothing can be booked the click is for looking oneself."""
    call = phone_link(location.booking_phone, wording.call_to_book)
    if available is Available.YES:
        urls = (*(slot.booking_url for slot in slots), location.booking_url)
        book = next(filter(None, (web_link(url, wording.book_at) for url in urls)), None)
        if book or call:
            return book, call
    urls = (location.booking_url, location.info_url, door)
    look = next(filter(None, (web_link(url, wording.look_at) for url in urls)), None)
    return look, call or phone_link(location.info_phone, wording.call)


def _said(current: Current, time: Calendar) -> Said:
    """When we looked, and how far that can be relied on."""
    if current.available is Available.UNKNOWN:
        reason = wording.unknown(current.outcome, current.expired)
        if current.checked_at is None:
            return Said(reason, None)
        return Said(f"{reason}; last answer", moment(current.checked_at, time))
    if current.checked_at is None:
        return Said(wording.unknown(None, False), None)
    before = wording.checked(current.available, current.stale)
    shown = Moment(iso(current.checked_at, time), time.before_made(current.checked_at)) if current.stale else None
    return Said(before, shown or moment(current.checked_at, time), wording.doubt(current.outcome, current.stale))


def web_link(url: str, words: wording.Words) -> Link | None:
    """A link a person may be sent to, named by its host; None for anything but http(s)."""
    host = _host(url) if url else ""
    return Link(url, words(host)) if host else None


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    """The host of an http(s) URL as people say it; "" for anything else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in ("http", "https") else ""


@lru_cache(maxsize=4096)
def phone_link(number: str, words: wording.Words) -> Link | None:
    """A number to tap; what follows the first letter (an extension) is shown but not dialled."""
    dialled = re.sub(r"[^\d+]", "", re.split(r"[A-Za-z;,]", number, maxsplit=1)[0])
    return Link(f"tel:{dialled}", words(wording.phone(number))) if len(dialled) >= 3 else None


@lru_cache(maxsize=4096)  # the places of one source were mostly looked at in one visit
def moment(at: datetime, time: Calendar) -> Moment:
    return Moment(iso(at, time), time.at(at))


def iso(at: datetime, time: Calendar) -> str:
    return time.local(at).isoformat(timespec="seconds")

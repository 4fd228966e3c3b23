"""Slots as listed -> slots as stored: what counts as a time, a window of hours, or just a day.

Rules: SMART Scheduling Links sheet ("Time precision", "How availability is decided") and the cvs, walgreens and
prepmod sheets, for sources whose times are labels of days.
"""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from aggregator.errors import RecordError, excerpt
from aggregator.model import Available, Listing, Problem, Slot, SlotListing, Struct
from aggregator.normalize.doses import doses
from aggregator.normalize.fields import with_text_fields
from aggregator.normalize.links import safe_url
from aggregator.normalize.memory import remembered
from aggregator.normalize.problem import problem
from aggregator.normalize.products import products
from aggregator.normalize.text import RESTRICTIONS_LENGTH, clean_lines
from aggregator.normalize.when import at, midnight, read_hours, read_time

MAX_PRODUCTS = 20
MAX_COUNT = 1_000_000  # more at one time and place is not a count
_MIDNIGHT = re.compile(r"[T ](?:00:00|12:00 ?a)", re.IGNORECASE)
A_WINDOW = timedelta(hours=3)  # from here on a span is opening hours, not an appointment
A_DAY = timedelta(hours=24)


def read_slot(slot: SlotListing, zone: ZoneInfo, base_url: str) -> tuple[Slot, tuple[Problem, ...]]:
    """One slot in the zone of its location; RecordError where its time cannot be read.

    Times as in `read_time`. A count that is none leaves the slot UNKNOWN unless it is listed as not available; that,
    unknown products and unsafe links are the problems returned. Unknown products are kept as plain text.
    """
    lasting, problems = _read_lasting(replace(slot, count=None, available=None), zone, base_url)
    count, readable = _count(slot.count)
    if not readable:
        reason = "is not a number of appointments; availability unknown"
        problems = (problem("count", slot.count, reason), *problems)
    return replace(lasting, count=count, available=_available(slot.available, count, readable=readable)), problems


class Offer(Struct, frozen=True):
    """What is said of a location as a whole; `available` None: nothing."""

    available: Available | None
    count: int | None
    products: tuple[str, ...]
    doses: tuple[str, ...]


def read_offer(listing: Listing, problems: dict[Problem, None]) -> Offer:
    """What a listing says beside its slots; what cannot be read of it is added to `problems`.

    A count decides as that of a slot does: 0 is NO, more is YES, and one that is no number leaves it UNKNOWN.
    """
    names, found = _products(listing.products)
    count, readable = _count(listing.count)
    available = listing.available
    if not readable:
        found = [*found, problem("count", listing.count, "is not a number of appointments; availability unknown")]
    if not readable or count is not None:
        available = _available(available, count, readable=readable)
    problems.update(dict.fromkeys(found))
    return Offer(available=available, count=count, products=names, doses=_doses(listing.doses))


def _products(texts: tuple[str, ...]) -> tuple[tuple[str, ...], list[Problem]]:
    """The products named, those that are not known as plain text, and a problem for each of these."""
    known, unknown = products(texts)
    return (known + unknown)[:MAX_PRODUCTS], [problem("product", text, "unknown product") for text in unknown]


def _doses(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({dose for text in texts for dose in doses(text)}))


@remembered
def _read_lasting(slot: SlotListing, zone: ZoneInfo, base_url: str) -> tuple[Slot, tuple[Problem, ...]]:
    """All of a slot but how many are left, which is what changes from visit to visit."""
    slot, problems = with_text_fields(slot)
    span = _span(slot, zone)
    names, unknown = _products(slot.products)
    problems += unknown
    url = safe_url(slot.booking_url, base_url)
    if slot.booking_url and not url:
        problems.append(problem("booking_url", slot.booking_url, "is not a link that can be shown"))
    lasting = Slot(
        start=span.start,
        end=span.end,
        all_day=span.all_day,
        window=span.window,
        products=names,
        doses=_doses(slot.doses),
        booking_url=url,
        restrictions=clean_lines(slot.restrictions, RESTRICTIONS_LENGTH),
    )
    return lasting, tuple(problems)


def _span(slot: SlotListing, zone: ZoneInfo) -> Slot:
    """When: `start`, `end`, `all_day` and `window` of the slot."""
    if slot.days_only:
        return _written_days(slot, zone)
    start, start_is_day = read_time(slot.start, zone, slot.clock)
    if start_is_day and slot.hours:
        return _opening_hours(start.date(), slot.hours, zone)
    if start_is_day:
        return _written_days(slot, zone)
    if not slot.end:
        return Slot(start=start)
    end, end_is_day = read_time(slot.end, zone, slot.clock)
    if end_is_day:
        end = midnight(end.date(), zone, days=1)
    if end < start:
        raise RecordError("end", slot.end, f"is before the start, {excerpt(slot.start, 40)}")
    if end - start < A_DAY:
        return Slot(start=start, end=end, window=end - start >= A_WINDOW)
    if _at_midnight(slot.start) and _at_midnight(slot.end):  # midnights of whatever zone label days
        return _written_days(slot, zone)
    return _all_day(start.date(), (end - timedelta.resolution).date(), zone)


def _written_days(slot: SlotListing, zone: ZoneInfo) -> Slot:
    """The dates as written, not shifted; an end at midnight belongs to the day before."""
    first = _written_day(slot.start, zone)
    last = _written_day(slot.end, zone) if slot.end.strip() else first
    if last < first:
        raise RecordError("end", slot.end, f"is before the start, {excerpt(slot.start, 40)}")
    if last > first and _at_midnight(slot.end):
        last -= timedelta(days=1)
    return _all_day(first, last, zone)


def _written_day(text: str, zone: ZoneInfo) -> date:
    return read_time(text.strip().partition(" ")[0][:10], zone, "local")[0].date()


def _opening_hours(day: date, hours: str, zone: ZoneInfo) -> Slot:
    opens, closes = read_hours(hours)
    if opens == closes:
        return _all_day(day, day, zone)
    last = day if closes > opens else day + timedelta(days=1)
    return Slot(start=at(day, opens, zone), end=at(last, closes, zone), window=True)


def _all_day(first: date, last: date, zone: ZoneInfo) -> Slot:
    return Slot(start=midnight(first, zone), end=midnight(last, zone, days=1), all_day=True)


def _at_midnight(text: str) -> bool:
    return bool(_MIDNIGHT.search(text))


def _count(value: int | str | None) -> tuple[int | None, bool]:
    """The count, and whether it could be read; None is a readable "some"."""
    if value is None:
        return None, True
    plain = str(value)[:20].strip().replace(",", "").removesuffix(".0")  # "5.0" of a spreadsheet
    if not (plain.isascii() and plain.isdigit()) or int(plain) > MAX_COUNT:
        return None, False
    return int(plain), True


def _available(stated: Available | None, count: int | None, *, readable: bool) -> Available:
    if not readable:
        return Available.NO if stated is Available.NO else Available.UNKNOWN
    if count == 0 and stated is not Available.UNKNOWN:
        return Available.NO
    return stated or Available.YES

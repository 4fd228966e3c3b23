"""Turns a `Listing` into a `Reading` with clean values, and merges the readings of one location.

For any listing, `normalize` gives bounded values or raises RecordError; a part that cannot be read is dropped and
reported as a Problem.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from aggregator.clean.cache import memoized
from aggregator.clean.dates import Calendar
from aggregator.clean.doses import doses_in
from aggregator.clean.fields import as_text, with_text_fields
from aggregator.clean.location import Context, read_location
from aggregator.clean.place_zone import has_unknown_zone, no_zone
from aggregator.clean.problem import problem
from aggregator.clean.slots import read_offer, read_slot
from aggregator.clean.when import has_offset, midnight, read_time
from aggregator.errors import RecordError
from aggregator.model import Availability, Available, Listing, Location, Problem, Reading, Slot

__all__ = ["Context", "merge", "normalize"]

MAX_SLOTS = 2000
MAX_PROBLEMS = 20
MERGED_RESTRICTIONS_LENGTH = 4000
NOT_YET = datetime.min.replace(tzinfo=UTC)  # placeholder in cached results, which are reused from visit to visit
CLOCK_SKEW = timedelta(minutes=10)  # how far a source's clock may be ahead of ours


def normalize(
    listing: Listing, context: Context, checked_at: datetime, as_of: datetime | None = None
) -> tuple[Reading, tuple[Problem, ...]]:
    """One row as a reading, and at most 20 problems; RecordError if the row cannot be shown at all.

    An answer whose stated time cannot be read may be of any age, so it does not count: `availability` is None. A stated
    time later than the visit comes from a wrong clock and counts as not stated.

    `checked_at` is when the page was fetched (aware). `as_of` is the instant for which it is true if it came from a
    cache; it becomes the answer's `valid_at` unless the row states its own time.
    """
    location, availability, problems = _read(listing, context)
    if availability is None:
        return Reading(location=location, availability=None), problems
    valid_at = None
    if stated_at := as_text(listing.valid_at):
        zone = ZoneInfo(location.time_zone)
        try:
            if has_unknown_zone(listing) and not has_offset(stated_at):
                raise no_zone(listing)
            valid_at, found = _valid_at(stated_at, zone, context.calendar, as_of or checked_at)
        except RecordError as error:
            unread = Problem(field="valid_at", value=error.value, reason=error.reason)
            return Reading(location=location, availability=None), (unread, *problems)[:MAX_PROBLEMS]
        problems = (*problems, *found)[:MAX_PROBLEMS]
    availability = replace(availability, checked_at=checked_at, valid_at=valid_at or as_of)
    return Reading(location=location, availability=availability), problems


@memoized
def _read(listing: Listing, context: Context) -> tuple[Location, Availability | None, tuple[Problem, ...]]:
    """Reads everything about a row that does not depend on the time, because most rows repeat from visit to visit."""
    listing, odd = with_text_fields(listing)
    place = replace(listing, slots=(), available=None, count=None, products=(), doses=(), valid_at="")
    place = replace(place, no_if_empty=False, complete=True)
    location, found = read_location(place, context)
    problems = dict.fromkeys((*odd, *found))  # in order, without duplicates
    slots, unread = _slots(listing, location, context, problems)
    offer = read_offer(listing, problems)
    stated = [slot.available for slot in slots] + [Available.UNKNOWN] * unread if listing.slots else []
    if not slots and offer.available is not None:
        stated = [offer.available]
    by_absence = listing.no_if_empty and listing.complete and not (stated or listing.slots)
    if by_absence:
        stated = [Available.NO]
    if not stated and (offer.products or offer.doses or listing.no_if_empty):
        stated = [Available.UNKNOWN]
    if not stated:
        return location, None, tuple(problems)[:MAX_PROBLEMS]
    availability = Availability(
        available=Available.UNKNOWN if slots and unread else _combined(stated),
        checked_at=NOT_YET,
        slots=slots,
        count=None if slots else offer.count,
        at_least=offer.at_least and not slots,
        products=offer.products,
        doses=offer.doses,
        incomplete=bool(unread) or not listing.complete,
        by_absence=by_absence,
    )
    return location, availability, tuple(problems)[:MAX_PROBLEMS]


def merge(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Merges readings with the same key, in the order of their first rows.

    The first row's facts about the location win; ids are joined, and slots are added in order of time. Restrictions
    that differ between rows go with each row's slots, and all of them with the location. If a row states more than the
    slots do, the answer beside the slots is UNKNOWN, so that it does not become NO once the slots are taken or past.
    """
    rows: dict[str, list[Reading]] = {}
    for reading in readings:
        rows.setdefault(reading.location.key, []).append(reading)
    return tuple(group[0] if len(group) == 1 else _merged(group) for group in rows.values())


def _slots(
    listing: Listing, location: Location, context: Context, problems: dict[Problem, None]
) -> tuple[tuple[Slot, ...], int]:
    """The readable slots in order of time, and the number of unreadable ones."""
    slots: list[Slot] = []
    zone, calendar = ZoneInfo(location.time_zone), context.calendar
    doses = doses_in(location.restrictions)
    zone_is_unknown = has_unknown_zone(listing)
    for given in listing.slots[:MAX_SLOTS]:
        try:
            if zone_is_unknown and not (has_offset(given.start) and (not given.end or has_offset(given.end))):
                raise no_zone(listing)
            slot, found = read_slot(given, zone, context.base_url, calendar)
        except RecordError as error:
            problems[Problem(field=error.field, value=error.value, reason=error.reason)] = None
            continue
        problems.update(dict.fromkeys(found))
        if not slot.doses and (stated := doses or doses_in(slot.restrictions)):
            slot = replace(slot, doses=stated)
        slots.append(slot)
    unread = len(listing.slots) - len(slots)
    if len(listing.slots) > MAX_SLOTS:
        problems[problem("slots", len(listing.slots), f"only the first {MAX_SLOTS} are kept")] = None
    return tuple(sorted(slots, key=_start)), unread


def _valid_at(
    text: str, zone: ZoneInfo, calendar: Calendar, checked_at: datetime
) -> tuple[datetime | None, tuple[Problem, ...]]:
    """The time that a row states; RecordError if it cannot be read."""
    if not text.strip():
        return None, ()
    valid_at, is_day = read_time(text, zone, "offset", calendar)
    if valid_at > checked_at + CLOCK_SKEW:
        return None, (problem("valid_at", text, "is later than the answer that states it"),)
    if is_day:  # it was true at some time on that day
        valid_at = min(midnight(valid_at.date(), zone, days=1), checked_at)
    return valid_at, ()


def _merged(rows: list[Reading]) -> Reading:
    first = rows[0].location
    ids = dict.fromkeys(pair for row in rows for pair in row.location.external_ids)
    texts = dict.fromkeys(row.location.restrictions for row in rows)
    restrictions = first.restrictions
    if len(texts) > 1:
        restrictions = _cut("\n\n".join(filter(None, texts)))
        rows = [_with_own_restrictions(row) for row in rows]
    location = replace(first, external_ids=tuple(ids), restrictions=restrictions)
    known = [row.availability for row in rows if row.availability]
    if not known:
        return Reading(location=location, availability=None)
    unsure = any(row.slots for row in known) and any(
        row.available is Available.UNKNOWN or (row.available is Available.YES and not row.slots) for row in known
    )
    availability = Availability(
        available=Available.UNKNOWN if unsure else _combined([row.available for row in known]),
        checked_at=max(row.checked_at for row in known),
        slots=tuple(sorted((slot for row in known for slot in row.slots), key=_start)),
        count=_sum([row.count for row in known if not row.slots]),
        at_least=any(row.at_least for row in known),
        products=tuple(dict.fromkeys(name for row in known for name in row.products)),
        doses=tuple(sorted({dose for row in known for dose in row.doses})),
        valid_at=min((row.valid_at for row in known if row.valid_at), default=None),
        valid_until=min((row.valid_until for row in known if row.valid_until), default=None),
        incomplete=any(row.incomplete for row in known),
        by_absence=all(row.by_absence for row in known),
    )
    return Reading(location=location, availability=availability)


def _cut(text: str) -> str:
    limit = MERGED_RESTRICTIONS_LENGTH
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _with_own_restrictions(row: Reading) -> Reading:
    own = row.location.restrictions
    if not own or not row.availability:
        return row
    slots = tuple(
        replace(slot, restrictions="\n\n".join(dict.fromkeys(filter(None, (own, slot.restrictions)))))
        for slot in row.availability.slots
    )
    return replace(row, availability=replace(row.availability, slots=slots))


def _combined(stated: list[Available]) -> Available:
    if Available.YES in stated:
        return Available.YES
    return Available.UNKNOWN if Available.UNKNOWN in stated else Available.NO


def _sum(counts: list[int | None]) -> int | None:
    numbers = [count for count in counts if count is not None]
    return sum(numbers) if numbers and len(numbers) == len(counts) else None


def _start(slot: Slot) -> datetime:
    return slot.start

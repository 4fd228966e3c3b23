"""Reads when a listed slot is: an appointment, a window of hours, or whole days.

Rules: SMART Scheduling Links ("Time precision"); CVS, Walgreens, and PrepMod for sources whose times only label days.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.clean.dates import Calendar
from aggregator.clean.problem import problem
from aggregator.clean.when import WrittenTime, at, end_on, midnight, read_hours, read_moment
from aggregator.errors import RecordError, excerpt
from aggregator.model import Problem, Slot, SlotListing

A_WINDOW = timedelta(hours=3)  # a span at least this long is opening hours, not an appointment
A_DAY = timedelta(hours=24)
_MIDNIGHT = re.compile(r"[T ](?:00:00|12:00 ?a)", re.IGNORECASE)


def read_span(slot: SlotListing, zone: ZoneInfo, calendar: Calendar, problems: list[Problem]) -> Slot:
    """The `start`, `end`, `all_day`, and `window` of a slot; RecordError if no date can be read.

    If a time cannot be read, the slot is its day, and a problem is added to `problems`.
    """
    begins = read_moment(slot.start, zone, slot.clock, calendar)
    if slot.days_only:
        return _written_days(slot, begins.day, zone, calendar)
    if begins.instant is None:
        return _hours_of_day(slot, begins, zone, calendar, problems)
    if not slot.end.strip():
        return Slot(start=begins.instant)
    return _until(slot, begins.day, begins.instant, zone, calendar, problems)


def _until(
    slot: SlotListing, day: date, start: datetime, zone: ZoneInfo, calendar: Calendar, problems: list[Problem]
) -> Slot:
    """The span from `start`, on the written `day`, to the end of the slot."""
    if end := end_on(slot.end, start, zone):
        return _between(start, end, zone)
    try:
        ends = read_moment(slot.end, zone, slot.clock, calendar)
    except RecordError as error:
        problems.append(problem("end", slot.end, f"{error.reason}, so only the day counts"))
        return _all_day(start.date(), start.date(), zone)
    if ends.rest and ends.day >= start.date():
        problems.append(problem("end", slot.end, "has a day but no readable time, so only the days count"))
        return _all_day(start.date(), ends.day, zone)
    end = ends.instant or midnight(ends.day, zone, days=1)
    if end < start:
        raise RecordError("end", slot.end, f"is before the start, {excerpt(slot.start, 40)}")
    if end - start >= A_DAY and _at_midnight(slot.start) and _at_midnight(slot.end):
        return _written_days(slot, day, zone, calendar)  # Midnights in any zone label days.
    return _between(start, end, zone)


def _between(start: datetime, end: datetime, zone: ZoneInfo) -> Slot:
    if end - start < A_DAY:
        return Slot(start=start, end=end, window=end - start >= A_WINDOW)
    return _all_day(start.date(), (end - timedelta.resolution).date(), zone)


def _hours_of_day(
    slot: SlotListing, begins: WrittenTime, zone: ZoneInfo, calendar: Calendar, problems: list[Problem]
) -> Slot:
    """A date with opening hours, which are in a field of their own or after the date."""
    for hours in filter(str.strip, (slot.hours, begins.rest)):
        try:
            return _opening_hours(begins.day, hours, zone)
        except RecordError as error:
            problems.append(problem("hours", hours, f"{error.reason}, so only the day counts"))
    return _written_days(slot, begins.day, zone, calendar)


def _written_days(slot: SlotListing, first: date, zone: ZoneInfo, calendar: Calendar) -> Slot:
    """The dates as written, without conversion; an end at midnight belongs to the day before."""
    last = read_moment(slot.end, zone, "local", calendar).day if slot.end.strip() else first
    if last < first:
        raise RecordError("end", slot.end, f"is before the start, {excerpt(slot.start, 40)}")
    if last > first and _at_midnight(slot.end):
        last -= timedelta(days=1)
    return _all_day(first, last, zone)


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

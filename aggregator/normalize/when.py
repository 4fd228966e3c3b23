"""Dates, times and opening hours as sources write them -> aware times in the location's zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from aggregator.errors import RecordError
from aggregator.normalize.memory import remembered

Clock = Literal["offset", "local"]

YEARS = range(2000, 2101)
_LENGTH = 60  # no time is longer; what follows is not looked at

_CLOCK = r"(\d{1,2})(?::?(\d\d)(?::\d\d)?)?\s*(?:([ap])\.?\s*m?\b\.?)?"
_HALF_DAY = r"(\d{1,2}):(\d\d)\s*([ap])\.?\s*m\.?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})([-/])(\d\d)\2(\d\d)(?:[T ]\s*({_HALF_DAY}|\d\d:\d\d.*))?", re.IGNORECASE | re.ASCII
)
_MONTH_FIRST = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})(?:[\s,]+(?:at\s+)?{_CLOCK})?", re.IGNORECASE | re.ASCII)
_HOURS = re.compile(rf"{_CLOCK}\s*(?:[-–—]|to|until)\s*{_CLOCK}", re.IGNORECASE | re.ASCII)


def read_time(text: str, zone: ZoneInfo, clock: Clock) -> tuple[datetime, bool]:
    """The instant in `zone`, and whether `text` is only a date (then local midnight).

    Accepts ISO 8601 (also "2021/03/01 09:00:00") with fraction, "Z", "+05:30", "-05" or no offset, and US dates
    ("3/1/2021", with "9:05 am" or a 24-hour time). `clock` "local": the written hour is right and its offset is
    ignored. An hour that the clock change skips or repeats is the one of the offset before it. RecordError on
    anything else, and on years outside 2000 to 2100.
    """
    plain = text[:_LENGTH].strip()
    try:
        wall, date_only = _parsed(plain)
    except ValueError as error:
        raise RecordError("time", text, str(error)) from None
    if wall.year not in YEARS:
        raise RecordError("time", text, f"the year {wall.year} is not between {YEARS[0]} and {YEARS[-1]}")
    if wall.tzinfo is None or clock == "local":
        return _in_zone(wall.replace(tzinfo=None), zone), date_only
    return wall.astimezone(zone), date_only


@remembered
def read_hours(text: str) -> tuple[time, time]:
    """Opening and closing time of "09:00 am - 05:00 pm" (any case, "a.m.", 24 hours, any dash); RecordError.

    A closing time before the opening time is one after midnight.
    """
    found = _HOURS.fullmatch(text[:_LENGTH].strip())
    if not found:
        raise RecordError("hours", text, 'are not of the form "09:00 am - 05:00 pm"')
    hour, minute, half, end_hour, end_minute, end_half = found.groups()
    try:
        end = _time_of_day(end_hour, end_minute, end_half)
        start = _time_of_day(hour, minute, half or end_half)
        if end_half and not half and start > end:  # "9 - 5 pm"
            start = _time_of_day(hour, minute, "a")
    except ValueError as error:
        raise RecordError("hours", text, str(error)) from None
    return start, end


def at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """A local hour of a day, moved to one that exists."""
    return _in_zone(datetime.combine(day, hour), zone)


def midnight(day: date, zone: ZoneInfo, *, days: int = 0) -> datetime:
    """The first instant of the day `days` after `day`."""
    return at(day + timedelta(days=days), time(), zone)


def _parsed(text: str) -> tuple[datetime, bool]:
    if found := _YEAR_FIRST.fullmatch(text):
        day = f"{found[1]}-{found[3]}-{found[4]}"
        if found[6]:
            return datetime.combine(date.fromisoformat(day), _time_of_day(found[6], found[7], found[8])), False
        return datetime.fromisoformat(f"{day}T{found[5]}".replace(" ", "") if found[5] else day), not found[5]
    if found := _MONTH_FIRST.fullmatch(text):
        month, day_of_month, year, hour, minute, half = found.groups()
        hours = _time_of_day(hour, minute, half) if hour else time()
        return datetime.combine(date(int(year), int(month), int(day_of_month)), hours), not hour
    raise ValueError("is not a date or time we know")


def _time_of_day(hour: str, minute: str | None, half: str | None) -> time:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(f"{hours} is not an hour of a 12-hour clock")
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    return time(hours, int(minute or 0))


def _in_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    # The way through UTC moves an hour that the clock change skips to the one that the clocks then show.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone).replace(fold=0)

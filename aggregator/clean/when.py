"""Reads dates, times, and opening hours as sources write them, as aware times in the location's zone."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from aggregator.clean import time_of_day
from aggregator.clean.cache import memoized
from aggregator.clean.date_names import fold
from aggregator.clean.dates import COMPLETE_DATES, YEARS, Calendar, split_date
from aggregator.errors import RecordError

Clock = Literal["offset", "local"]

MAX_OFFSET = timedelta(hours=14)
_LENGTH = 100  # characters of a time that are read; none is longer
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d| \d\d:\d\d:\d\d)[\d:.]*(?:Z|[-+]\d\d:?\d\d)?", re.ASCII)
_OFFSET = re.compile(r"(?:Z|:\d\d[\d.]*[-+]\d\d:?\d\d)$", re.ASCII)
_ZONE = re.compile(
    r"(?:(?P<utc>z|utc|gmt)?(?:\s*+(?P<offset>[-+]\d\d?(?::?\d\d)?))?(?:\s*+utc)?|(?P<name>[a-z]{2,4}))"
    r"\s*+(?:\([^)]*+\))?\)?",
    re.ASCII,
)


class WrittenTime(NamedTuple):
    """A date as written, and the instant if there is a time. `rest`: folded text after the date that is not a time."""

    day: date
    instant: datetime | None
    rest: str


def read_time(text: str, zone: ZoneInfo, clock: Clock, calendar: Calendar = COMPLETE_DATES) -> tuple[datetime, bool]:
    """The instant in `zone`, and whether `text` is only a date (then local midnight).

    RecordError as in `read_moment`, and if the text after the date is not a time.
    """
    moment = read_moment(text, zone, clock, calendar)
    if moment.rest:
        raise RecordError("time", text, "has a day but no readable time")
    return moment.instant or midnight(moment.day, zone), moment.instant is None


def read_moment(text: str, zone: ZoneInfo, clock: Clock, calendar: Calendar = COMPLETE_DATES) -> WrittenTime:
    """The date at the beginning of `text` and the time after it, if any; RecordError if there is no date.

    Accepts ISO 8601 with or without an offset, dates in numbers ("3/1/2021") and in words ("1er mars 2021"), and times
    as in `time_of_day`, with "UTC", an offset, or the abbreviation of the place's own zone. `clock` "local": the hour
    is right as written, and its offset is ignored. For an hour that a clock change skips or repeats, the offset before
    the change applies. Years are from 2000 to 2100.
    """
    plain = text[:_LENGTH].strip()
    if _ISO.fullmatch(plain) and (moment := _iso_moment(plain, zone, clock)):
        return moment
    try:
        day, rest = split_date(plain, calendar)
    except ValueError as error:
        raise RecordError("time", text, str(error)) from None
    if not rest.strip(" ,;"):
        return WrittenTime(day, None, "")
    try:
        instant = _instant(day, rest, zone, clock)
    except ValueError:
        instant = None
    return WrittenTime(day, instant, "" if instant else rest)


def has_offset(text: str) -> bool:
    """Whether `text` is an ISO 8601 time with an offset, which needs no time zone to be read."""
    plain = text[:_LENGTH].strip()
    return bool(_ISO.fullmatch(plain) and _OFFSET.search(plain))


@memoized
def read_hours(text: str) -> tuple[time, time]:
    """The opening and closing time of "09:00 am - 05:00 pm", "9.30 a.m. to noon", "9h - 17h"; or RecordError.

    A closing time before the opening time is after midnight.
    """
    found = time_of_day.HOURS.fullmatch(fold(text[:_LENGTH]))
    if not found:
        raise RecordError("hours", text, 'are not of the form "09:00 am - 05:00 pm"')
    try:
        start, end = time_of_day.span(time_of_day.read(found), time_of_day.read(found, "2"))
    except ValueError as error:
        raise RecordError("hours", text, str(error)) from None
    return _wall(date.min, start).time(), _wall(date.min, end).time()


def end_on(text: str, start: datetime, zone: ZoneInfo) -> datetime | None:
    """The first time after `start` that `text`, a time without a date ("5 pm"), can mean; None if it is not one."""
    found = time_of_day.MOMENT.fullmatch(fold(text[:_LENGTH]))
    if not found or found["zone"]:
        return None
    try:
        since = time_of_day.read(found).since_midnight()
    except ValueError:
        return None
    ends = (_in_zone(_wall(start.date(), since + timedelta(days=days)), zone) for days in (0, 1))
    return next((end for end in ends if end > start), None)


def at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """A local hour of a day, moved to an existing one if a clock change skips it."""
    return _in_zone(datetime.combine(day, hour), zone)


def midnight(day: date, zone: ZoneInfo, *, days: int = 0) -> datetime:
    """The first instant of the day that is `days` after `day`."""
    return at(day + timedelta(days=days), time(), zone)


def _iso_moment(text: str, zone: ZoneInfo, clock: Clock) -> WrittenTime | None:
    """Reads the form that most sources write, at a tenth of the cost; None for other forms."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if wall.year not in YEARS or (wall.tzinfo and abs(wall.utcoffset() or timedelta()) > MAX_OFFSET):
        return None
    local = wall.tzinfo is None or clock == "local"
    return WrittenTime(wall.date(), _in_zone(wall.replace(tzinfo=None), zone) if local else wall.astimezone(zone), "")


def _instant(day: date, rest: str, zone: ZoneInfo, clock: Clock) -> datetime | None:
    """The instant of a time of day; None if `rest` is something else."""
    found = time_of_day.MOMENT.fullmatch(rest)
    suffix = found and _ZONE.fullmatch(found["zone"])
    if not found or not suffix or time_of_day.is_number_alone(found):
        return None
    wall = _wall(day, time_of_day.read(found).since_midnight())
    if suffix["name"] and suffix["name"].upper() not in _abbreviations(zone, day.year):
        return None
    offset = suffix["offset"]
    if not (suffix["utc"] or offset):
        return _in_zone(wall, zone)
    instant = wall.replace(tzinfo=_offset(offset or "+0")).astimezone(zone)
    exact = found["mark"] or found["second"] or suffix["utc"]
    if offset and offset[0] == "-" and not exact and instant.replace(tzinfo=None) != wall:
        return None  # "9:00 -12:00" are hours
    return _in_zone(wall, zone) if clock == "local" else instant


def _wall(day: date, since_midnight: timedelta) -> datetime:
    return datetime.combine(day, time()) + since_midnight


def _offset(text: str) -> tzinfo:
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > MAX_OFFSET:
        raise ValueError(f"{text} is not an offset of a time zone")
    return timezone(-offset if text[0] == "-" else offset)


def _abbreviations(zone: ZoneInfo, year: int) -> set[str]:
    """The abbreviations of a zone in winter, in summer, and, in the US, all year ("EST", "EDT", "ET")."""
    names = {datetime(year, month, 1, tzinfo=zone).tzname() or "" for month in (1, 7)}
    return names | {re.sub("[SD]T$", "T", name) for name in names}


def _in_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    # Converting through UTC moves an hour that the clock change skips to the one that clocks then show.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone).replace(fold=0)

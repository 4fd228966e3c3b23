"""Days and times of events, on the wall clock of the time zone in which they are written, and as text."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aggregator.adapter.ics.properties import Properties
from aggregator.errors import RecordError

AHEAD = timedelta(weeks=8)  # how far rules are followed; single times and RDATEs always count
_MIDNIGHT = time()
_DAY = timedelta(days=1)
_ZONES_APART = timedelta(days=2)  # more than any two time zones are apart


class Span(NamedTuple):
    """The first and last day, or start and end (with an offset if they have a zone), in ISO 8601; `end` may be ""."""

    start: str
    end: str


class Window(NamedTuple):
    """The time from which events count, and how far rules are followed. `today` is a date in the source's `zone`."""

    today: date
    zone: ZoneInfo

    @property
    def first(self) -> datetime:
        """A wall time before today in every time zone."""
        return datetime.combine(self.today, _MIDNIGHT) - _ZONES_APART

    @property
    def horizon(self) -> datetime:
        """The last wall time up to which rules are followed."""
        return datetime.combine(self.today, _MIDNIGHT) + AHEAD - timedelta.resolution


class Wall(NamedTuple):
    """The wall clock on which an event is written."""

    zone: tzinfo
    stated: bool  # False: its times state no zone, so it is the source's

    def local(self, moment: date) -> date:
        """A day unchanged; a time as local wall time."""
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(self.zone).replace(tzinfo=None)
        return moment

    def span(self, start: date, end: date, window: Window) -> Span | None:
        """A span as text; None if it ended before today."""
        if not (isinstance(start, datetime) and isinstance(end, datetime)):
            last = end - _DAY
            return Span(str(start), str(last) if last > start else "") if last >= window.today else None
        if end.replace(tzinfo=self.zone).astimezone(window.zone).date() < window.today:
            return None
        zone = self.zone if self.stated else None
        written = [moment.replace(tzinfo=zone).isoformat() for moment in (start, end)]
        return Span(written[0], written[1] if end > start else "")


def wall_of(event: Properties, window: Window) -> Wall:
    """The wall clock of an event: of its start, otherwise its calendar's, otherwise the source's."""
    event.check_ended()
    start = needed(event, "DTSTART")
    if isinstance(start, datetime) and start.tzinfo:
        return Wall(start.tzinfo, stated=True)
    return Wall(event.zones.own or window.zone, stated=event.zones.own is not None)


def times_of(event: Properties, wall: Wall) -> tuple[date, date]:
    """The start and end of an event on a wall clock; whole days end on the day after the last one."""
    start = wall.local(needed(event, "DTSTART"))
    end = _end(event, start, wall)
    if end < start:
        raise RecordError("DTEND", f"{start} to {end}", "is before the start")
    return start, end


def as_in_series(moment: date, start: date, wall: Wall) -> date:
    """A day or time of an occurrence, in the form used by a series that begins at `start`.

    In a series of whole days, that is a day. In one with times, it is a time, or a day if the calendar states only the
    day: as a date, or as its midnight.
    """
    if not isinstance(start, datetime):
        return day_of(moment)
    local = wall.local(moment)
    names_time = not isinstance(local, datetime) or local.time() != _MIDNIGHT or start.time() == _MIDNIGHT
    return local if names_time else day_of(local)


def day_of(moment: date) -> date:
    """The day of a time, as written."""
    return moment.date() if isinstance(moment, datetime) else moment


def at_time_of(start: date, moment: date) -> date:
    """A time unchanged; a day of a series with times at the series' start time."""
    if isinstance(moment, datetime) or not isinstance(start, datetime):
        return moment
    return datetime.combine(moment, start.time())


def needed(event: Properties, name: str) -> date:
    """A required day or time of an event; RecordError if it is missing."""
    moment = event.moment(name)
    if moment is None:
        raise RecordError(name, event.text("SUMMARY"), "is missing")
    return moment


def _end(event: Properties, start: date, wall: Wall) -> date:
    stated = event.moment("DTEND")
    length = event.length() if stated is None else None
    end = wall.local(stated) if stated else None
    if not isinstance(start, datetime):
        return _day_after(start, end, length)
    if end is None:
        return start + (length or timedelta())
    if isinstance(end, datetime):
        return end
    return start if end == start.date() else datetime.combine(end, _MIDNIGHT)


def _day_after(start: date, end: date | None, length: timedelta | None) -> date:
    """The day after the last whole day of an event, which lasts at least one day."""
    if isinstance(end, datetime):
        end = (end + _DAY - timedelta.resolution).date()
    elif end is None:  # A part of a day counts as the whole day.
        end = start - (-(length or _DAY) // _DAY) * _DAY
    return start + _DAY if end == start else end

"""Reads a calendar (iCalendar, RFC 5545) event by event, so that a broken event never loses the others.

    for event in ics.events(page.text, page.url):
        event.text("SUMMARY"), event.times(page.answer.fetched_at, ZoneInfo(source.time_zone))

icalendar parses lines and values; `recurring_ical_events` joins series with their exceptions. Both get one event or one
series at a time. The total work is bounded by the length of the calendar.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar.parser import Contentlines

from aggregator.adapter.ics.moments import Span, Window
from aggregator.adapter.ics.properties import Properties
from aggregator.adapter.ics.rules import Work
from aggregator.adapter.ics.series import Series
from aggregator.adapter.ics.zones import Zones
from aggregator.adapter.limits import ICS, too_long
from aggregator.errors import PageError, RecordError

__all__ = ["Event", "Span", "events"]

# Apart from VCALENDAR around the others, these never nest: where one begins, the one before has ended.
_COMPONENTS = {"VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"}


class Event:
    """One VEVENT. Reading a part of it that is broken raises RecordError."""

    def __init__(self, properties: Properties, series: Series) -> None:
        self._properties, self._series = properties, series

    def text(self, name: str) -> str:
        """The first property with this name (LOCATION, STATUS), unescaped; "" if there is none."""
        self._properties.check_ended()
        return self._properties.text(name)

    @property
    def id(self) -> str:
        """The event's id, permanent while the event keeps its start; "" without a UID."""
        uid = self.text("UID")
        return f"{uid} {self.text('DTSTART')}" if uid else ""

    def times(self, now: datetime, zone: ZoneInfo) -> Sequence[Span]:
        """When the event takes place, without spans over before today; rules are followed for eight weeks.

        `zone`, the source's, defines today. Times without a time zone come without an offset.
        """
        return self._series.spans(self._properties, Window(now.astimezone(zone).date(), zone))

    def complete(self, now: datetime, zone: ZoneInfo) -> bool:
        """False if an event of its series, which may be at the same place, cannot be read."""
        return self._series.complete(Window(now.astimezone(zone).date(), zone))


def events(text: str, url: str) -> Iterator[Event]:
    """Yields the events of the calendars in `text`, without duplicates.

    PageError if the text is beyond its limits, and after the last event if a calendar is cut off.
    """
    if why := too_long(text, ICS):
        raise PageError(f"{url} {why}")
    work = Work(len(text))
    parts = _Parts(Zones(work.spend))
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for line in Contentlines.from_ical(plain):  # type: ignore[no-untyped-call]
        parts.read(line)
    parts.zones.make()
    by_uid: dict[str, list[Properties]] = defaultdict(list)
    for number, event in enumerate(parts.events):
        by_uid[_uid(event) or f"event {number} has no UID"].append(event)
    for alike in by_uid.values():
        series = Series(alike, work)
        for event in series.events:
            yield Event(event, series)
    if parts.open:
        raise PageError(f"{url} is cut off: {parts.open} of its calendars have no END:VCALENDAR")


def _uid(event: Properties) -> str:
    try:
        return event.text("UID")
    except RecordError:
        return ""


class _Parts:
    """Collects the events and time zones of a calendar from its lines, skipping components inside an event (alarms)."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self.events: list[Properties] = []
        self.open = 0  # calendars without their end so far
        self._event: Properties | None = None
        self._zone: list[str] | None = None
        self._inside: list[str] = []  # components open inside the event

    def read(self, line: str) -> None:
        keyword, _, value = line.partition(":")
        name = value.strip().upper()
        match keyword.strip().upper():
            case "BEGIN":
                self._begin(name, line)
            case "END":
                self._end(name, line)
            case "X-WR-TIMEZONE" if self._event is None:
                self.zones.own_name = value.strip()
            case _:
                self._add(line)

    def _begin(self, name: str, line: str) -> None:
        if name not in _COMPONENTS:
            if self._event is not None:
                self._inside.append(name)
            self._add(line)
            return
        self._event, self._zone, self._inside = None, None, []
        if name == "VCALENDAR":
            self.open += 1
        elif name == "VEVENT":
            self._event = Properties(self.zones)
            self.events.append(self._event)
        elif name == "VTIMEZONE":
            self._zone = []

    def _end(self, name: str, line: str) -> None:
        if self._event is not None and name == "VEVENT":
            self._event.ended = not self._inside
        elif self._zone is not None and name == "VTIMEZONE":
            self.zones.add(self._zone)
        elif name == "VCALENDAR":
            self.open -= 1
        if name in _COMPONENTS:
            self._event, self._zone, self._inside = None, None, []
        elif self._inside[-1:] == [name]:
            self._inside.pop()
        else:
            self._add(line)

    def _add(self, line: str) -> None:
        if self._event is not None and not self._inside:
            self._event.add(line)
        elif self._zone is not None:
            self._zone.append(line)

"""The properties of one VEVENT: plain text, days, and times in their zones, as icalendar reads them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from icalendar.parser import Contentline
from icalendar.prop import vDDDTypes

from aggregator.adapter.ics.zones import Zones
from aggregator.errors import RecordError

MAX_PARAMETERS = 50
_NAME = re.compile(r"[\w-]+")
_UNQUOTED_ZONE = re.compile(r"(;TZID=)([^;]*)", re.IGNORECASE)


class Properties:
    """The lines of one VEVENT by name. Reading a broken property raises RecordError."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self.ended = False  # whether END:VEVENT was found
        self._lines: dict[str, list[str]] = defaultdict(list)
        self._read: dict[str, Sequence[tuple[str, str]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._lines

    def add(self, line: str) -> None:
        """Adds a line; a line that does not begin with a name is skipped."""
        if name := _NAME.match(line):
            self._lines[name[0].upper()].append(line)

    def check_ended(self) -> None:
        """Raises RecordError for an event without END:VEVENT."""
        if not self.ended:
            raise RecordError("VEVENT", self.written("SUMMARY"), "has no END:VEVENT; the calendar is damaged here")

    def text(self, name: str) -> str:
        """The first property with this name, unescaped; "" if there is none."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> Iterator[str]:
        """All properties with this name."""
        return (value for _, value in self._values(name))

    def written(self, name: str) -> str:
        """The lines with this name as they are in the calendar."""
        return "\n".join(self._lines.get(name, ()))

    def sequence(self) -> int:
        """The version number of the event; -1 if it states none."""
        number = self.written("SEQUENCE").rpartition(":")[2].strip()
        return int(number) if number.isdecimal() and len(number) < 10 else -1

    def moment(self, name: str) -> date | None:
        """The first day or time with this name; None if there is none."""
        return next((moments[0] for moments in self.moments(name)), None)

    def moments(self, name: str) -> Iterator[tuple[date, ...]]:
        """The days and times of all properties with this name: (moment,), or (start, end) for a PERIOD."""
        for zone_name, value in self._values(name):
            zone = self.zones.find(zone_name) if zone_name else None
            for text in filter(None, value.upper().replace(" ", "").split(",")):
                yield _period(name, text, zone)

    def length(self) -> timedelta | None:
        """The DURATION; None if there is none."""
        text = self.text("DURATION").upper()
        length = _read("DURATION", text) if text else None
        if isinstance(length, date):
            raise RecordError("DURATION", text, "is not a duration")
        return length

    def _values(self, name: str) -> Sequence[tuple[str, str]]:
        """The TZID and the value of each property of this name."""
        if name in self._lines and name not in self._read:
            self._read[name] = [_parts(name, line) for line in self._lines[name]]
        return self._read.get(name, ())


def _parts(name: str, line: str) -> tuple[str, str]:
    if line.count(";", 0, line.find(":")) > MAX_PARAMETERS:
        raise RecordError(name, line, f"has more than {MAX_PARAMETERS} parameters")
    try:
        _, parameters, value = Contentline(_with_quoted_zone(line)).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        raise RecordError(name, line, "is not a valid property") from None
    return str(parameters.get("TZID", "")), value.strip()


def _with_quoted_zone(line: str) -> str:
    """The line, with the quotes that a TZID containing a colon should have (tzone://Microsoft/Custom)."""
    head, _, value = line.rpartition(":")
    if ":" in head and '"' not in head and _UNQUOTED_ZONE.search(head[: head.index(":")]):
        return f"{_UNQUOTED_ZONE.sub(_quoted, head)}:{value}"
    return line


def _quoted(zone: re.Match[str]) -> str:
    return f'{zone[1]}"{zone[2]}"'


def _period(name: str, text: str, zone: tzinfo | None) -> tuple[date, ...]:
    start_text, slash, end_text = text.partition("/")
    start = _in_zone(name, _read(name, start_text), zone)
    if not slash:
        return (start,)
    end = _read(name, end_text)
    return start, start + end if isinstance(end, timedelta) else _in_zone(name, end, zone)


def _in_zone(name: str, moment: date | timedelta, zone: tzinfo | None) -> date:
    if isinstance(moment, timedelta):
        raise RecordError(name, moment, "is neither a day nor a time")
    if zone and isinstance(moment, datetime) and moment.tzinfo is None:  # a time in UTC stays in UTC, whatever its TZID
        return moment.replace(tzinfo=zone)
    return moment


def _read(name: str, text: str) -> date | timedelta:
    try:
        value = vDDDTypes.from_ical(text)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise RecordError(name, text, str(error)) from None
    if not isinstance(value, date | timedelta):
        raise RecordError(name, text, "is neither a day nor a time")
    return value

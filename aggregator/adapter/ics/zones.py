"""Time zones as calendars name them: IANA names, Windows names, names with a vendor's prefix, and VTIMEZONEs."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from aggregator.errors import RecordError

RULE_COST = 2_500  # of a rule for clock changes, in units of `Work`
_PARTS_OF_A_NAME = 3  # America/Argentina/Buenos_Aires
_LONGEST = 8_000  # characters of a VTIMEZONE; a whole century of changes takes less
_AMERICAN = re.compile(r"(?:\([^()]*\) ?)?(\w+)(?: standard| daylight)? time(?: \(us & canada\))?")
_WANTED = ("BEGIN", "END", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO")
# A rule of only these parts has a day in most years, so the search for the next one ends.
_CHANGE_PART = re.compile(
    r"FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|UNTIL=[0-9TZ]+|COUNT=\d+|BYMONTH=(?:0?[1-9]|1[0-2])"
    r"|BYDAY=[+-]?[1-4]?[A-Z]{2}|BYMONTHDAY=[12]?\d(?:,[12]?\d)*"
)
_FIRST_YEAR = re.compile(r"(?<=:)(?:0001|1601)(?=\d{4})")  # the first years in .NET and in Windows
_EARLY = re.compile(r":(?:0\d|1[0-7])\d{6}")
_NUMBERED_DAY = re.compile(r"BYDAY=[+-]?\d")


class Zones:
    """The time zones of one calendar.

    Every calendar has its own, because two calendars may give one name to different rules. `spend` is called with the
    work that creating a zone takes.
    """

    def __init__(self, spend: Callable[[int], None]) -> None:
        self._spend = spend
        self._rules: dict[str, Sequence[str]] = {}
        self._found: dict[str, tzinfo | RecordError | None] = {}
        self.own_name = ""  # X-WR-TIMEZONE

    @property
    def own(self) -> tzinfo | None:
        """The zone of times that state none, as in Google Calendar; None if the calendar does not state one.

        UTC counts as not stated, because programs that write local times without a zone often state it.
        """
        zone = self.find(self.own_name) if self.own_name else None
        return None if str(zone).rpartition("/")[2] in ("UTC", "GMT", "Zulu") else zone

    def add(self, lines: Sequence[str]) -> None:
        """Adds a VTIMEZONE, given as the lines between its BEGIN and its END."""
        if name := _value(lines, "TZID"):
            self._rules[name] = lines

    def make(self) -> None:
        """Creates the zones that were added, so that nothing is parsed later."""
        for name in self._rules:
            with suppress(RecordError):
                self.find(name)

    def find(self, name: str) -> tzinfo | None:
        """The zone of a TZID; None if it is unknown. RecordError if its VTIMEZONE cannot be read.

        The name of a place (America/New_York) comes before the VTIMEZONE, because the rules that calendars write for it
        are often those of a single year. Abbreviations (EST) come after it, because there the rules are what was meant.
        """
        name = name.strip()
        if name not in self._found:
            try:
                self._found[name] = self._find(name)
            except RecordError as error:
                self._found[name] = error
        found = self._found[name]
        if isinstance(found, RecordError):
            raise found.with_traceback(None)
        return found

    def _find(self, name: str) -> tzinfo | None:
        lines = self._rules.get(name)
        for known in (name, _value(lines, "X-LIC-LOCATION") if lines else ""):
            if zone := _place(known):
                return ZoneInfo(zone)
        if lines:
            return self._made(name, lines)
        words = _AMERICAN.fullmatch(name.casefold())
        last = f"us/{words[1]}" if words else name.rpartition("/")[2].casefold()
        return ZoneInfo(_names()[last]) if last in _names() else None

    def _made(self, name: str, lines: Sequence[str]) -> tzinfo:
        wanted = [line for line in lines if re.split("[:;]", line, maxsplit=1)[0].upper() in _WANTED]
        if sum(map(len, wanted)) > _LONGEST:
            raise RecordError("TZID", name, f"its VTIMEZONE is longer than {_LONGEST} characters")
        for line in wanted:
            if line[:5].upper() == "RRULE":
                _check_change(name, line.partition(":")[2].strip().upper())
                self._spend(RULE_COST)
        # Move the start to 2001, from where there are fewer years to follow.
        wanted = [_FIRST_YEAR.sub("2001", line) for line in wanted]
        if any(map(_EARLY.search, wanted)):
            raise RecordError("TZID", name, "its VTIMEZONE begins before 1800")
        try:
            # Without its TZID, icalendar does not cache the zone for the calendars of other sources.
            component = Timezone.from_ical("\n".join(("BEGIN:VTIMEZONE", *wanted, "END:VTIMEZONE")))
            component.add("TZID", "custom")
            made: tzinfo = cast(Timezone, component).to_tz(lookup_tzid=False)
        except Exception as error:  # icalendar and dateutil raise many kinds of errors for a broken zone
            raise RecordError("TZID", name, f"its VTIMEZONE cannot be read: {error}") from None
        return made


def _check_change(name: str, rule: str) -> None:
    parts = [part for part in rule.split(";") if part]
    known = "FREQ=YEARLY" in parts and all(map(_CHANGE_PART.fullmatch, parts))
    if not known or ("BYMONTHDAY" in rule and _NUMBERED_DAY.search(rule)):
        raise RecordError("TZID", name, f"changes its clock by a rule that we cannot follow: {rule[:80]}")


def _place(name: str) -> str:
    """The IANA name of a TZID that names a place or a Windows zone, perhaps after a vendor's prefix."""
    parts = name.strip("/").replace(" ", "_").casefold().split("/")
    for start in range(max(0, len(parts) - _PARTS_OF_A_NAME), len(parts) - 1):
        if found := _names().get("/".join(parts[start:])):
            return found
    return _windows().get(name.rpartition("/")[2].casefold(), "")


@cache
def _names() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows() -> Mapping[str, str]:
    known = set(_names().values())
    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items() if zone in known}


def _value(lines: Sequence[str], name: str) -> str:
    return next((line.partition(":")[2].strip() for line in lines if line.upper().startswith(f"{name}:")), "")

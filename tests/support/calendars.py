"""Made-up calendars for the tests of `aggregator.adapter.ics`, six days before the clocks go forward."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aggregator.adapter import ics
from aggregator.errors import RecordError

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
HERE = ZoneInfo("America/New_York")
URL = "https://calendar.example.org/halls.ics"


def calendar(*parts: str) -> str:
    return "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""))


def event(*lines: str, uid: str = "gull@example.org", name: str = "Gull Hall") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{name}", "LOCATION:1 Kite St", *lines, "END:VEVENT"))


def local(name: str, *times: str) -> str:
    """A property with times in New York."""
    return f"{name};TZID=America/New_York:{','.join(times)}"


def morning(day: str) -> tuple[str, str]:
    """DTSTART and DTEND of a clinic from nine to noon."""
    return local("DTSTART", f"{day}T090000"), local("DTEND", f"{day}T120000")


Times = list[tuple[str, str]]


def read(*parts: str) -> list[tuple[str, Times | str]]:
    """For each event its name and sorted times, or "" and the error."""
    found: list[tuple[str, Times | str]] = []
    for row in ics.events(calendar(*parts), URL):
        try:
            found.append((row.text("SUMMARY"), sorted((start, end) for start, end in row.times(NOW, HERE))))
        except RecordError as error:
            found.append(("", str(error)))
    return found


def only(*parts: str) -> tuple[str, Times]:
    """The name and the times of the only readable event."""
    ((name, times),) = [(name, times) for name, times in read(*parts) if not isinstance(times, str)]
    return name, times


def starts(*parts: str) -> list[str]:
    """All starts in a calendar whose events are all readable."""
    found = []
    for _, times in read(*parts):
        assert not isinstance(times, str), times
        found += [start for start, _ in times]
    return sorted(found)


def faults(*parts: str) -> Sequence[str]:
    """The errors of the unreadable events."""
    return [times for _, times in read(*parts) if isinstance(times, str)]

"""Time zones as calendars name them (`aggregator.adapter.ics`)."""

from zoneinfo import ZoneInfo

import pytest

from aggregator.adapter import ics
from tests.support.calendars import HERE, NOW, URL, calendar, event, faults, starts

NOON_IN_CHICAGO = "2026-03-04T12:00:00-06:00"


def zone(name: str, *more: str, rule: str = "FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", begins: str = "16010101") -> str:
    """A VTIMEZONE with the rules of Chicago."""
    return "\n".join((
        "BEGIN:VTIMEZONE", f"TZID:{name}", *more,
        "BEGIN:STANDARD", f"DTSTART:{begins}T020000", f"RRULE:{rule}", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0600",
        "END:STANDARD",
        "BEGIN:DAYLIGHT", f"DTSTART:{begins}T020000", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
        "TZOFFSETFROM:-0600", "TZOFFSETTO:-0500", "X-NOTE:x", "END:DAYLIGHT",
        "END:VTIMEZONE",
    ))  # fmt: skip


def noon(zone_name: str, day: str = "20260304") -> str:
    return event(f"DTSTART;TZID={zone_name}:{day}T120000")


@pytest.mark.parametrize(
    "name",
    [
        "America/Chicago",
        '"America/Chicago"',
        "america/chicago",
        "US/Central",
        "Central Standard Time",
        '"Central Standard Time"',
        "/mozilla.org/20050126_1/America/Chicago",
        "/freeassociation.sourceforge.net/America/Chicago",
        "/citadel.org/20250101_1/America/North_Dakota/Center",
        "tzone://Microsoft/Central Standard Time",
        '"(UTC-06:00) Central Time (US & Canada)"',
        "Central Time",
    ],
)
def test_a_time_zone_may_have_an_iana_name_a_windows_name_or_a_prefix(name: str) -> None:
    assert starts(noon(name)) == [NOON_IN_CHICAGO]


@pytest.mark.parametrize(
    "name", ["Customized Time Zone", "tzone://Microsoft/Custom", '"tzone://Microsoft/Custom"', "CST"]
)
@pytest.mark.parametrize("begins", ["16010101", "00010101", "19700101"])
def test_an_unknown_zone_name_uses_the_rules_in_the_calendar(name: str, begins: str) -> None:
    rules = zone(name.strip('"'), begins=begins)

    assert starts(rules, noon(name)) == [NOON_IN_CHICAGO]
    assert starts(noon(name, "20260310"), rules) == ["2026-03-10T12:00:00-05:00"]


def test_a_zone_may_name_its_iana_location() -> None:
    assert starts(zone("Halls", "X-LIC-LOCATION:America/Denver"), noon("Halls")) == ["2026-03-04T12:00:00-07:00"]


def test_zone_rules_of_one_calendar_do_not_affect_another() -> None:
    assert starts(zone("Halls"), noon("Halls")) == [NOON_IN_CHICAGO]
    assert starts(noon("Halls")) == ["2026-03-04T12:00:00"]


def test_a_utc_time_stays_utc_whatever_its_tzid() -> None:
    assert starts(event("DTSTART;TZID=America/Chicago:20260304T120000Z")) == ["2026-03-04T12:00:00+00:00"]


def test_times_without_a_zone_use_that_of_the_calendar_or_else_of_the_source() -> None:
    floating = event("DTSTART:20260304T120000")

    assert starts(floating) == ["2026-03-04T12:00:00"]
    assert starts("X-WR-TIMEZONE:America/Chicago", floating) == [NOON_IN_CHICAGO]
    assert starts("X-WR-TIMEZONE:UTC", floating) == ["2026-03-04T12:00:00"]
    assert starts("X-WR-TIMEZONE:America/Chicago", event("DTSTART;VALUE=DATE:20260304")) == ["2026-03-04"]
    assert starts(noon("Nowhere/Known")) == ["2026-03-04T12:00:00"]


@pytest.mark.parametrize(
    "rules",
    [
        zone("Halls", rule="FREQ=SECONDLY"),
        zone("Halls", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        zone("Halls", begins="10660101"),
        zone("Halls", begins="20260230"),
        "BEGIN:VTIMEZONE\nTZID:Halls\nEND:VTIMEZONE",
        zone("Halls", "RDATE:" + "20260101T000000," * 1000),
    ],
)
def test_an_unusable_zone_loses_only_its_own_events(rules: str) -> None:
    other = event("DTSTART;TZID=America/Chicago:20260304T120000", uid="tern")

    assert len(faults(rules, noon("Halls"), other)) == 1


def test_today_is_in_the_time_zone_of_the_source() -> None:
    yesterday = calendar(event("DTSTART;VALUE=DATE:20260301"))

    (row,) = ics.events(yesterday, URL)
    assert row.times(NOW, HERE) == []
    (row,) = ics.events(yesterday, URL)
    assert len(row.times(NOW.replace(hour=3), ZoneInfo("America/Los_Angeles"))) == 1

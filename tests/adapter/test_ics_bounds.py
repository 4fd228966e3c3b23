"""Calendars that take long to read, by design or by accident (`aggregator.adapter.ics`)."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from aggregator.adapter.ics.bounded import MAX_TIMES
from aggregator.errors import PageError
from tests.adapter.test_ics_zones import zone
from tests.support.calendars import event, faults, local, morning, read, starts

SIZE = 25_000  # characters; and four times as many
ENOUGH = 0.25  # seconds; quadratic work would take longer
OLD = morning("19700101")
NEVER = "BYMONTH=2;BYMONTHDAY=30"


def many(*lines: str, uid: str = "") -> Callable[[int], list[str]]:
    """Enough events for a calendar of the given size."""
    size = len(event(*lines))
    return lambda characters: [event(*lines, uid=uid or str(number)) for number in range(characters // size)]


def one(line: Callable[[int], str]) -> Callable[[int], list[str]]:
    return lambda characters: [event(*morning("20260304"), line(characters))]


def each_with_its_zone(characters: int) -> list[str]:
    return [
        f"{zone(f'Zone {number}', begins='19700101')}\n{event(f'DTSTART;TZID=Zone {number}:20260304T090000')}"
        for number in range(characters // 500)
    ]


def overrides(characters: int) -> list[str]:
    days = [f"20{10 + n % 17}{1 + n // 17 % 12:02}{1 + n // 204 % 28:02}T090000" for n in range(characters // 200)]
    changed = [event(*morning("20260304"), local("RECURRENCE-ID;RANGE=THISANDFUTURE", day)) for day in days]
    return [*(event(local("DTSTART", day), "RRULE:FREQ=DAILY") for day in days), *changed]


HOSTILE: dict[str, Callable[[int], list[str]]] = {
    "events that never end": lambda n: ["BEGIN:VEVENT"] * (n // 13),
    "an event of alarms": lambda n: ["BEGIN:VEVENT", *["BEGIN:VALARM"] * (n // 13)],
    "components in one another": lambda n: ["BEGIN:X"] * (n // 8),
    "blank lines": lambda n: [""] * n,
    "folds": one(lambda n: "DESCRIPTION:" + "\n " * (n // 2)),
    "a long line": one(lambda n: "RDATE:" + "x" * n),
    "parameters": one(lambda n: "EXDATE" + ";A=b" * (n // 4) + ":20260304"),
    "slashes in a zone": one(lambda n: f"EXDATE;TZID={'/' * n}:20260304T090000"),
    "brackets in a zone": one(lambda n: f"EXDATE;TZID={'(' * n}:20260304T090000"),
    "days left out": one(lambda n: "EXDATE:" + "20260304T140000Z," * (n // 17)),
    "days added": one(lambda n: "RDATE:" + ",".join(f"2027{1 + i % 12:02}{1 + i % 28:02}" for i in range(n // 9))),
    "rules of one event": one(lambda n: "RRULE:FREQ=DAILY\n" * (n // 17)),
    "parts of a rule": one(lambda n: "RRULE:" + "FREQ=DAILY;" * (n // 11)),
    "single events": many(*morning("20260304")),
    "old series": many(*OLD, "RRULE:FREQ=DAILY"),
    "old series with a count": many(*OLD, "RRULE:FREQ=DAILY;COUNT=100000000"),
    "every second": many(*morning("20260304"), "RRULE:FREQ=SECONDLY"),
    "every second since 1970": many(*OLD, "RRULE:FREQ=SECONDLY"),
    "every minute with a count": many(*OLD, "RRULE:FREQ=MINUTELY;COUNT=100000000"),
    "rules that find no year": many(*OLD, f"RRULE:FREQ=YEARLY;{NEVER}"),
    "rules that find no day": many(*OLD, f"RRULE:FREQ=DAILY;{NEVER}"),
    "rules that find no day to count": many(*OLD, f"RRULE:FREQ=DAILY;COUNT=2;{NEVER}"),
    "rules that find no minute": many(*OLD, f"RRULE:FREQ=MINUTELY;{NEVER}"),
    "rules that find no second": many(*OLD, f"RRULE:FREQ=SECONDLY;COUNT=2;{NEVER}"),
    "rules for an hour that never comes": many(*OLD, "RRULE:FREQ=SECONDLY;INTERVAL=86400;BYHOUR=8"),
    "series from year 1": many("DTSTART:00010101T090000Z", "RRULE:FREQ=YEARLY"),
    "zones": each_with_its_zone,
    "changes of one series": overrides,
    "one broken zone": lambda n: [zone("Halls", begins="20260230"), *many("DTSTART;TZID=Halls:20260304T090000")(n)],
}


def seconds(parts: list[str]) -> float:
    began = time.process_time()
    with suppress(PageError):
        read(*parts)
    return time.process_time() - began


@pytest.mark.parametrize("kind", HOSTILE)
def test_parsing_time_is_linear_in_the_size_of_the_calendar(kind: str) -> None:
    small, large = HOSTILE[kind](SIZE), HOSTILE[kind](4 * SIZE)

    took = seconds(large)
    assert took < ENOUGH or min(seconds(large) for _ in range(3)) < 8 * min(seconds(small) for _ in range(3))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9,10,11,12;BYMINUTE=0,10,20,30,40,50",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=SECONDLY;COUNT=100000000",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
    ],
)
def test_a_rule_with_too_many_occurrences_is_a_failed_row(rule: str) -> None:
    assert len(faults(event(*morning("20260304"), f"RRULE:{rule}"))) == 1


def test_a_rule_may_give_as_many_times_as_clinics_need() -> None:
    quarters = "RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=12"
    mornings = "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10;BYMINUTE=0,15,30,45"

    assert len(starts(event(local("DTSTART", "20260304T090000"), quarters))) == 12
    assert len(starts(event(local("DTSTART", "20150105T090000"), mornings))) == 320 < MAX_TIMES


@pytest.mark.parametrize("frequency", ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"])
def test_a_rule_that_never_matches_again_terminates(frequency: str) -> None:
    assert len(starts(event(*morning("20260304"), f"RRULE:FREQ={frequency};{NEVER}"))) == 1

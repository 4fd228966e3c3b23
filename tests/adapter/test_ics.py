"""When events of calendars take place (`aggregator.adapter.ics`)."""

import pytest

from aggregator.adapter import ics
from aggregator.errors import PageError
from tests.support.calendars import HERE, NOW, URL, calendar, event, faults, local, morning, only, read, starts

WEEKLY = (*morning("20260225"), "RRULE:FREQ=WEEKLY;COUNT=4")  # Wednesdays; the first is over
WEDNESDAYS = ["2026-03-04T09:00:00-05:00", "2026-03-11T09:00:00-04:00", "2026-03-18T09:00:00-04:00"]


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ((local("DTSTART", "20260304T090000"), "DURATION:PT90M"), "2026-03-04T10:30:00-05:00"),
        ((local("DTSTART", "20260304T090000"), "DURATION:P1DT2H"), "2026-03-05T11:00:00-05:00"),
        ((local("DTSTART", "20260304T090000"), "DTEND:20260304T170000Z"), "2026-03-04T12:00:00-05:00"),
        ((local("DTSTART", "20260304T090000"), "DTEND;VALUE=DATE:20260305"), "2026-03-05T00:00:00-05:00"),
        ((local("DTSTART", "20260304T090000"), "DTEND;VALUE=DATE:20260304"), ""),
        ((local("DTSTART", "20260304T090000"),), ""),
        (("DTSTART;VALUE=DATE:20260304", "DURATION:P3D"), "2026-03-06"),
        (("DTSTART;VALUE=DATE:20260304", "DURATION:P1W"), "2026-03-10"),
        (("DTSTART;VALUE=DATE:20260304", "DURATION:PT4H"), ""),
        (("DTSTART;VALUE=DATE:20260304", "DTEND;VALUE=DATE:20260307"), "2026-03-06"),
        (("DTSTART;VALUE=DATE:20260304", "DTEND;VALUE=DATE:20260304"), ""),
        (("DTSTART;VALUE=DATE:20260304", "DTEND:20260306T170000"), "2026-03-06"),
        (("DTSTART:20260304", "DTEND:20260305"), ""),
    ],
)
def test_an_event_ends_at_its_dtend_or_after_its_duration(lines: tuple[str, ...], end: str) -> None:
    assert [found[1] for found in only(event(*lines))[1]] == [end]


def test_an_event_in_progress_is_listed() -> None:
    begun = event(local("DTSTART", "20260301T090000"), "DURATION:PT30H")
    over = event(local("DTSTART", "20260301T090000"), "DURATION:PT14H", uid="over")

    assert starts(begun, over) == ["2026-03-01T09:00:00-05:00"]


@pytest.mark.parametrize(
    "left_out",
    [
        "EXDATE;VALUE=DATE:20260311",
        "EXDATE;VALUE=DATE:20260311,20260301",
        "EXDATE;VALUE=DATE:20260301\nEXDATE;VALUE=DATE:20260311",
        local("EXDATE", "20260311T090000"),
        local("EXDATE", "20260311T000000"),
        "EXDATE:20260311T130000Z",
        "EXDATE:20260311T090000",
        "EXDATE;TZID=Europe/Paris:20260311T140000",
        "exdate;value=date:20260311",
        "EXDATE:\nEXDATE;VALUE=DATE:20260311,",
    ],
)
def test_an_excluded_date_is_removed_from_its_series(left_out: str) -> None:
    assert starts(event(*WEEKLY, left_out)) == [WEDNESDAYS[0], WEDNESDAYS[2]]


def test_an_excluded_time_removes_only_that_instant() -> None:
    twice = (local("DTSTART", "20260304T090000"), "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9,14")

    assert starts(event(*twice, "EXDATE:20260304T140000Z")) == ["2026-03-04T14:00:00-05:00"]


@pytest.mark.parametrize(
    "replaced",
    [
        "RECURRENCE-ID;VALUE=DATE:20260311",
        local("RECURRENCE-ID", "20260311T090000"),
        local("RECURRENCE-ID", "20260311T000000"),
        "RECURRENCE-ID:20260311T130000Z",
    ],
)
def test_a_moved_occurrence_is_not_on_its_old_day(replaced: str) -> None:
    moved = event(*morning("20260312"), replaced)

    assert starts(event(*WEEKLY), moved) == [WEDNESDAYS[0], "2026-03-12T09:00:00-04:00", WEDNESDAYS[2]]
    assert starts(moved, event(*WEEKLY)) == starts(event(*WEEKLY), moved)


def test_a_cancelled_occurrence_is_a_separate_event() -> None:
    cancelled = event(*morning("20260311"), "RECURRENCE-ID:20260311T130000Z", "STATUS:CANCELLED", name="Cancelled")

    assert dict(read(event(*WEEKLY), cancelled)) == {
        "Gull Hall": [(WEDNESDAYS[0], "2026-03-04T12:00:00-05:00"), (WEDNESDAYS[2], "2026-03-18T12:00:00-04:00")],
        "Cancelled": [(WEDNESDAYS[1], "2026-03-11T12:00:00-04:00")],
    }


def test_a_change_may_apply_to_all_later_occurrences() -> None:
    later = event(
        local("DTSTART", "20260311T140000"),
        local("DTEND", "20260311T150000"),
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260311T130000Z",
        name="Afternoons",
    )

    assert dict(read(event(*WEEKLY), later)) == {
        "Gull Hall": [(WEDNESDAYS[0], "2026-03-04T12:00:00-05:00")],
        "Afternoons": [
            ("2026-03-11T14:00:00-04:00", "2026-03-11T15:00:00-04:00"),
            ("2026-03-18T14:00:00-04:00", "2026-03-18T15:00:00-04:00"),
        ],
    }


@pytest.mark.parametrize(
    "broken",
    [
        ("RECURRENCE-ID:20260311T130000Z", "DTSTART:soon"),
        ("RECURRENCE-ID:20260311T130000Z",),
        ("RECURRENCE-ID;VALUE=DATE:20260311", local("DTSTART", "20260312T090000"), "DTEND:20260201T090000"),
    ],
)
def test_an_occurrence_moved_to_an_unreadable_time_is_not_on_its_old_day(broken: tuple[str, ...]) -> None:
    name, times = only(event(*WEEKLY), event(*broken))

    assert (name, [start for start, _ in times]) == ("Gull Hall", [WEDNESDAYS[0], WEDNESDAYS[2]])
    assert len(faults(event(*WEEKLY), event(*broken))) == 1


def test_a_series_with_a_change_to_an_unreadable_occurrence_is_a_failed_row() -> None:
    assert len(faults(event(*WEEKLY), event(*morning("20260312"), "RECURRENCE-ID:someday"))) == 1


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        (local("RDATE", "20260304T090000", "20260311T140000"), [WEDNESDAYS[0], "2026-03-11T14:00:00-04:00"]),
        ("RDATE:20260304T140000Z\nRDATE:20260311T130000Z", WEDNESDAYS[:2]),
        ("RDATE;VALUE=DATE:20260304", WEDNESDAYS[:1]),
        ("RDATE;VALUE=PERIOD:20260304T140000Z/PT1H", WEDNESDAYS[:1]),
        ("RDATE:20261202T140000Z", ["2026-12-02T09:00:00-05:00"]),
    ],
)
def test_dates_added_with_rdate_count_however_late_they_are(added: str, expected: list[str]) -> None:
    assert starts(event(*morning("20260201"), added)) == expected


def test_a_period_added_with_rdate_has_its_own_end() -> None:
    periods = local("RDATE;VALUE=PERIOD", "20260304T090000/PT1H", "20260305T090000/20260305T110000")
    _, times = only(event(*morning("20260201"), periods))

    assert [end for _, end in times] == ["2026-03-04T10:00:00-05:00", "2026-03-05T11:00:00-05:00"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;INTERVAL=1;COUNT=3;", ["03-03", "03-10", "03-17"]),
        ("freq=weekly;count=2", ["03-03", "03-10"]),
        ("FREQ=WEEKLY;COUNT=2;X-EXTRA=1", ["03-03", "03-10"]),
        ("FREQ=DAILY;UNTIL=20260305", ["03-03", "03-04", "03-05"]),
        ("FREQ=DAILY;UNTIL=20260305T140000Z", ["03-03", "03-04", "03-05"]),
        ("FREQ=DAILY;UNTIL=20260305T135959Z", ["03-03", "03-04"]),
        ("FREQ=DAILY;UNTIL=20260305T090000", ["03-03", "03-04", "03-05"]),
        ("FREQ=DAILY;COUNT=5;UNTIL=20260304", ["03-03", "03-04"]),
        ("FREQ=MONTHLY;BYDAY=1TU", ["03-03", "04-07"]),
        ("FREQ=MONTHLY", ["03-03", "04-03"]),
        ("FREQ=YEARLY", ["03-03"]),
        ("FREQ=WEEKLY;COUNT=100000000;BYDAY=TU", [f"{m:02}-{d:02}" for m, d in ((3, 3), (3, 10), (3, 17), (3, 24),
                                                  (3, 31), (4, 7), (4, 14), (4, 21))]),
        ("FREQ=MONTHLY;COUNT=-1", ["03-03", "04-03"]),
        ("FREQ=HOURLY;COUNT=2", ["03-03", "03-03"]),
    ],
)  # fmt: skip
def test_a_recurrence_rule_is_expanded_for_eight_weeks(rule: str, days: list[str]) -> None:
    assert [start[5:10] for start in starts(event(*morning("20260303"), f"RRULE:{rule}"))] == days


@pytest.mark.parametrize("began", ["20260106", "20160105", "19700106"])
@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=7", "FREQ=WEEKLY;BYDAY=TU;WKST=SU"])
def test_a_series_keeps_its_rhythm_however_long_ago_it_began(began: str, rule: str) -> None:
    found = starts(event(*morning(began), f"RRULE:{rule}"))

    assert (found[0][:10], len(found)) == ("2026-03-03", 8)


def test_every_second_week_is_counted_from_the_first_week() -> None:
    biweekly = starts(event(*morning("20160105"), "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"))

    assert [start[5:10] for start in biweekly[:4]] == ["03-03", "03-05", "03-17", "03-19"]


def test_an_all_day_series_accepts_excluded_dates_in_any_form() -> None:
    days = ("DTSTART;VALUE=DATE:20260303", "RRULE:FREQ=DAILY;UNTIL=20260307T045959Z")
    left_out = ("EXDATE:20260304T050000Z", "EXDATE;VALUE=DATE:20260305")

    assert starts(event(*days, *left_out)) == ["2026-03-03", "2026-03-06", "2026-03-07"]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("DTSTART:",),
        ("DTSTART:20260230T090000",),
        ("DTSTART:-00430315T090000",),
        ("DTSTART;TZID=:20260304T090000", "EXDATE;TZID"),
        (local("DTSTART", "20260304T090000"), local("DTEND", "20260304T080000")),
        (local("DTSTART", "20260304T090000"), "DURATION:-PT1H"),
        (local("DTSTART", "20260304T090000"), "DURATION:an hour"),
        (local("DTSTART", "20260304T090000"), "DURATION:20260304"),
        ("DTSTART:PT1H",),
        ("DTSTART:00010101T000000Z", "RRULE:FREQ=MONTHLY"),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000",),
        ("DTSTART;VALUE=DATE:99991231",),
        (*WEEKLY, "EXDATE:some day"),
        (*WEEKLY, "EXRULE:FREQ=MONTHLY"),
        (*WEEKLY, "RDATE;VALUE=PERIOD:20260304T140000Z/-PT1H"),
        (*morning("20260304"), "RRULE:COUNT=2"),
        (*morning("20260304"), "RRULE:FREQ=FORTNIGHTLY"),
        (*morning("20260304"), "RRULE:FREQ=DAILY;UNTIL"),
        (*morning("20260304"), "RRULE:FREQ=DAILY;UNTIL=soon"),
        (*morning("20260304"), "RRULE:FREQ=DAILY;BYEASTER=1"),
        (*morning("20260304"), "RRULE:FREQ=DAILY;RSCALE=HEBREW"),
        (*morning("20260304"), "RRULE:FREQ=DAILY;BYHOUR=25"),
        (*morning("20260304"), "RRULE:FREQ=DAILY;INTERVAL=0"),
    ],
)
def test_an_unreadable_event_fails_alone(lines: tuple[str, ...]) -> None:
    good = event(*morning("20260304"), uid="tern", name="Tern Hall")

    assert len(faults(event(*lines), good)) == 1
    assert ("Tern Hall", [("2026-03-04T09:00:00-05:00", "2026-03-04T12:00:00-05:00")]) in read(event(*lines), good)


def test_an_unused_property_may_be_malformed() -> None:
    odd = ("GEO:here", "PRIORITY;X", 'ATTENDEE;CN="a:mailto', "SEQUENCE:first", ":", "=")

    assert starts(event(*morning("20260304"), *odd)) == WEDNESDAYS[:1]


def test_an_event_listed_twice_counts_once() -> None:
    in_utc = ("DTSTART:20260304T140000Z", "DTEND:20260304T170000Z")

    assert starts(event(*morning("20260304")), event(*morning("20260304"))) == WEDNESDAYS[:1]
    assert len(starts(event(*morning("20260304")), event(*in_utc))) == 1


def test_only_the_latest_version_of_an_event_counts() -> None:
    old, new = event(*morning("20260304"), "SEQUENCE:1"), event(*morning("20260311"), "SEQUENCE:2")

    assert starts(old, new) == starts(new, old) == WEDNESDAYS[1:2]


def test_events_with_the_same_uid_but_different_starts_all_count() -> None:
    assert starts(event(*morning("20260304")), event(*morning("20260311"))) == WEDNESDAYS[:2]
    assert starts(event(*morning("20260304"), uid=""), event(*morning("20260311"), uid="")) == WEDNESDAYS[:2]


def test_an_alarm_does_not_change_its_event() -> None:
    alarm = ("BEGIN:VALARM", "SUMMARY:Alarm", "DURATION:PT5M", "END:VALARM", local("DTEND", "20260304T120000"))
    assert only(event(local("DTSTART", "20260304T090000"), *alarm)) == (
        "Gull Hall",
        [(WEDNESDAYS[0], "2026-03-04T12:00:00-05:00")],
    )


def test_an_event_without_end_is_lost_and_the_next_one_is_read() -> None:
    unended = event(*morning("20260304")).removesuffix("END:VEVENT")
    found = read(unended, event(*morning("20260311"), uid="tern", name="Tern Hall"))

    assert [name for name, _ in found] == ["", "Tern Hall"]


def test_lines_may_be_folded_anywhere_and_have_any_line_ending() -> None:
    folded = calendar(event(*morning("20260304"), name="Gu\n ll Ha\n\tll")).replace("DTST", "DT\n ST")

    for text in (folded, folded.replace("\n", "\r\n"), folded.replace("\n", "\r"), "\ufeff" + folded + "\n\n"):
        (row,) = ics.events(text, URL)
        assert (row.text("SUMMARY"), row.id) == ("Gull Hall", "gull@example.org 20260304T090000")
        assert [start for start, _ in row.times(NOW, HERE)] == WEDNESDAYS[:1]


def test_an_event_without_a_uid_has_no_id() -> None:
    (row,) = ics.events(calendar(event(*morning("20260304"), uid="")), URL)

    assert row.id == ""


def test_a_truncated_calendar_gives_its_complete_events_and_an_error() -> None:
    whole = calendar(event(*morning("20260304")))
    rows = ics.events(whole + calendar(event(*morning("20260311"))).removesuffix("END:VCALENDAR\n"), URL)

    assert next(rows).text("SUMMARY") == "Gull Hall"
    with pytest.raises(PageError, match="is cut off"):
        list(rows)

"""Dates, times, and hours in every form that the sources use."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from aggregator.clean.dates import Calendar
from aggregator.clean.when import Clock, midnight, read_hours, read_moment, read_time
from aggregator.errors import RecordError

EASTERN = ZoneInfo("America/New_York")
PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("2021-05-03T09:00:00-04:00", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T13:00:00Z", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T13:00:00.250Z", "2021-05-03T09:00:00.250000-04:00"),
        ("2021-03-01T14:00:00-05", "2021-03-01T14:00:00-05:00"),
        ("2021-05-03T18:30:00+05:30", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T09:00", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03 09:00:00", "2021-05-03T09:00:00-04:00"),
        ("2021-05-05 08:50 am", "2021-05-05T08:50:00-04:00"),
        ("2021/05/03 09:00:00", "2021-05-03T09:00:00-04:00"),
        ("05/03/2021 09:00 am", "2021-05-03T09:00:00-04:00"),
        ("5/3/2021 1:05 P.M.", "2021-05-03T13:05:00-04:00"),
        ("05/03/2021, 13:05", "2021-05-03T13:05:00-04:00"),
        ("5/3/2021 12:00 am", "2021-05-03T00:00:00-04:00"),
        ("2021-05-03T15:00:00.000000+0200", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T09:00:00-0400", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T13:00:00.044+00:00", "2021-05-03T09:00:00.044000-04:00"),
        ("8/14/2021, 10:00 AM", "2021-08-14T10:00:00-04:00"),
        ("8/5/2021, 10:00:02 PM", "2021-08-05T22:00:02-04:00"),
        ("4/20/2021 10:10:00", "2021-04-20T10:10:00-04:00"),
        ("2021-05-03T9:00:00", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T9:00", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03T24:00:00", "2021-05-04T00:00:00-04:00"),
        ("2021-05-03 24:00", "2021-05-04T00:00:00-04:00"),
        ("2021-05-03 13:00:00 UTC", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03 13:00 GMT", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03 13:00:00 Z", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03 13:00:00 +0000 UTC", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03 09:00:00 -04:00", "2021-05-03T09:00:00-04:00"),
        ("2021-05-03 09:00-04:00", "2021-05-03T09:00:00-04:00"),
        ("5/3/2021 1:00 PM UTC", "2021-05-03T09:00:00-04:00"),
        ("5/3/2021 9:00 AM EDT", "2021-05-03T09:00:00-04:00"),
        ("5/3/2021 9:00 AM ET", "2021-05-03T09:00:00-04:00"),
        ("Mon May 03 2021 09:00:00 GMT-0400 (Eastern Daylight Time)", "2021-05-03T09:00:00-04:00"),
        ("Mon, 03 May 2021 13:00:00 GMT", "2021-05-03T09:00:00-04:00"),
        ("5/3/2021 9.30 a.m.", "2021-05-03T09:30:00-04:00"),
        ("5/3/2021 at noon", "2021-05-03T12:00:00-04:00"),
        ("5/3/2021 12 noon", "2021-05-03T12:00:00-04:00"),
        ("5/3/2021, 12:00 midnight", "2021-05-03T00:00:00-04:00"),
        ("Monday, May 3, 2021 at 2:30 PM", "2021-05-03T14:30:00-04:00"),
        ("lunes 3 de mayo de 2021, 14:30", "2021-05-03T14:30:00-04:00"),
        ("lunes 3 de mayo de 2021 a las 2:30 p. m.", "2021-05-03T14:30:00-04:00"),
        ("le 3 mai 2021 à 14 h 30", "2021-05-03T14:30:00-04:00"),
        ("3 mai 2021 14h", "2021-05-03T14:00:00-04:00"),
        ("Montag, 3. Mai 2021, 14:30 Uhr", "2021-05-03T14:30:00-04:00"),
        ("segunda-feira, 3 de maio de 2021 às 14:30", "2021-05-03T14:30:00-04:00"),
        ("2021年5月3日 14:30", "2021-05-03T14:30:00-04:00"),
    ],
)
def test_times_are_converted_to_the_time_zone_of_the_place(found: str, expected: str) -> None:
    value, date_only = read_time(found, EASTERN, "offset")
    assert (value.isoformat(), date_only) == (expected, False)


@pytest.mark.parametrize("found", ["2021-05-03", "05/03/2021", "5/3/2021", " 2021/05/03 "])
def test_a_date_means_its_local_midnight(found: str) -> None:
    assert read_time(found, EASTERN, "offset") == (datetime(2021, 5, 3, tzinfo=EASTERN), True)


def test_with_local_clock_times_a_wrong_offset_is_ignored() -> None:
    value, _ = read_time("2021-09-13T09:00:00.000-08:00", PACIFIC, "local")
    assert value.isoformat() == "2021-09-13T09:00:00-07:00"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("2021-03-14T02:30:00", "2021-03-14T03:30:00-04:00"),  # skipped
        ("2021-11-07T01:30:00", "2021-11-07T01:30:00-04:00"),  # twice: the first
        ("2021-11-07T01:30:00-05:00", "2021-11-07T01:30:00-05:00"),  # twice: the intended one
    ],
)
def test_skipped_and_repeated_hours_of_a_clock_change_are_resolved(found: str, expected: str) -> None:
    assert read_time(found, EASTERN, "offset")[0].isoformat() == expected


@pytest.mark.parametrize("clock", ["offset", "local"])
@pytest.mark.parametrize(
    "found",
    [
        "",
        "soon",
        "2021-13-01",
        "2021-06-185",
        "Multiple Dates",
        "8/06",
        "05202021",
        "2021-02-30T09:00:00Z",
        "02/30/2021",
        "13:00",
        "1999-12-31",
        "2101-01-01",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "5/3/2021 13:00 pm",
        "5/3/2021 25:00",
        "2021-05-03T09:00:00Z; DROP",
        "2021-05-03T24:30:00",
        "2021-05-03 09:00-12:00",
        "2021-05-03T09:00:00+15:00",
        "5/3/2021 9:00 AM PDT",
        "5/3/2021 from nine",
        "5/3/2021 5",
        "lunes 3 de mayo, 14:30",
        "5/3/21",
        "\ud800",
    ],
)
def test_nonsense_and_other_centuries_are_refused(found: str, clock: Clock) -> None:
    with pytest.raises(RecordError) as error:
        read_time(found, EASTERN, clock)
    assert error.value.field == "time"


@pytest.mark.parametrize(
    ("found", "start", "end"),
    [
        ("09:00 am - 05:00 pm", time(9), time(17)),
        ("  9:30AM-12:00PM ", time(9, 30), time(12)),
        ("9 a.m. \u2013 5 p.m.", time(9), time(17)),
        ("12:00 am to 12:30 am", time(0), time(0, 30)),
        ("08:00 - 16:45", time(8), time(16, 45)),
        ("9 - 5 pm", time(9), time(17)),
        ("1 - 5 pm", time(13), time(17)),
        ("10:00 pm - 02:00 am", time(22), time(2)),
        ("09:00:00 - 19:45:00", time(9), time(19, 45)),
        ("10:15 AM - 2:00 PM", time(10, 15), time(14)),
        ("9:00am - 9:15am", time(9), time(9, 15)),
        ("08:15 – 12:30", time(8, 15), time(12, 30)),
        ("9.00 a.m. - 1.00 p.m.", time(9), time(13)),
        ("9.30 am-5.00 pm", time(9, 30), time(17)),
        ("9 am to noon", time(9), time(12)),
        ("9 - noon", time(9), time(12)),
        ("12 noon - 4 pm", time(12), time(16)),
        ("noon - 4", time(12), time(16)),
        ("6 pm - midnight", time(18), time(0)),
        ("12 midnight to 6 am", time(0), time(6)),
        ("08:00 - 24:00", time(8), time(0)),
        ("from 9 am until 5 pm", time(9), time(17)),
        ("10 am - 2", time(10), time(14)),
        ("10 pm - 2", time(22), time(2)),
        ("9 - 5", time(9), time(17)),
        ("8:30 to 1:30", time(8, 30), time(13, 30)),
        ("13:00 - 5 pm", time(13), time(17)),
        ("9h - 17h", time(9), time(17)),
        ("9h30 à 12h", time(9, 30), time(12)),
        ("de 9 a 17 h", time(9), time(17)),
        ("5h - 8h", time(5), time(8)),
        ("9 bis 17 Uhr", time(9), time(17)),
        ("das 9h às 17h", time(9), time(17)),
        ("9:00 a. m. a 1:00 p. m.", time(9), time(13)),
    ],
)
def test_opening_hours_are_read_in_any_notation(found: str, start: time, end: time) -> None:
    assert read_hours(found) == (start, end)


@pytest.mark.parametrize(
    "found",
    [
        *("", "all day", "9:00 am", "13:00 pm - 2:00 pm", "25:00 - 26:00", "9 - 5 - 7", "from nine until we are done"),
        *("1 - 4", "9:00 am - 12:00 pm, 1:00 pm - 5:00 pm", "9 - midnight", "8:75 am - 1 pm", "9 am - 1 pm (closed)"),
    ],
)
def test_invalid_hours_are_refused(found: str) -> None:
    with pytest.raises(RecordError, match="hours"):
        read_hours(found)


def test_the_day_after_a_short_day_begins_at_midnight() -> None:
    assert midnight(datetime(2021, 3, 14).date(), EASTERN, days=1).isoformat() == "2021-03-15T00:00:00-04:00"


def test_a_date_followed_by_hours_or_words_returns_them_unparsed() -> None:
    for rest in ("9:00 am - 1:00 pm", "from nine", "25:00", "09:00-12:00"):
        assert read_moment(f"5/3/2021 {rest}", EASTERN, "offset") == (date(2021, 5, 3), None, rest)


def test_a_date_without_a_year_is_read_relative_to_the_visit() -> None:
    visited = Calendar(visited=date(2021, 4, 20))
    value, _ = read_time("lunes 3 de mayo, 14:30", EASTERN, "offset", visited)
    assert value.isoformat() == "2021-05-03T14:30:00-04:00"

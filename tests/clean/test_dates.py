"""Dates in numbers and words: each is read as one day, or refused."""

from datetime import date

import pytest

from aggregator.clean.date_names import names
from aggregator.clean.dates import COMPLETE_DATES, Calendar, split_date

VISITED = date(2026, 11, 30)
US = Calendar(visited=VISITED)
FRANCE = Calendar(visited=VISITED, day_first=True)
FIRST = date(2026, 12, 1)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2026-12-1", ""),
        ("2026.12.01 9:00", "9:00"),
        ("Tuesday, December 1, 2026 at 2:30 PM", "at 2:30 pm"),
        ("TUESDAY DECEMBER 1 2026", ""),
        ("Tues. Dec. 1st, 2026", ""),
        ("the 1st of December 2026", ""),
        ("1-Dec-2026", ""),
        ("Tue, 01 Dec 2026 14:30:00 GMT", "14:30:00 gmt"),
        ("Tue Dec 01 2026 09:00:00 GMT-0500 (Eastern Standard Time)", "09:00:00 gmt-0500 (eastern standard time)"),
        ("December 1, 2026 (Tuesday) 9 am", "9 am"),
        ("martes 1 de diciembre de 2026, 14:30", ", 14:30"),
        ("el martes, 1 de diciembre del 2026 a las 2:30 p. m.", "a las 2:30 p. m."),
        ("1er décembre 2026 14h30", "14h30"),
        ("le mardi 1er décembre 2026 à 14h30", "a 14h30"),
        ("mar. 1 déc. 2026", ""),
        ("Dienstag, 1. Dezember 2026, 14:30 Uhr", ", 14:30 uhr"),
        ("Di., 1. Dez. 2026", ""),
        ("terça-feira, 1 de dezembro de 2026 às 14:30", "as 14:30"),
        ("martedì 1 dicembre 2026", ""),
        ("dinsdag 1 december 2026", ""),
        ("madi 1 desanm 2026", ""),
        ("Thứ Ba, 1 tháng 12, 2026", ""),
        ("ngày 1 tháng 12 năm 2026 14:30", "14:30"),
        ("2026年12月1日 14:30", "14:30"),
        ("2026年12月1日星期二", ""),
        ("2026年12月1日14:30", "14:30"),
    ],
)
def test_dates_are_read_in_the_languages_of_the_pages_and_similar_ones(text: str, rest: str) -> None:
    assert split_date(text, COMPLETE_DATES) == (FIRST, rest)


@pytest.mark.parametrize(
    ("text", "us", "france"),
    [
        ("12/3/2026", date(2026, 12, 3), date(2026, 3, 12)),
        ("12-03-2026", date(2026, 12, 3), date(2026, 3, 12)),
        ("Tue 12/1/2026", FIRST, None),
        ("03/12/2026", date(2026, 3, 12), date(2026, 12, 3)),
        ("13/12/2026", None, date(2026, 12, 13)),
        ("03.12.2026", None, date(2026, 12, 3)),
        ("13.12.2026", date(2026, 12, 13), date(2026, 12, 13)),
        ("05.05.2026", date(2026, 5, 5), date(2026, 5, 5)),
    ],
)
def test_day_and_month_are_ordered_by_the_countrys_custom(text: str, us: date | None, france: date | None) -> None:
    for calendar, expected in ((US, us), (FRANCE, france)):
        if expected:
            assert split_date(text, calendar)[0] == expected
        else:
            with pytest.raises(ValueError, match=r"month|weekday"):
                split_date(text, calendar)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("martes 1 de diciembre, 14:30", FIRST),
        ("Dec 1 2:30 PM", FIRST),
        ("December 1, 10 am", FIRST),
        ("1er décembre", FIRST),
        ("12月1日 14:30", FIRST),
        ("November 15", date(2026, 11, 15)),  # past, and still listed
        ("January 4", date(2027, 1, 4)),
        ("Tue 12/1 2:30 PM", FIRST),
        ("Sunday, July 4", date(2027, 7, 4)),
        ("Saturday, July 4", date(2026, 7, 4)),
    ],
)
def test_a_date_without_a_year_is_the_one_closest_to_the_visit(text: str, expected: date) -> None:
    assert split_date(text, US)[0] == expected


@pytest.mark.parametrize("text", ["July 4", "Wednesday, December 1", "12/1", "8/06", "mar 1, 14:30", "February 30"])
def test_a_date_without_a_year_that_fits_several_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="year"):
        split_date(text, US)


@pytest.mark.parametrize("text", ["December 1", "Tuesday, December 1", "12/1/26", "Dec 1, '26"])
def test_a_date_without_a_full_year_is_refused_if_the_visit_time_is_unknown(text: str) -> None:
    with pytest.raises(ValueError, match="year"):
        split_date(text, COMPLETE_DATES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/1/26", FIRST),
        ("12/1/26 9:00 am", FIRST),
        ("1-Dec-26", FIRST),
        ("Dec 1, '26", FIRST),
        ("12/1/25", None),
        ("12/11/10", None),
        ("12/3/28", None),
    ],
)
def test_a_two_digit_year_is_accepted_only_near_the_visit(text: str, expected: date | None) -> None:
    if expected:
        assert split_date(text, US)[0] == expected
    else:
        with pytest.raises(ValueError, match="year"):
            split_date(text, US)


def test_a_date_with_the_wrong_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match="weekday"):
        split_date("Monday, December 1, 2026", US)


@pytest.mark.parametrize(
    "text",
    [
        *("12/01/2026 - 12/05/2026", "December 1 - 5, 2026", "December 1 - 5", "Dec 1 and 8", "1 au 5 décembre 2026"),
        *("2026-12-01 to 2026-12-05", "December 1, 8 and 15, 2026", "1 December to 5 January", "Dec 1 & 2"),
        "12/01/2026-12/05/2026",
    ],
)
def test_a_range_of_days_is_not_read_as_its_first_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|date"):
        split_date(text, US)


@pytest.mark.parametrize(
    "text", ["", "soon", "Dec 2026", "2021-06-185", "2021-06-18abc", "30 février 2026", "by Dec 1, 2026", "\ud800"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        split_date(text, US)


def test_hours_after_a_date_are_not_a_second_day() -> None:
    for hours in ("9:00 am - 1:00 pm", "9 to 5", "- 9 am to noon", "de 9h a 17h", "a las 2:30 p. m."):
        assert split_date(f"December 1, 2026 {hours}", US) == (FIRST, hours)


def test_no_month_name_means_two_months() -> None:
    known = names()
    assert "out" not in known.months  # August in Haitian Creole, October in Portuguese
    assert known.months.keys() & known.days.keys() == {"mar"}  # March, or Tuesday in Spanish and French
    assert (known.months["diciembre"], known.months["aout"], known.days["thurs"]) == (12, 8, 3)

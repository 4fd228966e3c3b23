"""Reads dates as people and programs write them: "2026-12-03", "12/3/2026", "martes 1 de diciembre", "Dec. 1st, 2026".

An ambiguous date is rejected, never guessed. A date without a year, or with a two-digit year, is read only if the day
of the visit leaves one possibility.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from aggregator.clean.date_names import fold, names
from aggregator.model import Struct

YEARS = range(2000, 2101)
AGO = timedelta(days=31)  # how old a date without a year may be: pages keep listing days that are over
AHEAD = timedelta(days=183)  # how far ahead it may be; in between, it could be in either year
WITH_WEEKDAY = timedelta(days=335)  # how far from the visit a weekday can determine the year

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)", re.ASCII)
# What may follow a date; "2021-06-18abc" contains none.
_AFTER = re.compile(r"$|t\s?\d|[\s,;|(@]|[-–—](?!\d)|(?<=[日号])\d", re.ASCII | re.IGNORECASE)
# A second date, or a second day ("1 - 5", "1 and 8") that is not hours.
_FURTHER = re.compile(
    r".*(?:(?<!\d)20\d\d(?!\d)|(?<!\d)\d{1,2}/\d{1,2}(?!\d))"
    r"|[\s,]*(?:[-–—&+]|to|and|bis|und|au|et|al?|y)\s*\d{1,2}(?!\d|\s*[:h]|\.\d|\s*[ap]\.?\s?m\b|\s*(?:uhr|to|-))",
    re.ASCII,
)


class Calendar(Struct, frozen=True, kw_only=True):
    """The context for incomplete dates.

    `visited`: the day on which they were read; None rejects every date without a year. `day_first`: "3/12/2026" is in
    December.
    """

    visited: date | None = None
    day_first: bool = False


COMPLETE_DATES = Calendar()


def split_date(text: str, calendar: Calendar) -> tuple[date, str]:
    """The date at the beginning of `text`, and the rest, folded.

    ValueError if `text` begins with no date, if the weekday is not that of the date, or if the rest names another day.
    """
    if found := _YEAR_FIRST.match(text):
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    else:
        text = fold(text)
        found = next(filter(None, (pattern.match(text) for pattern in _patterns())), None)
        if found is None:
            raise ValueError("is not a date or time in a known form")
        day = _date(found.groupdict(), calendar)
    if not _AFTER.match(text, found.end()):
        raise ValueError("is not a date or time in a known form")
    if day.year not in YEARS:
        raise ValueError(f"the year {day.year} is not between {YEARS[0]} and {YEARS[-1]}")
    rest = text[found.end() :].strip()
    if rest and (rest := fold(rest)) and (_FURTHER.match(rest) or _month_name().search(rest)):
        raise ValueError("names more than one day")
    return day, rest


def _date(given: dict[str, str | None], calendar: Calendar) -> date:
    known = names()
    first, second, name = given.get("first"), given.get("second"), given.get("month") or ""
    if first and second:
        month, day = _ordered(int(first), int(second), given["mark"] or "", calendar)
    else:
        month, day = known.months[name], int(given["day"] or 0)
    weekday = known.days.get(given.get("weekday") or given.get("after") or "")
    if year := given.get("year"):
        found = date(int(year), month, day)
        if weekday not in (None, found.weekday()):
            raise ValueError("has a weekday that is not that of its date")
        return found
    if calendar.visited is None or (weekday is None and (first or name in known.days) and not given.get("short")):
        raise ValueError("names no year")
    return _near(calendar.visited, month, day, weekday, given.get("short"))


def _ordered(first: int, second: int, mark: str, calendar: Calendar) -> tuple[int, int]:
    """The month and day in two numbers. With dots, the day comes first in most countries, but not in the US."""
    if mark == "." and not calendar.day_first and first <= 12 and second <= 12 and first != second:
        raise ValueError("is ambiguous: it could be a day in two months")
    day_first = calendar.day_first or (mark == "." and first > 12)
    return (second, first) if day_first else (first, second)


def _near(visited: date, month: int, day: int, weekday: int | None, short_year: str | None) -> date:
    """The only possible date near `visited`; a weekday selects one of three years."""
    years = [2000 + int(short_year)] if short_year else range(visited.year - 1, visited.year + 2)
    days = [date(year, month, day) for year in years if _exists(year, month, day)]
    if weekday is not None:
        days = [one for one in days if one.weekday() == weekday and abs(one - visited) <= WITH_WEEKDAY]
    else:
        days = [one for one in days if -AGO <= one - visited <= (WITH_WEEKDAY if short_year else AHEAD)]
    if len(days) != 1:
        raise ValueError("is ambiguous: it could be in more than one year, or is too far away")
    return days[0]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _month_name() -> re.Pattern[str]:
    """Matches the name of a month that is not also a word in a line about hours ("mar", "me")."""
    return re.compile(rf"(?<![a-z])(?:{_any(name for name in names().months if len(name) > 2)})(?![a-z0-9])")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The patterns of a date in folded text. "mar 1 dic" comes before "mar 1", because there "mar" is a Tuesday."""
    known = names()
    weekday = (
        rf"(?:(?:le|el|on|am|il|ngay|the)\s+)?"
        rf"(?:(?P<weekday>{_any(known.days)})\.?(?:\s*,\s*|\s+)(?:(?:le|el|the|den|dem|dia|ngay)\s+)?)?"
    )
    after = rf"(?:[\s,(]*(?P<after>{_any(known.days)})(?![a-z])\.?\)?)?"
    month = rf"(?<![a-z])(?P<month>{_any(known.months)})(?:(?<=月)|(?![a-z0-9]))\.?"
    day = r"(?P<day>\d{1,2})(?!\d)(?:st|nd|rd|th|ere?|o|a)?(?![a-z])\.?"
    year = r"(?P<year>\d{4})(?!\d)"
    forms = (
        rf"{weekday}(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark)"
        rf"(?:{year}|(?P<short>\d\d)(?![\d:]))",
        rf"{weekday}(?P<first>\d{{1,2}})(?P<mark>/)(?P<second>\d{{1,2}})(?![\d/])",
        rf"{weekday}{day}\s*-?\s*(?:(?:de|of|d')\s*)?{month}"
        rf"(?:[\s,-]*(?:(?:de|del|of|do|nam)\s+)?{year}|(?:\s*'|-)(?P<short>\d\d)(?!\d))?",
        rf"{weekday}{month}\s*-?\s*{day}[日号]?(?:[\s,-]+{year}|,?\s*'(?P<short>\d\d)(?!\d))?",
        rf"{year}\s*[-年,./]?\s*{month}\s*-?\s*{day}[日号]?",
    )
    return tuple(re.compile(form + after, re.ASCII) for form in forms)


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))

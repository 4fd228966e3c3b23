"""Recurrence rules (RRULE) as calendars write them, and the limit on the work of one calendar's rules."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from icalendar.prop import vRecur

from aggregator.errors import RecordError

MAX_VALUES = 100  # in the BY parts of one rule, and resulting times of day
MAX_INTERVAL = timedelta(days=3660)
LONGEST = 1_000  # characters of a rule
_TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_BY = (*_TIMES_OF_DAY, "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS")
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *_BY}


class _Frequency(NamedTuple):
    step: timedelta  # at least
    cost: int  # of one step, in units of `Work`
    even: bool = True  # whether all steps are equally long


_FREQUENCIES = {
    "SECONDLY": _Frequency(timedelta(seconds=1), 1),
    "MINUTELY": _Frequency(timedelta(minutes=1), 1),
    "HOURLY": _Frequency(timedelta(hours=1), 1),
    "DAILY": _Frequency(timedelta(days=1), 1),
    "WEEKLY": _Frequency(timedelta(weeks=1), 2),
    "MONTHLY": _Frequency(timedelta(days=28), 3, even=False),
    "YEARLY": _Frequency(timedelta(days=365), 15, even=False),
}


class Work:
    """The work budget of one calendar's rules: a fixed amount, and some for each character of the calendar.

    One unit is one to two microseconds.
    """

    def __init__(self, characters: int) -> None:
        self._left = 60_000 + characters // 4

    def spend(self, cost: int) -> None:
        """Spends `cost` units; RecordError if the budget is used up."""
        self._left -= cost
        if self._left < 0:
            raise RecordError("RRULE", "", "the rules of this calendar take too long to follow")


class Rule:
    """One RRULE; RecordError if it is invalid or has parts that we cannot follow.

    `local` converts the UNTIL of the rule to wall time of its series.
    """

    def __init__(self, text: str, local: Callable[[date], date]) -> None:
        self.text = text
        parts = [part for part in re.sub(r"\s", "", text.upper()).split(";") if part]
        named = dict(part.split("=", 1) for part in parts if "=" in part and not part.startswith("X-"))
        if named.get("COUNT", "").startswith("-"):
            del named["COUNT"]  # Some calendars write an endless series like this.
        if len(text) > LONGEST or named.keys() - _PARTS or not all("=" in part for part in parts):
            raise RecordError("RRULE", text, "has parts that we cannot follow")
        try:
            read = vRecur.from_ical(";".join("=".join(part) for part in named.items()))
            frequency = _FREQUENCIES[read["FREQ"][0]]
        except (ValueError, KeyError) as error:
            raise RecordError("RRULE", text, f"is not a valid rule: {error}") from None
        self.interval = int(read.get("INTERVAL", (1,))[0])
        _check_size(text, read, frequency, self.interval)
        self.step = frequency.step * self.interval
        self.cost = frequency.cost * (1 + len(read.get("BYSETPOS", ())))
        self.movable = frequency.even and "COUNT" not in read
        self.every_step = self.movable and not read.keys() & set(_BY)
        self.until = _last_moment(local(read["UNTIL"][0])) if "UNTIL" in read else None
        self.without_until = ";".join("=".join(part) for part in named.items() if part[0] != "UNTIL")

    def start_near(self, moment: datetime, start: datetime) -> datetime:
        """A later start from which the rule gives the same times after `moment`; `start` if the rule has to count."""
        steps = (moment - start) // self.step - 1
        return start + steps * self.step if self.movable and steps > 0 else start


def _check_size(text: str, read: vRecur, frequency: _Frequency, interval: int) -> None:
    times = 1
    for name in _TIMES_OF_DAY:
        times *= len(read.get(name, (0,)))
    if max(times, sum(len(read.get(name, ())) for name in _BY)) > MAX_VALUES:
        raise RecordError("RRULE", text, f"has more than {MAX_VALUES} values or times of day")
    if not 1 <= interval <= MAX_INTERVAL // frequency.step:
        raise RecordError("RRULE", text, "its INTERVAL is less than 1 or longer than ten years")


def _last_moment(until: date) -> datetime:
    return until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))

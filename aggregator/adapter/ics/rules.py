"""RRULEs of calendars, followed up to a horizon and with bounded work.

`recurring_ical_events` joins a series with its exceptions and leaves its rules to dateutil, which looks for the next
time until the year 9999 if need be. Here a series that began long ago starts shortly before the times we look for, a
rule ends at the horizon, and one that would still take too long is a RecordError.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from icalendar.prop import vRecur
from recurring_ical_events import EventAdapter, Series

from aggregator.adapter.ics.properties import Properties
from aggregator.errors import RecordError

MAX_TIMES = 500  # of one rule up to the horizon
MAX_COST = 20_000  # of one rule, in units of one to two microseconds
MAX_VALUES = 100  # in the BY parts of one rule, and times of day that they make
MAX_INTERVAL = timedelta(days=3660)
TIME_COST = 8  # of a time that is found
LONGEST = 1_000  # characters of a rule
_TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_BY = (*_TIMES_OF_DAY, "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS")
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *_BY}


class _Frequency(NamedTuple):
    step: timedelta  # at least
    cost: int  # of one step, in units
    even: bool = True  # all steps are equally long


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
    """How much work the rules of one calendar may be: a fixed amount, and some for each character of the calendar."""

    def __init__(self, characters: int) -> None:
        self._left = 60_000 + characters // 4

    def spend(self, cost: int) -> None:
        """Takes `cost` units off; RecordError if they are used up."""
        self._left -= cost
        if self._left < 0:
            raise RecordError("RRULE", "", "the rules of this calendar take too long to follow")


class Rule:
    """One RRULE as written; RecordError if it is not a rule, or has parts that we cannot follow.

    `local` turns the UNTIL of the rule into the wall time of its series.
    """

    def __init__(self, text: str, local: Callable[[date], date]) -> None:
        self.text = text
        parts = [part for part in re.sub(r"\s", "", text.upper()).split(";") if part]
        named = dict(part.split("=", 1) for part in parts if "=" in part and not part.startswith("X-"))
        if named.get("COUNT", "").startswith("-"):
            del named["COUNT"]  # as some calendars write a series without an end
        if len(text) > LONGEST or named.keys() - _PARTS or not all("=" in part for part in parts):
            raise RecordError("RRULE", text, "has parts that we cannot follow")
        try:
            read = vRecur.from_ical(";".join("=".join(part) for part in named.items()))
            frequency = _FREQUENCIES[read["FREQ"][0]]
        except (ValueError, KeyError) as error:
            raise RecordError("RRULE", text, f"is not a rule: {error}") from None
        self.interval = int(read.get("INTERVAL", (1,))[0])
        _check_size(text, read, frequency, self.interval)
        self.step = frequency.step * self.interval
        self.cost = frequency.cost * (1 + len(read.get("BYSETPOS", ())))
        self.movable = frequency.even and "COUNT" not in read
        self.every_step = self.movable and not read.keys() & set(_BY)
        self.until = _last_moment(local(read["UNTIL"][0])) if "UNTIL" in read else None
        self.without_until = ";".join("=".join(part) for part in named.items() if part[0] != "UNTIL")

    def start_near(self, moment: datetime, start: datetime) -> datetime:
        """A start from which the rule gives the same times after `moment`; `start` itself if the rule has to count."""
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


class Bounds(NamedTuple):
    """Where the rules of a series end, and what they may cost."""

    horizon: datetime
    work: Work


class Member(EventAdapter):  # type: ignore[misc]  # the library has no types
    """An event of a series: an icalendar component with naive times, and its rules."""

    def __init__(self, event: Properties, component: Any, rules: list[Rule], bounds: Bounds) -> None:
        super().__init__(component)
        self.event, self.bounds, self._rules = event, bounds, rules

    @property
    def rrules(self) -> list[Rule]:
        return self._rules


class BoundedSeries(Series):  # type: ignore[misc]
    """A series and its exceptions; its rules are bounded, and each occurrence knows its `event`."""

    def occurrence(self, adapter: Member, start: date | None = None, end: date | None = None) -> Any:
        found = super().occurrence(adapter, start, end)
        found.event = adapter.event
        return found

    class RecurrenceRules(Series.RecurrenceRules):  # type: ignore[misc]
        def create_rule_with_start(self, rule: Rule) -> "_BoundedRule":
            return _BoundedRule(rule, self.rrulestr(rule.without_until), self.start, self.core.bounds)


class _BoundedRule:
    """A rule of dateutil with the two members that `Series` uses."""

    def __init__(self, rule: Rule, endless: Any, start: datetime, bounds: Bounds) -> None:
        self.until = rule.until
        self._rule, self._endless, self._start, self._work = rule, endless, start, bounds.work
        self._last = min(bounds.horizon, rule.until or bounds.horizon)
        self._cost = 0

    def between(self, after: datetime, before: datetime, inc: bool) -> Iterator[datetime]:
        """The times from `after` to `before`, both included."""
        start, last = self._rule.start_near(after, self._start), min(before, self._last)
        if self._rule.every_step:
            self._check_number((last - max(start, after)) // self._rule.step)
        times = 0
        try:
            for found in self._steps(start, last):
                if found > last:
                    return
                self._spend(1)
                if found >= after:
                    times += 1
                    self._check_number(times)
                    self._spend(TIME_COST)
                    yield found
        except _PastHorizon:
            return

    def _check_number(self, times: int) -> None:
        if times > MAX_TIMES:
            raise RecordError("RRULE", self._rule.text, f"gives more than {MAX_TIMES} times in eight weeks")

    def _steps(self, start: datetime, last: datetime) -> Iterator[datetime]:
        steps = max(0, (last - start) // self._rule.step) + 2
        interval = _CountedInterval(self._rule.interval)
        interval.on_step(steps, lambda: self._spend(self._rule.cost))
        found: Iterator[datetime] = iter(self._endless.replace(dtstart=start, interval=interval, cache=False))
        return found

    def _spend(self, cost: int) -> None:
        self._cost += cost
        if self._cost > MAX_COST:
            raise RecordError("RRULE", self._rule.text, "takes too long to follow")
        self._work.spend(cost)


class _PastHorizon(Exception):
    """A rule has taken so many steps that it can only be past its horizon."""


class _CountedInterval(int):
    """An INTERVAL that counts the steps of its rule.

    dateutil adds the interval once for each step. Nothing else of it is run by a rule that never finds a time
    (BYMONTH=2;BYMONTHDAY=30), so that this is where such a rule can be stopped.
    """

    def on_step(self, steps: int, spend: Callable[[], None]) -> None:
        """Ends the rule after so many `steps`; calls `spend` for each."""
        self._left, self._spend = steps, spend

    def __radd__(self, other: int) -> int:
        self._step()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        self._step()
        return int(self) * other

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _PastHorizon
        self._spend()

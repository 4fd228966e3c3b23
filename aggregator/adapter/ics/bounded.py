"""Recurring series whose rules are followed only up to a horizon and with bounded work.

`recurring_ical_events` joins a series with its exceptions and leaves its rules to dateutil, which searches for the next
time until the year 9999 if it must. Here, a series that began long ago starts shortly before the times we need, a rule
ends at the horizon, and a rule that would still take too long is a RecordError.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from recurring_ical_events import EventAdapter, Series

from aggregator.adapter.ics.properties import Properties
from aggregator.adapter.ics.rules import Rule, Work
from aggregator.errors import RecordError

MAX_TIMES = 500  # of one rule, up to the horizon
MAX_COST = 20_000  # of one rule, in units of `Work`
TIME_COST = 8  # of each time found


class Bounds(NamedTuple):
    """The horizon of a series' rules, and the work they may take."""

    horizon: datetime
    work: Work


class SeriesEvent(EventAdapter):  # type: ignore[misc]  # the library has no types
    """One event of a series: an icalendar component with naive times, and its rules."""

    def __init__(self, event: Properties, component: Any, rules: list[Rule], bounds: Bounds) -> None:
        super().__init__(component)
        self.event, self.bounds, self._rules = event, bounds, rules

    @property
    def rrules(self) -> list[Rule]:
        return self._rules


class BoundedSeries(Series):  # type: ignore[misc]
    """A series and its exceptions, with bounded rules; each occurrence has its `event`."""

    def occurrence(self, adapter: SeriesEvent, start: date | None = None, end: date | None = None) -> Any:
        found = super().occurrence(adapter, start, end)
        found.event = adapter.event
        return found

    class RecurrenceRules(Series.RecurrenceRules):  # type: ignore[misc]
        def create_rule_with_start(self, rule: Rule) -> "_BoundedRule":
            return _BoundedRule(rule, self.rrulestr(rule.without_until), self.start, self.core.bounds)


class _BoundedRule:
    """A dateutil rule with the two members that `Series` uses."""

    def __init__(self, rule: Rule, endless: Any, start: datetime, bounds: Bounds) -> None:
        self.until = rule.until
        self._rule, self._endless, self._start, self._work = rule, endless, start, bounds.work
        self._last = min(bounds.horizon, rule.until or bounds.horizon)
        self._cost = 0

    def between(self, after: datetime, before: datetime, inc: bool) -> Iterator[datetime]:
        """Yields the times from `after` to `before`, both included."""
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
            raise RecordError("RRULE", self._rule.text, f"gives more than {MAX_TIMES} times in eight weeks, the limit")

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
    """Raised when a rule has taken so many steps that it must be past its horizon."""


class _CountedInterval(int):
    """An INTERVAL that counts the steps of its rule.

    dateutil adds the interval once per step. For a rule that never finds a time (BYMONTH=2;BYMONTHDAY=30), no other
    code of ours runs, so this is where such a rule can be stopped.
    """

    def on_step(self, steps: int, spend: Callable[[], None]) -> None:
        """Ends the rule after `steps` steps; calls `spend` for each."""
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

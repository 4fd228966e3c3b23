"""Computes when the events of one UID take place: single events, or a series with its exceptions.

`recurring_ical_events` joins a series with its exceptions. It compares times of different zones by their digits, so it
gets naive times on one wall clock: that of the zone in which the series is written.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

import icalendar

from aggregator.adapter.ics.bounded import BoundedSeries, Bounds, SeriesEvent
from aggregator.adapter.ics.moments import (
    Span,
    Wall,
    Window,
    as_in_series,
    at_time_of,
    day_of,
    needed,
    times_of,
    wall_of,
)
from aggregator.adapter.ics.properties import Properties
from aggregator.adapter.ics.rules import Rule, Work
from aggregator.errors import RecordError

T = TypeVar("T")
MAX_RULES = 10  # of one event
OVERRIDE_COST = 40  # units of `Work`
MAX_BREAKS = 50  # RANGE=THISANDFUTURE in one series
_FAR = datetime(9000, 1, 1)  # noqa: DTZ001 # a wall time


class Series:
    """The events with one UID.

    An event without a RECURRENCE-ID is a master: it may repeat. One with it is an override: it replaces one occurrence
    of its master, or moves that and all later ones (RANGE=THISANDFUTURE).
    """

    def __init__(self, events: Sequence[Properties], work: Work) -> None:
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        newest = max((event.sequence() for event in masters), default=-1)
        overrides = [event for event in events if "RECURRENCE-ID" in event]
        # Some calendars give one UID to all of their events, so those of one version differ by their start.
        self._masters = _last_of_each("DTSTART", (event for event in masters if event.sequence() == newest))
        self._overrides = _last_of_each("RECURRENCE-ID", sorted(overrides, key=Properties.sequence))
        self._work = work
        self._spans: dict[Properties, list[Span] | RecordError] = {}
        self._complete = True

    @property
    def events(self) -> Sequence[Properties]:
        """The events, without duplicates and superseded versions."""
        return [*self._masters, *self._overrides]

    def spans(self, event: Properties, window: Window) -> list[Span]:
        """The times of `event` from today on; RecordError if they cannot be read."""
        found = self._all(window)[event]
        if isinstance(found, RecordError):
            raise found.with_traceback(None)
        return found

    def complete(self, window: Window) -> bool:
        """Whether all events of the series can be read."""
        self._all(window)
        return self._complete

    def _all(self, window: Window) -> dict[Properties, list[Span] | RecordError]:
        if not self._spans:
            self._read(window)
            self._complete = not any(isinstance(found, RecordError) for found in self._spans.values())
        return self._spans

    def _read(self, window: Window) -> None:
        for override in self._overrides:
            self._spans[override] = _attempt(partial(_alone, override, window))
        readable = [event for event in self._overrides if not isinstance(self._spans[event], RecordError)]
        for master in self._masters:
            joined = _attempt(partial(self._joined, master, readable, window))
            self._spans.update({master: joined} if isinstance(joined, RecordError) else joined)

    def _joined(
        self, master: Properties, readable: Sequence[Properties], window: Window
    ) -> dict[Properties, list[Span]]:
        """The times of a master and its overrides, without those replaced, excluded, or over."""
        if not self._overrides and not any(name in master for name in ("RRULE", "RDATE", "EXDATE", "EXRULE")):
            return {master: _alone(master, window)}
        self._work.spend(len(self._overrides) * OVERRIDE_COST)
        _check_followable(master, self._overrides, readable)
        wall = wall_of(master, window)
        found: dict[Properties, list[Span]] = {event: [] for event in (master, *readable)}
        series = BoundedSeries(list(self._members(master, set(readable), wall, Bounds(window.horizon, self._work))))
        for occurrence in series.between(window.first, _FAR):
            if span := wall.span(occurrence.start, occurrence.end, window):
                found[occurrence.event].append(span)
        return found

    def _members(
        self, master: Properties, readable: Collection[Properties], wall: Wall, bounds: Bounds
    ) -> Iterator[SeriesEvent]:
        """Yields the master and its readable overrides for the library.

        The master gives up the old times of all its overrides, also of those that cannot be read.
        """
        start, end = times_of(master, wall)
        left_out = [as_in_series(moments[0], start, wall) for moments in master.moments("EXDATE")]
        for override in self._overrides:
            replaced = as_in_series(needed(override, "RECURRENCE-ID"), start, wall)
            at = at_time_of(start, replaced)
            # A day in a series with times replaces all times of that day.
            if override not in readable or replaced != at:
                left_out.append(replaced)
            if override in readable:
                component = _component(*times_of(override, wall))
                component.add("RECURRENCE-ID", at, parameters={"RANGE": "THISANDFUTURE"} if _breaks(override) else {})
                yield SeriesEvent(override, component, [], bounds)
        component = _component(start, end)
        component.add("EXDATE", left_out)
        component.add("RDATE", [_added(moments, start, wall) for moments in master.moments("RDATE")])
        until = wall.local if isinstance(start, datetime) else day_of
        yield SeriesEvent(master, component, [Rule(text, until) for text in master.texts("RRULE")], bounds)


def _breaks(override: Properties) -> bool:
    """Whether an override changes all later occurrences as well."""
    return "RANGE=THISANDFUTURE" in override.written("RECURRENCE-ID").upper()


def _check_followable(master: Properties, overrides: Sequence[Properties], readable: Sequence[Properties]) -> None:
    if len(list(master.texts("RRULE"))) > MAX_RULES:
        raise RecordError("RRULE", master.written("RRULE"), f"the event has more than {MAX_RULES} rules")
    if "EXRULE" in master:
        raise RecordError("EXRULE", master.written("EXRULE"), "excludes times by a rule, which we do not support")
    breaks = [override for override in overrides if _breaks(override)]
    if len(breaks) > MAX_BREAKS:
        raise RecordError(
            "RECURRENCE-ID", len(breaks), f"overrides of this series change all later times; the limit is {MAX_BREAKS}"
        )
    for override in set(breaks).difference(readable):
        raise RecordError(
            "RECURRENCE-ID", override.written("RECURRENCE-ID"), "changes all later times, but cannot be read"
        )


def _alone(event: Properties, window: Window) -> list[Span]:
    wall = wall_of(event, window)
    span = wall.span(*times_of(event, wall), window)
    return [span] if span else []


def _added(moments: tuple[date, ...], start: date, wall: Wall) -> date | tuple[date, date]:
    """An RDATE for the library; a PERIOD keeps its own end in a series with times."""
    added = [at_time_of(start, as_in_series(moment, start, wall)) for moment in moments]
    return (added[0], added[1]) if len(added) > 1 and isinstance(start, datetime) else added[0]


def _component(start: date, end: date) -> icalendar.Event:
    component = icalendar.Event()
    component.add("DTSTART", start)
    component.add("DTEND", end)
    return component


def _last_of_each(name: str, events: Iterable[Properties]) -> list[Properties]:
    """The last of the events with the same day or time."""
    found = list(events)
    return list({_identity(event, name): event for event in found}.values()) if len(found) > 1 else found


def _identity(event: Properties, name: str) -> date | str | None:
    try:
        moment = event.moment(name)
        return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment
    except (RecordError, OverflowError):
        return event.written(name)


def _attempt(read: Callable[[], T]) -> T | RecordError:
    try:
        return read()
    except RecordError as error:
        return error
    except Exception as error:  # The libraries fail in many ways, as do times at the ends of the calendar.
        return RecordError("VEVENT", str(error), f"its times cannot be computed ({type(error).__name__})")

"""Finds when a place had appointments in the last weeks, and at what time new ones usually came.

The only source is the history of answers: it has no gaps for times when a source could not be read, and days before its
first entry are unknown.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median_low
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aggregator.model import Available, Change

DAYS = 28
PARTS = 4  # of a day, six hours each
FEWEST_DAYS = 7  # known days that a pattern needs: less than a week shows none
EVIDENCE = 3  # days on which appointments came at the same time
WEEKLY_SPAN = 120  # minutes within which postings on one weekday count as the same time
DAILY_SPAN = 60  # the same for postings on any day
_RANK = {Available.UNKNOWN: 0, Available.NO: 1, Available.YES: 2}


class PatternDay(NamedTuple):
    """One day. `parts`: the answer in each part of the day that has begun, from midnight on."""

    day: date
    parts: tuple[Available, ...]

    @property
    def known(self) -> bool:
        """Whether any part of the day is known."""
        return self.parts.count(Available.UNKNOWN) < len(self.parts)


class Usual(NamedTuple):
    """When new appointments usually came: the hour (0 to 23) and the weekday (0 is Monday; None is any)."""

    weekday: int | None
    hour: int


class Pattern(NamedTuple):
    """`days` are the last `DAYS`, the oldest first. `usual`: None without evidence for a time."""

    days: tuple[PatternDay, ...]
    usual: Usual | None


def pattern(history: Sequence[Change], now: datetime, zone: ZoneInfo) -> Pattern | None:
    """The pattern of a history (newest first); None if no appointments were seen or too few days are known."""
    if all(change.available is not Available.YES for change in history):
        return None
    today = now.astimezone(zone)
    parts = _parts(history, now, zone)
    if Available.YES not in parts or len(parts) - parts.count(Available.UNKNOWN) < FEWEST_DAYS:
        return None
    first = today.date() - timedelta(days=DAYS - 1)
    days = tuple(
        PatternDay(first + timedelta(days=number), tuple(parts[number * PARTS : (number + 1) * PARTS]))
        for number in range(DAYS)
    )
    if sum(day.known for day in days) < FEWEST_DAYS:
        return None
    since = today - timedelta(days=DAYS)
    return Pattern(days, usual([at.astimezone(zone) for at in postings(history) if at >= since]))


def postings(history: Sequence[Change]) -> tuple[datetime, ...]:
    """The times at which the answer changed from NO to YES, newest first."""
    return tuple(
        after.at
        for after, before in pairwise(history)
        if after.available is Available.YES and before.available is Available.NO
    )


def usual(times: Collection[datetime]) -> Usual | None:
    """The usual time of postings (local times): at least `EVIDENCE` of their days, and most, agree on it. Else None."""
    days = {at.date() for at in times}
    of_weekday: dict[int, list[datetime]] = defaultdict(list)
    for at in times:
        of_weekday[at.weekday()].append(at)
    for weekday, on_it in of_weekday.items():
        together = _closest(on_it, WEEKLY_SPAN)
        if _convincing(together, days):
            return Usual(weekday, _hour(together))
    together = _closest(times, DAILY_SPAN)
    return Usual(None, _hour(together)) if _convincing(together, days) else None


def _parts(history: Sequence[Change], now: datetime, zone: ZoneInfo) -> list[Available]:
    """The best answer of each part of a day that has begun, from the first of the last `DAYS` days on."""
    newest = _part(now.astimezone(zone))
    oldest = newest - newest % PARTS - (DAYS - 1) * PARTS
    parts = [Available.UNKNOWN] * (newest - oldest + 1)
    until = now
    for available, same in groupby(history, key=attrgetter("available")):
        since = list(same)[-1].at
        first = max(_part(since.astimezone(zone)) - oldest, 0)
        last = min(_part((until - timedelta(microseconds=1)).astimezone(zone)), newest) - oldest
        if first < last:  # only the last part can also hold a newer answer
            parts[first:last] = [available] * (last - first)
        if first <= last and _RANK[available] > _RANK[parts[last]]:
            parts[last] = available
        until = since
    return parts


def _part(local: datetime) -> int:
    return local.date().toordinal() * PARTS + local.hour * PARTS // 24


def _closest(times: Iterable[datetime], span: int) -> Mapping[date, int]:
    """The largest group of days with postings within `span` minutes of each other: day → minute of the day."""
    posted = sorted((at.hour * 60 + at.minute, at.date()) for at in times)
    best: Mapping[date, int] = {}
    for first, (start, _) in enumerate(posted):
        last = bisect_right(posted, (start + span, date.max))
        near = {day: minute for minute, day in posted[first:last]}
        best = max(best, near, key=len)
    return best


def _convincing(together: Mapping[date, int], days: Collection[date]) -> bool:
    return len(together) >= EVIDENCE and 2 * len(together) > len(days)


def _hour(together: Mapping[date, int]) -> int:
    """The full hour nearest to the median."""
    return (median_low(together.values()) + 30) // 60 % 24

"""Dates and times as a page says them: in its language, in one zone, seen from the instant at which it is made."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aggregator.model import Slot
from aggregator.wording.languages import Language


class Spell(NamedTuple):
    """A slot with its times in the zone of its place."""

    slot: Slot
    start: datetime
    end: datetime | None


class LocalDates:
    """`now` is aware. Compared by identity: what is cached by it is cached for one rendering."""

    def __init__(self, language: Language, zone: ZoneInfo, now: datetime) -> None:
        self.language = language
        self.zone = zone
        self.now = now
        self.today = now.astimezone(zone).date()
        self._days: dict[tuple[date, bool], str] = {}
        self._stamps: dict[datetime, str] = {}

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def spell(self, slot: Slot) -> Spell:
        return Spell(slot, self.local(slot.start), self.local(slot.end) if slot.end else None)

    def clock(self, local: datetime) -> str:
        """`10:19 PM`."""
        return self.language.clock(local)

    def day(self, day: date) -> str:
        """`Thu, May 13`; with the year where it is not this one."""
        return self._day(day, weekday=True)

    def short_day(self, day: date) -> str:
        """`May 13`; with the year where it is not this one."""
        return self._day(day, weekday=False)

    def at(self, at: datetime) -> str:
        """`at 10:19 PM`; with the day where it is not today."""
        local = self.local(at)
        if local.date() == self.today:
            return self.language.say("at %(time)s", time=self.clock(local))
        return self.language.say("at %(time)s on %(day)s", time=self.clock(local), day=self.day(local.date()))

    def stamp(self, at: datetime) -> str:
        """`May 13, 10:19 PM`."""
        if at not in self._stamps:
            local = self.local(at)
            self._stamps[at] = f"{self.short_day(local.date())}, {self.clock(local)}"
        return self._stamps[at]

    def full(self, at: datetime) -> str:
        """`Thu, May 13, 10:19 PM EDT`."""
        local = self.local(at)
        return f"{self.day(local.date())}, {self.clock(local)} {local.tzname()}"

    def days(self, first: date, last: date) -> str:
        """One day, or a span of days of which one is meant."""
        if first == last:
            return self.day(first)
        return self.language.say(
            "Some day from %(first)s to %(last)s; the exact day is not stated",
            first=self.short_day(first),
            last=self.short_day(last),
        )

    def from_day(self, first: date) -> str:
        """`From Thu, May 13`: the first of several days, of which the others are not known."""
        return self.language.say("From %(day)s", day=self.day(first))

    def hours(self, first: datetime, last: datetime) -> str:
        return self.clock(first) if first == last else f"{self.clock(first)} – {self.clock(last)}"

    def age(self, span: timedelta) -> str:
        """`25 minutes`, `2 hours`, `3 days`: rounded down, never less than a minute."""
        count, minutes = self.language.count, max(1, int(span.total_seconds() // 60))
        if minutes < 120:
            return count("%(n)s minute", "%(n)s minutes", minutes)
        if minutes < 48 * 60:
            return count("%(n)s hour", "%(n)s hours", minutes // 60)
        return count("%(n)s day", "%(n)s days", minutes // 1440)

    def _day(self, day: date, *, weekday: bool) -> str:
        known = self._days.get((day, weekday))
        if known is None:
            write = self.language.day if weekday else self.language.short_day
            known = self._days[day, weekday] = write(day, year=day.year != self.today.year)
        return known

"""Computes what can be booked in Harbor County: a pure function of (seed, tick, now), equal in all processes.

A tick is a minute, so that all processes of the demo agree. A place has appointments for some ticks, of which people
book a share now and then, and then none until it opens again. About three places open or sell out per tick. The first
bookable day is tomorrow.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import cycle
from random import Random
from typing import Self
from zoneinfo import ZoneInfo

from aggregator.demo.made_up_places import CLINIC_VENUES, HOSPITALS, STORES, ClinicVenue, Venue
from aggregator.model import Struct

ZONE = ZoneInfo("America/New_York")
TICK = 60  # seconds
HORIZON = 14  # days
APPOINTMENT = timedelta(minutes=20)
OPEN_FOR, ROUND = 17, 26  # ticks: with 38 places, two changes of each in a round make about three a tick
ABSENT_EVERY = 5  # ticks


class Clinic(Struct, frozen=True):
    """One venue on one day with one product. `id` is permanent."""

    id: int
    venue: ClinicVenue
    day: date
    product: str
    left: int


class Appointment(Struct, frozen=True):
    """One time at one place: `start` is local, `left` of its `capacity` can still be booked."""

    start: datetime
    product: str
    capacity: int
    left: int


class World(Struct, frozen=True, kw_only=True):
    """Harbor County at one tick (0, 1, 2 …). Of `now` (aware) only the minute counts, and its day in the county."""

    tick: int
    now: datetime
    seed: int = 2021

    @classmethod
    def at_present(cls) -> Self:
        """Harbor County at the present time."""
        now = datetime.now(UTC)
        return cls(tick=int(now.timestamp()) // TICK, now=now)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    @property
    def as_of(self) -> datetime:
        """The time that the systems state for their data: this minute, so never in the future."""
        return self.now.astimezone(ZONE).replace(second=0, microsecond=0)

    def taken(self, name: str) -> float:
        """The share of a place's appointments that is booked, 0 to 1."""
        age = (self.tick + _phases(self.seed)[name]) % ROUND
        if age >= OPEN_FOR:
            return 1.0
        return min(1.0, sum(self._booked(name, tick) for tick in range(self.tick - age + 1, self.tick + 1)))

    def _booked(self, name: str, tick: int) -> float:
        people = _chance(self.seed, tick, name)
        return people.uniform(0.05, 0.15) if people.random() < 0.3 else 0.0

    def clinics(self) -> tuple[Clinic, ...]:
        """The county's clinics, by day. One venue is missing at every fifth tick."""
        absent = self.tick > 0 and self.tick % ABSENT_EVERY == 0
        listed = [(n, venue) for n, venue in enumerate(CLINIC_VENUES) if not (absent and venue.comes_and_goes)]
        clinics = [clinic for n, venue in listed for clinic in self._clinics_at(n, venue)]
        return tuple(sorted(clinics, key=lambda clinic: clinic.id))

    def _clinics_at(self, number: int, venue: ClinicVenue) -> Iterator[Clinic]:
        taken = 0.0 if venue.closed else self.taken(venue.name)
        for place, offset in enumerate(venue.days):
            day = self.today + timedelta(days=offset)
            for choice, product in enumerate(venue.products):
                own = day.toordinal() * 100 + number * 2 + choice
                size = venue.size - own % (venue.size // 5 + 1)
                left = size - int(size * taken ** (0.5 + place))  # the first days go first
                yield Clinic(id=own, venue=venue, day=day, product=product, left=left)

    def appointments(self, venue: Venue, capacity: int) -> tuple[Appointment, ...]:
        """All times of a place within the horizon, `capacity` people at each; the earliest are taken first."""
        times = list(self._times(venue))
        gone = int(self.taken(venue.name) * capacity * len(times))
        return tuple(
            Appointment(
                start=start,
                product=product,
                capacity=capacity,
                left=capacity - min(capacity, max(0, gone - capacity * number)),
            )
            for number, (start, product) in enumerate(times)
        )

    def _times(self, venue: Venue) -> Iterator[tuple[datetime, str]]:
        """The times of a place, each with its product: on three days, of one product a day."""
        plan = _chance(self.seed, venue.name)
        opens = time(plan.randint(8, 14))
        offsets = sorted(plan.sample(range(1, HORIZON + 1), 3))
        for offset, product in zip(offsets, cycle(venue.products), strict=False):
            first = datetime.combine(self.today + timedelta(days=offset), opens)
            for number in range(plan.randint(3, 6)):
                yield first + number * APPOINTMENT, product


@cache
def _phases(seed: int) -> dict[str, int]:
    """How far each place is in its round at tick 0: spread evenly, so that every tick changes about as much."""
    names = [venue.name for venue in (*CLINIC_VENUES, *HOSPITALS, *STORES)]
    shuffled = _chance(seed).sample(names, len(names))
    return {name: place * ROUND // len(names) for place, name in enumerate(shuffled)}


def _chance(*key: object) -> Random:
    return Random(":".join(map(str, key)))  # noqa: S311 - simulated people, not secrets

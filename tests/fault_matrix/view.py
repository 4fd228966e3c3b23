"""What a resident sees of a source, and the result of its last visit."""

from datetime import datetime
from typing import NamedTuple

from aggregator.model import Available, Slot
from aggregator.snapshot import take
from aggregator.store.store import Store
from aggregator.store.waits import host_waits
from tests.fault_matrix.subjects import Subject


class Seen(NamedTuple):
    """One location. `at`: the time for which its answer is true; None without an answer.

    `venue`: its name and address, which distinguish it from others if its key does not.
    """

    available: Available
    openings: int | None
    slots: tuple[Slot, ...]
    at: datetime | None
    checked_at: datetime | None
    gone: bool
    venue: tuple[str, tuple[str, ...]]

    @property
    def answer(self) -> tuple[Available, int | None, tuple[Slot, ...]]:
        return self.available, self.openings, self.slots


class View(NamedTuple):
    """Locations by key, and the state of the source. `expected`: keys that a visit should list."""

    places: dict[str, Seen]
    expected: frozenset[str]
    failures: int
    doubted: int
    next_visit_at: datetime
    host_waits: dict[str, datetime]


def look(store: Store, subject: Subject, now: datetime) -> View:
    snapshot = take(store, subject.region, now)
    places: dict[str, Seen] = {}
    for place in (*snapshot.gone, *snapshot.places):
        for source_view in place.source_views:
            known = source_view.current
            checked_at, valid_at = known.checked_at, known.valid_at
            at = min(filter(None, (checked_at, valid_at))) if checked_at else None
            places[source_view.location.key] = Seen(
                known.available,
                known.available_count,
                known.slots,
                at,
                checked_at,
                place.gone_at is not None,
                (source_view.location.name, source_view.location.address_lines),
            )
    row = store.sources()[subject.source.name]
    waits = {host: wait.until for host, wait in host_waits(store).items() if wait.holds(now)}
    expected = frozenset(store.expected(subject.source.name, now, now))
    return View(places, expected, row.failures, row.doubted, row.next_visit_at, waits)

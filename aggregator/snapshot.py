"""Store -> `Snapshot`: everything known at one instant, the only input of everything published.

The clock is applied here: slots in the past are not available, answers older than the region's `stale_after` are
marked, those older than `expires_after` are UNKNOWN, and so are their slots. Nothing is left out for its age.
"""

from datetime import datetime, timedelta

import msgspec

from aggregator.current import answer_at, slots_at
from aggregator.model import Available, Change, Current, Place, Slot, Snapshot, SourceState
from aggregator.places import places
from aggregator.region import Region, Source
from aggregator.store.store import LocationRow, SourceRow, Store

HISTORY_SHOWN = 20  # changes of a place
HOST_DAYS = 7  # of what we asked of each host
# a feed whose own "as of" is older stands still (univaf's rule, CVS and Kroger 2023)
FROZEN_AFTER = timedelta(hours=24)


def take(store: Store, region: Region, now: datetime) -> Snapshot:
    """The snapshot at `now` of the region's sources that are in force on that day."""
    active = {source.name: source for source in region.active(now.astimezone(region.zone).date())}
    with store.transaction():
        states = store.sources()
        rows = store.locations(active, now - timedelta(days=region.keep_history))
        history = store.history(HISTORY_SHOWN)
        hosts = store.hosts(now - timedelta(days=HOST_DAYS - 1))
    found = [
        _place(place_id, row, active[row.source], states[row.source], history.get(row.id, ()), region, now)
        for place_id, row in places(rows)
    ]
    listed = tuple(place for place in found if place.gone_at is None)
    return Snapshot(
        generated_at=now,
        places=listed,
        gone=tuple(place for place in found if place.gone_at is not None),
        sources=tuple(_state(source, states.get(source.name), listed) for source in active.values()),
        hosts=hosts,
    )


def _place(
    place_id: str,
    row: LocationRow,
    source: Source,
    state: SourceRow,
    history: tuple[Change, ...],
    region: Region,
    now: datetime,
) -> Place:
    age = now - row.checked_at if row.checked_at else None
    frozen = row.valid_at is not None and now - row.valid_at > FROZEN_AFTER
    expired = frozen or (age is not None and age.total_seconds() > region.expires_after)
    slots = slots_at(row.slots, now)
    if expired:
        slots = tuple(_unsure(slot) for slot in slots)
    available, count = (Available.UNKNOWN, None) if expired or age is None else answer_at(row.available, slots)
    current = Current(
        source=source.name,
        source_title=source.title,
        outcome=state.outcome,
        available=available,
        available_count=count,
        slots=slots,
        checked_at=row.checked_at,
        valid_at=row.valid_at,
        changed_at=row.changed_at,
        stale=age is not None and age.total_seconds() > region.stale_after,
        expired=expired,
    )
    return Place(
        id=place_id,
        provider=source.provider,
        location=row.location,
        current=current,
        history=history,
        gone_at=row.gone_at,
    )


def _unsure(slot: Slot) -> Slot:
    """The slot of an expired answer: what was open is not known to be."""
    return slot if slot.available is Available.NO else msgspec.structs.replace(slot, available=Available.UNKNOWN)


def _state(source: Source, row: SourceRow | None, listed: tuple[Place, ...]) -> SourceState:
    own = [place.current.available for place in listed if place.current.source == source.name]
    known = SourceState(
        name=source.name,
        title=source.title,
        provider=source.provider,
        url=source.door,
        locations=len(own),
        with_appointments=own.count(Available.YES),
    )
    if row is None:
        return known
    return msgspec.structs.replace(
        known,
        outcome=row.outcome,
        message=row.message,
        attempted_at=row.attempted_at,
        last_good_at=row.last_good_at,
        next_visit_at=row.next_visit_at,
        took=row.took,
        problems=row.problems,
    )

"""Reads the `Snapshot` from the store: everything known at one instant, the only input of everything published.

The time is applied here: slots in the past are not available, stale answers are marked, and expired answers and their
slots are UNKNOWN (`freshness`). Nothing is left out because of its age.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter

import msgspec

from aggregator.config import Region, Source
from aggregator.current import answer_at, slots_at
from aggregator.faults import RAISE_ALL, Faults
from aggregator.freshness import age_of, has_expired, is_stale, unless_ahead
from aggregator.model import (
    Attribution,
    AvailabilityNow,
    Available,
    Change,
    Place,
    Slot,
    Snapshot,
    SourceState,
    SourceView,
    Stage,
)
from aggregator.places import aliases_of, by_source, groups, merge_views, timeline, with_earlier
from aggregator.store import LocationAnswer, Store, StoredSource

HISTORY_SHOWN = 30  # changes of a place, including those in which only a count changed
HISTORY_LASTS = timedelta(days=28)  # older changes are left out, unless they are among the newest HISTORY_SHOWN
HOST_DAYS = 7  # days of requests to each host


def take(store: Store, region: Region, now: datetime, faults: Faults = RAISE_ALL) -> Snapshot:
    """Reads the snapshot at `now` of the region's sources that are active on that day.

    A row or place that fails is left out and noted in `faults`; the snapshot lists all faults noted so far.
    """
    active = {source.name: source for source in region.active(now.astimezone(region.zone).date())}
    with store.transaction():
        states = store.sources(faults)
        rows = store.locations(active, now - timedelta(days=region.keep_history), faults)
        history = store.history(HISTORY_SHOWN, now - HISTORY_LASTS, faults)
        hosts = store.hosts(now - timedelta(days=HOST_DAYS - 1))
        grouped = groups(store, rows)
        aliases = aliases_of(store)

    def read_row(row: LocationAnswer) -> tuple[int, SourceView]:
        return row.id, _view(row, active[row.source], states.get(row.source), region, now)

    views = dict(faults.each(Stage.SNAPSHOT, rows, read_row, lambda row: row.place_id))
    readable = [(key, [row for row in members if row.id in views]) for key, members in grouped]
    found = list(
        faults.each(
            Stage.SNAPSHOT,
            [(key, members) for key, members in readable if members],
            lambda group: _place(*group, views, history, aliases.get(group[0], ())),
            itemgetter(0),
        )
    )
    listed = tuple(place for place in found if place.gone_at is None)
    return Snapshot(
        generated_at=now,
        places=listed,
        gone=tuple(place for place in found if place.gone_at is not None),
        sources=tuple(_states(active.values(), states, listed, now, faults)),
        hosts=hosts,
        ahead=max((at for row in states.values() if unless_ahead(at := row.attempted_at, now) is None), default=None),
        faults=faults.found,
    )


def _place(
    place_id: str,
    rows: Sequence[LocationAnswer],
    views: Mapping[int, SourceView],
    history: Mapping[int, tuple[Change, ...]],
    aliases: tuple[str, ...],
) -> Place:
    """The place that these locations form. While one is still listed, those that are gone add only their history."""
    here = [row for row in rows if row.gone_at is None] or list(rows)
    past = [row for row in rows if row.gone_at is not None and row not in here]
    sources = by_source([views[row.id] for row in here])
    location, current = merge_views(sources)
    return Place(
        id=place_id,
        provider=sources[0].provider,
        location=location,
        current=current,
        source_views=sources,
        aliases=aliases,
        history=with_earlier(*(timeline(history.get(row.id, ()) for row in some) for some in (here, past))),
        gone_at=max((row.gone_at for row in here if row.gone_at), default=None),
    )


def _view(row: LocationAnswer, source: Source, state: StoredSource | None, region: Region, now: datetime) -> SourceView:
    """The row as its source reports it at `now`. `state`: None if the source's row could not be read."""
    stored, checked_at = row.answer, unless_ahead(row.checked_at, now)
    age = age_of(checked_at, row.valid_at, now)
    expired = row.checked_at is not None and has_expired(age, row.checked_at, row.valid_until, region, now)
    slots = slots_at(stored.slots, now)
    if expired:
        slots = tuple(_unsure(slot) for slot in slots)
    unknown = expired or age is None
    available, count = (Available.UNKNOWN, None) if unknown else answer_at(stored.available, slots, stored.count)
    at_least = (
        stored.incomplete or stored.at_least or any(slot.at_least for slot in slots if slot.available is Available.YES)
    )
    current = AvailabilityNow(
        source=source.name,
        source_title=source.title,
        outcome=state.outcome if state else None,
        available=available,
        available_count=count,
        may_have_more=at_least and available is Available.YES,
        slots=slots,
        products=stored.products,
        doses=stored.doses,
        checked_at=checked_at,
        valid_at=unless_ahead(row.valid_at, now),
        changed_at=unless_ahead(row.changed_at, now),
        attempted_at=unless_ahead(state.attempted_at, now) if state else None,
        wait_minutes=state.wait_minutes if state else None,
        stale=expired or (age is not None and is_stale(age, region)),
        expired=expired,
    )
    credit = _attribution(source, state)
    return SourceView(provider=source.provider, location=row.location, current=current, attribution=credit)


def _attribution(source: Source, state: StoredSource | None) -> Attribution | None:
    """Whom to name beside the data of a source: as the region file says, else as its pages state it."""
    return source.attribution or (state.attribution if state else None)


def _unsure(slot: Slot) -> Slot:
    """The slot of an expired answer: an open slot becomes UNKNOWN."""
    return slot if slot.available is Available.NO else msgspec.structs.replace(slot, available=Available.UNKNOWN)


def _states(
    sources: Iterable[Source], rows: Mapping[str, StoredSource], listed: Iterable[Place], now: datetime, faults: Faults
) -> Iterable[SourceState]:
    answers: dict[str, list[AvailabilityNow]] = {}
    for place in listed:
        for one in place.source_views:
            answers.setdefault(one.current.source, []).append(one.current)

    def state_of(source: Source) -> SourceState:
        return _state(source, rows.get(source.name), answers.get(source.name, []), now)

    return faults.each(Stage.SNAPSHOT, sources, state_of, attrgetter("name"))


def _state(source: Source, row: StoredSource | None, answers: Sequence[AvailabilityNow], now: datetime) -> SourceState:
    known = SourceState(
        name=source.name,
        title=source.title,
        provider=source.provider,
        url=source.door,
        locations=len(answers),
        with_appointments=sum(one.available is Available.YES for one in answers),
        all_checked_at=min((one.checked_at for one in answers if one.checked_at), default=None),
        attribution=_attribution(source, row),
    )
    if row is None:
        return known
    return msgspec.structs.replace(
        known,
        outcome=row.outcome,
        message=row.message,
        attempted_at=unless_ahead(row.attempted_at, now),
        last_good_at=unless_ahead(row.last_good_at, now),
        next_visit_at=row.next_visit_at,
        wait_minutes=row.wait_minutes,
        took=row.took,
        problems=row.problems,
    )

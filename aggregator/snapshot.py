"""Store -> `Snapshot`: everything known at one instant, the only input of everything published.

The clock is applied here: slots in the past are not available, answers older than the region's `stale_after` are
marked, those older than `expires_after` are UNKNOWN, and so are their slots. Nothing is left out for its age.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter

import msgspec

from aggregator.config import Region, Source
from aggregator.current import CLOCK_TOLERANCE, answer_at, slots_at
from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import AvailabilityNow, Available, Change, Place, Slot, Snapshot, SourceState, SourceView, Stage
from aggregator.places import aliases_of, by_source, groups, merge_views, timeline, with_earlier
from aggregator.store import LocationAnswer, Store, StoredSource

HISTORY_SHOWN = 30  # changes of a place, also those in which only a count changed
HISTORY_LASTS = timedelta(days=28)  # how far back other changes are known
HOST_DAYS = 7  # of what we asked of each host


def take(store: Store, region: Region, now: datetime, faults: Faults = RAISE_ALL) -> Snapshot:
    """The snapshot at `now` of the region's sources that are in force on that day.

    A row or place that fails is left out and noted in `faults`; the snapshot holds all that were noted so far.
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
        return row.id, _told(row, active[row.source], states.get(row.source), region, now)

    told = dict(faults.each(Stage.SNAPSHOT, rows, read_row, lambda row: row.place_id))
    groups_told = [(key, [row for row in members if row.id in told]) for key, members in grouped]
    found = list(
        faults.each(
            Stage.SNAPSHOT,
            [(key, members) for key, members in groups_told if members],
            lambda group: _place(*group, told, history, aliases.get(group[0], ())),
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
        ahead=max((row.attempted_at for row in states.values() if _past(row.attempted_at, now) is None), default=None),
        faults=faults.found,
    )


def _place(
    place_id: str,
    rows: Sequence[LocationAnswer],
    told: Mapping[int, SourceView],
    history: Mapping[int, tuple[Change, ...]],
    aliases: tuple[str, ...],
) -> Place:
    """The place of these locations; those that are not listed any more tell only its past as long as another is."""
    here = [row for row in rows if row.gone_at is None] or list(rows)
    past = [row for row in rows if row.gone_at is not None and row not in here]
    voices = by_source([told[row.id] for row in here])
    location, current = merge_views(voices)
    return Place(
        id=place_id,
        provider=voices[0].provider,
        location=location,
        current=current,
        source_views=voices,
        aliases=aliases,
        history=with_earlier(*(timeline(history.get(row.id, ()) for row in some) for some in (here, past))),
        gone_at=max((row.gone_at for row in here if row.gone_at), default=None),
    )


def _told(row: LocationAnswer, source: Source, state: StoredSource | None, region: Region, now: datetime) -> SourceView:
    """`state` None: that of the source could not be read."""
    said, checked_at = row.answer, _past(row.checked_at, now)
    age = _age(checked_at, row.valid_at, now)
    expired = row.checked_at is not None and _has_expired(row, age, region, now)
    slots = slots_at(said.slots, now)
    if expired:
        slots = tuple(_unsure(slot) for slot in slots)
    unknown = expired or age is None
    available, count = (Available.UNKNOWN, None) if unknown else answer_at(said.available, slots, said.count)
    at_least = (
        said.incomplete or said.at_least or any(slot.at_least for slot in slots if slot.available is Available.YES)
    )
    current = AvailabilityNow(
        source=source.name,
        source_title=source.title,
        outcome=state.outcome if state else None,
        available=available,
        available_count=count,
        may_have_more=at_least and available is Available.YES,
        slots=slots,
        products=said.products,
        doses=said.doses,
        checked_at=checked_at,
        valid_at=_past(row.valid_at, now),
        changed_at=_past(row.changed_at, now),
        attempted_at=_past(state.attempted_at, now) if state else None,
        wait_minutes=state.wait_minutes if state else None,
        stale=expired or (age is not None and age > region.stale_after),
        expired=expired,
    )
    return SourceView(provider=source.provider, location=row.location, current=current)


def _age(checked_at: datetime | None, valid_at: datetime | None, now: datetime) -> float | None:
    """Seconds since the answer was true: since the source's own time, or a cache's, where it is older than the visit.

    None where no visit gave one, or only visits by a clock that was ahead.
    """
    if checked_at is None:
        return None
    return (now - min(checked_at, valid_at or checked_at)).total_seconds()


def _has_expired(row: LocationAnswer, age: float | None, region: Region, now: datetime) -> bool:
    """Whether an answer no longer counts.

    A visit, or what a cache had, counts for `expires_after`. A source's own time counts longer: some publishers write
    their feed a few times a day, and the page shows how old it is.
    """
    if age is None or row.checked_at is None:
        return True
    since_check = (now - row.checked_at).total_seconds()
    if row.valid_until is None:
        return age > region.expires_after
    return since_check > region.expires_after or now > row.valid_until


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    """A stored time, or None for one after `now`: it comes from a clock that was ahead, so it says nothing."""
    return moment if moment is not None and moment <= now + CLOCK_TOLERANCE else None


def _unsure(slot: Slot) -> Slot:
    """The slot of an expired answer: what was open is not known to be."""
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
    )
    if row is None:
        return known
    return msgspec.structs.replace(
        known,
        outcome=row.outcome,
        message=row.message,
        attempted_at=_past(row.attempted_at, now),
        last_good_at=_past(row.last_good_at, now),
        next_visit_at=row.next_visit_at,
        wait_minutes=row.wait_minutes,
        took=row.took,
        problems=row.problems,
    )

"""Merges what several sources state about one place: its facts, its answer, its history. Pure.

The rules, in order of importance to a resident:

- YES if any source states it; NO only if every source that counts states it; otherwise UNKNOWN.
- An expired answer, and a source that states nothing about appointments, count only if there is nothing else.
- Sources that book at the same host have the same appointments, so only one of them counts; otherwise they would be
  counted twice. Sources that book at different hosts add up, and so do the locations of one source.
- The restrictions of all sources apply; the way to book is that of the source whose answer leads.
- A YES is as old as the leading answer; a NO is as old as the oldest answer behind it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec.structs import replace

from aggregator.model import AvailabilityNow, Available, Change, Location, Slot, SourceView

_RANK = {Available.YES: 2, Available.UNKNOWN: 1, Available.NO: 0}
_FILLED_IN = ("info_phone", "info_url", "county", "description", "city", "postal_code")


def by_source(views: Sequence[SourceView]) -> tuple[SourceView, ...]:
    """The views by source, in the given order: two locations of one source add up."""
    sources: dict[str, list[SourceView]] = {}
    for one in views:
        sources.setdefault(one.current.source, []).append(one)
    return tuple(_added_up(each) for each in sources.values())


def _added_up(views: Sequence[SourceView]) -> SourceView:
    if len(views) == 1:
        return views[0]
    if len({one.location.restrictions for one in views}) > 1:
        views = [_with_own_restrictions(one) for one in views]
    counting = sorted(_counting(views), key=_weight, reverse=True)
    facts = _facts([one.location for one in views], counting[0].location)
    return replace(views[0], location=facts, current=_answer(counting))


def merge_views(views: Sequence[SourceView]) -> tuple[Location, AvailabilityNow]:
    """The merged location and answer. `views` has one view per source, the best described first."""
    if len(views) == 1:
        return views[0].location, views[0].current
    counting = _best_per_host(_counting(views))
    return _facts([one.location for one in views], counting[0].location), _answer(counting)


def timeline(histories: Iterable[tuple[Change, ...]]) -> tuple[Change, ...]:
    """The changes of the place's answer, newest first, from the changes of its locations."""
    given = [history for history in histories if history]
    if len(given) <= 1:
        return given[0] if given else ()
    events = [(change.at, number, change) for number, history in enumerate(given) for change in history]
    now: dict[int, Change] = {}
    changes: list[Change] = []
    for at, number, change in sorted(events, key=lambda event: event[:2]):
        now[number] = change
        answer = _combined([known.available for known in now.values()])
        count = _sum([known.count for known in now.values() if known.available is answer])
        if not changes or (changes[-1].available, changes[-1].count) != (answer, count):
            changes.append(Change(at=at, available=answer, count=count))
    return tuple(reversed(changes))


def with_earlier(changes: tuple[Change, ...], past: tuple[Change, ...]) -> tuple[Change, ...]:
    """The `changes` of the current listing, then the older ones of `past`: the same place in an earlier spelling."""
    older = tuple(change for change in past if not changes or change.at < changes[-1].at)
    if changes and older and (older[0].available, older[0].count) == (changes[-1].available, changes[-1].count):
        changes = changes[:-1]
    return changes + older


def _counting(views: Sequence[SourceView]) -> Sequence[SourceView]:
    """The views that state something now; otherwise those that ever did; otherwise all."""
    checked = [one for one in views if one.current.checked_at is not None]
    return [one for one in checked if _states_something(one.current)] or checked or views


def _states_something(current: AvailabilityNow) -> bool:
    """Whether an answer states anything about appointments: a list of places never does, however fresh it is."""
    return not current.expired and (current.available is not Available.UNKNOWN or bool(current.slots))


def _best_per_host(views: Iterable[SourceView]) -> list[SourceView]:
    """The best view for each booking host; the leading answer comes first."""
    hosts: dict[str, SourceView] = {}
    for number, one in enumerate(sorted(views, key=_weight, reverse=True)):
        hosts.setdefault(_host(_booking_page(one)) or f"none {number}", one)
    return list(hosts.values())


def _weight(one: SourceView) -> tuple[int, bool, int, float]:
    """A sort key: YES before UNKNOWN before NO; then not stale, more slots, and last checked."""
    current = one.current
    seen = current.checked_at.timestamp() if current.checked_at else 0.0
    return _RANK[current.available], not current.stale, len(current.slots), seen


def _answer(views: Sequence[SourceView]) -> AvailabilityNow:
    """The merged answer. `views` are those that count, the leading one first."""
    answer = _combined([one.current.available for one in views])
    oldest = views if answer is Available.NO else views[:1]
    return replace(
        views[0].current,
        available=answer,
        checked_at=min((one.current.checked_at for one in oldest if one.current.checked_at), default=None),
        valid_at=min((one.current.valid_at for one in oldest if one.current.valid_at), default=None),
        stale=any(one.current.stale for one in oldest),
        available_count=_sum([one.current.available_count for one in views if one.current.available is answer]),
        may_have_more=any(one.current.may_have_more for one in views if one.current.available is answer),
        slots=tuple(sorted((slot for one in views for slot in _with_booking_url(one)), key=_start)),
        products=tuple(dict.fromkeys(name for one in views for name in one.current.products)),
        doses=tuple(sorted({dose for one in views for dose in one.current.doses})),
    )


def _with_booking_url(one: SourceView) -> Iterable[Slot]:
    """The slots with their booking URL, which is their location's if they have none of their own."""
    booking_page = _booking_page(one)
    return (slot if slot.booking_url else replace(slot, booking_url=booking_page) for slot in one.current.slots)


def _with_own_restrictions(one: SourceView) -> SourceView:
    """The view with its restrictions in each slot, for locations of one source that differ in who may book."""
    own = one.location.restrictions
    if not own:
        return one
    slots = tuple(
        replace(slot, restrictions="\n\n".join(dict.fromkeys(filter(None, (own, slot.restrictions)))))
        for slot in one.current.slots
    )
    return replace(one, current=replace(one.current, slots=slots))


def _facts(places: Sequence[Location], leading: Location) -> Location:
    """The best described of `places`, completed by the others, with the booking links of the `leading` one."""
    best = places[0]
    exact = next((place.position for place in places if place.position and not place.position.approximate), None)
    return replace(
        best,
        **{name: next(filter(None, (getattr(place, name) for place in places)), "") for name in _FILLED_IN},
        address_lines=next(filter(None, (place.address_lines for place in places)), ()),
        position=exact or best.position,
        booking_url=leading.booking_url or best.booking_url,
        booking_phone=leading.booking_phone or best.booking_phone,
        restrictions="\n\n".join(dict.fromkeys(filter(None, (place.restrictions for place in places)))),
        external_ids=tuple(dict.fromkeys(pair for place in places for pair in place.external_ids)),
    )


def _combined(answer: Iterable[Available]) -> Available:
    return max(answer, key=lambda one: _RANK[one])


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum; None if one of them is unknown."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _booking_page(one: SourceView) -> str:
    return one.location.booking_url or one.location.info_url


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _start(slot: Slot) -> datetime:
    return slot.start

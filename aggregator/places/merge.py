"""What several sources tell of one place, as one: its facts, its answer, its history. Pure.

The rules, in the order in which they matter to a resident:

- YES if any source says so; NO only where every source that counts says so; else UNKNOWN.
- An answer that has expired, and a source that says nothing of appointments, count only where there is nothing else.
- Sources that book at the same host speak of the same appointments: of those only one counts, or they would be
  counted twice. Sources that book at different hosts add up, and so do the locations of one source.
- Restrictions of all sources stand; the way to book is that of the source whose answer it is.
- A YES is as old as the answer that leads; a NO as old as the oldest that it rests on.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec.structs import replace

from aggregator.model import AvailabilityNow, Available, Change, Location, Slot, SourceView

_RANK = {Available.YES: 2, Available.UNKNOWN: 1, Available.NO: 0}
_FILLED_IN = ("info_phone", "info_url", "county", "description", "city", "postal_code")


def by_source(told: Sequence[SourceView]) -> tuple[SourceView, ...]:
    """What each source says of a place, in the order of `told`: what it says of two locations there adds up."""
    sources: dict[str, list[SourceView]] = {}
    for one in told:
        sources.setdefault(one.current.source, []).append(one)
    return tuple(_added(each) for each in sources.values())


def _added(told: Sequence[SourceView]) -> SourceView:
    if len(told) == 1:
        return told[0]
    if len({one.location.restrictions for one in told}) > 1:
        told = [_with_own_restrictions(one) for one in told]
    counting = sorted(_counting(told), key=_weight, reverse=True)
    facts = _facts([one.location for one in told], counting[0].location)
    return replace(told[0], location=facts, current=_answer(counting))


def merge_views(told: Sequence[SourceView]) -> tuple[Location, AvailabilityNow]:
    """The place as one location with one answer; `told`, one of each source, has the best described first."""
    if len(told) == 1:
        return told[0].location, told[0].current
    counting = _of_each_host(_counting(told))
    return _facts([one.location for one in told], counting[0].location), _answer(counting)


def timeline(histories: Iterable[tuple[Change, ...]]) -> tuple[Change, ...]:
    """The changes of the place's answer, newest first, from those of its locations."""
    given = [history for history in histories if history]
    if len(given) <= 1:
        return given[0] if given else ()
    events = [(change.at, number, change) for number, history in enumerate(given) for change in history]
    now: dict[int, Change] = {}
    changes: list[Change] = []
    for at, number, change in sorted(events, key=lambda event: event[:2]):
        now[number] = change
        said = _combined([known.available for known in now.values()])
        count = _sum([known.count for known in now.values() if known.available is said])
        if not changes or (changes[-1].available, changes[-1].count) != (said, count):
            changes.append(Change(at=at, available=said, count=count))
    return tuple(reversed(changes))


def with_earlier(changes: tuple[Change, ...], past: tuple[Change, ...]) -> tuple[Change, ...]:
    """`changes` of the current listing, then the older ones of `past`: the same place under an earlier spelling."""
    older = tuple(change for change in past if not changes or change.at < changes[-1].at)
    if changes and older and (older[0].available, older[0].count) == (changes[-1].available, changes[-1].count):
        changes = changes[:-1]
    return changes + older


def _counting(told: Sequence[SourceView]) -> Sequence[SourceView]:
    """Those that say something now; where none does, those that ever did; else all."""
    answered = [one for one in told if one.current.checked_at is not None]
    return [one for one in answered if _says_something(one.current)] or answered or told


def _says_something(current: AvailabilityNow) -> bool:
    """A list of places that never tells of appointments says nothing of them, however fresh it is."""
    return not current.expired and (current.available is not Available.UNKNOWN or bool(current.slots))


def _of_each_host(told: Iterable[SourceView]) -> list[SourceView]:
    """The best of those that book at the same host; the leading answer first."""
    hosts: dict[str, SourceView] = {}
    for number, one in enumerate(sorted(told, key=_weight, reverse=True)):
        hosts.setdefault(_host(_door(one)) or f"none {number}", one)
    return list(hosts.values())


def _weight(one: SourceView) -> tuple[int, bool, int, float]:
    """YES before UNKNOWN before NO; then what is not stale, says more, and was seen last."""
    current = one.current
    seen = current.checked_at.timestamp() if current.checked_at else 0.0
    return _RANK[current.available], not current.stale, len(current.slots), seen


def _answer(told: Sequence[SourceView]) -> AvailabilityNow:
    """`told` are those that count, the leading one first."""
    said = _combined([one.current.available for one in told])
    oldest = told if said is Available.NO else told[:1]
    return replace(
        told[0].current,
        available=said,
        checked_at=min((one.current.checked_at for one in oldest if one.current.checked_at), default=None),
        valid_at=min((one.current.valid_at for one in oldest if one.current.valid_at), default=None),
        stale=any(one.current.stale for one in oldest),
        available_count=_sum([one.current.available_count for one in told if one.current.available is said]),
        may_have_more=any(one.current.may_have_more for one in told if one.current.available is said),
        slots=tuple(sorted((slot for one in told for slot in _with_door(one)), key=_start)),
        products=tuple(dict.fromkeys(name for one in told for name in one.current.products)),
        doses=tuple(sorted({dose for one in told for dose in one.current.doses})),
    )


def _with_door(one: SourceView) -> Iterable[Slot]:
    """The slots with the way to book them, which is their location's where they have none of their own."""
    door = _door(one)
    return (slot if slot.booking_url else replace(slot, booking_url=door) for slot in one.current.slots)


def _with_own_restrictions(one: SourceView) -> SourceView:
    """If two locations of one source differ in who may book, each slot states its own rule."""
    own = one.location.restrictions
    if not own:
        return one
    slots = tuple(
        replace(slot, restrictions="\n\n".join(dict.fromkeys(filter(None, (own, slot.restrictions)))))
        for slot in one.current.slots
    )
    return replace(one, current=replace(one.current, slots=slots))


def _facts(places: Sequence[Location], leading: Location) -> Location:
    """The best described of `places`, completed by the others; booked as the `leading` one says."""
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


def _combined(said: Iterable[Available]) -> Available:
    return max(said, key=lambda one: _RANK[one])


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum; None where one of them is not known."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _door(one: SourceView) -> str:
    return one.location.booking_url or one.location.info_url


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _start(slot: Slot) -> datetime:
    return slot.start

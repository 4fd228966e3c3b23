"""Joins the places of a harvest with their times. Pure.

The values that an adapter keeps are of two kinds. What happens somewhere has `ids` (its own, and those of its parts),
`at` (the identity of its place), and `times` (those that its item itself holds). A time has `of`, one of such `ids`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from aggregator.adapter.rpde.harvest import Harvest
from aggregator.clean import MAX_SLOTS

Value = Mapping[str, Any]


class Time(NamedTuple):
    """A time, and the activity or facility that it belongs to. `id` tells apart two at the same moment."""

    id: str
    value: Value
    parent: Value


class PlaceTimes(NamedTuple):
    """A place with everything that happens there (`parents`, at least one) and its times, the free ones first.

    `gone`: it is no more, because its last parent was deleted. `complete`: False during the first full read, which may
    still bring other times.
    """

    parents: tuple[Value, ...]
    times: tuple[Time, ...] = ()
    gone: bool = False
    complete: bool = True


class Orphans(NamedTuple):
    """The parents that free times name and that no feed has (yet), so that nobody knows where the times are."""

    parents: tuple[str, ...]


def places(harvest: Harvest) -> Iterator[PlaceTimes | Orphans]:
    """The places to list: all of them, or those that changed if the visit did not get to the end of its feeds.

    A place is NO only if every feed was read to its end, and if no free time may be anywhere. Otherwise only its free
    times are listed, so that a place without one is UNKNOWN. If a feed is lost for now, no time is.
    """
    parents = _parents(harvest)
    of_place: dict[str, list[Value]] = {}
    for parent in parents:
        of_place.setdefault(parent["at"], []).append(parent)
    by_id = {identity: parent for parent in parents for identity in parent["ids"]}
    yield from (PlaceTimes((value,), gone=True) for at, value in _places_before(harvest).items() if at not in of_place)
    times, lost = _times(harvest, by_id)
    if lost and harvest.at_end:
        yield Orphans(tuple(sorted(lost)))
    changed = of_place if harvest.at_end or harvest.lost else _changed(harvest, by_id)
    complete = harvest.at_end or harvest.was_known or harvest.lost
    for at, there in of_place.items():
        if at in changed:
            known = times.get(at, ()) if not harvest.lost else ()
            yield PlaceTimes(tuple(there), _chosen(known, harvest, only_free=bool(lost)), complete=complete)


def _chosen(times: "list[Time] | tuple[()]", harvest: Harvest, *, only_free: bool) -> tuple[Time, ...]:
    """The times to list: the free ones first, because of very many only the first are listed, and by their start."""
    is_free, is_over = harvest.rules.is_free, harvest.rules.is_over
    ahead = [time for time in times if not is_over(time.value, harvest.page.answer.fetched_at)]
    free = [time for time in ahead if is_free(time.value)]
    others = [] if only_free or not harvest.at_end else [time for time in ahead if not is_free(time.value)]
    return tuple(sorted(free, key=_start) + sorted(others, key=_start))[:MAX_SLOTS]


def _start(time: Time) -> str:
    return str(time.value["start"])


def _parents(harvest: Harvest) -> list[Value]:
    """Sorted, so that the facts about a place are the same in every visit."""
    found = [
        (identity, item.value) for feed in harvest.feeds for identity, item in feed.items.items() if "ids" in item.value
    ]
    return [value for _, value in sorted(found, key=lambda pair: pair[0])]


def _times(harvest: Harvest, by_id: Mapping[str, Value]) -> tuple[dict[str, list[Time]], set[str]]:
    """The times of each place, by `at`, and the ids of missing parents of free times.

    Only what the latest full read has brought is known to be so now.
    """
    found: dict[str, list[Time]] = {}
    lost: set[str] = set()
    for feed in harvest.feeds:
        for identity, value in sorted(feed.current.items()):
            own = ((f"{identity} {number}", time) for number, time in enumerate(value.get("times", ())))
            for name, time in own if "ids" in value else ((identity, value),):
                if parent := value if "ids" in value else by_id.get(time["of"]):
                    found.setdefault(parent["at"], []).append(Time(name, time, parent))
                elif harvest.rules.is_free(time):
                    lost.add(time["of"])
    return found, lost


def _places_before(harvest: Harvest) -> dict[str, Value]:
    """What happened where, by `at`, of the items that this visit changed or removed."""
    return {value["at"]: value for feed in harvest.feeds for value in feed.before.values() if "at" in value}


def _changed(harvest: Harvest, by_id: Mapping[str, Value]) -> set[str]:
    """The places of which something changed in this visit."""
    values = [value for feed in harvest.feeds for value in feed.before.values()]
    values += [feed.items[identity].value for feed in harvest.feeds for identity in feed.changed]
    parents = (value if "at" in value else by_id.get(value["of"]) for value in values)
    return {parent["at"] for parent in parents if parent}

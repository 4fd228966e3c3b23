"""Joins the places of a harvest with their times. Pure.

The values that an adapter keeps are of two kinds. What happens somewhere has `ids` (its own, and those of its parts),
`at` (the identity of its place), and `times` (the times that its item itself holds). A time has `of`, an id among
`ids`. Children without a parent are kept until it comes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from aggregator.adapter.rpde.harvest import Harvest

Value = Mapping[str, Any]


class Time(NamedTuple):
    """A time, and the activity or facility that it belongs to. `id` tells apart two at the same moment."""

    id: str
    value: Value
    parent: Value


class Place(NamedTuple):
    """A place with everything that happens there (`parents`, at least one) and its times.

    `gone`: it is no more, because its last parent was deleted. `known`: False if its feed cannot be read for now.
    `to_the_end`: False if the visit ended before the feed did, so that only a time that is still free means something.
    `complete`: False during the first full read, which may still bring other times.
    """

    parents: tuple[Value, ...]
    times: tuple[Time, ...] = ()
    gone: bool = False
    known: bool = True
    to_the_end: bool = True
    complete: bool = True


def places(harvest: Harvest) -> Iterator[Place]:
    """The places to list: all of them, or those that changed if a later visit did not get to the end of its feeds."""
    parents = _parents(harvest)
    of_place: dict[str, list[Value]] = {}
    for parent in parents:
        of_place.setdefault(parent["at"], []).append(parent)
    by_id = {identity: parent for parent in parents for identity in parent["ids"]}
    times = _times(harvest, by_id)
    gone = {value["at"]: value for value in _before(harvest) if "at" in value and value["at"] not in of_place}
    yield from (Place((value,), gone=True) for value in gone.values())
    changed = _changed(harvest, by_id) if harvest.was_known and not (harvest.at_end or harvest.dead) else of_place
    for at, there in of_place.items():
        if at in changed:
            yield Place(
                tuple(there),
                tuple(times.get(at, ())),
                known=not harvest.dead,
                to_the_end=harvest.at_end,
                complete=harvest.at_end or harvest.was_known or harvest.dead,
            )


def _parents(harvest: Harvest) -> list[Value]:
    """Sorted, so that the facts about a place are the same in every visit."""
    found = [
        (identity, item.value) for feed in harvest.feeds for identity, item in feed.items.items() if "ids" in item.value
    ]
    return [value for _, value in sorted(found, key=lambda pair: pair[0])]


def _times(harvest: Harvest, by_id: Mapping[str, Value]) -> dict[str, list[Time]]:
    """The times of each place, by `at`. Only what the latest full read has brought is known to be so now."""
    found: dict[str, list[Time]] = {}
    for feed in harvest.feeds:
        for identity, value in sorted(feed.current.items()):
            own = ((f"{identity} {number}", time) for number, time in enumerate(value.get("times", ())))
            for name, time in own if "ids" in value else ((identity, value),):
                parent = value if "ids" in value else by_id.get(time["of"])
                if parent:
                    found.setdefault(parent["at"], []).append(Time(name, time, parent))
    return found


def _before(harvest: Harvest) -> Iterator[Value]:
    for feed in harvest.feeds:
        yield from feed.before.values()


def _changed(harvest: Harvest, by_id: Mapping[str, Value]) -> set[str]:
    """The places of which something changed in this visit."""
    values = [*_before(harvest), *(feed.items[key].value for feed in harvest.feeds for key in feed.changed)]
    parents = (value if "at" in value else by_id.get(value["of"]) for value in values)
    return {parent["at"] for parent in parents if parent}

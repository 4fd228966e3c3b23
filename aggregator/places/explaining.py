"""Explains an id in lines for people: its locations, why they are one place, near misses, and how to change it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from aggregator.config import Region
from aggregator.errors import ConfigError, excerpt
from aggregator.faults import Faults
from aggregator.places.assign_ids import matched
from aggregator.places.decisions import fingerprint
from aggregator.places.grouping import Bond
from aggregator.store import Alias, Matchable, Store, is_matched, read_aliases, read_all_locations

MISSES_SHOWN = 20


def explain(store: Store, region: Region, id: str) -> list[str]:
    """Lines about the place with an id, present or former; ConfigError if no place has or had it."""
    with store.transaction():
        known = {one.id: one for one in read_all_locations(store, Faults())}
        aliases, settled = read_aliases(store), is_matched(store, fingerprint(region))
    if id not in known:
        raise ConfigError(
            f"{excerpt(id)}: no place in {store.path} has or had this id; copy one from the URL of a place "
            "(/place/<id>/), run `aggregator places list`, or name another database with --db"
        )
    return list(
        _Account(known, aliases, matched(tuple(known.values()), region, Faults()).bonds, id).lines(region, settled)
    )


def merged(store: Store) -> list[str]:
    """A line for every location that was merged into another one, with the reason."""
    with store.transaction():
        known, aliases = {one.id: one for one in read_all_locations(store, Faults())}, read_aliases(store)
    lines = []
    for id, alias in sorted(aliases.items(), key=lambda item: (item[1].place_id, item[0])):
        shown = _shown(known[id]) if id in known else f"{id} (its row cannot be read)"
        lines.append(f"{alias.place_id} <- {shown}; {alias.why}, since {alias.since:%Y-%m-%d}")
    return lines


def unknown_decisions(store: Store, region: Region) -> list[str]:
    """A line for every id in the region's decisions that the database does not have."""
    with store.transaction():
        known = {one.id for one in read_all_locations(store, Faults())}
    return [
        f"{key}: {id} is not a location in {store.path}; check that the id is complete and its source was visited"
        for key, decisions in (("same_place", region.same_place), ("not_same_place", region.not_same_place))
        for decision in decisions
        for id in decision.ids
        if id not in known
    ]


class _Account(NamedTuple):
    """The data that the lines come from."""

    known: Mapping[str, Matchable]
    aliases: Mapping[str, Alias]
    bonds: Sequence[Bond]
    id: str

    def lines(self, region: Region, settled: bool) -> Iterator[str]:
        alias = self.aliases.get(self.id)
        root = alias.place_id if alias else self.id
        members = [id for id in self.known if id == root or self._root(id) == root]
        yield f"{self.id} is now shown as {root}" if alias else f"{self.id} is the id of a place"
        if not settled:
            yield "Locations or rules have changed since the last cycle; `aggregator run` updates this"
        yield f"It has {len(members)} location{'s' if len(members) > 1 else ''}:"
        for id in members:
            yield f"  {_shown(self.known[id])}"
            if id in self.aliases:
                yield f"    {self.aliases[id].why}; since {self.aliases[id].since:%Y-%m-%d %H:%M} UTC"
        yield from self._misses(members)
        if len(members) > 1:
            yield "To separate them, put this in the region file:"
            yield from _decision("not_same_place", members)

    def _root(self, id: str) -> str:
        return self.aliases[id].place_id if id in self.aliases else id

    def _misses(self, members: Sequence[str]) -> Iterator[str]:
        """Yields the locations that something links to this place but that are another one."""
        inside = set(members)
        missed = [bond for bond in self.bonds if len({bond.one, bond.other} & inside) == 1]
        if not missed:
            return
        yield "Similar, but not merged:"
        for bond in missed[:MISSES_SHOWN]:
            mine, other = (bond.one, bond.other) if bond.one in inside else (bond.other, bond.one)
            yield f"  {_shown(self.known[other])}"
            yield f"    {bond.refused or 'the next cycle will merge it'} (compared with {mine})"
        if len(missed) > MISSES_SHOWN:
            yield f"  and {len(missed) - MISSES_SHOWN} more"
        yield "To merge the first of them anyway, put this in the region file:"
        yield from _decision("same_place", [*members, next(iter({missed[0].one, missed[0].other} - inside))])


def _decision(key: str, ids: Sequence[str]) -> Iterator[str]:
    yield f"  [[{key}]]"
    quoted = ", ".join(f'"{id}"' for id in ids)
    yield f"  ids = [{quoted}]"
    yield '  why = "…"'


def _shown(one: Matchable) -> str:
    place = one.location
    parts = (place.name, *place.address_lines, place.city, f"{place.state} {place.postal_code}".strip())
    gone = " (not listed any more)" if one.gone_at else ""
    return f"{one.id} {one.source}: {', '.join(filter(None, parts))}{gone}"

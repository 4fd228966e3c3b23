"""Writes down which ids stand for which places, whenever something that matters for it has changed.

A reader may rely on: an id that was published leads to its place for ever, always in one step; a place keeps its id
when the location it was drawn for goes; a merge whose evidence is gone, with both locations still listed, is undone.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from aggregator.config.region import Region
from aggregator.faults import RAISE_ALL, Faults
from aggregator.places.decisions import decisions_of, fingerprint
from aggregator.places.grouping import Bond, Grouping, Member, group
from aggregator.store.aliases import (
    Alias,
    Matchable,
    is_matched,
    read_aliases,
    read_all_locations,
    read_matching_faults,
    write_aliases,
)
from aggregator.store.store import Store


def update_place_ids(store: Store, region: Region, now: datetime, faults: Faults = RAISE_ALL) -> int:
    """Merges and splits what is due, in one transaction; how many ids lead elsewhere than before.

    Two short questions to the file where neither a location nor the rules nor the decisions changed. What could not be
    compared is kept in the file with its reason, and noted in `faults` each time until matching is due again.
    """
    rules, own = fingerprint(region), RAISE_ALL if faults is RAISE_ALL else Faults()
    moved: set[str] = set()
    dropped: Set[str] = set()
    with store.transaction():
        if is_matched(store, rules):
            faults.extend(read_matching_faults(store))
            return 0
        known, before = read_all_locations(store, own), read_aliases(store)
        after = _Settled(known, before, matched(known, region, own), now).aliases()
        moved = {former for former, alias in after.items() if _target(before, former) != alias.place_id}
        dropped = before.keys() - after.keys()
        write_aliases(store, after, dropped, rules, own.found)
    faults.extend(own.found)
    return len(moved) + len(dropped)


def matched(known: Sequence[Matchable], region: Region, faults: Faults = RAISE_ALL) -> Grouping:
    """The groups of all locations that a source of the region lists, or did."""
    sources = {source.name for source in region.sources}
    members = [
        Member(one.id, one.source, one.location, one.first_seen, one.gone_at) for one in known if one.source in sources
    ]
    return group(members, decisions_of(region), faults)


class _Settled:
    """Chooses the id of each group. Where no location of a group is listed any more, what their ids stood for stays."""

    def __init__(self, known: Sequence[Matchable], before: Mapping[str, Alias], found: Grouping, now: datetime) -> None:
        self.before, self.now = before, now
        self.age = {one.id: (one.first_seen, one.id) for one in known}
        self.source = {one.id: one.source for one in known}
        listed = {one.id for one in known if one.gone_at is None}
        # in order of age, so that of several groups the oldest inherits the id of a location that is gone
        groups = sorted(found.groups, key=lambda ids: min(self.age[id] for id in ids))
        self.groups = [ids for ids in groups if not listed.isdisjoint(ids)]
        self.gone = [ids for ids in groups if listed.isdisjoint(ids) and len(ids) > 1]
        self.placed = {id for ids in self.groups for id in ids}
        self.roots = {alias.place_id for alias in before.values()}
        self.why = _reasons(found.bonds)

    def aliases(self) -> dict[str, Alias]:
        """Every alias that is to stand from now on."""
        after: dict[str, Alias] = {}
        inherited: set[str] = set()
        for ids in self.groups:
            gone = {root for root in map(self._gone_root, ids) if root} - inherited
            inherited |= gone
            claimed = gone | (self.roots & set(ids))
            root = min(claimed or ids, key=self._age)
            for id in {*ids, *gone} - {root}:
                after[id] = self._alias(id, root)
        for id in self.before.keys() - after.keys() - self.placed:
            target = self.before[id].place_id
            after[id] = self._alias(id, after[target].place_id if target in after else target)
        return self._with_gone(after)

    def _with_gone(self, after: dict[str, Alias]) -> dict[str, Alias]:
        """Gives each venue that is no longer listed one id, however often its spelling changed."""
        joined: dict[str, str] = {}

        def root_of(id: str) -> str:
            root = after[id].place_id if id in after else id
            while root in joined:
                root = joined[root]
            return root

        for ids in self.gone:
            roots = {root_of(id) for id in ids}
            own = roots & set(ids)
            root = min(roots - own or self.roots & roots or roots, key=self._age)
            joined |= {id: root for id in own - {root}}
        moved = [id for id in {**after, **joined} if id in joined or after[id].place_id in joined]
        return after | {id: self._alias(id, root_of(id)) for id in moved}

    def _age(self, id: str) -> tuple[datetime, str]:
        """When a location was first seen; one whose row cannot be read counts as new."""
        return self.age.get(id, (self.now, id))

    def _gone_root(self, id: str) -> str:
        """The id this location was published under, where that is of one that is not listed in any spelling."""
        target = _target(self.before, id)
        return target if target not in self.placed else ""

    def _alias(self, id: str, root: str) -> Alias:
        old = self.before.get(id)
        why = self._reason(id, root, old)
        return Alias(root, old.since if old and old.place_id == root else self.now, why)

    def _reason(self, id: str, root: str, old: Alias | None) -> str:
        if found := self.why.get(id):
            reason, other = found
            return f"{reason}, as {other} of {self.source[other]}"
        return old.why if old and old.place_id == root else f"stood for a place that is now {root}"


def _target(aliases: Mapping[str, Alias], id: str) -> str:
    return aliases[id].place_id if id in aliases else ""


def _reasons(bonds: Sequence[Bond]) -> dict[str, tuple[str, str]]:
    """Id -> the best reason for which it is joined to another, and that other."""
    found: dict[str, tuple[str, str]] = {}
    for bond in bonds:
        if not bond.refused:
            found.setdefault(bond.one, (bond.finding.reason, bond.other))
            found.setdefault(bond.other, (bond.finding.reason, bond.one))
    return found

"""Updates which ids stand for which places, whenever something relevant has changed.

A published id leads to its place forever, always in one step. A place keeps its id when the location it came from goes.
If the evidence for a merge disappears while both locations are still listed, the merge is undone.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from aggregator.config import Region
from aggregator.faults import RAISE_ALL, Faults
from aggregator.places.decisions import decisions_of, fingerprint
from aggregator.places.grouping import Bond, Grouping, Member, group
from aggregator.store import (
    Alias,
    Matchable,
    Store,
    is_matched,
    read_aliases,
    read_all_locations,
    read_matching_faults,
    write_aliases,
)


def update_place_ids(store: Store, region: Region, now: datetime, faults: Faults = RAISE_ALL) -> int:
    """Merges and splits places in one transaction; returns how many ids lead elsewhere than before.

    If no location, rule, or decision has changed, this costs two short queries. What could not be compared is stored
    with the reason, and noted in `faults` every time until the next matching.
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
    """Groups all locations that a source of the region lists or listed."""
    sources = {source.name for source in region.sources}
    members = [
        Member(one.id, one.source, one.location, one.first_seen, one.gone_at) for one in known if one.source in sources
    ]
    return group(members, decisions_of(region), faults)


class _Settled:
    """Assigns an id to each group. If no location of a group is listed any more, its ids keep their meaning."""

    def __init__(self, known: Sequence[Matchable], before: Mapping[str, Alias], found: Grouping, now: datetime) -> None:
        self.before, self.now = before, now
        self.age = {one.id: (one.first_seen, one.id) for one in known}
        self.source = {one.id: one.source for one in known}
        listed = {one.id for one in known if one.gone_at is None}
        # by age, so that the oldest of several groups inherits the id of a location that is gone
        groups = sorted(found.groups, key=lambda ids: min(self.age[id] for id in ids))
        self.groups = [ids for ids in groups if not listed.isdisjoint(ids)]
        self.gone = [ids for ids in groups if listed.isdisjoint(ids) and len(ids) > 1]
        self.placed = {id for ids in self.groups for id in ids}
        self.roots = {alias.place_id for alias in before.values()}
        self.why = _reasons(found.bonds)

    def aliases(self) -> dict[str, Alias]:
        """All aliases that apply from now on."""
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
        """Adds aliases that give each venue that is no longer listed one id, however often its spelling changed."""
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
        """When a location was first seen; one with an unreadable row counts as new."""
        return self.age.get(id, (self.now, id))

    def _gone_root(self, id: str) -> str:
        """The published id of a location, if that id belongs to a location that is not listed in any spelling."""
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
        return old.why if old and old.place_id == root else f"was the id of a place that is now {root}"


def _target(aliases: Mapping[str, Alias], id: str) -> str:
    return aliases[id].place_id if id in aliases else ""


def _reasons(bonds: Sequence[Bond]) -> dict[str, tuple[str, str]]:
    """Id -> the best reason for merging it with another one, and that other id."""
    found: dict[str, tuple[str, str]] = {}
    for bond in bonds:
        if not bond.refused:
            found.setdefault(bond.one, (bond.finding.reason, bond.other))
            found.setdefault(bond.other, (bond.finding.reason, bond.one))
    return found

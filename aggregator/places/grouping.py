"""Groups locations into places. Pure; the same locations in any order give the same groups.

Pairs are joined in order of evidence, best first. A group never contains a contradiction, nor two locations of one
source, unless that source gives both the same store number or only spells one venue in two ways. A location that
matches two of another source equally well stays separate from both. A location that is not listed any more only joins
another spelling from its own source.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations, product
from typing import NamedTuple

from aggregator.clean import WITHOUT_ID
from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Location, Stage
from aggregator.places.blocks import candidates, successors
from aggregator.places.evidence import BY_ADDRESS, BY_HAND, Facts, Finding, Verdict, compare

Pair = tuple[int, int]
TWO_SPELLINGS = Finding(Verdict.SAME, "one venue, spelled in two ways", True, (BY_ADDRESS, False, 1.0))
NOT_LISTED = Finding(Verdict.UNSURE, "one of them is not listed any more")


class Member(NamedTuple):
    """A location to be grouped; `id` is its own place id. `gone_at`: since when its source does not list it."""

    id: str
    source: str
    location: Location
    first_seen: datetime | None = None
    gone_at: datetime | None = None


class Decisions(NamedTuple):
    """People's decisions: pairs of ids (the lower one first) -> reason.

    They override every rule; `different` overrides `same`.
    """

    same: Mapping[tuple[str, str], str]
    different: Mapping[tuple[str, str], str]


class Bond(NamedTuple):
    """Two members that were compared. `refused`: why they stay separate; "" if this joins them."""

    one: str
    other: str
    finding: Finding
    refused: str


class Grouping(NamedTuple):
    """The result. `groups`: ids of the members of each place, including single ones; `bonds`: best evidence first."""

    groups: tuple[tuple[str, ...], ...]
    bonds: tuple[Bond, ...]


def group(members: Sequence[Member], decisions: Decisions, faults: Faults = RAISE_ALL) -> Grouping:
    """Groups `members`, which have different ids.

    A member whose facts cannot be read is a group of its own, and a pair that cannot be compared stays separate; both
    are noted in `faults`.
    """
    return _Grouper(sorted(members, key=lambda member: member.id), decisions, faults).run()


class _Grouper:
    """The grouping algorithm. Members are sorted by id, so that pairs and ties do not depend on the given order."""

    def __init__(self, members: Sequence[Member], decisions: Decisions, faults: Faults) -> None:
        self.members, self.decisions, self.faults = members, decisions, faults
        self.facts = [self._facts(member) for member in members]
        self.findings: dict[Pair, Finding] = {}
        self.clusters = [[index] for index in range(len(members))]  # the cluster of each member

    def _facts(self, member: Member) -> Facts | None:
        with self.faults.isolated(Stage.MATCHING, member.id):
            return Facts(member.location)
        return None

    def run(self) -> Grouping:
        gone = [member.gone_at is not None for member in self.members]
        listed = [None if is_gone else facts for is_gone, facts in zip(gone, self.facts, strict=True)]
        former = successors(self.facts, [member.source for member in self.members], gone) if any(gone) else set()
        pairs = candidates(listed) | former | self._decided()
        close = [pair for pair in pairs if self._find(pair).close]
        close.sort(key=lambda pair: (*(-part for part in self._find(pair).score), pair))
        self._leave_ambiguous([pair for pair in close if self._find(pair).verdict is Verdict.SAME])
        bonds = [self._bond(pair) for pair in close]
        groups = {id(cluster): cluster for cluster in self.clusters}.values()
        ids = sorted(tuple(self.members[index].id for index in sorted(cluster)) for cluster in groups)
        return Grouping(tuple(ids), tuple(bonds))

    def _decided(self) -> set[Pair]:
        index = {member.id: number for number, member in enumerate(self.members)}
        pairs = {*self.decisions.same, *self.decisions.different}
        return {(index[one], index[other]) for one, other in pairs if one in index and other in index}

    def _find(self, pair: Pair) -> Finding:
        if pair not in self.findings:
            self.findings[pair] = self._compared(pair)
        return self.findings[pair]

    def _compared(self, pair: Pair) -> Finding:
        one, other = (self.members[index] for index in pair)
        if why := self.decisions.different.get((one.id, other.id)):
            return Finding(Verdict.DIFFERENT, f"decided by hand: {why}", close=True)
        if why := self.decisions.same.get((one.id, other.id)):
            return Finding(Verdict.SAME, f"decided by hand: {why}", True, (BY_HAND, True, 1.0), one_store=True)
        if one.source != other.source:
            return NOT_LISTED if one.gone_at or other.gone_at else self._by_rules(pair)
        return _of_one_source(one, other, self._by_rules(pair))

    def _by_rules(self, pair: Pair) -> Finding:
        first, second = (self.facts[index] for index in pair)
        with self.faults.isolated(Stage.MATCHING, " and ".join(self.members[index].id for index in pair)):
            if first and second:
                return compare(first, second)
        return Finding(Verdict.DIFFERENT, "they could not be compared", close=True)

    def _leave_ambiguous(self, pairs: Sequence[Pair]) -> None:
        """Rejects matches of a member with several locations of one source that nothing distinguishes."""
        fits: defaultdict[tuple[int, str], list[Pair]] = defaultdict(list)  # best first
        for one, other in pairs:
            fits[one, self.members[other].source].append((one, other))
            fits[other, self.members[one].source].append((one, other))
        for (member, source), found in fits.items():
            best = [pair for pair in found if self._find(pair).score == self._find(found[0]).score]
            rivals = sorted({index for pair in best for index in pair} - {member})
            if any(self._find(pair).verdict is not Verdict.SAME for pair in combinations(rivals, 2)):
                reason = f"ambiguous: {self.members[member].id} fits {len(best)} locations of {source} equally well"
                for pair in found:
                    self.findings[pair] = self._find(pair)._replace(verdict=Verdict.DIFFERENT, reason=reason)

    def _bond(self, pair: Pair) -> Bond:
        """Joins the clusters of a pair unless something between them contradicts it."""
        found, (one, other) = self._find(pair), pair
        refused = "" if found.verdict is Verdict.SAME else found.reason
        first, second = self.clusters[one], self.clusters[other]
        if not refused and first is not second:
            refused = "" if found.score[0] == BY_HAND else self._between(first, second)
            if not refused:
                first += second
                for index in second:
                    self.clusters[index] = first
        return Bond(self.members[one].id, self.members[other].id, found, refused)

    def _between(self, first: list[int], second: list[int]) -> str:
        """The reason why two clusters cannot be joined; "" if they can."""
        for one, other in product(first, second):
            found = self._find((min(one, other), max(one, other)))
            if found.verdict is Verdict.DIFFERENT:
                return f"{self.members[one].id} and {self.members[other].id} prevent it: {found.reason}"
        return ""


def _of_one_source(one: Member, other: Member, found: Finding) -> Finding:
    """The finding about two locations of one source, which knows its own places but may spell them in several ways."""
    if found.verdict is Verdict.DIFFERENT:
        return found._replace(close=False)
    follows = _follows(one, other) or _follows(other, one)
    if found.verdict is Verdict.SAME and (found.one_store or follows):
        return found
    unnumbered = all(member.location.key.startswith(WITHOUT_ID) for member in (one, other))
    if found.one_venue and (unnumbered or follows):
        return TWO_SPELLINGS
    if one.gone_at or other.gone_at:
        return NOT_LISTED
    return Finding(Verdict.DIFFERENT, f"{one.source} itself lists them as two places", close=False)


def _follows(late: Member, early: Member) -> bool:
    """Whether `late` was first listed after its source had dropped `early`."""
    return bool(early.gone_at and late.first_seen and early.gone_at <= late.first_seen)

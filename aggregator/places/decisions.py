"""What people decided in the region file, as grouping takes it, and a fingerprint of all that matching uses."""

from collections.abc import Iterable
from hashlib import blake2b
from itertools import combinations

from aggregator.config import Decision, Region
from aggregator.places.evidence import RULES
from aggregator.places.grouping import Decisions


def decisions_of(region: Region) -> Decisions:
    """The pairs of ids that are, and those that are not, one place."""
    return Decisions(_pairs(region.same_place), _pairs(region.not_same_place))


def fingerprint(region: Region) -> str:
    """Text that differs wherever the same locations might be grouped otherwise: rules, decisions, sources."""
    told = repr((RULES, sorted(source.name for source in region.sources), decisions_of(region)))
    return blake2b(told.encode(), digest_size=12).hexdigest()


def _pairs(decisions: Iterable[Decision]) -> dict[tuple[str, str], str]:
    return {pair: decision.why for decision in decisions for pair in combinations(sorted(set(decision.ids)), 2)}

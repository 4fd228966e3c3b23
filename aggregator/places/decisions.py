"""Reads people's decisions from the region file, and a fingerprint of everything that matching depends on."""

from collections.abc import Iterable
from hashlib import blake2b
from itertools import combinations

from aggregator.config import Decision, Region
from aggregator.places.evidence import RULES
from aggregator.places.grouping import Decisions


def decisions_of(region: Region) -> Decisions:
    """The pairs of ids that are one place, and those that are not."""
    return Decisions(_pairs(region.same_place), _pairs(region.not_same_place))


def fingerprint(region: Region) -> str:
    """Text that changes whenever the same locations might be grouped differently: by rules, decisions, or sources."""
    inputs = repr((RULES, sorted(source.name for source in region.sources), decisions_of(region)))
    return blake2b(inputs.encode(), digest_size=12).hexdigest()


def _pairs(decisions: Iterable[Decision]) -> dict[tuple[str, str], str]:
    return {pair: decision.why for decision in decisions for pair in combinations(sorted(set(decision.ids)), 2)}

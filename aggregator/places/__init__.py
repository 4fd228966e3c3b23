"""Merges locations, so that each real place appears once, under a permanent id.

A location keeps the id assigned at first sight. A merge is one row of `aliases`: which id replaces it, since when, and
why. docs/places.md explains the rules, and how to undo a merge.
"""

from aggregator.places.assign_ids import update_place_ids
from aggregator.places.explaining import explain, merged, unknown_decisions
from aggregator.places.merge import by_source, merge_views, timeline, with_earlier
from aggregator.places.public_ids import aliases_of, groups

__all__ = [
    "aliases_of",
    "by_source",
    "explain",
    "groups",
    "merge_views",
    "merged",
    "timeline",
    "unknown_decisions",
    "update_place_ids",
    "with_earlier",
]

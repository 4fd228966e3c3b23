"""The same place, once: which locations of several sources are one real place, and under which permanent id.

A location keeps the id drawn for it at first sight. A merge is one row of `aliases`: that id stands for another one,
since when and why. docs/places.md says by which rules, and how to undo one.
"""

from aggregator.places.assign_ids import settle
from aggregator.places.explaining import explain, merged, unknown_decisions
from aggregator.places.merge import by_source, timeline, together, with_past
from aggregator.places.public_ids import aliases_of, groups

__all__ = [
    "aliases_of",
    "by_source",
    "explain",
    "groups",
    "merged",
    "settle",
    "timeline",
    "together",
    "unknown_decisions",
    "with_past",
]

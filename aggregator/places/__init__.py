"""The same place, once: which locations of several sources are one real place, and under which permanent id.

A location keeps the id drawn for it at first sight. A merge is one row of `aliases`: that id stands for another one,
since when and why. docs/places.md says by which rules, and how to undo one.
"""

from aggregator.places.assign_ids import update_place_ids
from aggregator.places.explaining import explain
from aggregator.places.public_ids import aliases_of, groups

__all__ = ["aliases_of", "explain", "groups", "update_place_ids"]

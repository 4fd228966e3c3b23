"""Cases: recorded visits with the values that a person accepted, in `tests/providers/NAME/CASE.toml`.

A case is a TOML file: the keys of a source in a region file; `states`, `time_zone`, `country`, and `service` of its
region; `har` (a recording beside it, made by ourselves) or `capture` (a recording of somebody else's page, which is not
part of the repository); for a later visit to the same source, `after`: the case of the visit before it; and the table
`expect`: some totals, and some values of some places. Other values are not compared, except `problems` and `unread`,
which default to 0.
"""

from aggregator.kit.cases.accepted import accept, disagreements
from aggregator.kit.cases.case import CAPTURES, Case, case_folder, load, source_of
from aggregator.kit.cases.shown import shown, totals
from aggregator.kit.cases.visits import Visited, kept_before, replay, visited

__all__ = [
    "CAPTURES",
    "Case",
    "Visited",
    "accept",
    "case_folder",
    "disagreements",
    "kept_before",
    "load",
    "replay",
    "shown",
    "source_of",
    "totals",
    "visited",
]

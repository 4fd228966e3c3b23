"""Visits: one source from its first request to a `Report` (`collect`), and many sources at once (`poll`).

`fetcher` makes the requests of a visit. A page that may take long to read (`reading_time`) is read in a process of its
own (`long_visits`, `worker_process`). `wanted`, `repeats`, and `plausibility` are the rules for what a visit may add or
take away.
"""

from aggregator.visit.fetcher import REASON_LENGTH
from aggregator.visit.long_visits import LongVisits
from aggregator.visit.one_visit import MAX_PROBLEMS, MESSAGE_LENGTH, collect
from aggregator.visit.plausibility import Expected, judged, openings
from aggregator.visit.polling import due, planned, poll

__all__ = [
    "MAX_PROBLEMS",
    "MESSAGE_LENGTH",
    "REASON_LENGTH",
    "Expected",
    "LongVisits",
    "collect",
    "due",
    "judged",
    "openings",
    "planned",
    "poll",
]

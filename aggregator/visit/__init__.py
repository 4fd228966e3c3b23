"""Visits: reads one source from its first request to a `Report` (`collect`), and many sources at once (`poll`).

`fetcher` sends the requests of a visit. Pages that may be slow to parse (`reading_time`) are parsed in another process
(`long_visits`, `worker_process`). `wanted`, `repeats`, and `plausibility` decide what a visit may add or remove.
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

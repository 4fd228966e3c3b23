"""RPDE (Realtime Paged Data Exchange 1.0): feeds of changes that a source reads on from where its last visit ended.

`harvest` reads the feeds of a source and keeps their cursors and items between visits. `places` joins places with their
times, which come in feeds of their own. `select`, `is_over`, `is_free`, and `slot` read OpenActive's items. `dataset`
reads the page that describes the feeds of a publisher.
Specification: https://openactive.io/realtime-paged-data-exchange/
"""

from aggregator.adapter.rpde.change_feed import EXPIRED, MISSING, Rules
from aggregator.adapter.rpde.dataset import Dataset, dataset
from aggregator.adapter.rpde.harvest import Harvest, harvest
from aggregator.adapter.rpde.opportunity import KINDS, is_free, is_over, select, slot
from aggregator.adapter.rpde.place_times import Orphans, PlaceTimes, Time, places

__all__ = [
    "EXPIRED",
    "KINDS",
    "MISSING",
    "Dataset",
    "Harvest",
    "Orphans",
    "PlaceTimes",
    "Rules",
    "Time",
    "dataset",
    "harvest",
    "is_free",
    "is_over",
    "places",
    "select",
    "slot",
]

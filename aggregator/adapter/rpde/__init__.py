"""RPDE (Realtime Paged Data Exchange 1.0): feeds of changes that a source reads on from where its last visit ended.

`harvest` reads the feeds of a source and keeps their cursors and items between visits. `places` joins places with their
times, which come in feeds of their own. `dataset` reads the page that describes the feeds of a publisher.
Specification: https://openactive.io/realtime-paged-data-exchange/
"""

from aggregator.adapter.rpde.dataset import Dataset, dataset
from aggregator.adapter.rpde.feed import EXPIRED, Rules
from aggregator.adapter.rpde.harvest import Harvest, harvest
from aggregator.adapter.rpde.places import Place, Time, places
from aggregator.clean import MAX_SLOTS

__all__ = ["EXPIRED", "MAX_SLOTS", "Dataset", "Harvest", "Place", "Rules", "Time", "dataset", "harvest", "places"]

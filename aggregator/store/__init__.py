"""The SQLite file: schema, saving a visit, what is due, history and its retention.

The only room that knows SQL. docs/store.md describes the tables for whoever reads the file with other tools.
"""

from aggregator.store.aliases import (
    Alias,
    Matchable,
    is_matched,
    read_aliases,
    read_known,
    read_matching_faults,
    read_place_ids,
    write_aliases,
)
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.identity import SHARED_SYSTEMS
from aggregator.store.inspection import damaged_rows, rows_set_aside
from aggregator.store.lock import LockHeld, exclusive, held, opened
from aggregator.store.publishing import LastPublish
from aggregator.store.region_name import check_region, claim
from aggregator.store.retention import prune
from aggregator.store.states import LocationAnswer, StoredSource
from aggregator.store.store import Store
from aggregator.store.waits import HostWaitStore, begin_visits, begun_visits, host_waits, host_waits_in

__all__ = [
    "SHARED_SYSTEMS",
    "Alias",
    "HostWaitStore",
    "HttpCacheStore",
    "LastPublish",
    "LocationAnswer",
    "LockHeld",
    "Matchable",
    "Store",
    "StoredSource",
    "begin_visits",
    "begun_visits",
    "check_region",
    "claim",
    "damaged_rows",
    "exclusive",
    "held",
    "host_waits",
    "host_waits_in",
    "is_matched",
    "opened",
    "prune",
    "read_aliases",
    "read_known",
    "read_matching_faults",
    "read_place_ids",
    "rows_set_aside",
    "write_aliases",
]

"""The SQLite database: schema, saving visits, what is due, history, and retention.

This is the only room that knows SQL. docs/store.md describes the tables for readers who use other tools.

A location's stored answer has two forms here. `StoredAvailability` is the part of an `Availability` that is compared
and stored as JSON; `LocationAnswer` is one row of the join that a snapshot reads: the location, that answer, and its
times.
"""

from aggregator.store.aliases import (
    Alias,
    Matchable,
    is_matched,
    read_aliases,
    read_all_locations,
    read_matching_faults,
    read_place_ids,
    write_aliases,
)
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.identity import SHARED_SYSTEMS
from aggregator.store.inspection import damaged_rows, rows_set_aside
from aggregator.store.lock import LockHeld, exclusive, hold_lock, open_lock_file
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
    "hold_lock",
    "host_waits",
    "host_waits_in",
    "is_matched",
    "open_lock_file",
    "prune",
    "read_aliases",
    "read_all_locations",
    "read_matching_faults",
    "read_place_ids",
    "rows_set_aside",
    "write_aliases",
]

"""What keeps us polite when a process ends: hosts that are left alone, and visits that have begun."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from aggregator.model import HostWait
from aggregator.store.store import Store
from aggregator.store.times import read, stamp


class Begun(NamedTuple):
    """A visit that began and was not saved yet. `next_visit_at`: when to visit the source if it never is."""

    began_at: datetime
    next_visit_at: datetime


class HostWaitStore:
    """The table `host_waits`. Hosts are few and are read once, so that a request costs no query."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waits = host_waits(store)

    def load(self, host: str) -> HostWait | None:
        return self._waits.get(host)

    def save(self, wait: HostWait) -> None:
        row = (wait.host, stamp(wait.since), stamp(wait.until), wait.reason, wait.times, wait.spacing)
        with self._store.transaction():
            self._store.db.execute("INSERT OR REPLACE INTO host_waits VALUES (?, ?, ?, ?, ?, ?)", row)
        self._waits[wait.host] = wait

    def drop(self, host: str) -> None:
        if self._waits.pop(host, None):
            with self._store.transaction():
                self._store.db.execute("DELETE FROM host_waits WHERE host = ?", (host,))


def host_waits(store: Store) -> dict[str, HostWait]:
    """Every host that is, or lately was, left alone or asked slowly."""
    with store.transaction():
        rows = store.db.execute("SELECT * FROM host_waits ORDER BY host").fetchall()
    return {
        host: HostWait(host=host, since=read(since), until=read(until), reason=reason, times=times, spacing=spacing)
        for host, since, until, reason, times, spacing in rows
    }


def begin_visits(store: Store, at: datetime, next_visits: Mapping[str, datetime]) -> None:
    """Notes that these sources are being visited, and when to visit each again if this process dies before it saves."""
    rows = [(source, stamp(at), stamp(next_visit_at)) for source, next_visit_at in next_visits.items()]
    with store.transaction():
        store.db.conn.executemany("INSERT OR REPLACE INTO begun_visits VALUES (?, ?, ?)", rows)


def begun_visits(store: Store) -> dict[str, Begun]:
    """Visits that were never saved, by source. `Store.save` removes what it saves."""
    with store.transaction():
        rows = store.db.execute("SELECT * FROM begun_visits").fetchall()
    return {source: Begun(read(began_at), read(next_visit_at)) for source, began_at, next_visit_at in rows}

"""What keeps us polite when a process ends: hosts that are left alone, and visits that have begun."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from aggregator.model import HostWait
from aggregator.store.rows import Row
from aggregator.store.store import Store
from aggregator.store.times import read, stamp

_WAITS = "SELECT * FROM host_waits ORDER BY host"


class Begun(NamedTuple):
    """A visit that began and was not saved yet. `next_visit_at`: when to visit the source if it never is."""

    began_at: datetime
    next_visit_at: datetime


class HostWaitStore:
    """The table `host_waits`. Hosts are few and are read once, so that a request costs no query.

    Waits are written in the store's background thread; `written` says when they are in the file.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waits = host_waits(store)
        self._unwritten = False

    def load(self, host: str) -> HostWait | None:
        return self._waits.get(host)

    def save(self, wait: HostWait) -> None:
        self._waits[wait.host] = wait
        row = (wait.host, stamp(wait.since), stamp(wait.until), wait.reason, wait.times, wait.spacing)
        self._write("INSERT OR REPLACE INTO host_waits VALUES (?, ?, ?, ?, ?, ?)", row)

    def drop(self, host: str) -> None:
        if self._waits.pop(host, None):
            self._write("DELETE FROM host_waits WHERE host = ?", (host,))

    async def written(self) -> None:
        if self._unwritten:
            self._unwritten = False
            await self._store.background.done()

    def _write(self, statement: str, row: tuple[object, ...]) -> None:
        def work() -> None:
            with self._store.transaction():
                self._store.db.execute(statement, row)

        self._unwritten = True
        self._store.background.later(work, f"how {row[0]} is to be left alone could not be saved")


def host_waits(store: Store) -> dict[str, HostWait]:
    """Every host that is, or lately was, left alone or asked slowly."""
    with store.transaction():
        return _host_waits(store.db.execute(_WAITS).fetchall())


def host_waits_in(file: Path) -> dict[str, HostWait]:
    """As `host_waits`, of a database that another process may be using; {} if there is none that can be read."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return _host_waits(db.execute(_WAITS).fetchall())
    except sqlite3.Error:
        return {}


def _host_waits(rows: Iterable[Row]) -> dict[str, HostWait]:
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

"""Host waits and begun visits: what a restarted process needs to stay polite."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlite_utils import Database
from sqlite_utils.db import Table

from aggregator.model import HostWait
from aggregator.store.store import Store
from aggregator.store.times import read, stamp


class BegunVisit(NamedTuple):
    """A visit that began and is not saved yet. `next_visit_at`: when to visit the source if it never is saved."""

    began_at: datetime
    next_visit_at: datetime


class HostWaitStore:
    """The table `host_waits`. It is read once, so that a request costs no query.

    Writes run in the store's background thread; `written` waits until they are in the file.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waits = host_waits(store)
        self._unwritten = False

    def load(self, host: str) -> HostWait | None:
        return self._waits.get(host)

    def save(self, wait: HostWait) -> None:
        self._waits[wait.host] = wait
        row = msgspec.structs.asdict(wait) | {"since": stamp(wait.since), "until": stamp(wait.until)}
        self._write(wait.host, lambda table: table.insert(row, replace=True))

    def drop(self, host: str) -> None:
        if self._waits.pop(host, None):
            self._write(host, lambda table: table.delete_where("host = ?", (host,)))

    async def written(self) -> None:
        if self._unwritten:
            self._unwritten = False
            await self._store.background.done()

    def _write(self, host: str, statement: Callable[[Table], object]) -> None:
        def work() -> None:
            with self._store.transaction():
                statement(self._store.db.table("host_waits"))

        self._unwritten = True
        self._store.background.later(work, f"the wait of {host} could not be saved")


def host_waits(store: Store) -> dict[str, HostWait]:
    """All hosts to which we make no requests or slow ones, or lately did."""
    with store.transaction():
        return _host_waits(store.db)


def host_waits_in(file: Path) -> dict[str, HostWait]:
    """As `host_waits`, for a database that another process may be using; {} if it does not exist or cannot be read."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _host_waits(Database(connection))
    except sqlite3.Error:
        return {}


def _host_waits(db: Database) -> dict[str, HostWait]:
    rows = db.table("host_waits").rows_where(order_by="host")
    return {row["host"]: HostWait(**row | {"since": read(row["since"]), "until": read(row["until"])}) for row in rows}


def begin_visits(store: Store, at: datetime, next_visits: Mapping[str, datetime]) -> None:
    """Records which sources are being visited, and when to visit each again if this process dies before saving."""
    rows = [
        {"source": source, "began_at": stamp(at), "next_visit_at": stamp(next_visit_at)}
        for source, next_visit_at in next_visits.items()
    ]
    with store.transaction():
        store.db.table("begun_visits").insert_all(rows, replace=True)


def begun_visits(store: Store) -> dict[str, BegunVisit]:
    """Visits that were never saved, by source. `Store.save` removes those it saves."""
    with store.transaction():
        rows = list(store.db.table("begun_visits").rows)
    return {row["source"]: BegunVisit(read(row["began_at"]), read(row["next_visit_at"])) for row in rows}

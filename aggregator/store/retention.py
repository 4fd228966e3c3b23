"""Bounds the history: in one step, changes older than the region keeps are written to day files and deleted.

Work is done in small batches, so that visits are saved in between and the event loop keeps running. A row is deleted
only after the day file that contains it is complete on disk.
"""

import gzip
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import sleep

from aggregator.errors import StoreError
from aggregator.store.kept_state import forget_kept
from aggregator.store.rows import Row
from aggregator.store.store import Store
from aggregator.store.times import stamp

ROWS = 10_000  # moved in one batch
BATCH = 2000  # rows deleted in one transaction, which takes about 10 ms
PAUSE = 0.01  # Seconds between batches: SQLite has no queue, so a waiting writer has to find the database free.
DATED = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*"  # A damaged time belongs to no day file, so its row stays.
NAMES = ("at", "source", "location", "available", "count")


def prune(store: Store, before: datetime, folder: Path) -> int:
    """Moves changes older than `before` to `folder`/YYYY-MM-DD.jsonl.gz and deletes other old rows.

    Those are visits, tallies, cached answers, waits, and what sources keep that are no longer visited. The newest
    change of every location stays, so that "since when" is always known. Returns how many changes were moved. If the
    process is killed midway, the next run writes the lines of its last day again; the day file still has each line
    once.
    """
    at, moved = stamp(before), 0
    for day in _days(store, at):
        file = _DayFile(folder / f"{day}.jsonl.gz")
        while rows := _changes_of(store, day, at):
            file.add([json.dumps(dict(zip(NAMES, row[1:], strict=True))) for row in rows])
            _delete(store, "changes", "id", [row[0] for row in rows])
            moved += len(rows)
    for table, key, condition, limit in (
        ("visits", "id", "at < ?", at),
        ("hosts", "day", "day < ?", at[:10]),
        ("kept_answers", "key", "stored_at < ?", at),
        ("host_waits", "host", "until < ?", at),
        ("begun_visits", "source", "next_visit_at < ?", at),
    ):
        old = f"SELECT DISTINCT {key} FROM {table} WHERE {condition}"  # noqa: S608
        with store.transaction():
            found = store.db.execute(old, (limit,)).fetchall()
        _delete(store, table, key, [row[0] for row in found])
    with store.transaction():
        forget_kept(store.db, at)
    return moved


def _days(store: Store, at: str) -> list[str]:
    """The days (YYYY-MM-DD) with changes older than `at`."""
    with store.transaction():
        rows = store.db.execute(
            "SELECT DISTINCT substr(at, 1, 10) FROM changes WHERE at < ? AND at GLOB ? ORDER BY 1", (at, DATED)
        )
        return [day for (day,) in rows]


def _changes_of(store: Store, day: str, at: str) -> list[Row]:
    """The next changes of one day to move; the newest change of a location is not among them."""
    with store.transaction():
        return store.db.execute(
            "SELECT changes.id, at, source, key, available, count FROM changes JOIN locations l ON l.id = location_id "
            "WHERE at >= ? AND at < ? AND at < ? AND EXISTS "
            "(SELECT 1 FROM changes newer WHERE newer.location_id = changes.location_id AND newer.id > changes.id) "
            "ORDER BY changes.id LIMIT ?",
            (day, f"{day}U", at, ROWS),  # "U" comes after the "T" of every time of that day
        ).fetchall()


def _delete(store: Store, table: str, key: str, values: Sequence[object]) -> None:
    for first in range(0, len(values), BATCH):
        if first:
            sleep(PAUSE)
        rows = [(value,) for value in values[first : first + BATCH]]
        with store.transaction():
            store.db.conn.executemany(f"DELETE FROM {table} WHERE {key} = ?", rows)  # noqa: S608


class _DayFile:
    """The file of one day. Its lines are in the order in which they were saved, without duplicates."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._present: set[str] | None = None  # lines from a process that was killed before it deleted its rows

    def add(self, lines: Sequence[str]) -> None:
        """Appends lines as a new gzip member to a copy of the file, which then replaces the file."""
        try:
            if self._present is None:
                self._present = set(self._read())
            new = [line for line in lines if line not in self._present]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(".part")
            part.unlink(missing_ok=True)
            if self._path.exists():
                shutil.copyfile(self._path, part)
            with gzip.open(part, "at", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in new)
            os.replace(part, self._path)
        except OSError as error:
            raise StoreError(
                f"{self._path}: the history cannot be written ({error}); free some disk space (until then, its changes "
                "stay in the database)"
            ) from error

    def _read(self) -> Iterator[str]:
        if self._path.exists():
            with gzip.open(self._path, "rt", encoding="utf-8") as file:
                yield from (line.rstrip("\n") for line in file)

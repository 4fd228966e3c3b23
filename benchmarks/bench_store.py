"""Measures saving a report of 5,000 locations against writing the same rows with plain `executemany`.

Two reports that differ in every answer alternate. The reference writes the rows that `Store.save` produced, read back
and kept ready, with one statement per table in one transaction, into a file with the same schema, indexes, and foreign
keys, in the same folder and mode (WAL, synchronous = NORMAL). It compares and encodes nothing.
"""

import sqlite3
import sys
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from measure import Table, figure, medians, must, seconds
from synthetic import report
from tables import Benchmark

from aggregator.model import Report
from aggregator.store.saving import Saved
from aggregator.store.store import Store

WRITES = {  # table -> its rows from the last visit; in a table that is updated, the last column is the key
    "answers": "SELECT available, count, until, changed_at, said, location_id FROM answers",
    "checks": "SELECT checked_at, valid_at, valid_until, id FROM checks",
    "changes": "SELECT location_id, at, available, count FROM changes ORDER BY id DESC LIMIT {locations}",
    "sources": "SELECT * FROM sources",
    "visits": "SELECT * FROM visits ORDER BY id DESC LIMIT 1",
}
UPDATED = {"answers", "checks"}
Rows = dict[str, list[tuple[object, ...]]]  # statement -> its rows


class Size(NamedTuple):
    """Locations per report, and rounds."""

    locations: int
    rounds: int


class Taken(NamedTuple):
    """Milliseconds, and the number of answers and changes in the file at the end."""

    changed: float
    same: float
    raw: float
    answers: int
    changes: int


def save(store: Store, visit: Report) -> Saved:
    return store.save(visit, next_visit_at=visit.started_at + timedelta(minutes=2), failures=0, doubted=0)


def rows_of(store: Store, visit: Report) -> Rows:
    """The rows written by saving `visit`, which changes every answer."""
    locations = len(visit.readings)
    must(save(store, visit).changed == locations, "the two reports have answers in common")
    found: Rows = {}
    for table, query in WRITES.items():
        read = store.db.execute(query.format(locations=locations))
        names = [column[0] for column in read.description]
        rows = read.fetchall()
        if names[0] == "id":  # the reference gives its new rows their own ids
            names, rows = names[1:], [row[1:] for row in rows]
        found[_statement(table, names)] = rows
    return found


def _statement(table: str, names: list[str]) -> str:
    if table in UPDATED:
        return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names[:-1])} WHERE {names[-1]} = ?"
    return f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"


def write(db: sqlite3.Connection, rows: Rows) -> None:
    with db:
        for statement, values in rows.items():
            db.executemany(statement, values)


def saving(store: Store, visit: Report, expected: int) -> float:
    """Seconds for a save that must change `expected` answers."""
    saved: list[Saved] = []
    taken = seconds(lambda: saved.append(save(store, visit)))
    must(saved[0].changed == expected, f"a save changed {saved[0].changed} answers instead of {expected}")
    return taken


def taken_by(size: Size, folder: Path) -> Taken:
    first, second = (report([number % 90 + version for number in range(size.locations)]) for version in (1, 2))
    with Store(folder / "raw.db") as store:
        save(store, first)
        prepared = cycle((rows_of(store, second), rows_of(store, first)))
    with Store(folder / "changing.db") as changing, Store(folder / "same.db") as same:
        save(changing, first)
        save(same, first)
        visits = cycle((second, first))
        db = sqlite3.connect(folder / "raw.db")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        changed, unchanged, raw = medians(
            lambda: saving(changing, next(visits), size.locations),
            lambda: saving(same, first, 0),
            lambda: seconds(lambda: write(db, next(prepared))),
            rounds=size.rounds,
        )
        stored, copied = (rows_in(file) for file in (changing.db.conn, db))
        must(stored[0] == copied[0], f"our file has {stored[0]} answers, that of the reference {copied[0]}")
        db.close()
    return Taken(changed, unchanged, raw, *stored)


def rows_in(db: sqlite3.Connection) -> tuple[int, int]:
    """The number of answers and of changes."""
    answers, changes = (db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("answers", "changes"))
    return answers, changes


def first_save(locations: int, folder: Path) -> float:
    """Milliseconds for saving a report into an empty file."""
    visit = report([number % 90 for number in range(locations)])

    def into_empty_file() -> float:
        with TemporaryDirectory(dir=folder) as empty, Store(Path(empty) / "new.db") as store:
            return seconds(lambda: save(store, visit))

    (taken,) = medians(into_empty_file, rounds=3)
    return taken


def measured(size: Size) -> Table:
    with TemporaryDirectory() as name:
        taken = taken_by(size, Path(name))
        first = first_save(size.locations, Path(name))
    lines = (
        figure("every answer changed", taken.changed, reference=taken.raw, limit=3.0),
        figure("no answer changed", taken.same, reference=taken.raw, limit=1.0),
        figure("first report into an empty file", first),
    )
    title = f"Saving a report of {size.locations:,} locations, beside `executemany` of all changed rows"
    return Table(title, lines, {"answers stored": taken.answers, "changes stored": taken.changes})


BENCHMARK = Benchmark("bench_store", measured, full=Size(5000, rounds=9), tiny=Size(20, rounds=1))

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())

"""Saving a report of 5,000 locations beside writing the same rows with nothing but `executemany`.

Two reports that differ in every answer take turns. The reference writes the rows that `Store.save` made of them, read
back and kept ready, with the same statements in one transaction on a file of the same schema, with its indexes and
foreign keys, in the same folder and mode (WAL, synchronous = NORMAL); it compares and encodes nothing.
"""

import sqlite3
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Row, medians, must, seconds, show
from synthetic import report

from aggregator.model import Report
from aggregator.store.saving import Saved
from aggregator.store.store import Store

LOCATIONS = 5000
ROUNDS = 9
WRITES = {  # statement -> the rows of the last visit for it
    "UPDATE answers SET available = ?, count = ?, until = ?, changed_at = ?, said = ? WHERE location_id = ?": (
        "SELECT available, count, until, changed_at, said, location_id FROM answers"
    ),
    "UPDATE checks SET checked_at = ?, valid_at = ?, valid_until = ? WHERE id = ?": (
        "SELECT checked_at, valid_at, valid_until, id FROM checks"
    ),
    "INSERT INTO changes (location_id, at, available, count) VALUES (?,?,?,?)": (
        "SELECT location_id, at, available, count FROM changes "
        f"WHERE id > (SELECT max(id) - {LOCATIONS} FROM changes) ORDER BY id"
    ),
    "INSERT OR REPLACE INTO sources VALUES (?,?,?,?,?,?,?,?,?,?,?)": "SELECT * FROM sources",
    "INSERT INTO visits (source, at, outcome, message, took, locations, row_count, unread, requests, received) "
    "VALUES (?,?,?,?,?,?,?,?,?,?)": (
        "SELECT source, at, outcome, message, took, locations, row_count, unread, requests, received "
        "FROM visits ORDER BY id DESC LIMIT 1"
    ),
}
Rows = dict[str, list[tuple[object, ...]]]


def save(store: Store, visit: Report) -> Saved:
    return store.save(visit, next_visit_at=visit.started_at + timedelta(minutes=2), failures=0, doubted=0)


def rows_of(store: Store, visit: Report) -> Rows:
    """What saving `visit`, which changes every answer, writes."""
    must(save(store, visit).changed == LOCATIONS, "the two reports have answers in common")
    return {statement: store.db.execute(query).fetchall() for statement, query in WRITES.items()}


def write(db: sqlite3.Connection, rows: Rows) -> None:
    with db:
        for statement, values in rows.items():
            db.executemany(statement, values)


def saving(store: Store, visit: Report, expected: int) -> float:
    """Seconds for a save that has to change `expected` answers."""
    saved: list[Saved] = []
    taken = seconds(lambda: saved.append(save(store, visit)))
    must(saved[0].changed == expected, f"a save changed {saved[0].changed} answers instead of {expected}")
    return taken


def measured(folder: Path) -> list[float]:
    """Milliseconds: all changed, none changed, raw."""
    first, second = (report([number % 90 + version for number in range(LOCATIONS)]) for version in (1, 2))
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
        taken = medians(
            lambda: saving(changing, next(visits), LOCATIONS),
            lambda: saving(same, first, 0),
            lambda: seconds(lambda: write(db, next(prepared))),
            rounds=ROUNDS,
        )
        db.close()
    return taken


def first_save(folder: Path) -> float:
    """Milliseconds for a report into an empty file."""
    visit = report([number % 90 for number in range(LOCATIONS)])

    def into_empty_file() -> float:
        with TemporaryDirectory(dir=folder) as empty, Store(Path(empty) / "new.db") as store:
            return seconds(lambda: save(store, visit))

    (taken,) = medians(into_empty_file, rounds=3)
    return taken


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        changed, same, raw = measured(folder)
        first = first_save(folder)
    show(
        f"A report of {LOCATIONS:,} locations into SQLite, beside executemany of all changed rows",
        (
            Row("every answer changed", changed, raw, 3.0),
            Row("no answer changed", same, raw, 1.0),
            Row("first report into an empty file", first),
        ),
    )


if __name__ == "__main__":
    main()

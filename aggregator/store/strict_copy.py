"""The copying of migration 7: every row goes into the strict tables; rows that do not fit are set aside.

No row is lost, place ids stay the same, and no foreign key is broken afterwards.
"""

import json
import sqlite3
from collections.abc import Iterable

from sqlite_utils import Database

from aggregator.store.rows import Row, insert_rows
from aggregator.store.strict_tables import INDEXES, SLOTS, TABLES, TRIGGERS

LONG_AGO = "1970-01-01T00:00:00.000000+00:00"  # The source is due at once.


def make_strict(db: Database) -> None:
    """Replaces every table by its strict form. Call it inside a transaction, with foreign keys off."""
    db.execute("CREATE TABLE set_aside (table_name TEXT NOT NULL, found TEXT NOT NULL) STRICT")
    for table, definition in TABLES.items():
        db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        db.execute(f"CREATE TABLE {table} {definition}")
        _copy(db, table)
        db.execute(f"DROP TABLE old_{table}")
    _add_missing_parents(db)
    for table in TABLES:
        _set_orphans_aside(db, table)
    for statement in (*filter(str.strip, INDEXES.split(";")), SLOTS, *TRIGGERS):
        db.execute(statement)


def _copy(db: Database, table: str) -> None:
    names = _columns(db, table)
    columns = ", ".join(names)
    try:
        db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM old_{table}")  # noqa: S608
        return
    except sqlite3.IntegrityError:  # A row does not fit, so copy them one by one.
        rows = db.execute(f"SELECT {columns} FROM old_{table}").fetchall()  # noqa: S608
    for row in rows:
        try:
            insert_rows(db, table, names, [row])
        except sqlite3.IntegrityError:
            _set_aside(db, table, names, [row])


def _add_missing_parents(db: Database) -> None:
    """Inserts sources and places that could not be read, so that their locations keep their ids."""
    db.execute(
        "INSERT INTO sources SELECT DISTINCT source, 'DOWN', 'not known', ?, NULL, ?, 0, 0, 0.0, '[]', NULL "
        "FROM (SELECT source FROM locations UNION SELECT source FROM visits) "
        "WHERE source NOT IN (SELECT name FROM sources)",
        (LONG_AGO, LONG_AGO),
    )
    db.execute(
        "INSERT INTO places SELECT DISTINCT place_id, ? FROM locations WHERE place_id NOT IN (SELECT id FROM places)",
        (LONG_AGO,),
    )


def _set_orphans_aside(db: Database, table: str) -> None:
    names = _columns(db, table)
    for key in db.table(table).foreign_keys:
        orphaned = f"{key.column} NOT IN (SELECT {key.other_column} FROM {key.other_table})"  # noqa: S608
        _set_aside(db, table, names, [tuple(row.values()) for row in db.table(table).rows_where(orphaned)])
        db.table(table).delete_where(orphaned)


def _set_aside(db: Database, table: str, names: Iterable[str], rows: Iterable[Row]) -> None:
    found = [(table, json.dumps(dict(zip(names, row, strict=True)), default=repr)) for row in rows]
    insert_rows(db, "set_aside", ("table_name", "found"), found)


def _columns(db: Database, table: str) -> list[str]:
    return [column.name for column in db.table(table).columns]

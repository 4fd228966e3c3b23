"""The database refuses values that could not be read back, sets aside those of an older file, and lists slots."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlite_utils import Database

from aggregator.errors import StoreError
from aggregator.model import Available, Outcome
from aggregator.store.inspection import READERS, damaged_rows
from aggregator.store.schema import migrations
from aggregator.store.store import Store
from aggregator.store.strict_tables import ANSWERS, OUTCOMES
from aggregator.store.times import stamp
from tests.support.records import DAY, NOW, SOURCE, damage, reading, report, save, slot
from tests.support.stores import empty_store

AT = stamp(NOW)


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        save(opened, report(reading("1", slot())))
        yield opened


def test_every_table_is_strict(db: Store) -> None:
    tables = {row[1]: row[5] for row in db.db.execute("PRAGMA table_list") if row[2] == "table"}
    ours = {name for name in tables if not name.startswith(("sqlite_", "_sqlite_"))}
    assert ours > READERS.keys() and all(tables[name] for name in ours)


def test_the_database_constraints_list_every_answer_and_outcome() -> None:
    assert (*Available,) == ANSWERS
    assert (*Outcome,) == OUTCOMES


REFUSED = [
    "UPDATE answers SET available = 'banana'",
    "UPDATE answers SET count = 'many'",
    "UPDATE answers SET count = -1",
    "UPDATE answers SET said = '{'",
    "UPDATE answers SET changed_at = '2021-02-31T00:00:00.000000+00:00'",
    "UPDATE answers SET until = '2021-05-13T14:00:00+02:00'",
    """UPDATE answers SET said = '{"available":"YES","slots":[{"start":"soon"}]}'""",
    """UPDATE answers SET said = '{"available":"YES","slots":[{"start":"2021-05-13T14:00:00"}]}'""",
    """UPDATE answers SET said = '{"available":"YES","slots":[{"start":"2021-05-13T14:00:00Z","count":"many"}]}'""",
    """UPDATE answers SET said = '{"available":"YES","slots":[{"start":"2021-05-13T14:00:00Z","available":"?"}]}'""",
    """UPDATE answers SET said = '{"available":"YES","slots":[{"start":"2021-05-13T14:00:00Z","end":"later"}]}'""",
    "UPDATE checks SET checked_at = 'yesterday'",
    "UPDATE changes SET available = ''",
    "UPDATE sources SET outcome = 'GREAT'",
    "UPDATE sources SET problems = 'none'",
    "UPDATE locations SET source = 'nobody'",
    "UPDATE locations SET facts = '['",
    "UPDATE visits SET source = 'nobody'",
    "UPDATE visits SET requests = 'few'",
    "UPDATE places SET first_seen = ''",
    "DELETE FROM sources",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_a_value_that_could_not_be_read_back_is_refused(db: Store, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        db.db.execute(statement)
        db.db.conn.commit()
    db.db.conn.rollback()
    assert list(damaged_rows(db)) == []


def test_a_report_refused_by_the_database_is_an_error_that_asks_for_a_bug_report(db: Store) -> None:
    with pytest.raises(StoreError, match=r"count_is_not_negative.*a bug in aggregator, please report it"):
        save(db, report(reading("1", slot(count=-3))))
    assert db.db["visits"].count == 1


# --- slots ------------------------------------------------------------------------------------------------------------


def test_slots_can_be_queried(db: Store) -> None:
    eastern = timezone(timedelta(hours=-4))
    start = datetime(2021, 5, 15, 9, 30, tzinfo=eastern)
    slots = (slot(start, 4, products=("Pfizer",)), slot(start + DAY, None, available=Available.NO))
    save(db, report(reading("1", *slots)))
    rows = db.db.execute("SELECT source, start, start_utc, available, count, products FROM slots ORDER BY number")
    assert rows.fetchall() == [
        (SOURCE, "2021-05-15T09:30:00-04:00", "2021-05-15T13:30:00Z", "YES", 4, '["Pfizer"]'),
        (SOURCE, "2021-05-16T09:30:00-04:00", "2021-05-16T13:30:00Z", "NO", None, "[]"),
    ]


def test_slots_of_a_location_that_is_gone_are_not_listed(db: Store) -> None:
    save(db, report(reading("2"), at=NOW + DAY))
    assert db.db.execute("SELECT location_id FROM slots").fetchall() == [(2,)]


# --- doctor -----------------------------------------------------------------------------------------------------------

DAMAGES = [
    ("answers", "available", "'banana'"),
    ("answers", "said", '\'{"available":"YES"}\''),
    ("locations", "facts", "'{}'"),
    ("locations", "facts", "CAST(x'ff7b' AS TEXT)"),
    ("sources", "outcome", "'GREAT'"),
    ("sources", "problems", "'[1]'"),
    ("changes", "at", "'noon'"),
    ("visits", "outcome", "'GREAT'"),
    ("checks", "valid_at", "'noon'"),
    ("places", "first_seen", "'noon'"),
]


@pytest.mark.parametrize(("table", "column", "value"), DAMAGES)
def test_the_inspection_names_table_row_and_column(db: Store, table: str, column: str, value: str) -> None:
    damage(db.db, f"UPDATE {table} SET {column} = {value}")
    found = [str(row) for row in damaged_rows(db)]
    assert found
    for line in found:
        assert line.startswith(f"table {table}, row ")
        assert f"column {column}" in line and "correct or delete this row" in line


def test_a_dangling_foreign_key_is_found(db: Store) -> None:
    db.db.execute("PRAGMA foreign_keys = OFF")
    db.db.execute("DELETE FROM sources")
    found = {str(row).partition(":")[0] for row in damaged_rows(db)}
    assert found == {"table locations, row 1", "table visits, row 1"}


# --- an older database ------------------------------------------------------------------------------------------------


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    """A database written by the previous version, with one source, one place, and its answer."""
    opened = Database(tmp_path / "a.db")
    migrations.apply(opened, stop_before="m007_strict_tables")
    opened.execute("INSERT INTO places VALUES ('aaa', ?)", [AT])
    opened.execute(f"INSERT INTO sources VALUES ('county','OK','','{AT}',NULL,'{AT}',0,0,1,'[]',NULL)")
    facts = '{"key":"1","name":"Hall","location_type":"CLINIC","time_zone":"America/New_York"}'
    opened.execute("INSERT INTO locations (source, key, place_id, facts) VALUES ('county', '1', 'aaa', ?)", [facts])
    opened.execute("INSERT INTO checks VALUES (1, ?, NULL, NULL)", [AT])
    data = '{"available":"YES","slots":[]}'
    opened.execute("INSERT INTO answers VALUES (1, 1, 'YES', 2, NULL, ?, ?)", [AT, data])
    yield opened
    opened.close()


def reopened(old: Database, tmp_path: Path) -> Store:
    old.conn.commit()
    return Store(tmp_path / "a.db")


def set_aside(store: Store) -> list[tuple[str, dict[str, object]]]:
    return [(table, json.loads(found)) for table, found in store.db.execute("SELECT * FROM set_aside ORDER BY rowid")]


def test_a_valid_database_of_the_previous_version_is_migrated_completely(old: Database, tmp_path: Path) -> None:
    with reopened(old, tmp_path) as store:
        (row,) = store.locations(["county"], NOW)
        assert (row.place_id, row.location.name, row.answer.available) == ("aaa", "Hall", Available.YES)
        assert (set_aside(store), list(damaged_rows(store)), store.integrity()) == ([], [], "ok")
        assert store.db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_an_unreadable_answer_is_set_aside_and_its_place_stays(old: Database, tmp_path: Path) -> None:
    old.execute("UPDATE answers SET available = 'banana', count = 'many'")
    with reopened(old, tmp_path) as store:
        (row,) = store.locations(["county"], NOW)
        assert (row.place_id, row.answer.available, row.checked_at) == ("aaa", Available.UNKNOWN, None)
        ((table, found),) = set_aside(store)
        assert (table, found["available"], found["count"]) == ("answers", "banana", "many")
        assert (list(damaged_rows(store)), store.integrity()) == ([], "ok")


def test_ids_survive_an_unreadable_place_or_source_row(old: Database, tmp_path: Path) -> None:
    old.execute("UPDATE places SET first_seen = 'noon'")
    old.execute("UPDATE sources SET attempted_at = 'noon'")
    with reopened(old, tmp_path) as store:
        (row,) = store.locations(["county"], NOW)
        assert (row.place_id, row.answer.available) == ("aaa", Available.YES)
        assert [table for table, _ in set_aside(store)] == ["places", "sources"]
        assert store.sources()["county"].next_visit_at < NOW


def test_rows_of_missing_locations_are_set_aside(old: Database, tmp_path: Path) -> None:
    old.execute("INSERT INTO changes (location_id, at, available) VALUES (77, ?, 'NO')", [AT])
    with reopened(old, tmp_path) as store:
        assert [(table, found["location_id"]) for table, found in set_aside(store)] == [("changes", 77)]
        assert list(damaged_rows(store)) == []

"""What keeps the database small and used by one run at a time: history retention, and the lock."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import StoreError
from aggregator.store import retention
from aggregator.store.lock import exclusive
from aggregator.store.retention import prune
from aggregator.store.store import Store
from tests.support.records import DAY, HOUR, NOW, lock_holder, reading, report, save, slot


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "a.db") as opened:
        yield opened


def visits(db: Store, start: datetime, hours: int) -> None:
    """One visit per hour, each with a different count."""
    for number in range(hours):
        at = start + number * HOUR
        save(db, report(reading("1", slot(NOW + 100 * DAY, number + 1), at=at), at=at))


def moved(folder: Path) -> list[dict[str, Any]]:
    lines = []
    for path in sorted(folder.iterdir()):
        with gzip.open(path, "rt") as file:
            lines += [json.loads(line) for line in file]
    return lines


def left(db: Store) -> list[int | None]:
    return [change.count for change in reversed(db.history(10_000, NOW)[1])]


def test_old_changes_move_to_the_file_of_their_day_and_the_latest_stays(db: Store, tmp_path: Path) -> None:
    visits(db, NOW - 3 * DAY, 24)
    assert prune(db, NOW, tmp_path / "history") == 23
    assert [path.name for path in sorted((tmp_path / "history").iterdir())] == [
        "2021-05-10.jsonl.gz", "2021-05-11.jsonl.gz",
    ]  # fmt: skip
    lines = moved(tmp_path / "history")
    assert [line["count"] for line in lines] == list(range(1, 24))
    assert lines[0] == {
        "source": "county", "location": "1", "at": "2021-05-10T14:00:00.000000+00:00", "available": "YES",
        "count": 1,
    }  # fmt: skip
    assert left(db) == [24]


def test_recent_changes_stay(db: Store, tmp_path: Path) -> None:
    visits(db, NOW - 5 * HOUR, 5)
    assert prune(db, NOW - 3 * HOUR, tmp_path / "history") == 2
    assert left(db) == [3, 4, 5]


def test_a_day_pruned_in_several_steps_is_one_file_without_duplicates(db: Store, tmp_path: Path) -> None:
    visits(db, NOW - 10 * HOUR, 10)
    for hours in (8, 6, 6, 3):
        prune(db, NOW - hours * HOUR, tmp_path / "history")
    assert [line["count"] for line in moved(tmp_path / "history")] == [1, 2, 3, 4, 5, 6, 7]
    assert left(db) == [8, 9, 10]


def test_a_process_that_dies_between_file_and_database_loses_and_duplicates_nothing(
    db: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits(db, NOW - 3 * HOUR, 3)
    add = retention._DayFile.add

    def killed(file: Any, lines: Any) -> None:
        add(file, lines)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(retention._DayFile, "add", killed)
        prune(db, NOW, tmp_path / "history")
    assert left(db) == [1, 2, 3]
    assert prune(db, NOW, tmp_path / "history") == 2
    assert [line["count"] for line in moved(tmp_path / "history")] == [1, 2]


def test_pruning_locks_the_database_for_only_a_few_rows_at_a_time(
    db: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits(db, NOW - 30 * HOUR, 30)
    pauses: list[float] = []
    monkeypatch.setattr(retention, "sleep", pauses.append)
    monkeypatch.setattr(retention, "ROWS", 7)
    monkeypatch.setattr(retention, "BATCH", 3)
    deleted: list[int] = []
    db.db.conn.set_trace_callback(lambda sql: deleted.append(0) if sql == "BEGIN" else _count(sql, deleted))
    assert prune(db, NOW, tmp_path / "history") == 29
    assert max(deleted) == 3
    assert pauses and set(pauses) == {retention.PAUSE}
    assert [line["count"] for line in moved(tmp_path / "history")] == list(range(1, 30))


def _count(sql: str, deleted: list[int]) -> None:
    if sql.startswith("DELETE FROM changes"):
        deleted[-1] += 1


def test_history_that_cannot_be_written_stays_in_the_database(db: Store, tmp_path: Path) -> None:
    visits(db, NOW - 3 * HOUR, 3)
    (tmp_path / "history").touch()
    with pytest.raises(StoreError, match=r"jsonl\.gz: the history cannot be written .* stay in the database"):
        prune(db, NOW, tmp_path / "history")
    assert left(db) == [1, 2, 3]


def test_old_visits_host_tallies_and_cached_answers_are_deleted(db: Store, tmp_path: Path) -> None:
    visits(db, NOW - 2 * HOUR, 2)
    for day in ("2021-05-12", "2021-05-13"):
        db.db.execute("INSERT INTO hosts VALUES ('h.example', ?, 1, 0, 0, 0)", (day,))
        db.db.execute("INSERT INTO kept_answers VALUES (?, ?, x'')", (day, f"{day}T13:30:00.000000+00:00"))
    prune(db, NOW - HOUR - 0.5 * HOUR, tmp_path / "history")
    assert db.db.execute("SELECT count(*) FROM visits").fetchone() == (1,)
    assert db.db.execute("SELECT day FROM hosts").fetchall() == [("2021-05-13",)]
    assert db.db.execute("SELECT key FROM kept_answers").fetchall() == [("2021-05-13",)]


def test_a_month_of_changes_stays_bounded_if_a_week_is_kept(db: Store, tmp_path: Path) -> None:
    for day in range(30):
        at = NOW + day * DAY
        visits(db, at, 8)
        prune(db, at - 7 * DAY, tmp_path / "history")
        assert db.db.execute("SELECT count(*) FROM changes").fetchone()[0] <= 8 * 8
        assert db.db.execute("SELECT count(*) FROM visits").fetchone()[0] <= 8 * 8
    lines = moved(tmp_path / "history")
    assert len(lines) + len(left(db)) == 30 * 8
    assert len({line["at"] for line in lines}) == len(lines)


# --- the lock ---------------------------------------------------------------------------------------------------------


def test_a_second_run_is_refused_with_the_process_id_of_the_first(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    with (
        lock_holder(db) as other,
        pytest.raises(StoreError, match=rf"process {other.pid} is using this database"),
        exclusive(db),
    ):
        raise AssertionError("two held the lock")


def test_the_lock_of_a_killed_process_is_released(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    with lock_holder(db) as other:
        other.kill()
        other.wait()
    assert (tmp_path / "a.db.lock").read_text() == f"{other.pid}\n"
    with exclusive(db):
        pass
    assert (tmp_path / "a.db.lock").read_text() == ""


def test_a_lock_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"a\.db\.lock cannot be opened .* --db"), exclusive(tmp_path / "file/a.db"):
        raise AssertionError("there is no lock")

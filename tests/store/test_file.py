"""An unusable file is reported with the next step; cached answers are read back or ignored."""

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from aggregator.errors import StoreError
from aggregator.model import Outcome, Struct
from aggregator.store import store
from aggregator.store.http_cache import HttpCacheStore
from aggregator.store.schema import migrations
from aggregator.store.store import Store
from aggregator.store.times import stamp
from tests.support.records import NOW, SOURCE, reading, report, save


def test_a_locked_file_is_reported_after_the_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT", 0.01)
    with Store(tmp_path / "a.db") as opened:
        other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"a\.db: database is locked; another program .* close that program"):
            save(opened, report(reading()))
        other.execute("ROLLBACK")
        other.close()
        save(opened, report(reading()))


def test_a_file_of_a_newer_version_is_refused_and_left_unchanged(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as opened:
        opened.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('aggregator', 'm999_later', '')"
        )
    with pytest.raises(StoreError, match=r"a\.db: a newer version of aggregator wrote .* m999_later.* upgrade"):
        Store(tmp_path / "a.db")


def test_a_file_from_before_estimated_waits_keeps_its_sources(tmp_path: Path) -> None:
    old = Database(tmp_path / "a.db")
    migrations.apply(old, stop_before="m003_estimates_of_waiting_rooms")
    at = stamp(NOW)
    row = (SOURCE, "BUSY", "in a line", at, None, at, 3, 1, 0.5, "[]")
    old.execute(f"INSERT INTO sources VALUES ({', '.join('?' * len(row))})", row)
    old.conn.commit()
    old.close()
    with Store(tmp_path / "a.db") as opened:
        (state,) = opened.sources().values()
        assert (state.outcome, state.failures, state.wait_minutes) == (Outcome.BUSY, 3, None)
        save(opened, report(outcome=Outcome.BUSY, whole=False, wait_minutes=45))
        assert opened.sources()[SOURCE].wait_minutes == 45
        save(opened, report(reading()))
        assert opened.sources()[SOURCE].wait_minutes is None


def test_a_file_that_is_not_a_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database " * 100)
    with pytest.raises(StoreError, match=r"a\.db: file is not a database; move the file away"):
        Store(tmp_path / "a.db")


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"its folder cannot be created .* name another database with --db"):
        Store(tmp_path / "file" / "a.db")


def test_a_folder_in_place_of_the_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"unable to open database file; check the disk and the permissions"):
        Store(tmp_path)


class Kept(Struct, frozen=True, kw_only=True):
    body: bytes
    stored_at: datetime = NOW


def test_a_cached_answer_is_read_back_and_replaced() -> None:
    with Store(":memory:") as db:
        answers = HttpCacheStore(db, Kept)
        for body in (b"first", b"\xff\x00second"):
            answers.save("GET https://h.example/", Kept(body=body))
        assert asyncio.run(answers.load("GET https://h.example/")) == Kept(body=b"\xff\x00second")
        assert asyncio.run(answers.load("GET https://h.example/other")) is None


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x81\xa4body\x01", b"\xc1"])
def test_an_unreadable_cached_answer_is_ignored(data: bytes) -> None:
    with Store(":memory:") as db:
        db.db.execute("INSERT INTO kept_answers VALUES ('key', ?, ?)", (stamp(NOW), data))
        assert asyncio.run(HttpCacheStore(db, Kept).load("key")) is None

"""`Store`: the database as the rest of the program sees it. docs/store.md describes the tables.

Every write is one transaction (WAL), so a process killed at any instant leaves the last complete state. SQLite errors
are raised as StoreError with the next step.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from sqlite_utils import Database

from aggregator.errors import StoreError
from aggregator.faults import RAISE_ALL, Faults
from aggregator.model import Available, Change, HostTally, Location, Report
from aggregator.store.background import Background
from aggregator.store.kept_state import read_kept, save_kept
from aggregator.store.publishing import LastPublish, read_last_publish, write_last_publish
from aggregator.store.rows import Row, read_each
from aggregator.store.saving import Saved, StoredAvailability, decode, save_report
from aggregator.store.schema import migrate
from aggregator.store.states import LocationAnswer, StoredSource, answer_of, change_of, source_row
from aggregator.store.times import read_maybe, stamp

BUSY_TIMEOUT = 5.0  # seconds to wait for another writer
CHECKPOINT_EVERY = 4000  # pages of 4 kB: a cycle writes many sources at once at its end

MOST_CHANGES = 2000  # changes of one location that are read

# Raw SQL, like every upsert here: docs/decisions.md explains why.
_SAVE_SOURCE = (
    "INSERT INTO sources (name, outcome, message, attempted_at, last_good_at, next_visit_at, failures, doubted, took, "
    "problems, wait_minutes, attribution) VALUES (:name, :outcome, :message, :attempted_at, :last_good_at, "
    ":next_visit_at, :failures, :doubted, :took, :problems, :wait_minutes, :attribution) "
    "ON CONFLICT (name) DO UPDATE SET "
    "outcome = excluded.outcome, message = excluded.message, attempted_at = excluded.attempted_at, "
    "last_good_at = coalesce(excluded.last_good_at, last_good_at), next_visit_at = excluded.next_visit_at, "
    "failures = excluded.failures, doubted = excluded.doubted, took = excluded.took, "
    "problems = excluded.problems, wait_minutes = excluded.wait_minutes, "
    "attribution = coalesce(excluded.attribution, attribution)"
)

EVER = datetime.min.replace(tzinfo=UTC)


class Store:
    """The database. Use it as `with Store(path) as store:`; the file is created if it does not exist."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self._one_thread = (
            threading.RLock()
        )  # Without this lock, another thread's statements would join this thread's transaction.
        if self.path != ":memory:":
            try:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{self.path}: its folder cannot be created ({error}); name another database with --db"
                ) from None
        with self._explained():
            self.db = Database(sqlite3.connect(self.path, timeout=BUSY_TIMEOUT, check_same_thread=False))
            self.db.enable_wal()
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_EVERY}")
            migrate(self.db, self.path)
            self.db.execute("PRAGMA foreign_keys = ON")
        self.background = Background()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.background.close()
        self.db.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            with self._one_thread:
                yield
        except sqlite3.DatabaseError as error:
            text = str(error)
            if "locked" in text:
                advice = f"another program has locked it for {BUSY_TIMEOUT:g} s; close that program and run this again"
            elif isinstance(error, sqlite3.IntegrityError):
                advice = "this is a bug in aggregator, please report it; the database is unchanged"
            elif "not a database" in text or "malformed" in text:
                advice = "move the file away and run this again to create a new one, or name another database with --db"
            else:
                advice = "check the disk and the permissions of the file, or name another database with --db"
            raise StoreError(f"{self.path}: {text}; {advice}") from error

    # --- writing ------------------------------------------------------------------------------------------------------

    def save(
        self,
        report: Report,
        *,
        next_visit_at: datetime,
        failures: int,
        doubted: int,
        usable_since: datetime = EVER,
    ) -> Saved:
        """Saves one visit in one transaction: its readings, what its source keeps, and a row in `visits`.

        `usable_since`: answers checked earlier have expired; see `aggregator.store.partial`.
        """
        at = stamp(report.started_at)
        state = {
            "name": report.source, "outcome": report.outcome, "message": report.message, "attempted_at": at,
            "last_good_at": at if report.outcome.is_good else None, "next_visit_at": stamp(next_visit_at),
            "failures": failures, "doubted": doubted, "took": report.took,
            "problems": msgspec.json.encode(report.problems).decode(), "wait_minutes": report.wait_minutes,
            "attribution": msgspec.json.encode(report.attribution).decode() if report.attribution else None,
        }  # fmt: skip
        visit = {
            "source": report.source, "at": at, "outcome": report.outcome, "message": report.message,
            "took": report.took, "locations": len(report.readings), "row_count": report.rows,
            "unread": report.unread, "requests": report.requests, "received": report.received,
        }  # fmt: skip
        with self.transaction():
            self.db.execute(_SAVE_SOURCE, state)
            saved = save_report(self.db, report, usable_since)
            save_kept(self.db, report.source, report.kept)
            self.db.table("visits").insert(visit)
            self.db.table("begun_visits").delete_where("source = ?", (report.source,))
        return saved

    def count_requests(self, tallies: Iterable[HostTally]) -> None:
        """Adds requests to the daily tally of each host."""
        rows = [(t.host, t.day, t.requests, t.not_modified, t.failures, t.received) for t in tallies]
        with self.transaction():
            self.db.conn.executemany(
                "INSERT INTO hosts VALUES (?,?,?,?,?,?) ON CONFLICT (host, day) DO UPDATE SET "
                "requests = requests + excluded.requests, not_modified = not_modified + excluded.not_modified, "
                "failures = failures + excluded.failures, received = received + excluded.received",
                rows,
            )

    def note_publish(self, last: LastPublish) -> None:
        """Replaces the record of the last publish."""
        with self.transaction():
            write_last_publish(self.db, last)

    # --- reading ------------------------------------------------------------------------------------------------------

    def newest_time(self) -> datetime | None:
        """When the newest visit began; None if there was none."""
        with self._explained():
            return read_maybe(self.db.execute("SELECT max(at) FROM visits").fetchone()[0])

    def sources(self, faults: Faults = RAISE_ALL) -> dict[str, StoredSource]:
        """The state of every source ever visited, by name.

        A damaged row is noted in `faults`; by default it raises DamagedRow.
        """
        with self._explained():
            rows = list(self.db.table("sources").rows)
        return dict(read_each("sources", rows, source_row, itemgetter("name"), faults))

    def expected(self, source: str, now: datetime, usable_since: datetime) -> dict[str, bool]:
        """The locations that a visit at `now` should list: those not gone, with a slot ahead or without any date.

        Key -> True if the answer is YES or NO and was checked at `usable_since` or later.
        """
        sql = (
            "SELECT key, available != ? AND checked_at >= ? "
            "FROM locations LEFT JOIN answers ON location_id = locations.id LEFT JOIN checks ON checks.id = check_id "
            "WHERE source = ? AND gone_at IS NULL AND (until IS NULL OR until > ?)"
        )
        given = (str(Available.UNKNOWN), stamp(usable_since), source, stamp(now))
        with self._explained():
            return {key: bool(answered) for key, answered in self.db.execute(sql, given).fetchall()}

    def kept(self, source: str) -> dict[str, str]:
        """What the source keeps between visits, key -> text."""
        with self._explained():
            return read_kept(self.db, source)

    def openings(self, source: str, now: datetime, usable_since: datetime) -> dict[str, StoredAvailability]:
        """The answers, by location key, of the listed locations that had appointments ahead when last checked.

        Answers checked before `usable_since` have expired and are left out, as are damaged ones.
        """
        sql = (
            "SELECT key, CAST(said AS BLOB) FROM locations JOIN answers ON location_id = locations.id "
            "JOIN checks ON checks.id = check_id WHERE source = ? AND gone_at IS NULL AND available = ? "
            "AND (until IS NULL OR until > ?) AND checked_at >= ?"
        )
        with self._explained():
            rows = self.db.execute(sql, (source, str(Available.YES), stamp(now), stamp(usable_since))).fetchall()
        return dict(read_each("answers", rows, lambda row: (row[0], decode(row[1])), itemgetter(0), Faults()))

    def locations(
        self, sources: Iterable[str], gone_since: datetime, faults: Faults = RAISE_ALL
    ) -> list[LocationAnswer]:
        """All locations of these sources, without those gone before `gone_since`.

        A damaged row raises DamagedRow by default. With `faults` it is noted there: a location with damaged facts is
        left out, one with a damaged answer counts as never checked.
        """
        sql = (
            "SELECT locations.id, place_id, source, CAST(facts AS BLOB), gone_at, CAST(said AS BLOB), checked_at, "
            "valid_at, valid_until, changed_at "
            "FROM locations LEFT JOIN answers ON location_id = locations.id LEFT JOIN checks ON checks.id = check_id "
            "WHERE source IN (SELECT value FROM json_each(?)) AND (gone_at IS NULL OR gone_at >= ?) "
            "ORDER BY locations.id"
        )
        facts = msgspec.json.Decoder(Location)
        with self._explained():
            rows = self.db.execute(sql, (json.dumps(list(sources)), stamp(gone_since))).fetchall()

        def read_location(row: Row) -> LocationAnswer:
            place = facts.decode(row[3])
            return LocationAnswer(row[0], row[1], row[2], place, read_maybe(row[4]), *answer_of(row, faults))

        return list(read_each("locations", rows, read_location, itemgetter(1), faults))

    def history(self, limit: int, since: datetime, faults: Faults = RAISE_ALL) -> dict[int, tuple[Change, ...]]:
        """The recent changes by location id, newest first.

        These are the last `limit`, and those `since` then in which more than a count changed; at most MOST_CHANGES of
        one location. A damaged row is noted in `faults`; by default it raises DamagedRow.
        """
        sql = (
            "SELECT location_id, at, available, count FROM (SELECT *, "
            "row_number() OVER (PARTITION BY location_id ORDER BY id DESC) AS place, "
            "lag(available) OVER (PARTITION BY location_id ORDER BY id) AS before FROM changes) "
            "WHERE place <= ? OR (before IS NOT available AND at >= ? AND place <= ?) ORDER BY location_id, place"
        )
        found: dict[int, list[Change]] = {}
        with self._explained():
            rows = self.db.execute(sql, (limit, stamp(since), MOST_CHANGES))
            for key, change in read_each("changes", rows, change_of, lambda row: f"location_id {row[0]}", faults):
                found.setdefault(key, []).append(change)
        return {key: tuple(changes) for key, changes in found.items()}

    def last_publish(self) -> LastPublish | None:
        """The record of the last publish; None if there was none yet."""
        with self._explained():
            return read_last_publish(self.db)

    def hosts(self, since: datetime) -> tuple[HostTally, ...]:
        """The requests made to each host per day, newest day first."""
        day = f"{since.astimezone(UTC):%Y-%m-%d}"
        with self._explained():
            rows = self.db.table("hosts").rows_where("day >= ?", (day,), order_by="day DESC, host")
            return tuple(HostTally(**row) for row in rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction: reads inside it see one instant, and writes are saved all together or not at all."""
        with self._explained(), self.db.atomic():
            yield

    def integrity(self) -> str:
        """The result of SQLite's own integrity check: "ok", or what is wrong."""
        with self._explained():
            return str(self.db.execute("PRAGMA integrity_check").fetchone()[0])

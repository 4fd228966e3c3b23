"""Saving one report in one transaction: what changed is written, what did not only gets its new `checked_at`.

A location is known again by its key; if the key has changed (a venue renamed), by an external id of a location of the
same source that this visit no longer lists under its old key. Ids of places are given once and kept.
"""

from base64 import b32encode
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlite_utils import Database

from aggregator.current import answer_at, slots_at
from aggregator.model import Availability, Available, Location, Outcome, Reading, Report

SHARED_SYSTEMS = ("npi_usa",)  # several stores of one owner share such a number (walgreens sheet)
encode = msgspec.json.Encoder().encode


class Known(NamedTuple):
    """A location as it stands in the file. `digest` None: no answer yet."""

    id: int
    place_id: str
    facts_digest: bytes
    gone_at: str | None
    digest: bytes | None
    available: str | None
    counted: int | None


class Saved(NamedTuple):
    """What a save did, in locations."""

    new: int
    changed: int  # another answer than before
    gone: int


def stamp(moment: datetime) -> str:
    """A time as it stands in the file: RFC 3339 in UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def save_report(db: Database, report: Report) -> Saved:
    """Writes the readings of a visit. To be called inside a transaction."""
    writer = _Writer(db, report)
    for reading in report.readings:
        writer.add(reading)
    if report.whole and report.outcome in (Outcome.OK, Outcome.EMPTY):
        writer.leave_out({reading.location.key for reading in report.readings})
    writer.flush()
    return Saved(len(writer.locations), writer.changed, len(writer.gone))


class _Writer:
    """Collects rows per table, so that each table is written with one statement."""

    def __init__(self, db: Database, report: Report) -> None:
        self.db, self.report, self.source, self.at = db, report, report.source, stamp(report.started_at)
        self.known = _known(db, report.source)
        self.listed = {reading.location.key for reading in report.readings}
        self.next_id = db.execute("SELECT coalesce(max(id), 0) + 1 FROM locations").fetchone()[0]
        self.places: dict[str, str] = {}  # id -> first seen
        self.locations: list[tuple[Any, ...]] = []
        self.facts: list[tuple[Any, ...]] = []
        self.back: list[tuple[int]] = []
        self.ids: list[tuple[int, Location]] = []
        self.answers: list[tuple[Any, ...]] = []
        self.checks: list[tuple[Any, ...]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.gone: list[tuple[str, int]] = []
        self.changed = 0

    def add(self, reading: Reading) -> None:
        location = reading.location
        facts = encode(location)
        digest = blake2b(facts, digest_size=12).digest()
        known = self.known.get(location.key) or self._renamed(location)
        if known is None:
            known = self._new(location, facts, digest)
        elif known.facts_digest != digest:
            self.facts.append((location.key, facts.decode(), digest, known.id))
            self.ids.append((known.id, location))
        if known.gone_at:
            self.back.append((known.id,))
            if known.available and not reading.availability:  # listed again with the answer it had
                self.changes.append((known.id, self.at, known.available, known.counted))
        if reading.availability:
            self._answer(known, reading.availability)

    def _new(self, location: Location, facts: bytes, digest: bytes) -> Known:
        place_id = _place_id(self.db, self.source, location.key, self.places)
        known = Known(self.next_id, place_id, digest, None, None, None, None)
        self.next_id += 1
        self.places[place_id] = self.at
        self.locations.append((known.id, self.source, location.key, place_id, facts.decode(), digest))
        self.ids.append((known.id, location))
        return known

    def _renamed(self, location: Location) -> Known | None:
        """The location that bore one of these external ids and is not listed under its old key any more."""
        by_id = {known.id: key for key, known in self.known.items() if key not in self.listed}
        if not by_id:
            return None
        for system, value in location.external_ids:
            if system not in SHARED_SYSTEMS:
                rows = self.db.execute(
                    "SELECT location_id FROM external_ids WHERE system = ? AND value = ?", (system, value)
                )
                for (found,) in rows.fetchall():
                    if found in by_id:
                        return self.known.pop(by_id[found])
        return None

    def _answer(self, known: Known, said: Availability) -> None:
        self.checks.append((known.id, stamp(said.checked_at), stamp(said.valid_at) if said.valid_at else None))
        slots = encode(said.slots)
        digest = blake2b(said.available.encode() + slots, digest_size=12).digest()
        if digest == known.digest and not known.gone_at:
            return
        now = slots_at(said.slots, said.checked_at)
        available, count = answer_at(said.available, now)
        ends = [(s.end or s.start) if s.window or s.all_day else s.start for s in said.slots]
        until = stamp(max(ends)) if ends else None
        at = stamp(said.checked_at)
        self.answers.append((known.id, available, count, slots.decode(), until, digest, at))
        self.changed += known.digest is not None
        if known.gone_at or (available, count) != (known.available, known.counted):
            self.changes.append((known.id, at, available, count))

    def leave_out(self, listed: Iterable[str]) -> None:
        """A whole visit did not list these: they are gone, and come back with the same id if they do.

        Where a source lists only what has appointments, they have none instead.
        """
        missing = [known for key, known in self.known.items() if key not in listed and not known.gone_at]
        if self.report.only_available:
            for known in missing:
                self._answer(known, Availability(available=Available.NO, checked_at=self.report.started_at))
            return
        self.gone = [(self.at, known.id) for known in missing]
        self.changes += [(known.id, self.at, Available.UNKNOWN, None) for known in missing]

    def flush(self) -> None:
        many = self.db.conn.executemany
        many("INSERT INTO places VALUES (?, ?)", list(self.places.items()))
        many(
            "INSERT INTO locations (id, source, key, place_id, facts, facts_digest) VALUES (?,?,?,?,?,?)",
            self.locations,
        )
        many("UPDATE locations SET key = ?, facts = ?, facts_digest = ? WHERE id = ?", self.facts)
        many("UPDATE locations SET gone_at = NULL WHERE id = ?", self.back)
        many("UPDATE locations SET gone_at = ? WHERE id = ?", self.gone)
        many("DELETE FROM external_ids WHERE location_id = ?", [(key,) for key, _ in self.ids])
        many(
            "INSERT OR IGNORE INTO external_ids VALUES (?, ?, ?)",
            [(system, value, key) for key, location in self.ids for system, value in location.external_ids],
        )
        many("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", self.answers)
        many("INSERT OR REPLACE INTO checks VALUES (?, ?, ?)", self.checks)
        many("INSERT INTO changes (location_id, at, available, count) VALUES (?, ?, ?, ?)", self.changes)


def _known(db: Database, source: str) -> dict[str, Known]:
    rows = db.execute(
        "SELECT key, id, place_id, facts_digest, gone_at, digest, available, count "
        "FROM locations LEFT JOIN answers ON location_id = id WHERE source = ?",
        (source,),
    )
    return {row[0]: Known(*row[1:]) for row in rows}


def _place_id(db: Database, source: str, key: str, given: Container[str]) -> str:
    """Ten letters and digits, drawn from source and key at first sight; from then on the file keeps it.

    `given`: ids of this visit, not written yet. The same source read into an empty file gives the same ids, so links
    survive the loss of a database.
    """
    salt = 0
    while True:
        digest = blake2b(f"{source}\n{key}\n{salt or ''}".encode(), digest_size=6).digest()
        place_id = b32encode(digest).decode().rstrip("=").lower()
        taken = db.execute(
            "SELECT 1 FROM places WHERE id = ? UNION SELECT 1 FROM aliases WHERE alias = ?", (place_id,) * 2
        )
        if place_id not in given and not taken.fetchone():
            return place_id
        salt += 1

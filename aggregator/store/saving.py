"""Saves a report in one transaction: changes are written, everything else only gets its new `checked_at`.

Facts and slots are compared as the JSON that is stored, so an unchanged location costs one encoding.
`aggregator.store.identity` finds the stored location of each reading. Place ids are assigned once and kept.
"""

import json
from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlite_utils import Database

from aggregator.current import answer_at, end_of, slots_at
from aggregator.model import Availability, Available, Location, Reading, Report, Slot
from aggregator.store.checks import Checks
from aggregator.store.identity import Identity, StoredLocation
from aggregator.store.partial import updated
from aggregator.store.rows import DAMAGE, insert_rows
from aggregator.store.times import read, read_maybe, stamp

encode = msgspec.json.Encoder().encode


class StoredAvailability(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The part of an `Availability` that is compared between visits and stored as JSON.

    The times are left out: they change with every visit, so they are stored in `checks` and are no change of the
    answer.
    """

    available: Available
    slots: tuple[Slot, ...]
    count: int | None = None
    at_least: bool = False
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    incomplete: bool = False


decode = msgspec.json.Decoder(StoredAvailability).decode


class Saved(NamedTuple):
    """The effect of one save, as numbers of locations."""

    new: int
    changed: int  # with another answer than before
    gone: int


def save_report(db: Database, report: Report, usable_since: datetime) -> Saved:
    """Writes the readings of a visit. Call it inside a transaction.

    An answer checked before `usable_since` has expired, so an incomplete reading replaces it
    (`aggregator.store.partial`). An answer that has not expired stays if a cache delivers an older one.
    """
    writer = _Writer(db, report, usable_since)
    for reading in report.readings:
        writer.add(reading)
    if report.whole and report.outcome.is_good and not report.changes_only:
        writer.handle_unlisted()
    writer.handle_stated_gone()
    writer.flush()
    return Saved(len(writer.locations), len(writer.changed_answers), len(writer.gone))


class _Writer:
    """Collects the rows of each table, so that every table is written in one statement.

    New rows go through sqlite-utils. Updates of many rows use `executemany`, which is several times faster than its
    `upsert_all` and `update` (benchmarks/bench_table_api.py).
    """

    def __init__(self, db: Database, report: Report, usable_since: datetime) -> None:
        self.db, self.report, self.source, self.at = db, report, report.source, stamp(report.started_at)
        self.usable_since = usable_since
        self.stored = _stored_locations(db, report.source)
        self.checks = Checks(db, {stored.id: stored.check_id for stored in self.stored.values() if stored.check_id})
        self.listed = {reading.location.key for reading in report.readings}
        self.identity = Identity(db, self.stored, self.listed, self.at)
        self.next_id = db.execute("SELECT coalesce(max(id), 0) + 1 FROM locations").fetchone()[0]
        self.places: dict[str, str] = {}  # place id -> first seen
        self.new_keys = self.listed - self.stored.keys()
        self.taken_ids = _taken_ids(db, [_draw_id(self.source, key) for key in self.new_keys])
        self.locations: list[tuple[Any, ...]] = []
        self.facts: list[tuple[Any, ...]] = []
        self.relisted: list[tuple[int]] = []
        self.ids: list[tuple[int, Location]] = []
        self.new_answers: list[tuple[Any, ...]] = []
        self.changed_answers: list[tuple[Any, ...]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.gone: list[tuple[str, int]] = []

    def add(self, reading: Reading) -> None:
        location = reading.location
        facts = encode(location)
        stored = self.identity.find(location, facts)
        if stored is None:
            stored = self._new(location, facts)
        elif stored.facts != facts or stored.id in self.identity.returned:
            self.facts.append((location.key, facts.decode(), stored.id))
            self.ids.append((stored.id, location))
        if stored.gone_at:
            self.relisted.append((stored.id,))
            if stored.available and not reading.availability:  # it is listed again with the answer it had before
                self.changes.append((stored.id, self.at, stored.available, stored.count))
        if reading.availability:
            self._answer(stored, reading.availability)

    def _new(self, location: Location, facts: bytes) -> StoredLocation:
        stored = StoredLocation(self.next_id, facts)
        self.next_id += 1
        place_id, salt = _draw_id(self.source, location.key), 0
        if location.key not in self.new_keys:  # The displaced location's place has this id.
            self.taken_ids.add(place_id)
        while place_id in self.taken_ids:
            salt += 1
            place_id = _draw_id(self.source, location.key, salt)
            self.taken_ids |= _taken_ids(self.db, [place_id])
        self.taken_ids.add(place_id)
        self.places[place_id] = self.at
        self.locations.append((stored.id, self.source, location.key, place_id, facts.decode()))
        self.ids.append((stored.id, location))
        return stored

    def _answer(self, stored: StoredLocation, reading: Availability) -> None:
        if reading.valid_at and not reading.valid_until and self._is_newer(stored, reading.valid_at):
            return
        new = updated(self._stored_answer(stored), reading, self.usable_since) if reading.incomplete else reading
        if new is None:
            return
        self.checks.record(stored.id, new)
        encoded = encode(
            StoredAvailability(
                new.available, new.slots, new.count, new.at_least, new.products, new.doses, new.incomplete
            )
        )
        if encoded == stored.answer and not stored.gone_at:
            return
        answer, count = answer_at(new.available, slots_at(new.slots, new.checked_at), new.count)
        available = str(answer)  # SQLite's driver binds plain text several times faster than an enum member.
        until = stamp(max([end_of(slot) for slot in new.slots])) if new.slots else None
        at = stamp(new.checked_at)
        answers = self.new_answers if stored.answer is None else self.changed_answers
        answers.append((available, count, until, at, encoded.decode(), stored.id))
        if stored.gone_at or available != stored.available or count != stored.count:
            self.changes.append((stored.id, at, available, count))

    def _is_newer(self, stored: StoredLocation, as_of: datetime) -> bool:
        """Whether the stored answer has not expired and is newer than `as_of`: a cache may deliver an older one."""
        before = self._stored_answer(stored)
        if before is None or before.checked_at < self.usable_since:
            return False
        return min(before.checked_at, before.valid_at or before.checked_at) > as_of

    def _stored_answer(self, stored: StoredLocation) -> Availability | None:
        """The stored answer with its times; None if there is none, or if the location is not listed any more."""
        if stored.answer is None or stored.gone_at:
            return None
        times = "SELECT checked_at, valid_at, valid_until FROM checks WHERE id = ?"
        checked_at, valid_at, valid_until = self.db.execute(times, (stored.check_id,)).fetchone()
        try:
            answer = decode(stored.answer)
            return Availability(
                checked_at=read(checked_at),
                valid_at=read_maybe(valid_at),
                valid_until=read_maybe(valid_until),
                **{name: getattr(answer, name) for name in StoredAvailability.__struct_fields__},
            )
        except DAMAGE:  # A damaged row is replaced.
            return None

    def handle_unlisted(self) -> None:
        """Handles locations that a whole visit does not list: they are gone, and get the same id back if they return.

        If the source lists only places with appointments, they have none instead.
        """
        missing = [stored for key, stored in self.stored.items() if key not in self.listed and not stored.gone_at]
        if as_of := self.report.as_of:
            missing = [stored for stored in missing if not self._is_newer(stored, as_of)]
        if self.report.only_available:
            for stored in missing:
                no_appointments = Availability(
                    available=Available.NO, checked_at=self.report.started_at, valid_at=self.report.as_of
                )
                self._answer(stored, no_appointments)
            return
        self._mark_gone(missing)

    def handle_stated_gone(self) -> None:
        """Marks locations as gone that the source itself states are no more."""
        found = [self.stored[key] for key in self.report.gone if key in self.stored and key not in self.listed]
        self._mark_gone(stored for stored in found if not stored.gone_at)

    def _mark_gone(self, gone: Iterable[StoredLocation]) -> None:
        for stored in gone:
            self.gone.append((self.at, stored.id))
            self.changes.append((stored.id, self.at, Available.UNKNOWN, None))

    def flush(self) -> None:
        many, displaced = self.db.conn.executemany, self.identity.displaced
        self._mark_gone(stored for key, stored in displaced if key in self.stored and not stored.gone_at)
        many("UPDATE locations SET key = ? WHERE id = ?", [(key, stored.id) for key, stored in displaced])
        insert_rows(self.db, "places", ("id", "first_seen"), self.places.items())
        insert_rows(self.db, "locations", ("id", "source", "key", "place_id", "facts"), self.locations)
        many("UPDATE locations SET key = ?, facts = ?, matched = 0 WHERE id = ?", self.facts)
        many("UPDATE locations SET gone_at = NULL, matched = 0 WHERE id = ?", self.relisted)
        many("UPDATE locations SET gone_at = ? WHERE id = ?", self.gone)
        insert_rows(self.db, "anchors", ("location_id", "facts"), self.identity.anchors)
        many("DELETE FROM external_ids WHERE location_id = ?", [row[-1:] for row in self.facts])
        external = {(*pair, key): None for key, location in self.ids for pair in location.external_ids}  # each once
        insert_rows(self.db, "external_ids", ("system", "value", "location_id"), external)
        self._flush_answers()
        insert_rows(self.db, "changes", ("location_id", "at", "available", "count"), self.changes)

    def _flush_answers(self) -> None:
        many, checks = self.db.conn.executemany, self.checks.write()
        many("UPDATE answers SET check_id = ? WHERE location_id = ?", [(row, key) for key, row in checks.items()])
        many(
            "UPDATE answers SET available = ?, count = ?, until = ?, changed_at = ?, said = ? WHERE location_id = ?",
            self.changed_answers,
        )
        columns = ("available", "count", "until", "changed_at", "said", "location_id", "check_id")
        insert_rows(self.db, "answers", columns, [(*row, checks[row[-1]]) for row in self.new_answers])


def _stored_locations(db: Database, source: str) -> dict[str, StoredLocation]:
    rows = db.execute(
        "SELECT key, id, CAST(facts AS BLOB), gone_at, check_id, available, count, CAST(said AS BLOB) "
        "FROM locations LEFT JOIN answers ON location_id = id WHERE source = ?",
        (source,),
    )
    return {row[0]: StoredLocation(*row[1:]) for row in rows}


def _draw_id(source: str, key: str, salt: int = 0) -> str:
    """A place's id: ten letters and digits, derived once from source and key and kept from then on.

    The same source read into an empty database gives the same ids, so links survive the loss of a database. `salt`
    gives another id if the first is taken.
    """
    digest = blake2b(f"{source}\n{key}\n{salt or ''}".encode(), digest_size=6).digest()
    return b32encode(digest).decode().rstrip("=").lower()


def _taken_ids(db: Database, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that a place or an alias has."""
    rows = db.execute(
        "WITH drawn AS (SELECT value FROM json_each(?)) SELECT id FROM places WHERE id IN drawn "
        "UNION SELECT alias FROM aliases WHERE alias IN drawn",
        (json.dumps(list(ids)),),
    )
    return {row[0] for row in rows}

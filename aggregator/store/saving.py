"""Saving one report in one transaction: what changed is written, what did not only gets its new `checked_at`.

Facts and slots are compared as the JSON that stands in the file, so what did not change costs one encoding.

`aggregator.store.identity` finds which stored location a reading is of. Ids of places are given once and kept.
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
    """The part of an `Availability` that is compared and kept as JSON."""

    available: Available
    slots: tuple[Slot, ...]
    count: int | None = None
    at_least: bool = False
    products: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    incomplete: bool = False


decode = msgspec.json.Decoder(StoredAvailability).decode


class Saved(NamedTuple):
    """What a save did, in locations."""

    new: int
    changed: int  # another answer than before
    gone: int


def save_report(db: Database, report: Report, usable_since: datetime) -> Saved:
    """Writes the readings of a visit. To be called inside a transaction.

    An answer checked before `usable_since` has expired, so an incomplete reading replaces it
    (`aggregator.store.partial`). An answer that has not expired stays if a cache brings an older one.
    """
    writer = _Writer(db, report, usable_since)
    for reading in report.readings:
        writer.add(reading)
    if report.whole and report.outcome.is_good:
        writer.leave_out()
    writer.flush()
    return Saved(len(writer.locations), len(writer.changed), len(writer.gone))


class _Writer:
    """Collects rows per table, so that each table is written in one go.

    New rows go through sqlite-utils. Changes of many rows are `executemany`, which is several times faster than its
    `upsert_all` and `update` (benchmarks/bench_table_api.py).
    """

    def __init__(self, db: Database, report: Report, usable_since: datetime) -> None:
        self.db, self.report, self.source, self.at = db, report, report.source, stamp(report.started_at)
        self.usable_since = usable_since
        self.known = _known(db, report.source)
        self.checks = Checks(db, {known.id: known.check_id for known in self.known.values() if known.check_id})
        self.listed = {reading.location.key for reading in report.readings}
        self.identity = Identity(db, self.known, self.listed, self.at)
        self.next_id = db.execute("SELECT coalesce(max(id), 0) + 1 FROM locations").fetchone()[0]
        self.places: dict[str, str] = {}  # id -> first seen
        self.fresh = self.listed - self.known.keys()
        self.taken = _taken(db, [_drawn(self.source, key) for key in self.fresh])
        self.locations: list[tuple[Any, ...]] = []
        self.facts: list[tuple[Any, ...]] = []
        self.back: list[tuple[int]] = []
        self.ids: list[tuple[int, Location]] = []
        self.first: list[tuple[Any, ...]] = []
        self.changed: list[tuple[Any, ...]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.gone: list[tuple[str, int]] = []

    def add(self, reading: Reading) -> None:
        location = reading.location
        facts = encode(location)
        known = self.identity.find(location, facts)
        if known is None:
            known = self._new(location, facts)
        elif known.facts != facts or known.id in self.identity.returned:
            self.facts.append((location.key, facts.decode(), known.id))
            self.ids.append((known.id, location))
        if known.gone_at:
            self.back.append((known.id,))
            if known.available and not reading.availability:  # listed again with the answer it had
                self.changes.append((known.id, self.at, known.available, known.count))
        if reading.availability:
            self._answer(known, reading.availability)

    def _new(self, location: Location, facts: bytes) -> StoredLocation:
        known = StoredLocation(self.next_id, facts)
        self.next_id += 1
        place_id, salt = _drawn(self.source, location.key), 0
        if location.key not in self.fresh:  # its old place has this id
            self.taken.add(place_id)
        while place_id in self.taken:
            salt += 1
            place_id = _drawn(self.source, location.key, salt)
            self.taken |= _taken(self.db, [place_id])
        self.taken.add(place_id)
        self.places[place_id] = self.at
        self.locations.append((known.id, self.source, location.key, place_id, facts.decode()))
        self.ids.append((known.id, location))
        return known

    def _answer(self, known: StoredLocation, reading: Availability) -> None:
        if reading.valid_at and not reading.valid_until and self._is_newer(known, reading.valid_at):
            return
        new = updated(self._stored(known), reading, self.usable_since) if reading.incomplete else reading
        if new is None:
            return
        self.checks.saw(known.id, new)
        said = encode(
            StoredAvailability(
                new.available, new.slots, new.count, new.at_least, new.products, new.doses, new.incomplete
            )
        )
        if said == known.said and not known.gone_at:
            return
        answer, count = answer_at(new.available, slots_at(new.slots, new.checked_at), new.count)
        available = str(answer)  # SQLite's driver takes plain text several times faster than a member of an enum
        until = stamp(max([end_of(slot) for slot in new.slots])) if new.slots else None
        at = stamp(new.checked_at)
        answers = self.first if known.said is None else self.changed
        answers.append((available, count, until, at, said.decode(), known.id))
        if known.gone_at or available != known.available or count != known.count:
            self.changes.append((known.id, at, available, count))

    def _is_newer(self, known: StoredLocation, as_of: datetime) -> bool:
        """Whether the answer in the file has not expired and is from after `as_of`: a cache may bring an older one."""
        before = self._stored(known)
        if before is None or before.checked_at < self.usable_since:
            return False
        return min(before.checked_at, before.valid_at or before.checked_at) > as_of

    def _stored(self, known: StoredLocation) -> Availability | None:
        """The answer in the file with its times; None where there is none, or the location is not listed any more."""
        if known.said is None or known.gone_at:
            return None
        times = "SELECT checked_at, valid_at, valid_until FROM checks WHERE id = ?"
        checked_at, valid_at, valid_until = self.db.execute(times, (known.check_id,)).fetchone()
        try:
            said = decode(known.said)
            return Availability(
                checked_at=read(checked_at),
                valid_at=read_maybe(valid_at),
                valid_until=read_maybe(valid_until),
                **{name: getattr(said, name) for name in StoredAvailability.__struct_fields__},
            )
        except DAMAGE:  # what cannot be read is replaced
            return None

    def leave_out(self) -> None:
        """What a whole visit did not list is gone, and comes back with the same id if it does.

        Where a source lists only what has appointments, it has none instead.
        """
        missing = [known for key, known in self.known.items() if key not in self.listed and not known.gone_at]
        if as_of := self.report.as_of:
            missing = [known for known in missing if not self._is_newer(known, as_of)]
        if self.report.only_available:
            for known in missing:
                none = Availability(
                    available=Available.NO, checked_at=self.report.started_at, valid_at=self.report.as_of
                )
                self._answer(known, none)
            return
        self._drop(missing)

    def _drop(self, gone: Iterable[StoredLocation]) -> None:
        for known in gone:
            self.gone.append((self.at, known.id))
            self.changes.append((known.id, self.at, Available.UNKNOWN, None))

    def flush(self) -> None:
        many, displaced = self.db.conn.executemany, self.identity.displaced
        self._drop(known for key, known in displaced if key in self.known and not known.gone_at)
        many("UPDATE locations SET key = ? WHERE id = ?", [(key, known.id) for key, known in displaced])
        insert_rows(self.db, "places", ("id", "first_seen"), self.places.items())
        insert_rows(self.db, "locations", ("id", "source", "key", "place_id", "facts"), self.locations)
        many("UPDATE locations SET key = ?, facts = ?, matched = 0 WHERE id = ?", self.facts)
        many("UPDATE locations SET gone_at = NULL, matched = 0 WHERE id = ?", self.back)
        many("UPDATE locations SET gone_at = ? WHERE id = ?", self.gone)
        insert_rows(self.db, "anchors", ("location_id", "facts"), self.identity.anchors)
        many("DELETE FROM external_ids WHERE location_id = ?", [row[-1:] for row in self.facts])
        external = {(*pair, key): None for key, location in self.ids for pair in location.external_ids}  # each once
        insert_rows(self.db, "external_ids", ("system", "value", "location_id"), external)
        self._flush_answers()
        insert_rows(self.db, "changes", ("location_id", "at", "available", "count"), self.changes)

    def _flush_answers(self) -> None:
        many, checks = self.db.conn.executemany, self.checks.settle()
        many("UPDATE answers SET check_id = ? WHERE location_id = ?", [(row, key) for key, row in checks.items()])
        many(
            "UPDATE answers SET available = ?, count = ?, until = ?, changed_at = ?, said = ? WHERE location_id = ?",
            self.changed,
        )
        columns = ("available", "count", "until", "changed_at", "said", "location_id", "check_id")
        insert_rows(self.db, "answers", columns, [(*row, checks[row[-1]]) for row in self.first])


def _known(db: Database, source: str) -> dict[str, StoredLocation]:
    rows = db.execute(
        "SELECT key, id, CAST(facts AS BLOB), gone_at, check_id, available, count, CAST(said AS BLOB) "
        "FROM locations LEFT JOIN answers ON location_id = id WHERE source = ?",
        (source,),
    )
    return {row[0]: StoredLocation(*row[1:]) for row in rows}


def _drawn(source: str, key: str, salt: int = 0) -> str:
    """The id of a place: ten letters and digits, drawn from source and key at first sight and kept from then on.

    The same source read into an empty file gives the same ids, so links survive the loss of a database. `salt` draws
    anew where another place has the id.
    """
    digest = blake2b(f"{source}\n{key}\n{salt or ''}".encode(), digest_size=6).digest()
    return b32encode(digest).decode().rstrip("=").lower()


def _taken(db: Database, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that some place has, or once had."""
    rows = db.execute(
        "WITH drawn AS (SELECT value FROM json_each(?)) SELECT id FROM places WHERE id IN drawn "
        "UNION SELECT alias FROM aliases WHERE alias IN drawn",
        (json.dumps(list(ids)),),
    )
    return {row[0] for row in rows}

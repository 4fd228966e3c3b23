"""Values read from the store: the state of a source, a location with its last answer, one change."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from aggregator.faults import Faults
from aggregator.model import Attribution, Available, Change, Location, Outcome, Problem
from aggregator.store.rows import DAMAGE, Record, Row, report_damage
from aggregator.store.saving import StoredAvailability, decode
from aggregator.store.times import read, read_maybe

NO_ANSWER = StoredAvailability(Available.UNKNOWN, ())


class StoredSource(NamedTuple):
    """The state of a source after its last visit.

    `failures`: consecutive visits without a good outcome. `doubted`: consecutive implausible visits. `wait_minutes`:
    the waiting time that a waiting room stated at the last visit; None if none did. `attribution`: whom to name beside
    the data, as the pages state it.
    """

    outcome: Outcome
    message: str
    attempted_at: datetime
    last_good_at: datetime | None
    next_visit_at: datetime
    failures: int
    doubted: int
    took: float
    problems: tuple[Problem, ...]
    wait_minutes: int | None
    attribution: Attribution | None = None


class LocationAnswer(NamedTuple):
    """One row of the store's join: a location with its last answer, as the source stated it.

    It exists beside `StoredAvailability` because the times of an answer are stored apart from it. `snapshot` applies
    the clock to it, which gives an `AvailabilityNow`. `checked_at` None: there is no answer yet.
    """

    id: int
    place_id: str
    source: str
    location: Location
    gone_at: datetime | None
    answer: StoredAvailability
    checked_at: datetime | None
    valid_at: datetime | None
    valid_until: datetime | None
    changed_at: datetime | None


def source_row(row: Record) -> tuple[str, StoredSource]:
    return row["name"], StoredSource(
        outcome=Outcome(row["outcome"]),
        message=row["message"],
        attempted_at=read(row["attempted_at"]),
        last_good_at=read_maybe(row["last_good_at"]),
        next_visit_at=read(row["next_visit_at"]),
        failures=row["failures"],
        doubted=row["doubted"],
        took=row["took"],
        problems=msgspec.json.decode(row["problems"], type=tuple[Problem, ...]),
        wait_minutes=row["wait_minutes"],
        attribution=msgspec.json.decode(row["attribution"] or "null", type=Attribution | None),
    )


def answer_of(
    row: Row, faults: Faults
) -> tuple[StoredAvailability, datetime | None, datetime | None, datetime | None, datetime | None]:
    try:
        answer = decode(row[5]) if row[5] else NO_ANSWER
        return answer, read_maybe(row[6]), read_maybe(row[7]), read_maybe(row[8]), read_maybe(row[9])
    except DAMAGE as error:
        report_damage("answers (or checks)", row[1], error, faults)
        return NO_ANSWER, None, None, None, None


def change_of(row: Row) -> tuple[int, Change]:
    return row[0], Change(at=read(row[1]), available=Available(row[2]), count=row[3])

"""Rows of the store's joins as values: how a source stands, a location with its last answer, one change."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from aggregator.faults import Faults
from aggregator.model import Available, Change, Location, Outcome, Problem
from aggregator.store.rows import DAMAGE, Record, Row, report_damage
from aggregator.store.saving import StoredAvailability, decode
from aggregator.store.times import read, read_maybe

NO_ANSWER = StoredAvailability(Available.UNKNOWN, ())


class StoredSource(NamedTuple):
    """How a source stands. `failures`: visits in a row that were not good; `doubted`: that were implausible.

    `wait_minutes`: how long a waiting room said at the last visit that people wait; None where it did not.
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


class LocationAnswer(NamedTuple):
    """A location with the last answer about it as the source stated it; `checked_at` None: there is none yet."""

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
    )


def answer_of(
    row: Row, faults: Faults
) -> tuple[StoredAvailability, datetime | None, datetime | None, datetime | None, datetime | None]:
    try:
        said = decode(row[5]) if row[5] else NO_ANSWER
        return said, read_maybe(row[6]), read_maybe(row[7]), read_maybe(row[8]), read_maybe(row[9])
    except DAMAGE as error:
        report_damage("answers (or checks)", row[1], error, faults)
        return NO_ANSWER, None, None, None, None


def change_of(row: Row) -> tuple[int, Change]:
    return row[0], Change(at=read(row[1]), available=Available(row[2]), count=row[3])

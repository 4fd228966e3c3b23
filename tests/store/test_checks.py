"""When each location was last checked: known for all, written in few rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import Available, Outcome, Reading
from aggregator.store.store import Store
from tests.support.records import DAY, HOUR, MINUTE, NOW, SOURCE, availability, location, reading, report, save, slot
from tests.support.stores import empty_store

LATER = NOW + MINUTE
KEYS = "abcdef"


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def visit(db: Store, started_at: datetime, **minutes: int) -> None:
    """A visit in which each location was checked so many minutes after NOW."""
    readings = [reading(key, at=NOW + number * MINUTE) for key, number in minutes.items()]
    save(db, report(*readings, at=started_at, whole=False))


def minutes(db: Store) -> dict[str, float]:
    """Minutes after NOW at which each location was last checked."""
    found = {row.location.key: row.checked_at for row in db.locations([SOURCE], NOW - DAY)}
    return {key: (at - NOW) / MINUTE for key, at in found.items() if at}


def looks(db: Store) -> int:
    return int(db.db.execute("SELECT count(*) FROM checks").fetchone()[0])


def written(db: Store, started_at: datetime, **minutes: int) -> int:
    """How many rows such a visit writes, besides the row in `visits` and the state of its source."""
    before = db.db.conn.total_changes
    visit(db, started_at, **minutes)
    return db.db.conn.total_changes - before - 2


def test_locations_read_at_the_same_time_share_one_row_that_is_updated(db: Store) -> None:
    visit(db, NOW, **dict.fromkeys(KEYS, 0))
    assert written(db, LATER, **dict.fromkeys(KEYS, 1)) == 1
    assert (minutes(db), looks(db)) == (dict.fromkeys(KEYS, 1), 1)


def test_every_page_of_a_visit_has_its_own_time(db: Store) -> None:
    visit(db, NOW, a=0, b=0, c=1, d=1, e=2)
    assert minutes(db) == {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    assert written(db, LATER, a=10, b=10, c=11, d=11, e=12) == 3
    assert minutes(db) == {"a": 10, "b": 10, "c": 11, "d": 11, "e": 12}


def test_a_location_that_moves_to_the_next_page_changes_its_row_alone(db: Store) -> None:
    visit(db, NOW, a=0, b=0, c=0, d=1, e=1, f=1)
    assert written(db, LATER, a=10, b=10, c=11, d=11, e=11, f=11) == 3  # two times, and c
    assert (minutes(db), looks(db)) == ({"a": 10, "b": 10, "c": 11, "d": 11, "e": 11, "f": 11}, 2)


@pytest.mark.parametrize("read", ["a", "abc", "abcde", "abcdef"])
def test_locations_not_read_by_a_visit_keep_their_time(db: Store, read: str) -> None:
    visit(db, NOW, **dict.fromkeys(KEYS, 0))
    visit(db, LATER, **dict.fromkeys(read, 1))
    assert minutes(db) == dict.fromkeys(KEYS, 0) | dict.fromkeys(read, 1)


@pytest.mark.parametrize(("read", "rows"), [("a", 2), ("abcde", 3)], ids=["one", "all but one"])
def test_a_partial_visit_writes_the_smaller_group(db: Store, read: str, rows: int) -> None:
    visit(db, NOW, **dict.fromkeys(KEYS, 0))
    assert written(db, LATER, **dict.fromkeys(read, 1)) == rows


def test_unreferenced_rows_do_not_pile_up(db: Store) -> None:
    for number in range(20):
        apart = {key: 100 * number + place for place, key in enumerate(KEYS)}
        visit(db, NOW, **apart)
        visit(db, NOW, **dict.fromkeys(KEYS, 100 * number + 50))
        visit(db, NOW, a=100 * number + 60)
    assert looks(db) == 2
    assert minutes(db) == dict.fromkeys(KEYS, 1950) | {"a": 1960}


def test_a_location_that_is_gone_keeps_the_time_it_was_last_read(db: Store) -> None:
    visit(db, NOW, a=0, b=0, c=0)
    save(db, report(reading("b", at=LATER), reading("c", at=LATER), at=LATER))
    assert minutes(db) == {"a": 0, "b": 1, "c": 1}


def test_sources_do_not_share_rows(db: Store) -> None:
    visit(db, NOW, a=0, b=0)
    save(db, report(reading("x"), source="town"))
    save(db, report(reading("x", at=LATER), source="town", at=LATER))
    assert minutes(db) == {"a": 0, "b": 0}


def test_each_location_keeps_its_own_valid_at(db: Store) -> None:
    zone = ZoneInfo("America/New_York")
    first, second = (datetime(2021, 11, 7, 1, 30, tzinfo=zone, fold=fold) for fold in (0, 1))  # equal to Python
    times = {"a": first, "b": second, "c": None}
    readings = [Reading(location=location(key), availability=availability(valid_at=at)) for key, at in times.items()]
    save(db, report(*readings))
    found = {row.location.key: row.valid_at for row in db.locations([SOURCE], NOW)}
    assert found["c"] is None
    assert found["a"] and found["b"] and found["b"] - found["a"] == HOUR


def test_a_list_of_only_available_places_also_checks_those_it_omits(db: Store) -> None:
    visit(db, NOW, a=0, b=0, c=0)
    save(db, report(reading("a", at=LATER), at=LATER, only_available=True))
    assert minutes(db) == {"a": 1, "b": 1, "c": 1}
    assert save(db, report(outcome=Outcome.EMPTY, at=LATER, only_available=True)).gone == 0
    assert {row.answer.available for row in db.locations([SOURCE], NOW)} == {Available.NO}


def test_an_unknown_answer_is_read_back_as_stated(db: Store) -> None:
    unsure = availability(slot(NOW + timedelta(hours=1)), available=Available.UNKNOWN)
    save(db, report(Reading(location=location(), availability=unsure)))
    assert db.locations([SOURCE], NOW)[0].answer.available is Available.UNKNOWN
    (change,) = db.history(1, NOW + HOUR)[1]
    assert change.available is Available.YES

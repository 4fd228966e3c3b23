"""The SQLite database: what a visit changes in it, and the errors if it cannot be used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import StoreError
from aggregator.model import Available, HostTally, Outcome, Problem, Reading, Report, Slot
from aggregator.store import saving
from aggregator.store.states import LocationAnswer
from aggregator.store.store import Store
from aggregator.store.times import stamp
from tests.support.records import DAY, HOUR, MINUTE, NOW, SOURCE, availability, location, reading, report, save, slot
from tests.support.stores import empty_store

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
LATER = NOW + MINUTE


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def rows(db: Store) -> list[LocationAnswer]:
    return db.locations([SOURCE], NOW - DAY)


def history(db: Store) -> list[tuple[Available, int | None]]:
    """The changes of the first location, newest first."""
    return [(change.available, change.count) for change in db.history(100, NOW).get(1, ())]


def test_a_new_file_and_its_folder_are_created_and_valid(tmp_path: Path) -> None:
    with Store(tmp_path / "new" / "a.db") as made:
        assert made.integrity() == "ok"
        assert (made.sources(), made.db["visits"].count, rows(made)) == ({}, 0, [])


def test_saved_data_is_read_back_by_the_next_process(tmp_path: Path) -> None:
    answer = availability(slot(), slot(NOW + 2 * DAY, None), valid_at=NOW - HOUR)
    with Store(tmp_path / "a.db") as first:
        assert save(first, report(Reading(location=location(city="Alder"), availability=answer))) == (1, 0, 0)
    with Store(tmp_path / "a.db") as second:
        (row,) = rows(second)
        assert (row.location, row.answer.slots, row.answer.available) == (location(city="Alder"), answer.slots, YES)
        assert (row.checked_at, row.valid_at, row.changed_at, row.gone_at) == (NOW, NOW - HOUR, NOW, None)
        assert history(second) == [(YES, None)]


def test_an_unchanged_answer_only_gets_a_new_time(db: Store) -> None:
    save(db, report(reading()))
    assert save(db, report(reading(at=LATER), at=LATER)) == (0, 0, 0)
    (row,) = rows(db)
    assert (row.checked_at, row.changed_at) == (LATER, NOW)
    assert history(db) == [(YES, 3)]


def test_a_changed_answer_adds_one_history_entry(db: Store) -> None:
    save(db, report(reading()))
    assert save(db, report(reading("1", slot(count=2), at=LATER), at=LATER)) == (0, 1, 0)
    assert history(db) == [(YES, 2), (YES, 3)]
    assert rows(db)[0].changed_at == LATER


def test_a_complete_visit_drops_locations_it_does_not_list(db: Store) -> None:
    save(db, report(reading("1"), reading("2")))
    assert save(db, report(reading("2", at=LATER), at=LATER)) == (0, 0, 1)
    assert [(row.location.key, row.gone_at) for row in rows(db)] == [("1", LATER), ("2", None)]
    assert history(db) == [(UNKNOWN, None), (YES, 3)]


@pytest.mark.parametrize(
    "visit",
    [
        report(whole=False),
        report(whole=False, outcome=Outcome.DOWN),
        report(whole=True, outcome=Outcome.CHANGED),
        report(reading("2"), whole=False),
    ],
    ids=["in part", "down", "changed", "in part with one read"],
)
def test_a_partial_or_failed_visit_drops_nothing(db: Store, visit: Report) -> None:
    save(db, report(reading("1"), reading("2")))
    assert save(db, visit).gone == 0
    assert [row.gone_at for row in rows(db)] == [None, None]


def test_an_empty_visit_drops_everything(db: Store) -> None:
    save(db, report(reading("1"), reading("2")))
    assert save(db, report(outcome=Outcome.EMPTY)).gone == 2


def test_other_sources_are_not_affected(db: Store) -> None:
    save(db, report(reading("1")))
    save(db, report(source="town", outcome=Outcome.EMPTY))
    assert rows(db)[0].gone_at is None


def test_a_location_that_returns_has_its_id_and_answer_again(db: Store) -> None:
    save(db, report(reading()))
    (before,) = rows(db)
    save(db, report(outcome=Outcome.EMPTY, at=LATER))
    save(db, report(reading(at=NOW + HOUR), at=NOW + HOUR))
    (after,) = rows(db)
    assert (after.place_id, after.gone_at) == (before.place_id, None)
    assert history(db) == [(YES, 3), (UNKNOWN, None), (YES, 3)]


def test_a_location_that_returns_without_an_answer_is_in_the_history_with_the_old_one(db: Store) -> None:
    save(db, report(reading()))
    save(db, report(outcome=Outcome.EMPTY, at=LATER))
    save(db, report(Reading(location=location(), availability=None), at=NOW + HOUR))
    save(db, report(reading(at=NOW + 2 * HOUR), at=NOW + 2 * HOUR))
    assert history(db) == [(YES, 3), (UNKNOWN, None), (YES, 3)]


def test_a_location_gone_for_long_is_left_out(db: Store) -> None:
    save(db, report(reading()))
    save(db, report(outcome=Outcome.EMPTY, at=LATER))
    assert len(db.locations([SOURCE], LATER)) == 1
    assert db.locations([SOURCE], LATER + MINUTE) == []


def test_a_renamed_venue_is_recognized_by_its_external_id_and_keeps_its_place(db: Store) -> None:
    ids = (("prepmod-clinic", "77"),)
    save(db, report(reading("old", external_ids=ids)))
    (before,) = rows(db)
    assert save(db, report(reading("new", external_ids=ids))) == (0, 0, 0)
    (after,) = rows(db)
    assert (after.id, after.place_id, after.location.key) == (before.id, before.place_id, "new")


def test_an_id_shared_by_several_stores_does_not_merge_them(db: Store) -> None:
    ids = (("npi_usa", "1234567893"),)
    save(db, report(reading("old", external_ids=ids)))
    assert save(db, report(reading("new", external_ids=ids))) == (1, 0, 1)


def test_a_venue_still_listed_does_not_give_its_place_to_another_with_the_same_id(db: Store) -> None:
    ids = (("prepmod-clinic", "77"),)
    save(db, report(reading("old", external_ids=ids)))
    save(db, report(reading("old", external_ids=ids), reading("new", external_ids=ids)))
    assert len({row.place_id for row in rows(db)}) == 2


def test_changed_facts_are_saved_without_touching_the_answer(db: Store) -> None:
    save(db, report(reading()))
    save(db, report(reading(name="New town hall")))
    (row,) = rows(db)
    assert row.location.name == "New town hall"
    assert history(db) == [(YES, 3)]


def test_the_same_source_gets_the_same_ids_in_two_new_databases(tmp_path: Path) -> None:
    found = []
    for name, order in (("a.db", "123"), ("b.db", "321")):
        with Store(tmp_path / name) as fresh:
            save(fresh, report(*(reading(key) for key in order)))
            found.append({row.location.key: row.place_id for row in rows(fresh)})
    assert found[0] == found[1]
    assert len(set(found[0].values())) == 3


@pytest.mark.parametrize("together", [True, False], ids=["in one visit", "in two visits"])
def test_two_locations_with_colliding_ids_get_different_ones(
    db: Store, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    def colliding(data: bytes, *, digest_size: int) -> Any:
        salt = data.rpartition(b"\n")[2] if digest_size == 6 else data
        return blake2b(salt, digest_size=digest_size)

    monkeypatch.setattr(saving, "blake2b", colliding)
    if not together:
        save(db, report(reading("1")))
    save(db, report(reading("1"), reading("2"), reading("3")))
    assert len({row.place_id for row in rows(db)}) == 3


def test_a_former_id_is_not_given_to_another_place(db: Store) -> None:
    save(db, report(reading("1")))
    (first,) = rows(db)
    with empty_store() as other:
        save(other, report(reading("9")))
        other.db.execute(
            "INSERT INTO aliases VALUES (?, ?, ?, '')", (first.place_id, rows(other)[0].place_id, stamp(NOW))
        )
        save(other, report(reading("9"), reading("1")))
        assert first.place_id not in {row.place_id for row in rows(other)}


def test_a_location_listed_without_an_answer_keeps_the_one_it_had(db: Store) -> None:
    save(db, report(reading()))
    save(db, report(Reading(location=location(), availability=None), at=LATER))
    (row,) = rows(db)
    assert (row.answer.available, row.checked_at, row.gone_at) == (YES, NOW, None)


def test_a_location_that_never_had_an_answer_is_unknown(db: Store) -> None:
    save(db, report(Reading(location=location(), availability=None)))
    (row,) = rows(db)
    assert (row.answer.available, row.answer.slots, row.checked_at) == (UNKNOWN, (), None)
    assert history(db) == []


def test_source_state_is_stored_and_a_failure_keeps_the_last_good_time(db: Store) -> None:
    save(db, report(reading()))
    problem = Problem(field="start", value="'?'", reason="no date")
    down = report(at=LATER, outcome=Outcome.DOWN, message="no answer", whole=False, problems=(problem,), took=2.0)
    db.save(down, next_visit_at=NOW + HOUR, failures=3, doubted=2)
    state = db.sources()[SOURCE]
    assert (state.outcome, state.message, state.took, state.problems) == (Outcome.DOWN, "no answer", 2.0, (problem,))
    assert (state.attempted_at, state.last_good_at, state.next_visit_at) == (LATER, NOW, NOW + HOUR)
    assert (state.failures, state.doubted, db.db["visits"].count) == (3, 2, 2)


def test_expected_locations_have_a_future_slot_or_no_dates(db: Store) -> None:
    none = availability(available=NO)
    over = reading("over", slot(NOW - HOUR))
    hours = reading("hours", slot(NOW - HOUR, end=NOW + HOUR, window=True))
    undated = Reading(location=location("undated"), availability=none)
    silent = Reading(location=location("silent"), availability=None)
    save(db, report(reading("ahead"), over, hours, undated, silent, reading("gone")))
    save(db, report(reading("ahead"), over, hours, undated, silent))
    found = db.expected(SOURCE, NOW, NOW - HOUR)
    assert len(found) == 4
    assert {key for key, answered in found.items() if answered} == {"ahead", "hours", "undated"}
    assert not any(db.expected(SOURCE, NOW, NOW + HOUR).values())
    assert db.expected("town", NOW, NOW) == {}


def test_requests_of_a_host_add_up_by_day(db: Store) -> None:
    tally = HostTally(host="h.example", day="2021-05-13", requests=2, not_modified=1, failures=1, received=10)
    db.count_requests([tally, HostTally(host="h.example", day="2021-05-12", requests=5)])
    db.count_requests([tally])
    twice = HostTally(host="h.example", day="2021-05-13", requests=4, not_modified=2, failures=2, received=20)
    assert db.hosts(NOW) == (twice,)
    assert [found.day for found in db.hosts(NOW - DAY)] == ["2021-05-13", "2021-05-12"]


def test_a_visit_is_saved_completely_or_not_at_all(db: Store) -> None:
    with pytest.raises(StoreError):
        save(db, report(reading("1"), reading("2"), reading("2")))
    assert (rows(db), db.sources(), db.db["visits"].count) == ([], {}, 0)


def test_another_thread_does_not_write_into_an_open_transaction() -> None:
    def write(store: Store) -> None:
        with store.transaction():
            store.db.execute("INSERT INTO kept_answers VALUES ('a', ?, x'')", (stamp(NOW),))

    with empty_store() as store, ThreadPoolExecutor(1) as thread:
        with suppress(ArithmeticError), store.transaction():
            writing = thread.submit(write, store)
            assert wait([writing], 0.05).not_done
            raise ArithmeticError
        writing.result()
        assert store.db["kept_answers"].count == 1


# --- responses from a cache -------------------------------------------------------------------------------------------


def cached(key: str, age: timedelta, *slots: Slot, at: datetime = LATER) -> Reading:
    """A report from a cached response that was `age` old when it was requested."""
    return Reading(location=location(key), availability=availability(*slots, at=at, valid_at=at - age))


def test_a_cached_response_does_not_replace_a_newer_answer_or_its_date(db: Store) -> None:
    save(db, report(reading("1"), reading("2")))
    copy = cached("1", 3 * HOUR, slot(NOW + DAY, 0, available=NO))
    save(db, report(copy, at=LATER, as_of=LATER - 3 * HOUR))
    first, second = rows(db)
    assert (first.answer.available, first.checked_at, first.valid_at) == (YES, NOW, None)
    assert second.gone_at is None  # the copy may be older than this place


def test_a_cached_response_newer_than_the_stored_answer_counts(db: Store) -> None:
    save(db, report(reading("1")))
    save(db, report(cached("1", MINUTE / 2, slot(NOW + DAY, 9)), at=LATER, as_of=LATER - MINUTE / 2))
    (row,) = rows(db)
    assert (row.answer.slots[0].count, row.checked_at, row.valid_at) == (9, LATER, LATER - MINUTE / 2)


def test_a_cached_response_replaces_an_expired_answer(db: Store) -> None:
    save(db, report(reading("1")))
    late = NOW + 2 * HOUR
    given = report(cached("1", 3 * HOUR, slot(NOW + DAY, 9), at=late), at=late, as_of=late - 3 * HOUR)
    db.save(given, next_visit_at=late, failures=0, doubted=0, usable_since=late - HOUR)
    assert rows(db)[0].checked_at == late

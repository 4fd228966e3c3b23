"""What is known at a given time: ages, past slots, sources in force."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from aggregator.model import Available, HostTally, Outcome, Place, Reading, Snapshot
from aggregator.snapshot import HISTORY_SHOWN, take
from aggregator.store.store import Store
from tests.support.records import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SOURCES,
    availability,
    location,
    reading,
    region,
    report,
    save,
    slot,
)
from tests.support.stores import empty_store

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
SECOND = timedelta(seconds=1)
REGION = region("stale_after = 600\nexpires_after = 3600\nkeep_history = 30\n")


@pytest.fixture
def db() -> Iterator[Store]:
    with empty_store() as opened:
        yield opened


def only(snapshot: Snapshot) -> Place:
    (place,) = snapshot.places
    return place


@pytest.mark.parametrize(
    ("age", "stale", "expired"),
    [
        (0 * SECOND, False, False),
        (600 * SECOND, False, False),
        (601 * SECOND, True, False),
        (3600 * SECOND, True, False),
        (3601 * SECOND, True, True),
        (-30 * SECOND, False, False),
    ],
    ids=["now", "10 min", "over 10 min", "60 min", "over 60 min", "clocks that differ a little"],
)
def test_an_answer_has_its_age_and_becomes_unknown_when_expired(
    db: Store, age: timedelta, stale: bool, expired: bool
) -> None:
    save(db, report(reading()))
    current = only(take(db, REGION, NOW + age)).current
    assert (current.stale, current.expired) == (stale, expired)
    assert (current.available, current.available_count) == ((UNKNOWN, None) if expired else (YES, 3))
    assert (current.checked_at, current.changed_at) == (NOW, NOW)


def test_no_slot_of_an_expired_answer_is_available(db: Store) -> None:
    save(db, report(reading("1", slot(), slot(available=NO, count=2), slot(available=UNKNOWN))))
    current = only(take(db, REGION, NOW + 2 * HOUR)).current
    assert [found.available for found in current.slots] == [UNKNOWN, NO, UNKNOWN]


def test_a_time_in_the_future_is_ignored_and_never_fresh(db: Store) -> None:
    save(db, report(reading()))
    current = only(take(db, REGION, NOW - 5 * HOUR)).current
    assert (current.available, current.stale, current.expired) == (UNKNOWN, True, True)
    assert (current.checked_at, current.changed_at, current.attempted_at) == (None, None, None)


@pytest.mark.parametrize(
    ("minutes", "stale", "expired"), [(10, False, False), (11, True, False), (60, True, False), (61, True, True)]
)
def test_an_answer_from_a_cache_is_as_old_as_the_cache_states(
    db: Store, minutes: int, stale: bool, expired: bool
) -> None:
    answer = availability(slot(), valid_at=NOW - minutes * MINUTE)
    save(db, report(Reading(location=location(), availability=answer)))
    current = only(take(db, REGION, NOW)).current
    assert (current.stale, current.expired, current.available) == (stale, expired, UNKNOWN if expired else YES)


@pytest.mark.parametrize(
    ("now", "expired"),
    [(NOW + 30 * MINUTE, False), (NOW + HOUR + SECOND, True), (NOW + 2 * HOUR, True)],
    ids=["while it holds", "long after the visit", "after it ceased to hold"],
)
def test_a_stated_validity_keeps_an_old_answer_current_but_not_without_visits(
    db: Store, now: datetime, expired: bool
) -> None:
    answer = replace(availability(slot(), valid_at=NOW - 20 * HOUR), valid_until=NOW + 90 * MINUTE)
    save(db, report(Reading(location=location(), availability=answer)))
    assert only(take(db, REGION, now)).current.expired is expired


def test_a_location_without_an_answer_is_unknown_and_neither_stale_nor_expired(db: Store) -> None:
    save(db, report(Reading(location=location(), availability=None)))
    current = only(take(db, REGION, NOW + DAY)).current
    assert (current.available, current.checked_at, current.stale, current.expired) == (UNKNOWN, None, False, False)


def test_a_slot_that_passes_between_two_visits_is_no_longer_available(db: Store) -> None:
    save(db, report(reading("1", slot(NOW + MINUTE, 2), slot(NOW + HOUR, 5))))
    assert only(take(db, REGION, NOW)).current.available_count == 7
    current = only(take(db, REGION, NOW + MINUTE)).current
    assert ([found.available for found in current.slots], current.available_count) == ([NO, YES], 5)


def test_a_place_whose_only_slot_has_passed_has_no_appointments(db: Store) -> None:
    save(db, report(reading("1", slot(NOW + MINUTE))))
    current = only(take(db, REGION, NOW + MINUTE)).current
    assert (current.available, current.available_count) == (NO, 0)


def test_one_open_slot_without_a_count_makes_the_total_unknown(db: Store) -> None:
    save(db, report(reading("1", slot(count=2), slot(count=None))))
    current = only(take(db, REGION, NOW)).current
    assert (current.available, current.available_count) == (YES, None)


def test_a_source_not_in_force_today_is_left_out_with_its_places(db: Store) -> None:
    save(db, report(reading()))
    over = region(sources=f"{SOURCES}last_day = 2021-05-12")
    snapshot = take(db, over, NOW)
    assert (snapshot.places, snapshot.sources) == ((), ())


def test_today_is_in_the_time_zone_of_the_region(db: Store) -> None:
    last = region(sources=f"{SOURCES}last_day = 2021-05-13")
    late_evening = NOW.replace(day=14, hour=3)
    assert len(take(db, last, late_evening).sources) == 1
    assert len(take(db, last, late_evening + HOUR).sources) == 0


def test_a_source_that_was_never_visited_is_marked_so(db: Store) -> None:
    (state,) = take(db, REGION, NOW).sources
    assert (state.name, state.outcome, state.attempted_at, state.locations) == ("county", None, None, 0)
    assert state.url == "https://book.example.org/"


def test_a_source_shows_its_last_visit_last_success_and_number_of_places(db: Store) -> None:
    none = Reading(location=location("2"), availability=availability(available=NO))
    save(db, report(reading("1"), none))
    save(db, report(at=NOW + MINUTE, outcome=Outcome.BUSY, message="in a line", whole=False))
    snapshot = take(db, REGION, NOW + MINUTE)
    (state,) = snapshot.sources
    assert (state.outcome, state.message, state.last_good_at) == (Outcome.BUSY, "in a line", NOW)
    assert (state.attempted_at, state.locations, state.with_appointments) == (NOW + MINUTE, 2, 1)
    assert {place.current.outcome for place in snapshot.places} == {Outcome.BUSY}


def test_a_source_shows_since_when_all_its_places_are_checked(db: Store) -> None:
    save(db, report(reading("1"), reading("2")))
    later = reading("1", at=NOW + MINUTE)
    save(db, report(later, at=NOW + MINUTE, whole=False))
    assert [one.all_checked_at for one in take(db, REGION, NOW + MINUTE).sources] == [NOW]

    save(db, report(later, at=NOW + MINUTE))  # the other is gone
    assert [one.all_checked_at for one in take(db, REGION, NOW + MINUTE).sources] == [NOW + MINUTE]


def test_the_estimated_wait_of_a_waiting_room_stays_until_the_next_visit(db: Store) -> None:
    save(db, report(reading("1")))
    save(db, report(at=NOW + MINUTE, outcome=Outcome.BUSY, whole=False, wait_minutes=45))
    queued = take(db, REGION, NOW + MINUTE)
    (place,) = queued.places
    assert (queued.sources[0].wait_minutes, queued.sources[0].attempted_at) == (45, NOW + MINUTE)
    assert (place.current.wait_minutes, place.current.attempted_at) == (45, NOW + MINUTE)
    save(db, report(at=NOW + 2 * MINUTE, outcome=Outcome.DOWN, whole=False))
    later = take(db, REGION, NOW + 2 * MINUTE)
    assert (later.sources[0].wait_minutes, later.places[0].current.wait_minutes) == (None, None)


def test_former_places_are_listed_separately_while_their_history_is_kept(db: Store) -> None:
    save(db, report(reading("1"), reading("2")))
    save(db, report(reading("2"), at=NOW + MINUTE))
    snapshot = take(db, REGION, NOW + DAY)
    assert [place.location.key for place in snapshot.places] == ["2"]
    assert [(place.location.key, place.gone_at) for place in snapshot.gone] == [("1", NOW + MINUTE)]
    assert snapshot.sources[0].locations == 1
    assert take(db, REGION, NOW + 31 * DAY).gone == ()


def test_history_is_newest_first_and_count_changes_do_not_make_it_endless(db: Store) -> None:
    visits = HISTORY_SHOWN + 5
    for number in range(visits):
        at = NOW + number * MINUTE
        save(db, report(reading("1", slot(count=number + 1), at=at), at=at))
    history = only(take(db, REGION, NOW + visits * MINUTE)).history

    # the first one is kept too: it marks appointments after an unknown state
    assert [change.count for change in history] == [*range(visits, 5, -1), 1]


def test_host_tallies_cover_the_last_seven_days(db: Store) -> None:
    days = [f"2021-05-{day:02}" for day in (6, 7, 13)]
    db.count_requests(HostTally(host="h.example", day=day, requests=1) for day in days)
    assert [tally.day for tally in take(db, REGION, NOW).hosts] == ["2021-05-13", "2021-05-07"]


def test_a_place_keeps_its_id_as_long_as_it_is_known(db: Store) -> None:
    save(db, report(reading()))
    first = only(take(db, REGION, NOW)).id
    save(db, report(reading("1", name="New town hall"), at=NOW + HOUR))
    assert only(take(db, REGION, NOW + HOUR)).id == first

"""One place listed by several sources: one answer, nothing counted twice, nothing hidden."""

from datetime import timedelta
from typing import Any

import pytest

from aggregator.model import AvailabilityNow, Available, Change, Position, SourceView
from aggregator.places.merge import by_source, merge_views, timeline
from tests.support import snapshots
from tests.support.snapshots import NOW, current, offer, window

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
NEVER = current(UNKNOWN, checked_at=None, changed_at=None)


def view_of(answer: AvailabilityNow, host: str = "a", **fields: Any) -> SourceView:
    place = snapshots.place(1, answer, **({"booking_url": f"https://{host}.example.org/1"} | fields))
    return place.source_views[0]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((current(NO), current(YES)), YES),
        ((current(NO), current(NO)), NO),
        ((current(NO), current(UNKNOWN, slots=(window(14, available=UNKNOWN),))), UNKNOWN),
        ((current(NO), current(UNKNOWN)), NO),
        ((current(UNKNOWN), current(YES)), YES),
        ((current(NO), NEVER), NO),
        ((NEVER, NEVER), UNKNOWN),
        ((current(NO), current(UNKNOWN, expired=True)), NO),
        ((current(UNKNOWN, expired=True), NEVER), UNKNOWN),
    ],
)
def test_a_single_yes_wins_and_a_no_needs_every_relevant_source(
    answers: tuple[AvailabilityNow, ...], expected: Available
) -> None:
    for order in (answers, answers[::-1]):
        found = merge_views([view_of(answer, host) for answer, host in zip(order, "ab", strict=True)])
        assert found[1].available is expected


def test_sources_that_book_on_the_same_host_are_not_counted_twice() -> None:
    feed = view_of(offer(window(14, 5), window(15, 3), source="feed"), "www.chain")
    finder = view_of(offer(window(14, 5), source="finder"), "www.chain")

    for order in ((feed, finder), (finder, feed)):
        _, answer = merge_views(order)
        assert answer.available_count == 8
        assert len(answer.slots) == 2


def test_locations_of_one_source_add_up_and_a_full_one_hides_no_other() -> None:
    days = [offer(window(14, 5)), offer(window(15, 3), may_have_more=True), current(NO, available_count=0)]
    other = view_of(current(NO, source="finder"))

    for order in (days, days[::-1]):
        (feed, _), (_, answer) = (found := by_source([*map(view_of, order), other])), merge_views(found)
        assert feed.current == answer
        assert (answer.available, answer.available_count, answer.may_have_more) == (YES, 8, True)
        assert [slot.start.day for slot in answer.slots] == [14, 15]


def test_a_merged_no_is_as_old_as_its_oldest_answer() -> None:
    before = NOW - timedelta(hours=1)
    answers = view_of(current(NO, stale=True, checked_at=before), "a"), view_of(current(NO, checked_at=NOW), "b")

    for order in (answers, answers[::-1]):
        _, answer = merge_views(order)
        assert (answer.checked_at, answer.stale) == (before, True)


def test_sources_that_book_on_different_hosts_add_up() -> None:
    state, town = view_of(offer(window(15, 3)), "state"), view_of(offer(window(14, 5)), "town")

    _, answer = merge_views([state, town])

    assert answer.available_count == 8
    assert [slot.start.day for slot in answer.slots] == [14, 15]


def test_a_missing_count_of_one_source_makes_the_sum_unknown() -> None:
    assert (
        merge_views([view_of(offer(window(14, 5)), "a"), view_of(offer(window(15, None)), "b")])[1].available_count
        is None
    )


def test_the_booking_link_is_from_the_source_with_appointments() -> None:
    none, some = view_of(current(NO), "none"), view_of(offer(window(14, booking_url="")), "some")

    place, answer = merge_views([none, some])

    assert place.booking_url == "https://some.example.org/1"
    assert {slot.booking_url for slot in answer.slots} == {"https://some.example.org/1"}
    assert answer.source == some.current.source


def test_missing_facts_come_from_the_other_locations_and_all_restrictions_are_kept() -> None:
    guess = Position(latitude=42.0, longitude=-71.0, approximate=True)
    exact = Position(latitude=42.01, longitude=-71.01)
    first = view_of(
        current(NO), "a", name="Alder Pharmacy", info_phone="", position=guess, restrictions="Over 65 only."
    )
    second = view_of(
        current(NO), "b", name="ALDER PHCY", info_phone="+14135550100", position=exact, restrictions="By car."
    )

    place, _ = merge_views([first, second])

    assert (place.name, place.info_phone, place.position) == ("Alder Pharmacy", "+14135550100", exact)
    assert place.restrictions == "Over 65 only.\n\nBy car."


def change(minute: int, available: Available, count: int | None = None) -> Change:
    return Change(at=NOW + timedelta(minutes=minute), available=available, count=count)


def test_the_history_is_that_of_the_merged_answer() -> None:
    one = (change(30, NO), change(10, YES, 4), change(0, NO))
    other = (change(40, NO), change(20, YES, 2), change(5, NO))

    assert timeline([one, other]) == (
        change(40, NO),
        change(30, YES, 2),
        change(20, YES, 6),
        change(10, YES, 4),
        change(0, NO),
    )
    assert timeline([(), one]) == one
    assert timeline([]) == ()

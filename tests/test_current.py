"""What a stored answer means at an instant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.clean.listing import merge
from aggregator.current import answer_at, end_of, slots_at
from aggregator.model import Available, Reading, Slot
from tests.support.records import DAY, HOUR, NOW, availability, location, reading, slot

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("made", "past_from"),
    [
        (slot(NOW), NOW),
        (slot(NOW, end=NOW + HOUR), NOW),
        (slot(NOW, end=NOW + 8 * HOUR, window=True), NOW + 8 * HOUR),
        (slot(NOW, end=NOW + DAY, all_day=True), NOW + DAY),
        (slot(NOW, window=True), NOW),
    ],
    ids=["appointment", "appointment with end", "clinic hours", "whole day", "clinic hours without end"],
)
def test_an_appointment_is_past_at_its_start_and_a_window_at_its_end(made: Slot, past_from: datetime) -> None:
    assert end_of(made) == past_from
    ((before,), (after,)) = (slots_at((made,), now) for now in (past_from - SECOND, past_from))
    assert (before.available, after.available) == (YES, NO)


def test_slots_in_the_past_say_no_and_keep_the_rest() -> None:
    past, ahead, unsure = slot(NOW - HOUR, 4), slot(NOW + HOUR), slot(NOW + HOUR, available=UNKNOWN)
    said = slots_at((past, ahead, unsure, slot(NOW - HOUR, available=UNKNOWN)), NOW)
    assert [found.available for found in said] == [NO, YES, UNKNOWN, NO]
    assert (said[0].count, said[0].start) == (4, past.start)


def test_in_the_night_the_clocks_go_back_a_slot_of_the_first_hour_is_past_before_one_of_the_second() -> None:
    zone = ZoneInfo("America/New_York")
    first = slot(datetime(2021, 11, 7, 1, 50, tzinfo=zone))
    second = slot(datetime(2021, 11, 7, 1, 10, tzinfo=zone, fold=1))  # twenty minutes later, and smaller to Python
    said = slots_at((first, second), datetime(2021, 11, 7, 6, 0, tzinfo=UTC))
    assert [found.available for found in said] == [NO, YES]


@pytest.mark.parametrize(
    ("stated", "slots", "answer"),
    [
        (YES, (), (YES, None)),
        (NO, (), (NO, None)),
        (NO, (slot(count=2), slot(count=3)), (YES, 5)),
        (YES, (slot(count=2), slot(count=None)), (YES, None)),
        (YES, (slot(count=2), slot(count=None, available=NO)), (YES, 2)),
        (YES, (slot(count=2), slot(count=9, available=UNKNOWN)), (YES, 2)),
        (YES, (slot(available=NO), slot(available=NO)), (NO, 0)),
        (YES, (slot(available=NO), slot(available=UNKNOWN)), (UNKNOWN, None)),
        (YES, (slot(count=0),), (YES, 0)),
        # once the first of many is past, nothing says when the others are
        (YES, (slot(count=9, first_of_many=True),), (YES, 9)),
        (YES, (slot(count=9, first_of_many=True, available=NO), slot(count=2)), (YES, 2)),
        (YES, (slot(count=9, first_of_many=True, available=NO),), (UNKNOWN, None)),
        # UNKNOWN beside slots: what they do not say is not known
        (UNKNOWN, (slot(count=2), slot(available=NO)), (YES, 2)),
        (UNKNOWN, (slot(available=NO),), (UNKNOWN, None)),
        (UNKNOWN, (), (UNKNOWN, None)),
    ],
)
def test_counts_are_added_only_where_every_open_slot_states_one(
    stated: Available, slots: tuple[Slot, ...], answer: tuple[Available, int | None]
) -> None:
    assert answer_at(stated, slots) == answer


def test_a_past_slot_and_a_row_of_which_nothing_is_known_are_not_no() -> None:
    rows = (
        reading("1", slot(NOW - HOUR)),
        Reading(location=location("1"), availability=availability(available=UNKNOWN)),
    )
    (merged,) = merge(rows)
    assert merged.availability is not None
    assert answer_at(merged.availability.available, slots_at(merged.availability.slots, NOW)) == (UNKNOWN, None)

"""What a stored answer means at an instant."""

from datetime import datetime, timedelta

import pytest

from aggregator.current import answer_at, is_past, slots_at
from aggregator.model import Available, Slot
from tests.records import DAY, HOUR, NOW, slot

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
    assert not is_past(made, past_from - SECOND)
    assert is_past(made, past_from)


def test_slots_in_the_past_say_no_and_keep_the_rest() -> None:
    past, ahead, unsure = slot(NOW - HOUR, 4), slot(NOW + HOUR), slot(NOW + HOUR, available=UNKNOWN)
    said = slots_at((past, ahead, unsure, slot(NOW - HOUR, available=UNKNOWN)), NOW)
    assert [found.available for found in said] == [NO, YES, UNKNOWN, NO]
    assert (said[0].count, said[0].start) == (4, past.start)


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
    ],
)
def test_counts_are_added_only_where_every_open_slot_states_one(
    stated: Available, slots: tuple[Slot, ...], answer: tuple[Available, int | None]
) -> None:
    assert answer_at(stated, slots) == answer

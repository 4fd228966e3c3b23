"""When appointments were seen, and the statement about when they usually appear."""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from aggregator.model import Available, Change, Place
from aggregator.site.chart import Chart, chart
from aggregator.site.pattern import DAYS, Pattern, Usual, pattern, postings, usual
from aggregator.wording.context import render_context
from tests.support.snapshots import NOW, ZONE, current, local, place, region, snapshot

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
LONG_AGO = local(1, month=1)
MONDAY, THURSDAY = 0, 3


def history(*entries: tuple[datetime, Available]) -> tuple[Change, ...]:
    """Changes in chronological order."""
    return tuple(Change(at=at, available=available) for at, available in reversed(entries))


def drops(*starts: datetime, hours: float = 1) -> tuple[Change, ...]:
    """A place without appointments except for `hours` from each of `starts` on."""
    entries = [(LONG_AGO, NO)]
    for at in starts:
        entries += [(at, YES), (at + timedelta(hours=hours), NO)]
    return history(*entries)


def found(changes: tuple[Change, ...], now: datetime = NOW) -> Pattern:
    made = pattern(changes, now, ZONE)
    assert made is not None
    return made


def parts_of(changes: tuple[Change, ...], day: date, now: datetime = NOW) -> tuple[Available, ...]:
    return dict(found(changes, now).days)[day]


def test_the_last_weeks_are_shown_up_to_today() -> None:
    days = found(drops(local(6, 8))).days

    assert [days[0].day, days[-1].day, len(days)] == [date(2021, 4, 16), date(2021, 5, 13), DAYS]
    assert len(found(drops(local(6, 8)), local(13, 7)).days[-1].parts) == 2  # at 7: night and morning


@pytest.mark.parametrize(
    ("start", "hours", "parts"),
    [
        (local(6, 8), 1, (NO, YES, NO, NO)),
        (local(6, 5), 2, (YES, YES, NO, NO)),
        (local(6, 11), 1, (NO, YES, NO, NO)),  # gone at noon, so not seen in the afternoon
        (local(6, 23), 2, (NO, NO, NO, YES)),
    ],
)
def test_a_part_of_a_day_counts_if_appointments_were_seen_in_it(
    start: datetime, hours: float, parts: tuple[Available, ...]
) -> None:
    assert parts_of(drops(start, hours=hours), date(2021, 5, 6)) == parts


def test_appointments_across_midnight_count_on_both_days() -> None:
    changes = drops(local(6, 23), hours=2)

    assert parts_of(changes, date(2021, 5, 7)) == (YES, NO, NO, NO)


def test_a_place_that_always_had_appointments_is_full_and_has_no_usual_time() -> None:
    made = found(history((LONG_AGO, YES)))

    assert {part for day in made.days for part in day.parts} == {YES}
    assert made.usual is None


def test_changed_counts_are_not_postings() -> None:
    changes = tuple(Change(at=local(day, 8), available=YES, count=day) for day in (13, 12, 11, 6))

    assert postings((*changes, Change(at=LONG_AGO, available=NO))) == (local(6, 8),)


def test_a_yes_after_an_unknown_time_is_not_a_posting() -> None:
    assert postings(history((LONG_AGO, UNKNOWN), (local(6, 8), YES))) == ()


def test_days_before_the_first_entry_are_unknown() -> None:
    made = found(history((local(4, 12), NO), (local(6, 8), YES), (local(6, 9), NO)))

    assert dict(made.days)[date(2021, 5, 3)] == (UNKNOWN,) * 4
    assert dict(made.days)[date(2021, 5, 4)] == (UNKNOWN, UNKNOWN, NO, NO)


@pytest.mark.parametrize(
    "changes",
    [
        (),
        history((LONG_AGO, NO)),
        history((LONG_AGO, UNKNOWN)),
        history((LONG_AGO, YES), (local(1, month=2), NO)),  # too long ago
        history((local(10), NO), (local(11, 8), YES)),  # four days are no pattern
    ],
)
def test_without_useful_history_no_strip_is_shown(changes: tuple[Change, ...]) -> None:
    assert pattern(changes, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([local(22, 8, month=4), local(29, 7, 40, month=4), local(6, 8, 5)], Usual(THURSDAY, 8)),
        ([local(29, 8, month=4), local(6, 8)], None),  # twice is chance
        ([local(22, 8, month=4), local(29, 11, month=4), local(6, 15)], None),  # at any hour
        ([local(10, 8), local(11, 8, 20), local(12, 7, 50), local(13, 8, 5)], Usual(None, 8)),
        ([local(6, 8), local(6, 8, 20), local(6, 9)], None),  # one day only
        ([local(day, 8, month=4) for day in (19, 26)] + [local(3, 8), local(7, 17)], Usual(MONDAY, 8)),
        (
            [local(day, 8, month=4) for day in (19, 26)] + [local(day, hour) for day, hour in
             ((3, 8), (4, 12), (5, 15), (6, 17), (7, 20))],
            None,
        ),  # Mondays are less than half of the days
        ([local(day, 23, 40) for day in (11, 12, 13)], Usual(None, 0)),
        ([], None),
    ],
)  # fmt: skip
def test_a_usual_time_needs_three_days_that_agree_and_few_that_do_not(
    times: list[datetime], expected: Usual | None
) -> None:
    assert usual(times) == expected


def test_a_usual_time_keeps_its_hour_across_a_clock_change() -> None:
    changes = drops(*(local(day, 8, month=3) for day in (4, 11, 18)))  # daylight saving time begins on March 14

    made = found(changes, local(20, 12, month=3))

    assert made.usual == Usual(THURSDAY, 8)
    assert {dict(made.days)[date(2021, 3, day)] for day in (4, 11, 18)} == {(NO, YES, NO, NO)}


def test_the_day_of_a_clock_change_has_four_parts() -> None:
    changes = drops(local(14, 6, month=3), local(18, 6, month=3))

    assert parts_of(changes, date(2021, 3, 14), local(20, 12, month=3)) == (NO, YES, NO, NO)


# --- the drawing ------------------------------------------------------------------------------------------------------


def drawn(changes: tuple[Change, ...], **answer: object) -> Chart | None:
    shown = place(1, current(**answer))  # type: ignore[arg-type]
    made: Place = msgspec.structs.replace(shown, history=changes)
    return chart(made, render_context(snapshot(made), region(), "en"))


def test_the_strip_has_a_text_alternative() -> None:
    strip = drawn(drops(local(22, 8, month=4), local(29, 8, month=4), local(6, 8)))

    assert strip is not None
    assert strip.box == "0 0 280 40"
    assert strip.had == "M65 10v10M135 10v10M205 10v10"
    assert strip.alternative == "Days with appointments: Apr 22, Apr 29, May 6"
    assert strip.seen == "From Apr 16 to May 13 there were appointments on 3 of 28 days that we know of."
    assert strip.usual == "New ones usually came on Thursday around 8:00\u00a0AM."


def test_the_strip_promises_no_time_without_evidence() -> None:
    strip = drawn(drops(local(6, 8)))

    assert strip is not None
    assert strip.usual == ""


def test_the_strip_is_unknown_from_the_last_check_of_an_expired_answer() -> None:
    changes = history((LONG_AGO, YES))
    strip = drawn(changes, expired=True, checked_at=local(11, 12))

    assert strip is not None
    assert strip.unsure == "M255 20v20M265 0v40M275 0v40"
    assert strip.had.endswith("M245 0v40M255 0v20")


def test_a_place_without_history_has_no_strip() -> None:
    assert drawn(()) is None

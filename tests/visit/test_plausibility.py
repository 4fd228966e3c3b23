"""Complete visits that list too little to be trusted immediately."""

import pytest
from msgspec.structs import replace

from aggregator.model import Available, Outcome, Reading, Report
from aggregator.visit.plausibility import Expected, judged
from tests.support.pages import NOW, clinic, read_search
from tests.support.records import DAY, availability, location, reading, report, slot

READINGS: tuple[Reading, ...] = read_search(*(clinic(f"Hall {n} on 05/20/2021") for n in range(4))).readings


def report_of(found: int, *, whole: bool = True, trusted_empty: bool = False) -> Report:
    return Report(
        source="example",
        outcome=Outcome.OK if found else Outcome.EMPTY,
        started_at=NOW,
        took=1.0,
        readings=READINGS[:found],
        whole=whole,
        trusted_empty=trusted_empty,
    )


def listed(number: int) -> Expected:
    """Expects that many of READINGS, without openings."""
    return Expected({one.location.key: False for one in READINGS[:number]}, {})


# --- locations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "expected", "doubted"),
    [
        (report_of(4), 4, 0),
        (report_of(2), 4, 0),
        (report_of(4), 0, 0),
        (report_of(0), 0, 0),
        (report_of(1), 4, 2),
        (report_of(0, trusted_empty=True), 4, 0),
        (report_of(1, whole=False), 4, 0),
        (report_of(0, whole=False), 4, 0),
    ],
    ids=["as many", "just half", "a first visit", "a first visit to nothing", "listed for the third time",
         "a page that says it is empty", "in part", "nothing, in part"],
)  # fmt: skip
def test_a_plausible_report_is_accepted_unchanged(report: Report, expected: int, doubted: int) -> None:
    assert judged(report, listed(expected), doubted) is report


@pytest.mark.parametrize(("found", "doubted"), [(1, 0), (1, 1), (0, 0), (0, 1)])
def test_fewer_than_half_of_the_locations_are_reported_and_change_nothing(found: int, doubted: int) -> None:
    judgement = judged(report_of(found), listed(4), doubted, "https://book.example.org/search?key=1")
    assert (judgement.outcome, judgement.readings, judgement.whole) == (Outcome.CHANGED, (), False)
    assert judgement.message.startswith(
        f"https://book.example.org/search lists {found} locations, but 4 were expected;"
    )
    assert f"visit {doubted + 1} of 3" in judgement.message


# --- openings ---------------------------------------------------------------------------------------------------------

TEN = Expected({"1": True, "2": True}, {"1": 6, "2": 4})


def silent(key: str) -> Reading:
    """A place without slots, whose system has no other way to state "none"."""
    answer = replace(availability(available=Available.NO, at=NOW), by_absence=True)
    return Reading(location=location(key), availability=answer)


def days(key: str, number: int) -> Reading:
    return reading(key, *(slot(NOW + n * DAY) for n in range(1, number + 1)), at=NOW)


@pytest.mark.parametrize(
    "readings",
    [
        (days("1", 3), days("2", 2)),
        (silent("1"), days("2", 5)),
        (days("1", 6), silent("2")),
        (reading("1", *(slot(NOW + n * DAY, 0, available=Available.NO) for n in range(1, 7))), silent("2")),
        (Reading(location=location("1"), availability=availability(available=Available.NO, at=NOW)), silent("2")),
    ],
    ids=["just half", "as many elsewhere", "the smaller place", "listed as full", "stated as none"],
)
def test_half_of_the_openings_or_any_stated_no_is_accepted_immediately(readings: tuple[Reading, ...]) -> None:
    given = report(*readings, at=NOW)
    assert judged(given, TEN, 0) is given


@pytest.mark.parametrize(
    "given",
    [
        report(silent("1"), silent("2"), at=NOW),
        report(silent("1"), days("2", 4), at=NOW),
        report(days("2", 4), at=NOW, only_available=True),
        report(at=NOW, only_available=True, outcome=Outcome.EMPTY),
    ],
    ids=["all silent", "most silent", "only what is open, most missing", "only what is open, all missing"],
)
def test_fewer_than_half_of_the_openings_remove_nothing(given: Report) -> None:
    judgement = judged(given, TEN, 0)
    assert (judgement.outcome, judgement.whole) == (Outcome.CHANGED, False)
    assert all(one.availability and one.availability.incomplete for one in judgement.readings)
    assert "openings, but 10 were expected" in judgement.message
    assert judged(given, TEN, 2) is given


def test_places_that_stay_unknown_do_not_make_up_for_lost_openings() -> None:
    given = report(silent("1"), days("2", 4), unsaid("3"), unsaid("4"), unsaid("5"), at=NOW)
    assert "lists 4 openings, but 10 were expected" in judged(given, TEN, 0).message


# --- other places, and places without an answer ----------------------------------------------------------------

THREE = Expected({"1": True, "2": True, "3": True}, {"1": 1, "2": 1, "3": 1})


def unsaid(key: str) -> Reading:
    """A place whose availability can no longer be read."""
    return Reading(location=location(key), availability=availability(available=Available.UNKNOWN, at=NOW))


@pytest.mark.parametrize("only_available", [False, True])
def test_a_list_of_only_other_places_is_doubted_and_none_of_them_is_shown(only_available: bool) -> None:
    given = report(days("7", 1), days("8", 1), days("9", 1), at=NOW, only_available=only_available)
    judgement = judged(given, THREE, 0)
    assert (judgement.outcome, judgement.readings, judgement.whole) == (Outcome.CHANGED, (), False)
    assert "lists none of the 3 expected locations but 3 others; the last good answer is kept" in judgement.message
    assert judged(given, THREE, 2) is given


def test_new_places_next_to_a_few_known_ones_are_added_and_none_is_removed() -> None:
    judgement = judged(report(days("1", 3), days("7", 1), days("8", 1), at=NOW), THREE, 0)
    assert [one.location.key for one in judgement.readings] == ["1", "7", "8"]
    assert all(one.availability and one.availability.incomplete for one in judgement.readings)
    assert (judgement.outcome, judgement.whole) == (Outcome.CHANGED, False)


def test_if_both_places_of_a_list_of_open_ones_changed_the_new_ones_are_shown() -> None:
    two = Expected({"1": True, "2": True}, {"1": 1, "2": 1})
    judgement = judged(report(days("7", 1), days("8", 1), at=NOW, only_available=True), two, 0)
    assert [one.location.key for one in judgement.readings] == ["7", "8"]
    assert judgement.whole is False


def test_a_visit_that_makes_most_places_unknown_removes_no_answer() -> None:
    given = report(days("1", 1), unsaid("2"), unsaid("3"), at=NOW)
    judgement = judged(given, THREE, 0)
    assert all(one.availability and one.availability.incomplete for one in judgement.readings)
    assert "no longer says yes or no for 2 of 3 places; the last good answer is kept" in judgement.message
    assert judged(given, THREE, 2) is given


def test_a_place_with_an_open_slot_is_a_yes_whatever_it_states() -> None:
    given = report(
        *(Reading(location=location(key), availability=availability(slot(NOW + DAY, 1), available=Available.UNKNOWN))
          for key in THREE.locations),
        at=NOW,
    )  # fmt: skip
    assert judged(given, THREE, 0) is given


def test_one_of_several_places_may_become_unknown() -> None:
    given = report(days("1", 1), days("2", 1), unsaid("3"), at=NOW)
    assert judged(given, THREE, 0) is given


# --- partial visits ---------------------------------------------------------------------------------------------------


def in_part(*readings: Reading) -> Report:
    """All pages arrived, but one row was unreadable."""
    return replace(report(*readings, at=NOW), whole=False, unread=1)


def test_a_partial_visit_that_lists_only_other_places_shows_none_of_them() -> None:
    judgement = judged(in_part(days("7", 1), days("8", 1)), THREE, 0)
    assert (judgement.outcome, judgement.readings) == (Outcome.CHANGED, ())


def test_a_partial_visit_that_makes_most_places_unknown_removes_no_answer() -> None:
    judgement = judged(in_part(unsaid("1"), unsaid("2")), THREE, 0)
    assert judgement.outcome is Outcome.CHANGED
    assert all(one.availability and one.availability.incomplete for one in judgement.readings)


def test_a_partial_visit_may_list_less_because_it_removes_nothing() -> None:
    given = in_part(days("1", 1))
    assert judged(given, THREE, 0) is given


def test_a_failed_visit_keeps_its_outcome() -> None:
    given = replace(in_part(days("7", 1)), outcome=Outcome.DOWN)
    assert judged(given, THREE, 0) is given

"""What a visit in part may change: it adds, and never takes away. `aggregator.store.partial` has the table."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregator.adapter import DataRow, Fetch, JsonAdapter, Page, SourceInfo
from aggregator.current import answer_at, slots_at
from aggregator.errors import Unreachable
from aggregator.model import Availability, Available, Listing, Report, SlotListing
from aggregator.store.partial import updated
from aggregator.store.states import LocationAnswer
from aggregator.store.store import Store
from tests.support.pages import NOW, SEARCH, Reply, TableClient, source, visit
from tests.support.records import DAY, HOUR, MINUTE, availability, save, slot
from tests.support.stores import empty_store

YES, NO, UNKNOWN = Available.YES, Available.NO, Available.UNKNOWN
EARLIER = NOW - 5 * MINUTE
MONDAY, TUESDAY = NOW + 4 * DAY, NOW + 5 * DAY


def before(*slots: Any, **fields: Any) -> Availability:
    return replace(availability(*slots, at=EARLIER), **fields)


def part(*slots: Any, **fields: Any) -> Availability:
    return replace(availability(*slots, at=NOW), incomplete=True, **fields)


def after(stored: Availability | None, read: Availability) -> Availability:
    """The answer that is in force after the visit."""
    result = updated(stored, read, NOW - HOUR) or stored
    assert result is not None
    return result


def said(answer: Availability) -> tuple[Available, int | None]:
    return answer_at(answer.available, slots_at(answer.slots, NOW), answer.count)


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [None, before(slot(MONDAY, 88)), before(available=NO)], ids=["none", "YES", "NO"])
def test_a_complete_reading_replaces_whatever_was_known(stored: Availability | None) -> None:
    read = availability(slot(MONDAY, 0, available=NO), available=NO, at=NOW)
    assert after(stored, read) == read


@pytest.mark.parametrize(
    "stored",
    [None, before(available=NO), before(available=UNKNOWN), before(slot(MONDAY, 88), checked_at=NOW - 2 * HOUR)],
    ids=["none", "NO", "UNKNOWN", "expired"],
)
def test_an_incomplete_yes_counts_and_says_that_there_may_be_more(stored: Availability | None) -> None:
    answer = after(stored, part(slot(MONDAY, 3)))
    assert (said(answer), answer.incomplete, answer.checked_at) == ((YES, 3), True, NOW)


@pytest.mark.parametrize("read", [part(available=NO), part(slot(MONDAY, 0, available=NO)), part(available=UNKNOWN)])
def test_an_incomplete_no_changes_nothing_that_was_known(read: Availability) -> None:
    stored = before(slot(MONDAY, 88))
    assert updated(stored, read, NOW - HOUR) is None


@pytest.mark.parametrize("read", [part(available=NO), part(slot(MONDAY, 0, available=NO), available=NO)])
def test_an_incomplete_no_of_a_place_never_seen_before_is_unknown(read: Availability) -> None:
    answer = after(None, read)
    assert (said(answer)[0], answer.incomplete, answer.checked_at) == (UNKNOWN, True, NOW)


def test_an_incomplete_yes_keeps_the_openings_it_did_not_read_with_their_date() -> None:
    answer = after(before(slot(MONDAY, 88)), part(slot(TUESDAY, 5)))
    assert (said(answer), answer.incomplete, answer.checked_at) == ((YES, 93), True, EARLIER)


def test_an_incomplete_yes_never_lowers_the_count_of_an_opening() -> None:
    answer = after(before(slot(MONDAY, 88)), part(slot(MONDAY, 3), slot(TUESDAY, 1)))
    assert (said(answer), answer.checked_at) == ((YES, 89), EARLIER)


def test_an_incomplete_yes_that_offers_all_that_was_known_is_as_new_as_its_reading() -> None:
    answer = after(before(slot(MONDAY, 3)), part(slot(MONDAY, 4), slot(TUESDAY, 1)))
    assert (said(answer), answer.incomplete, answer.checked_at) == ((YES, 5), True, NOW)


@pytest.mark.parametrize("fields", [{"booking_url": "https://book.example.org/renamed"}, {"restrictions": "Seniors"}])
def test_an_opening_whose_link_or_rules_changed_is_still_one_opening(fields: dict[str, str]) -> None:
    result = after(before(slot(MONDAY, 23)), part(slot(MONDAY, 23, **fields)))
    assert said(result) == (YES, 23)


def test_another_offer_of_an_appointment_that_is_known_is_no_further_one() -> None:
    """Where the times of one product could not be read, those that both products share are listed with the other."""
    stored = before(slot(MONDAY, 1, products=("Pfizer",)), slot(TUESDAY, 1, products=("Pfizer",)))
    result = after(stored, part(slot(MONDAY, 1, products=("Moderna",)), slot(TUESDAY + HOUR, 1, products=("Moderna",))))
    assert [(each.start, each.products) for each in result.slots] == [
        (MONDAY, ("Pfizer",)),
        (TUESDAY, ("Pfizer",)),
        (TUESDAY + HOUR, ("Moderna",)),
    ]


def test_two_appointments_that_shared_an_offer_stay_two() -> None:
    """Of the two, one was open for both doses; what was read offers both of them for the first dose only."""
    stored = before(slot(MONDAY, 1, doses=("1", "2")), slot(MONDAY, 1, doses=("1",)))
    assert said(after(stored, part(slot(MONDAY, 1, doses=("1",)), slot(MONDAY, 1, doses=("1",))))) == (YES, 2)


def test_more_appointments_at_a_time_than_are_known_are_added() -> None:
    read = part(slot(MONDAY, 1, products=("Moderna",)), slot(MONDAY, 1, products=("Pfizer",)))
    assert said(after(before(slot(MONDAY, 1, products=("Pfizer",))), read)) == (YES, 2)


def test_openings_that_have_passed_are_not_kept_alive() -> None:
    answer = after(before(slot(NOW - MINUTE, 7)), part(slot(TUESDAY, 1)))
    assert (said(answer), answer.checked_at) == ((YES, 1), NOW)


@pytest.mark.parametrize(
    ("stored", "read", "count", "at_least"),
    [(5, 2, 5, False), (2, 5, 5, False), (None, 5, 5, True), (5, None, 5, True), (None, None, None, False)],
)
def test_counts_without_slots_go_up_only(
    stored: int | None, read: int | None, count: int | None, at_least: bool
) -> None:
    answer = after(before(count=stored), part(count=read))
    assert (answer.available, answer.count, answer.at_least) == (YES, count, at_least)


def test_slots_that_offer_less_than_a_known_count_leave_it() -> None:
    stored = before(count=5)
    assert updated(stored, part(slot(MONDAY, 3)), NOW - HOUR) is None


# --- any data, any pages, any database --------------------------------------------------------------------------------


class Rows(JsonAdapter):
    """Pages of rows; one row is one day of a hall, so a hall may have rows on every page."""

    name = "rows"
    title = "Rows"
    rows = "rows"
    count_of_pages = 3

    async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
        for number in range(self.count_of_pages):
            if page := await fetch.try_fetch(f"{SEARCH}/{number}"):
                yield page

    def listing(self, row: DataRow) -> Listing:
        hall, day, count = row.value
        return Listing(name=hall, slots=(SlotListing(start=f"2021-05-{day}", count=count),))


class OnlyOpen(Rows):
    lists_only_available = True


Row = tuple[str, int, int]  # hall, day of May, appointments
ROWS = st.lists(
    st.tuples(st.sampled_from(["Gull", "Tern", "Auk"]), st.sampled_from([20, 21, 22]), st.sampled_from([0, 1, 4])),
    max_size=8,
    unique_by=lambda row: row[:2],
)
LOST = Unreachable("timed out")
UNREADABLE = "damaged"


def replies(rows: Sequence[Row], pages: Sequence[int], lost: Mapping[int, Any]) -> dict[str, Reply]:
    """The rows on their pages; `lost` pages do not come (None), or have one unreadable row more."""
    listed: list[list[Any]] = [[], [], []]
    for row, page in zip(rows, pages, strict=False):
        listed[page].append(row)
    for page, how in lost.items():
        if how == UNREADABLE and listed[page]:
            listed[page][0] = UNREADABLE
    return {
        f"{SEARCH}/{page}": LOST if lost.get(page) == "missing" else json.dumps({"rows": found})
        for page, found in enumerate(listed)
    }


def published(row: LocationAnswer) -> tuple[Available, int | None, datetime | None, bool]:
    said = row.answer
    available, count = answer_at(said.available, slots_at(said.slots, NOW), said.count)
    return available, count, row.checked_at, said.incomplete


def known(store: Store) -> dict[str, tuple[Available, int | None, datetime | None, bool]]:
    return {row.location.name: published(row) for row in store.locations(["example"], NOW - DAY) if not row.gone_at}


def dated(report: Report, at: datetime) -> Report:
    """The report as of another visit's time."""
    readings = tuple(
        replace(one, availability=replace(one.availability, checked_at=at))
        for one in report.readings
        if one.availability
    )
    return replace(report, readings=readings, started_at=at)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    stored=ROWS,
    true=ROWS,
    pages=st.lists(st.integers(0, 2), min_size=8, max_size=8),
    lost=st.dictionaries(st.integers(0, 2), st.sampled_from(["missing", UNREADABLE]), min_size=1),
    adapter=st.sampled_from([Rows, OnlyOpen]),
)
def test_a_visit_in_part_never_takes_anything_away(
    stored: list[Row], true: list[Row], pages: list[int], lost: dict[int, str], adapter: type[Rows]
) -> None:
    with empty_store() as store:
        if stored:
            save(store, dated(visit(adapter(), source(), TableClient(replies(stored, pages, {}))), EARLIER))
        was = known(store)
        report = visit(adapter(), source(), TableClient(replies(true, pages, lost)))
        save(store, report)
        now = known(store)
    if report.whole:  # nothing was lost: the damaged row's page was empty
        return
    assert was.keys() <= now.keys()
    for hall, (available, count, checked_at, incomplete) in now.items():
        truly_open = any(row[0] == hall and row[2] for row in true)
        assert checked_at in (EARLIER, NOW)
        if available is NO:
            assert was[hall] == (NO, count, EARLIER, incomplete), "a new NO from a visit in part"
        if truly_open and available is NO:
            assert checked_at == EARLIER
        if available is YES and checked_at == NOW:
            assert incomplete
        if hall in was and was[hall][0] is YES:
            assert available is YES
            assert count is not None
            assert count >= (was[hall][1] or 0)


def test_a_row_that_stands_on_its_own_counts_in_a_visit_in_part() -> None:
    class Whole(Rows):
        whole_rows = True

    first = visit(Whole(), source(), TableClient(replies([("Gull", 20, 4)], [0], {})))
    second = visit(Whole(), source(), TableClient(replies([("Gull", 20, 0)], [0], {1: "missing"})))
    with empty_store() as store:
        save(store, dated(first, EARLIER))
        save(store, second)
        assert known(store) == {"Gull": (NO, 0, NOW, False)}


def test_a_place_with_two_rows_does_not_stand_on_its_own_whatever_the_adapter_says() -> None:
    class Whole(Rows):
        whole_rows = True

    rows = [("Gull", 20, 0), ("Gull", 21, 0)]
    report = visit(Whole(), source(), TableClient(replies(rows, [0, 0], {1: "missing"})))
    assert [one.availability.incomplete for one in report.readings if one.availability] == [True]


@pytest.mark.parametrize(("new", "count"), [(1221, 1222), (1222, 1222), (1300, 1300)])
def test_a_total_is_not_added_again_when_its_first_time_has_moved(new: int, count: int) -> None:
    stored = before(slot(MONDAY, 1222, first_of_many=True, products=("Real ID",)))
    moved = slot(MONDAY + HOUR, new, first_of_many=True, products=("Real ID",))
    assert said(after(stored, part(moved))) == (YES, count)


def test_totals_of_two_services_add_up_even_if_their_first_times_are_the_same() -> None:
    stored = before(slot(MONDAY, 1222, first_of_many=True, products=("Real ID",)))
    permit = slot(MONDAY, 3, first_of_many=True, products=("Initial Permit",))
    assert said(after(stored, part(permit))) == (YES, 1225)
